//! Accounts from invitation to departure.

use chrono::{Duration, NaiveDate};
use respite::ids::{AccountId, UnitId};
use respite::people::accounts::{self, State};
use respite::people::list::{self, Wanted};
use respite::people::names::Reason;
use respite::people::permission::{Administrator, Role};
use respite::people::units::UnitKind;
use respite::people::{invitations, members, standing};
use respite::problem::Kind;
use respite::vault::ActivationCode;

use super::ground::{Ground, person, refused};
use crate::support::both;

both!(
    a_code_opens_one_account_once_and_only_in_time,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let other = Ground::lay(&test.store, "sur").await;
        let (_, issued) = ground.invite("ana", ground.root).await;
        ground.invite("bea", ground.root).await;
        other.invite("ana", other.root).await;
        let mut tx = ground.write().await;
        let now = ground.clock.now();
        for (place, name, code, when) in [
            ("norte", "bea", &issued.code, now),
            ("sur", "ana", &issued.code, now),
            ("nowhere", "ana", &issued.code, now),
            ("norte", "ana", &ActivationCode::new(), now),
            ("norte", "ana", &issued.code, issued.expires_at),
        ] {
            let redeemed = invitations::redeem(&mut tx, place, name, code, when).await;
            assert_eq!(redeemed.unwrap_err(), Kind::Code.into(), "{place} {name}");
        }
        let redeemed = invitations::redeem(&mut tx, "norte", " ANA ", &issued.code, now)
            .await
            .unwrap();
        assert_eq!(redeemed.purpose, invitations::Purpose::Activation);
        assert_eq!(redeemed.issued_by, Some(ground.admin.account));
        let again = invitations::redeem(&mut tx, "norte", "ana", &issued.code, now).await;
        assert_eq!(refused(again), Kind::Code);
    }
);

both!(
    of_two_who_use_a_code_at_the_same_moment_one_wins,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let (_, issued) = ground.invite("ana", ground.root).await;
        let now = ground.clock.now();
        let attempt = async || {
            let mut tx = ground.write().await;
            invitations::redeem(&mut tx, "norte", "ana", &issued.code, now).await?;
            tx.commit().await.map_err(respite::problem::Problem::from)
        };
        let (one, two) = tokio::join!(attempt(), attempt());
        assert_ne!(one.is_ok(), two.is_ok());
    }
);

both!(a_new_code_makes_the_older_one_worthless, async |test| {
    let ground = Ground::lay(&test.store, "norte").await;
    let (ana, older) = ground.invite("ana", ground.root).await;
    let mut tx = ground.write().await;
    let admin = ground.administrator(&mut tx).await;
    let by = ground.by();
    let newer = invitations::invite_again(&mut tx, &admin, &by, ana.id)
        .await
        .unwrap();
    let redeemed = invitations::redeem(&mut tx, "norte", "ana", &older.code, by.now).await;
    assert_eq!(refused(redeemed), Kind::Code);
    tx.commit().await.unwrap();
    ground.activate("ana", &newer).await;
    let mut tx = ground.write().await;
    let third = invitations::invite_again(&mut tx, &admin, &by, ana.id).await;
    assert_eq!(
        refused(third),
        Kind::NotNow,
        "an active account takes a reset"
    );
    let reset = invitations::reset(&mut tx, &admin, &by, ana.id)
        .await
        .unwrap();
    assert_eq!(reset.expires_at - by.now, invitations::RESET_LIFETIME);
    let herself = invitations::reset(&mut tx, &admin, &by, ground.admin.account).await;
    assert_eq!(refused(herself), Kind::NotNow);
});

both!(
    a_sign_in_name_is_unique_within_the_organisation_only,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let other = Ground::lay(&test.store, "sur").await;
        ground.invite("ana", ground.root).await;
        other.invite("ana", other.root).await;
        let mut tx = ground.write().await;
        let admin = ground.administrator(&mut tx).await;
        let new = person("ANA", ground.root);
        let invited = accounts::invite(&mut tx, &admin, &ground.by(), &new).await;
        assert_eq!(refused(invited), Kind::Taken);
    }
);

