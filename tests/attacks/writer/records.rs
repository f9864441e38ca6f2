//! Records, released rows and the audit.

use chrono::Duration;
use respite::audit::{self, Finding};
use respite::ids::OrganisationId;
use respite::vault::ServerKeys;
use serde_json::{Value, json};

use super::ground::{Scene, blob, count, id, keep, put_back, write};
use crate::support::app::{House, Person, TestApp};
use crate::support::both;

async fn own(scene: &Scene, person: &Person) -> Value {
    let path = format!("/me/waves/{}", scene.wave);
    scene.app.get(&person.token, &path).await.good()["check_in"].clone()
}

/// Each ciphertext under the other's locator.
async fn swap(app: &TestApp, table: &str) {
    keep(app, &[table]).await;
    let sql = format!(
        "UPDATE {table} SET ciphertext = (SELECT k.ciphertext FROM kept_{table} k
            WHERE k.locator <> {table}.locator)"
    );
    write(app, &sql).await;
}

both!(
    records_that_change_places_are_read_by_nobody,
    async |store| {
        let scene = Scene::open(store, 2).await;
        let app = &scene.app;
        for (person, value) in scene.people.iter().zip([0, 100]) {
            scene.answer(person, value).await.good();
        }
        swap(app, "open_records").await;
        for person in &scene.people {
            assert_eq!(own(&scene, person).await, Value::Null);
            // Her locator is taken by a row that is not hers: she is refused, and nothing is cast.
            let refused = scene.answer(person, 50).await.problem();
            assert!(refused.0 == 409 || refused.0 == 500, "{refused:?}");
        }
        assert_eq!(count(app, "ballots").await, 2);
        put_back(app, &["open_records"]).await;
        scene.close().await;
        swap(app, "records").await;
        for person in &scene.people {
            assert_eq!(own(&scene, person).await, Value::Null);
        }
        put_back(app, &["records"]).await;
        let hers = own(&scene, &scene.people[0]).await;
        assert_eq!(hers["answers"]["cbi.work.1"], 0, "they were never lost");
    }
);

both!(a_record_at_another_place_is_not_there, async |store| {
    let scene = Scene::answered(store, 1).await;
    let app = &scene.app;
    let elsewhere = blob(app, &[7; 32]);
    write(
        app,
        &format!("UPDATE open_records SET locator = {elsewhere}"),
    )
    .await;
    assert_eq!(own(&scene, &scene.people[0]).await, Value::Null);
    scene.close().await;
    assert_eq!(count(app, "records").await, 1);
    assert_eq!(own(&scene, &scene.people[0]).await, Value::Null);
});

both!(
    an_old_record_that_is_put_back_changes_nothing,
    async |store| {
        let scene = Scene::answered(store, 1).await;
        let (app, person) = (&scene.app, &scene.people[0]);
        keep(app, &["open_records"]).await;
        scene.answer(person, 75).await.good();
        put_back(app, &["open_records"]).await;
        // It names a ballot that is gone: nothing is cast beside the one that is there.
        let refused = scene.answer(person, 100).await.problem();
        assert_eq!(refused, (409, "changed".to_owned()));
        assert_eq!(count(app, "ballots").await, 1);
    }
);

both!(
    released_rows_can_be_falsified_and_tell_nothing_of_a_person,
    async |store| {
        let scene = Scene::answered(store, 6).await;
        let app = &scene.app;
        scene.close().await;
        keep(app, &["tallies"]).await;
        write(app, "UPDATE tallies SET mean = 99, answered = 7").await;
        let shown = scene.shown(&scene.team).await;
        // Nothing guards a released row: what is shown is what she has written, and nothing else.
        assert_eq!(
            (&shown["mean"], &shown["answered"]),
            (&json!(99), &json!(7))
        );
        put_back(app, &["tallies"]).await;
        let elsewhere = id(app, &scene.house.organisation);
        write(app, &format!("UPDATE tallies SET unit = {elsewhere}")).await;
        assert_eq!(scene.shown(&scene.team).await["published"], false);
        let own = own(&scene, &scene.people[0]).await;
        assert_eq!(
            own["answers"]["cbi.work.1"], 50,
            "what she wrote is out of reach"
        );
        let open: i64 = count(app, "ballots").await + count(app, "wave_keys").await;
        assert_eq!(open, 0);
    }
);

async fn findings(app: &TestApp, house: &House, noted: Option<&str>) -> Vec<Finding> {
    verdict(app, house, noted).await.findings
}

async fn verdict(app: &TestApp, house: &House, noted: Option<&str>) -> audit::Verdict {
    let of = OrganisationId(house.organisation.parse().unwrap());
    let mut tx = app.app.store.read().await.unwrap();
    audit::verify(&mut tx, &app.app.keys, of, noted)
        .await
        .unwrap()
}

both!(
    an_audit_from_elsewhere_or_under_her_own_key_is_found,
    async |store| {
        let scene = Scene::open(store, 1).await;
        let app = &scene.app;
        let second = app.house("second").await;
        keep(app, &["audit", "audit_head"]).await;
        assert_eq!(findings(app, &scene.house, None).await, []);
        let (ours, theirs) = (
            id(app, &scene.house.organisation),
            id(app, &second.organisation),
        );
        // The whole chain of another house in place of one's own.
        let replace = format!(
            "DELETE FROM audit WHERE organisation = {ours};
             DELETE FROM audit_head WHERE organisation = {ours};
             INSERT INTO audit SELECT {ours}, number, at, actor, change, previous, tag
                FROM kept_audit WHERE organisation = {theirs};
             INSERT INTO audit_head SELECT {ours}, number, head
                FROM kept_audit_head WHERE organisation = {theirs};"
        );
        write(app, &replace).await;
        let found = findings(app, &scene.house, None).await;
        assert!(found.contains(&Finding::NotGenuine(1)), "{found:?}");
        put_back(app, &["audit", "audit_head"]).await;
        // One entry changed, and tagged with a key of hers.
        let tag = blob(
            app,
            &ServerKeys::from_bytes([7; 32]).tag("audit", &[b"entry"]),
        );
        let forge = format!(
            "UPDATE audit SET change = '{{\"change\":\"restored\"}}', tag = {tag}
             WHERE number = 2 AND organisation = {ours}"
        );
        write(app, &forge).await;
        let found = findings(app, &scene.house, None).await;
        assert!(found.contains(&Finding::NotGenuine(2)), "{found:?}");
    }
);

both!(
    an_audit_that_is_cut_and_grows_again_misses_the_noted_head,
    async |store| {
        let scene = Scene::open(store, 1).await;
        let (app, house) = (&scene.app, &scene.house);
        keep(app, &["audit", "audit_head"]).await;
        let other = app.person(house, "witness", &scene.team).await;
        app.clock.advance(Duration::hours(1));
        app.grant(house, &other, "supervisor", &scene.team).await;
        let noted = verdict(app, house, None).await.head.text();
        // Everything since, with the head that belonged to it; then the chain goes on.
        put_back(app, &["audit", "audit_head"]).await;
        assert_eq!(
            findings(app, house, None).await,
            [],
            "a whole chain, an hour old"
        );
        for name in ["one", "two", "three", "four"] {
            app.unit(house, "team", name, &house.organisation).await;
        }
        assert_eq!(findings(app, house, None).await, []);
        let found = findings(app, house, Some(&noted)).await;
        assert_eq!(
            found,
            [Finding::HeadNotFound],
            "which is why it is logged daily"
        );
    }
);
