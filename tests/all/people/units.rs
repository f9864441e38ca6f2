//! The tree of units in the database.

use respite::ids::UnitId;
use respite::people::members;
use respite::people::names::UnitName;
use respite::people::permission::Administrator;
use respite::people::units::{self, NewUnit, UnitKind};
use respite::problem::Kind;

use super::ground::{Ground, refused};
use crate::support::both;

both!(a_tree_grows_and_counts_its_people, async |test| {
    let ground = Ground::lay(&test.store, "norte").await;
    let site = ground.open(UnitKind::Site, "North", ground.root).await;
    let team = ground.open(UnitKind::Team, "Day", site.id).await;
    for name in ["ana", "bea"] {
        ground.invite(name, team.id).await;
    }
    ground.invite("carla", site.id).await;
    let mut tx = ground.read().await;
    let tree = units::tree(&mut tx, ground.organisation.id).await.unwrap();
    let sizes = units::sizes(&mut tx, ground.organisation.id, &tree)
        .await
        .unwrap();
    let people_in = |id| sizes.get(&id).copied();
    assert_eq!(
        (
            people_in(ground.root),
            people_in(site.id),
            people_in(team.id)
        ),
        (Some(4), Some(3), Some(2))
    );
    assert_eq!(tree.path(tree.find(team.id).unwrap()), "North / Day");
    assert_eq!(tree.find(ground.root).unwrap().kind, UnitKind::Organisation);
});

both!(
    a_unit_is_closed_only_when_empty_and_then_takes_nobody,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let site = ground.open(UnitKind::Site, "North", ground.root).await;
        let team = ground.open(UnitKind::Team, "Day", site.id).await;
        let (ana, _) = ground.invite("ana", team.id).await;
        let mut tx = ground.write().await;
        let admin = ground.administrator(&mut tx).await;
        let by = ground.by();
        for unit in [ground.root, site.id, team.id] {
            let closed = units::close(&mut tx, &admin, &by, unit).await;
            assert_eq!(refused(closed), Kind::NotNow);
        }
        members::move_home(&mut tx, &admin, &by, ana.id, site.id)
            .await
            .unwrap();
        let closed = units::close(&mut tx, &admin, &by, team.id).await.unwrap();
        assert_eq!(closed.closed_at, Some(by.now));
        let again = units::close(&mut tx, &admin, &by, team.id).await.unwrap();
        assert_eq!(again, closed, "closing it again changes nothing");
        let back = members::move_home(&mut tx, &admin, &by, ana.id, team.id).await;
        assert_eq!(refused(back), Kind::NotNow);
    }
);

both!(
    a_merger_is_a_new_unit_that_names_the_old_one,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let old = ground.open(UnitKind::Team, "Day", ground.root).await;
        let site = ground.open(UnitKind::Site, "North", ground.root).await;
        let mut tx = ground.write().await;
        let admin = ground.administrator(&mut tx).await;
        let new = NewUnit {
            parent: ground.root,
            kind: UnitKind::Team,
            name: UnitName::parse("Day and night").unwrap(),
            successor_of: Some(site.id),
        };
        let wrong = units::open(&mut tx, &admin, &ground.by(), new.clone()).await;
        assert_eq!(
            refused(wrong),
            Kind::Invalid,
            "a team does not follow a site"
        );
        let new = NewUnit {
            successor_of: Some(old.id),
            ..new
        };
        let merged = units::open(&mut tx, &admin, &ground.by(), new)
            .await
            .unwrap();
        let tree = units::tree(&mut tx, ground.organisation.id).await.unwrap();
        assert_eq!(tree.find(merged.id).unwrap().successor_of, Some(old.id));
    }
);

both!(
    renaming_and_moving_keep_to_the_rules_and_are_in_the_audit,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let north = ground.open(UnitKind::Site, "North", ground.root).await;
        let south = ground.open(UnitKind::Site, "South", ground.root).await;
        let day = ground.open(UnitKind::Team, "Day", north.id).await;
        ground.open(UnitKind::Team, "Night", south.id).await;
        let before = ground.entries().await;
        let mut tx = ground.write().await;
        let admin = ground.administrator(&mut tx).await;
        let by = ground.by();
        let name = |text| Some(UnitName::parse(text).unwrap());
        let moved = units::change(&mut tx, &admin, &by, day.id, (None, Some(south.id))).await;
        assert_eq!(moved.unwrap().parent, Some(south.id));
        let taken = units::change(&mut tx, &admin, &by, day.id, (name("night"), None)).await;
        assert_eq!(refused(taken), Kind::Taken);
        let root = units::change(&mut tx, &admin, &by, ground.root, (name("x"), None)).await;
        assert_eq!(refused(root), Kind::NotNow);
        let nested = units::change(&mut tx, &admin, &by, north.id, (None, Some(south.id))).await;
        assert_eq!(refused(nested), Kind::NotNow);
        units::change(&mut tx, &admin, &by, day.id, (name("Day"), Some(south.id)))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            ground.entries().await - before,
            1,
            "what changes nothing leaves no entry"
        );
    }
);

both!(
    who_administers_a_site_reaches_nothing_beside_it,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let north = ground.open(UnitKind::Site, "North", ground.root).await;
        let south = ground.open(UnitKind::Site, "South", ground.root).await;
        let other = Ground::lay(&test.store, "sur").await;
        let nora = ground.administrator_of("nora", north.id).await;
        let mut tx = ground.write().await;
        let nora = Administrator::of(&mut tx, nora).await.unwrap();
        let by = ground.by();
        for parent in [south.id, ground.root, other.root, UnitId::new()] {
            let new = NewUnit {
                parent,
                kind: UnitKind::Team,
                name: UnitName::parse("Night").unwrap(),
                successor_of: None,
            };
            let made = units::open(&mut tx, &nora, &by, new).await;
            assert_eq!(made.unwrap_err(), Kind::NotFound.into());
            let closed = units::close(&mut tx, &nora, &by, parent).await;
            assert_eq!(closed.unwrap_err(), Kind::NotFound.into());
        }
    }
);
