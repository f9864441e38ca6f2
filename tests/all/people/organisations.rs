//! Organisations and their settings, and the first administrator.

use respite::people::names::{Name, Zone};
use respite::people::organisations::{self, Settings};
use respite::people::permission::Administrator;
use respite::people::units::{self, UnitKind};
use respite::people::{First, first_administrator, invitations};
use respite::problem::Kind;

use super::ground::{Ground, first, refused};
use crate::support::both;

both!(settings_are_checked_changed_and_audited, async |test| {
    let ground = Ground::lay(&test.store, "norte").await;
    let before = ground.entries().await;
    let mut tx = ground.write().await;
    let admin = ground.administrator(&mut tx).await;
    let by = ground.by();
    for wrong in [
        Settings {
            threshold: Some(4),
            ..Settings::default()
        },
        Settings {
            notification_hour: Some(24),
            ..Settings::default()
        },
    ] {
        let changed = organisations::change(&mut tx, &admin, &by, wrong).await;
        assert_eq!(refused(changed), Kind::Invalid);
    }
    let to = Settings {
        name: Some(Name::parse("Casa del Norte").unwrap()),
        zone: Some(Zone::parse("Europe/Lisbon").unwrap()),
        threshold: Some(7),
        hr_sees_units: Some(true),
        words: serde_json::from_str(r#"{"en": {"client": "resident"}}"#).unwrap(),
        ..Settings::default()
    };
    let changed = organisations::change(&mut tx, &admin, &by, to.clone())
        .await
        .unwrap();
    organisations::change(&mut tx, &admin, &by, to)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut tx = ground.read().await;
    let stored = organisations::by_short_name(&mut tx, "norte")
        .await
        .unwrap();
    assert_eq!(stored, Some(changed.clone()));
    assert_eq!(
        (changed.threshold, changed.zone.as_str()),
        (7, "Europe/Lisbon")
    );
    assert_eq!(changed.chosen_words()["en"]["client"], "resident");
    let tree = units::tree(&mut tx, ground.organisation.id).await.unwrap();
    assert_eq!(tree.find(ground.root).unwrap().name, "Casa del Norte");
    assert_eq!(ground.entries().await - before, 1);
});

both!(settings_are_for_who_administers_the_whole, async |test| {
    let ground = Ground::lay(&test.store, "norte").await;
    let north = ground.open(UnitKind::Site, "North", ground.root).await;
    let nora = ground.administrator_of("nora", north.id).await;
    let mut tx = ground.write().await;
    let nora = Administrator::of(&mut tx, nora).await.unwrap();
    let changed = organisations::change(&mut tx, &nora, &ground.by(), Settings::default()).await;
    assert_eq!(refused(changed), Kind::NotFound);
});

both!(
    a_first_administrator_can_be_made_again_until_activated,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let mut tx = ground.write().await;
        let by = ground.by();
        let again = first_administrator(&mut tx, &by, &first("norte", "ada")).await;
        assert_eq!(refused(again), Kind::Taken);
        let (organisation, _, older) = first_administrator(&mut tx, &by, &first("norte", "bea"))
            .await
            .unwrap();
        assert_eq!(organisation.id, ground.organisation.id);
        let (.., newer) = first_administrator(&mut tx, &by, &first("norte", "bea"))
            .await
            .unwrap();
        let now = by.now;
        let used = invitations::redeem(&mut tx, "norte", "bea", &older.code, now).await;
        assert_eq!(refused(used), Kind::Code);
        invitations::redeem(&mut tx, "norte", "bea", &newer.code, now)
            .await
            .unwrap();
        let unknown = First {
            make: None,
            ..first("este", "ada")
        };
        assert_eq!(
            refused(first_administrator(&mut tx, &by, &unknown).await),
            Kind::NotFound
        );
    }
);

both!(organisations_of_one_network_share_its_row, async |test| {
    let north = Ground::lay(&test.store, "norte").await;
    let south = Ground::lay(&test.store, "sur").await;
    assert_eq!(north.organisation.network, south.organisation.network);
    assert_ne!(north.organisation.id, south.organisation.id);
});