both!(moving_home_begins_a_new_time_there, async |test| {
    let ground = Ground::lay(&test.store, "norte").await;
    let team = ground.open(UnitKind::Team, "Day", ground.root).await;
    let (ana, _) = ground.invite("ana", ground.root).await;
    ground.later(Duration::days(20));
    let mut tx = ground.write().await;
    let admin = ground.administrator(&mut tx).await;
    let by = ground.by();
    let stays = members::move_home(&mut tx, &admin, &by, ana.id, ground.root)
        .await
        .unwrap();
    assert_eq!(
        by.now - stays.since,
        Duration::days(20),
        "no move, no new time"
    );
    let moved = members::move_home(&mut tx, &admin, &by, ana.id, team.id)
        .await
        .unwrap();
    assert_eq!(members::of(&mut tx, ana.id).await.unwrap(), Some(moved));
    assert_eq!((moved.unit, moved.since), (team.id, by.now));
    let nowhere = members::move_home(&mut tx, &admin, &by, ana.id, UnitId::new()).await;
    assert_eq!(refused(nowhere), Kind::NotFound);
});

both!(an_absence_has_days_and_no_reason, async |test| {
    let ground = Ground::lay(&test.store, "norte").await;
    let (ana, _) = ground.invite("ana", ground.root).await;
    let day = |d| NaiveDate::from_ymd_opt(2026, 12, d).unwrap();
    let mut tx = ground.write().await;
    let admin = ground.administrator(&mut tx).await;
    let by = ground.by();
    let wrong = Some((day(9), Some(day(1))));
    let wrong = members::set_absence(&mut tx, &admin, &by, ana.id, wrong).await;
    assert_eq!(refused(wrong), Kind::Invalid);
    let days = Some((day(1), Some(day(9))));
    members::set_absence(&mut tx, &admin, &by, ana.id, days)
        .await
        .unwrap();
    let member = members::of(&mut tx, ana.id).await.unwrap().unwrap();
    assert!(member.is_away(day(9)) && !member.is_away(day(10)));
    let back = members::set_absence(&mut tx, &admin, &by, ana.id, None)
        .await
        .unwrap();
    assert!(!back.is_away(day(5)));
});

both!(
    who_has_left_keeps_twelve_months_and_nothing_else,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let ana = ground.worker("ana", ground.root).await;
        ground
            .grant(ana, Role::Supervisor, ground.root)
            .await
            .unwrap();
        let mut tx = ground.write().await;
        let admin = ground.administrator(&mut tx).await;
        let by = ground.by();
        let left = standing::depart(&mut tx, &admin, &by, ana).await.unwrap();
        assert_eq!(members::of(&mut tx, ana).await.unwrap(), None);
        let (person, _) = list::one(&mut tx, &admin, ana).await.unwrap();
        assert!(person.roles.is_empty());
        assert!(left.may_sign_in(by.now + Duration::days(364)));
        assert!(!left.may_sign_in(by.now + Duration::days(366)));
        assert!(!left.may_be_opened(by.now), "no code opens it");
        let ended = standing::ended(&mut tx, by.now + Duration::days(366))
            .await
            .unwrap();
        assert_eq!(ended, [left]);
        assert_eq!(standing::ended(&mut tx, by.now).await.unwrap(), []);
        members::move_home(&mut tx, &admin, &by, ana, ground.root)
            .await
            .unwrap();
        let back = accounts::find(&mut tx, ana).await.unwrap().unwrap();
        assert_eq!(
            back.state,
            State::Invited,
            "taken back; this test made her no vault"
        );
    }
);

