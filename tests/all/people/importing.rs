//! People from a file, in the database: all or none.

use std::fmt::Write as _;

use respite::people::accounts;
use respite::people::import;
use respite::people::list::{self, Wanted};
use respite::people::members;
use respite::people::permission::{Administrator, Role};
use respite::people::units::UnitKind;
use respite::problem::Kind;

use super::ground::{Ground, refused};
use crate::support::both;

/// A file of so many people, two of whom have roles.
fn file(people: usize) -> String {
    let mut file = "name,sign_in,unit,language,roles\n".to_owned();
    for person in 1..=people {
        let roles = if person <= 2 {
            "supervisor; hr: North"
        } else {
            ""
        };
        writeln!(file, "Person {person},p{person},North / Day,en,{roles}").unwrap();
    }
    file
}

async fn ground_with_a_team(store: &respite::store::Store) -> Ground {
    let ground = Ground::lay(store, "norte").await;
    let north = ground.open(UnitKind::Site, "North", ground.root).await;
    ground.open(UnitKind::Team, "Day", north.id).await;
    ground
}

async fn count(ground: &Ground) -> usize {
    let mut tx = ground.read().await;
    members::of_organisation(&mut tx, ground.organisation.id)
        .await
        .unwrap()
        .len()
}

both!(
    a_file_is_checked_first_and_then_everyone_is_invited,
    async |test| {
        let ground = ground_with_a_team(&test.store).await;
        let text = file(250);
        let mut tx = ground.read().await;
        let admin = ground.administrator(&mut tx).await;
        assert_eq!(
            import::check(&mut tx, &admin, text.as_bytes())
                .await
                .unwrap()
                .len(),
            250
        );
        drop(tx);
        assert_eq!(count(&ground).await, 1, "a check changes nothing");
        let before = ground.entries().await;
        let mut tx = ground.write().await;
        let invited = import::apply(&mut tx, &admin, &ground.by(), text.as_bytes())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(count(&ground).await, 251);
        assert_eq!(
            ground.entries().await - before,
            5,
            "the import, and four roles"
        );
        for at in [0, 99, 100, 249] {
            let (person, mut tx) = (&invited[at], ground.write().await);
            let now = ground.clock.now();
            respite::people::invitations::redeem(
                &mut tx,
                "norte",
                &person.sign_in,
                &person.code,
                now,
            )
            .await
            .unwrap();
        }
        let mut tx = ground.read().await;
        let wanted = Wanted {
            text: Some("p1".to_owned()),
            limit: 1,
            ..Wanted::default()
        };
        let page = list::page(&mut tx, &admin, ground.clock.now(), &wanted)
            .await
            .unwrap();
        let roles: Vec<_> = page.people[0].roles.iter().map(|held| held.role).collect();
        assert_eq!(roles, [Role::Supervisor, Role::Hr]);
        let again = import::check(&mut tx, &admin, text.as_bytes())
            .await
            .unwrap_err();
        assert_eq!((again.kind, again.faults.len()), (Kind::Invalid, 250));
    }
);

both!(one_bad_line_and_nobody_is_invited, async |test| {
    let ground = ground_with_a_team(&test.store).await;
    let mut text = file(300);
    text.push_str("Last,last,North / Nowhere,en,\n");
    let mut tx = ground.write().await;
    let admin = ground.administrator(&mut tx).await;
    let refusal = import::apply(&mut tx, &admin, &ground.by(), text.as_bytes()).await;
    let refusal = refusal.unwrap_err();
    assert_eq!(refusal.faults[0].field, "line 302, column unit");
    tx.commit().await.unwrap();
    assert_eq!(count(&ground).await, 1);
});

both!(units_of_others_are_not_there_for_a_file, async |test| {
    let ground = ground_with_a_team(&test.store).await;
    let south = ground.open(UnitKind::Site, "South", ground.root).await;
    let sara = ground.administrator_of("sara", south.id).await;
    let mut tx = ground.read().await;
    let sara = Administrator::of(&mut tx, sara).await.unwrap();
    let refusal = import::check(&mut tx, &sara, file(3).as_bytes()).await;
    assert_eq!(refused(refusal), Kind::Invalid);
    let good = b"name,sign_in,unit,language\nAna,ana,South,en\n";
    assert_eq!(import::check(&mut tx, &sara, good).await.unwrap().len(), 1);
});

both!(
    forty_thousand_people_are_invited_in_one_transaction,
    async |test| {
        let ground = ground_with_a_team(&test.store).await;
        let text = file(40_000);
        let mut tx = ground.write().await;
        let admin = ground.administrator(&mut tx).await;
        let begun = std::time::Instant::now();
        import::apply(&mut tx, &admin, &ground.by(), text.as_bytes())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        eprintln!("invited 40,000 people in {:?}", begun.elapsed());
        let mut tx = ground.read().await;
        let last = accounts::by_sign_in(&mut tx, "norte", "p40000")
            .await
            .unwrap();
        assert!(last.is_some());
    }
);
