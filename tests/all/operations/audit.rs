//! Nobody without the server key rewrites the audit unnoticed, and retention does not look like
//! somebody who cut a chain.

use chrono::Duration;
use respite::audit::{self, Change, Finding, Verdict};
use respite::ids::OrganisationId;
use respite::vault::ServerKeys;

use crate::support::app::TestApp;
use crate::support::{TestStore, both, run_sql};

/// An organisation whose chain has at least ten entries, one a day.
async fn with_chain(test: TestStore) -> (TestApp, OrganisationId) {
    let app = TestApp::open(test).await;
    let house = app.house("haven").await;
    let organisation = OrganisationId(house.organisation.parse().unwrap());
    for day in 0..10 {
        app.clock.advance(Duration::days(1));
        let mut tx = app.app.store.write().await.unwrap();
        let change = Change::AccountsImported { count: day };
        let by = app.app.seal();
        audit::enter(&mut tx, &by, organisation, None, change)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    (app, organisation)
}

async fn verify(app: &TestApp, of: OrganisationId, noted: Option<&str>) -> Verdict {
    let mut tx = app.app.store.read().await.unwrap();
    audit::verify(&mut tx, &app.app.keys, of, noted)
        .await
        .unwrap()
}

async fn findings(app: &TestApp, of: OrganisationId) -> Vec<Finding> {
    verify(app, of, None).await.findings
}

/// Removes what is older than so many days.
async fn retain(app: &TestApp, of: OrganisationId, days: i64) -> u64 {
    let before = app.clock.now() - Duration::days(days);
    let mut tx = app.app.store.write().await.unwrap();
    let removed = audit::retain(&mut tx, &app.app.seal(), of, before)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    removed
}

both!(
    a_chain_is_whole_and_a_noted_head_is_part_of_it,
    async |test| {
        let (app, of) = with_chain(test).await;
        let noted = verify(&app, of, None).await;
        assert_eq!(noted.findings, []);
        assert!(noted.entries >= 10);
        let mut tx = app.app.store.write().await.unwrap();
        audit::enter(&mut tx, &app.app.seal(), of, None, Change::Restored)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            verify(&app, of, Some(&noted.head.text())).await.findings,
            []
        );
        let never = format!("5:{}", "00".repeat(32));
        assert_eq!(
            verify(&app, of, Some(&never)).await.findings,
            [Finding::HeadNotFound]
        );
    }
);

both!(a_changed_entry_is_found, async |test| {
    let (app, of) = with_chain(test).await;
    run_sql(
        &app,
        "UPDATE audit SET change = '{\"change\":\"restored\"}' WHERE number = 4",
    )
    .await;
    assert_eq!(
        findings(&app, of).await,
        [Finding::NotGenuine(4), Finding::Gap(5)]
    );
});

both!(a_changed_actor_or_time_is_found, async |test| {
    let (app, of) = with_chain(test).await;
    run_sql(
        &app,
        "UPDATE audit SET actor = organisation WHERE number = 3",
    )
    .await;
    run_sql(
        &app,
        "UPDATE audit SET at = (SELECT at FROM audit WHERE number = 9) WHERE number = 7",
    )
    .await;
    let found = findings(&app, of).await;
    assert!(found.contains(&Finding::NotGenuine(3)), "{found:?}");
    assert!(found.contains(&Finding::NotGenuine(7)), "{found:?}");
});

both!(a_removed_entry_is_found, async |test| {
    let (app, of) = with_chain(test).await;
    run_sql(&app, "DELETE FROM audit WHERE number = 6").await;
    assert_eq!(findings(&app, of).await, [Finding::Gap(7)]);
});

both!(entries_that_changed_places_are_found, async |test| {
    let (app, of) = with_chain(test).await;
    run_sql(
        &app,
        "UPDATE audit SET number = -1 WHERE number = 5;
         UPDATE audit SET number = 5 WHERE number = 6;
         UPDATE audit SET number = 6 WHERE number = -1;",
    )
    .await;
    let found = findings(&app, of).await;
    assert!(found.contains(&Finding::NotGenuine(5)), "{found:?}");
    assert!(found.contains(&Finding::NotGenuine(6)), "{found:?}");
});