both!(a_lock_has_a_reason_and_an_end, async |test| {
    let ground = Ground::lay(&test.store, "norte").await;
    let ana = ground.worker("ana", ground.root).await;
    let reason = Reason::parse("A lost phone").unwrap();
    let mut tx = ground.write().await;
    let admin = ground.administrator(&mut tx).await;
    let by = ground.by();
    for days in [0, 31] {
        let lock = standing::lock(&mut tx, &admin, &by, ana, (days, &reason)).await;
        assert_eq!(refused(lock), Kind::Invalid);
    }
    let locked = standing::lock(&mut tx, &admin, &by, ana, (30, &reason))
        .await
        .unwrap();
    assert!(!locked.may_sign_in(by.now));
    assert_eq!(locked.state_reason.as_deref(), Some("A lost phone"));
    assert!(
        locked.may_sign_in(by.now + Duration::days(30)),
        "it ends by itself"
    );
    let longer = standing::lock(&mut tx, &admin, &by, ana, (30, &reason)).await;
    assert_eq!(refused(longer), Kind::NotNow, "and is not prolonged");
    let open = standing::unlock(&mut tx, &admin, &by, ana).await.unwrap();
    assert_eq!(
        accounts::find(&mut tx, ana).await.unwrap(),
        Some(open.clone())
    );
    assert_eq!((open.state, open.state_reason), (State::Active, None));
});

both!(others_and_nobody_answer_alike, async |test| {
    let ground = Ground::lay(&test.store, "norte").await;
    let north = ground.open(UnitKind::Site, "North", ground.root).await;
    let other = Ground::lay(&test.store, "sur").await;
    let nora = ground.administrator_of("nora", north.id).await;
    let (beside, _) = ground.invite("ana", ground.root).await;
    let (foreign, _) = other.invite("ana", other.root).await;
    let mut tx = ground.write().await;
    let nora = Administrator::of(&mut tx, nora).await.unwrap();
    let by = ground.by();
    for id in [beside.id, foreign.id, AccountId::new()] {
        let refusals = [
            list::one(&mut tx, &nora, id).await.map(drop),
            standing::depart(&mut tx, &nora, &by, id).await.map(drop),
            standing::unlock(&mut tx, &nora, &by, id).await.map(drop),
            members::move_home(&mut tx, &nora, &by, id, north.id)
                .await
                .map(drop),
            invitations::invite_again(&mut tx, &nora, &by, id)
                .await
                .map(drop),
        ];
        for refusal in refusals {
            assert_eq!(refusal, Err(Kind::NotFound.into()));
        }
    }
});

both!(
    a_list_of_people_comes_in_pages_and_only_from_her_units,
    async |test| {
        let ground = Ground::lay(&test.store, "norte").await;
        let north = ground.open(UnitKind::Site, "North", ground.root).await;
        let nora = ground.administrator_of("nora", north.id).await;
        for name in ["Zoë", "ana", "bea", "émile"] {
            ground.invite(name, north.id).await;
        }
        ground.invite("olga", ground.root).await;
        let mut tx = ground.read().await;
        let nora = Administrator::of(&mut tx, nora).await.unwrap();
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let wanted = Wanted {
                after,
                limit: 2,
                ..Wanted::default()
            };
            let page = list::page(&mut tx, &nora, ground.clock.now(), &wanted)
                .await
                .unwrap();
            names.extend(
                page.people
                    .iter()
                    .map(|person| person.account.sign_in.clone()),
            );
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(names, ["ana", "bea", "nora", "zoë", "émile"]);
        let wanted = Wanted {
            state: Some(State::Active),
            text: Some("NAME OF N".to_owned()),
            limit: 50,
            ..Wanted::default()
        };
        let page = list::page(&mut tx, &nora, ground.clock.now(), &wanted)
            .await
            .unwrap();
        assert_eq!(page.people.len(), 1);
        assert_eq!(page.people[0].roles[0].role, Role::Administrator);
    }
);
