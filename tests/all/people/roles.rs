//! Roles: who may grant what, and what the members see of it.

use respite::people::permission::{Administrator, Role};
use respite::people::roles;
use respite::people::units::UnitKind;
use respite::people::{invitations, standing};
use respite::problem::Kind;

use super::ground::{Ground, refused};
use crate::support::both;

both!(nobody_grants_herself_a_role, async |test| {
    let ground = Ground::lay(&test.store, "norte").await;
    let herself = ground
        .grant(ground.admin.account, Role::Supervisor, ground.root)
        .await;
    assert_eq!(refused(herself), Kind::NotNow);
});

both!(members_see_who_may_follow_their_unit, async |test| {
    let ground = Ground::lay(&test.store, "norte").await;
    let north = ground.open(UnitKind::Site, "North", ground.root).await;
    let day = ground.open(UnitKind::Team, "Day", north.id).await;
    let night = ground.open(UnitKind::Team, "Night", north.id).await;
    let ana = ground.worker("ana", north.id).await;
    ground.grant(ana, Role::Supervisor, day.id).await.unwrap();
    ground
        .grant(ana, Role::PeerSupporter, ground.root)
        .await
        .unwrap();
    ground.grant(ana, Role::Hr, north.id).await.unwrap();
    let mut tx = ground.read().await;
    let mut seen = async |unit| {
        let over = roles::over_unit(&mut tx, ground.organisation.id, unit)
            .await
            .unwrap();
        over.into_iter()
            .map(|over| (over.role, over.name))
            .collect::<Vec<_>>()
    };
    let (ana, ada) = ("Name of ana".to_owned(), "Ada Min".to_owned());
    let above = [(Role::Hr, ana.clone()), (Role::Administrator, ada)];
    assert_eq!(seen(night.id).await, above);
    let mut all = vec![(Role::Supervisor, ana)];
    all.extend(above);
    assert_eq!(seen(day.id).await, all);
});

both!(
    who_leads_her_own_home_is_proposed_the_unit_above,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let day = ground.open(UnitKind::Team, "Day", ground.root).await;
        let ana = ground.worker("ana", day.id).await;
        let granted = ground.grant(ana, Role::Supervisor, day.id).await.unwrap();
        assert_eq!(granted.suggestion, Some(ground.root));
        let before = ground.entries().await;
        ground.grant(ana, Role::Supervisor, day.id).await.unwrap();
        assert_eq!(ground.entries().await, before, "granted already");
        let granted = ground.grant(ana, Role::Hr, day.id).await.unwrap();
        assert_eq!(granted.suggestion, None);
    }
);

both!(
    a_network_role_is_held_for_the_whole_organisation,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let day = ground.open(UnitKind::Team, "Day", ground.root).await;
        let ana = ground.worker("ana", day.id).await;
        let granted = ground.grant(ana, Role::Network, day.id).await;
        assert_eq!(refused(granted), Kind::NotNow);
        ground.grant(ana, Role::Network, ground.root).await.unwrap();
    }
);

both!(
    the_last_administrator_can_neither_go_nor_be_locked,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let (admin, root) = (ground.admin.account, ground.root);
        let (bea, _) = ground.invite("bea", root).await;
        ground
            .grant(bea.id, Role::Administrator, root)
            .await
            .unwrap();
        let mut tx = ground.write().await;
        let ada = ground.administrator(&mut tx).await;
        let by = ground.by();
        let reason = respite::people::names::Reason::parse("x").unwrap();
        let role = (admin, Role::Administrator);
        let refusals = [
            roles::revoke(&mut tx, &ada, &by, role, root).await,
            standing::depart(&mut tx, &ada, &by, admin).await.map(drop),
            standing::lock(&mut tx, &ada, &by, admin, (1, &reason))
                .await
                .map(drop),
        ];
        for refusal in refusals {
            assert_eq!(
                refused(refusal),
                Kind::NotNow,
                "an invited one does not count"
            );
        }
        drop(tx);
        ground.administrator_of("carla", root).await;
        let mut tx = ground.write().await;
        roles::revoke(&mut tx, &ada, &by, role, root).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = ground.read().await;
        let gone = Administrator::of(&mut tx, ground.admin).await;
        assert_eq!(refused(gone), Kind::NotFound);
    }
);

both!(
    two_administrators_cannot_remove_each_other_at_once,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let bea = ground.administrator_of("bea", ground.root).await;
        let remove = async |who, other| {
            let mut tx = ground.write().await;
            let admin = Administrator::of(&mut tx, who).await?;
            let role = (other, Role::Administrator);
            roles::revoke(&mut tx, &admin, &ground.by(), role, ground.root).await?;
            tx.commit().await.map_err(respite::problem::Problem::from)
        };
        let (one, two) = tokio::join!(
            remove(ground.admin, bea.account),
            remove(bea, ground.admin.account)
        );
        assert_ne!(one.is_ok(), two.is_ok(), "{one:?} {two:?}");
    }
);

both!(
    power_over_a_site_is_not_power_over_who_governs_more,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let north = ground.open(UnitKind::Site, "North", ground.root).await;
        let nora = ground.administrator_of("nora", north.id).await;
        let bea = ground.worker("bea", north.id).await;
        ground
            .grant(bea, Role::Administrator, ground.root)
            .await
            .unwrap();
        let mut tx = ground.write().await;
        let nora = Administrator::of(&mut tx, nora).await.unwrap();
        let by = ground.by();
        let reset = invitations::reset(&mut tx, &nora, &by, bea).await;
        assert_eq!(refused(reset), Kind::NotNow);
        let role = (bea, Role::Administrator);
        let revoked = roles::revoke(&mut tx, &nora, &by, role, ground.root).await;
        assert_eq!(refused(revoked), Kind::NotNow);
        let ana = (ground.admin.account, Role::Hr);
        let granted = roles::grant(&mut tx, &nora, &by, ana, north.id).await;
        assert_eq!(refused(granted), Kind::NotFound);
    }
);