both!(an_entry_that_was_put_in_is_found, async |test| {
    let (app, of) = with_chain(test).await;
    run_sql(
        &app,
        "INSERT INTO audit (organisation, number, at, actor, change, previous, tag)
         SELECT organisation, number + 1000, at, actor, change, previous, tag FROM audit
         WHERE number = 2",
    )
    .await;
    let found = findings(&app, of).await;
    assert!(found.contains(&Finding::NotGenuine(1002)), "{found:?}");
    assert!(found.contains(&Finding::WrongEnd), "{found:?}");
});

both!(
    an_end_that_was_cut_is_found_by_the_stored_or_the_noted_head,
    async |test| {
        let (app, of) = with_chain(test).await;
        let noted = verify(&app, of, None).await.head.text();
        run_sql(&app, "DELETE FROM audit WHERE number > 8").await;
        assert_eq!(findings(&app, of).await, [Finding::WrongEnd]);
        // Whoever also sets the stored head back is found only by the head in the log.
        let shortened = verify(&app, of, None).await.head;
        run_sql(
            &app,
            "UPDATE audit_head SET number = 8,
         head = (SELECT previous FROM audit WHERE number = 8)",
        )
        .await;
        assert_eq!(findings(&app, of).await, [Finding::WrongEnd]);
        assert_eq!(shortened.number, 8);
        let found = verify(&app, of, Some(&noted)).await.findings;
        assert!(found.contains(&Finding::HeadNotFound), "{found:?}");
        run_sql(&app, "DELETE FROM audit; DELETE FROM audit_head;").await;
        assert_eq!(findings(&app, of).await, [Finding::Empty]);
    }
);

both!(another_key_finds_every_entry, async |test| {
    let (app, of) = with_chain(test).await;
    let mut tx = app.app.store.read().await.unwrap();
    let other = ServerKeys::from_bytes([9; 32]);
    let found = audit::verify(&mut tx, &other, of, None).await.unwrap();
    assert_eq!(found.findings.len() as u64, found.entries);
});

both!(a_chain_that_retention_shortened_is_whole, async |test| {
    let (app, of) = with_chain(test).await;
    let before = verify(&app, of, None).await;
    assert_eq!(retain(&app, of, 30).await, 0, "nothing is so old");
    assert_eq!(
        verify(&app, of, None).await,
        before,
        "and no checkpoint was left"
    );
    let removed = retain(&app, of, 5).await;
    assert!(removed > 0);
    let after = verify(&app, of, Some(&before.head.text())).await;
    assert_eq!(after.findings, []);
    assert_eq!(after.entries, before.entries - removed + 1);
    // Again, later: the first checkpoint goes too.
    app.clock.advance(Duration::days(100));
    assert_eq!(retain(&app, of, 50).await, after.entries);
    let last = verify(&app, of, Some(&after.head.text())).await;
    assert_eq!((last.findings, last.entries), (vec![], 1));
    let found = verify(&app, of, Some("2:00")).await.findings;
    assert_eq!(found, [Finding::HeadTooOld(last.head.number)]);
});

both!(a_beginning_that_was_cut_by_hand_is_found, async |test| {
    let (app, of) = with_chain(test).await;
    run_sql(&app, "DELETE FROM audit WHERE number <= 3").await;
    assert_eq!(findings(&app, of).await, [Finding::NoBeginning(4)]);
    // A checkpoint without the server's tag vouches for nothing.
    run_sql(
        &app,
        "UPDATE audit SET change = '{\"change\":\"checkpoint\",\"removed_to\":3,\"head\":\"3:00\"}'
         WHERE number = 8",
    )
    .await;
    let found = findings(&app, of).await;
    assert!(found.contains(&Finding::NoBeginning(4)), "{found:?}");
    assert!(found.contains(&Finding::NotGenuine(8)), "{found:?}");
});

both!(
    a_genuine_checkpoint_vouches_for_its_own_cut_only,
    async |test| {
        let (app, of) = with_chain(test).await;
        retain(&app, of, 5).await;
        assert_eq!(findings(&app, of).await, []);
        run_sql(
            &app,
            "DELETE FROM audit WHERE number = (SELECT MIN(number) FROM audit)",
        )
        .await;
        let found = findings(&app, of).await;
        assert!(matches!(found[..], [Finding::NoBeginning(_)]), "{found:?}");
    }
);
