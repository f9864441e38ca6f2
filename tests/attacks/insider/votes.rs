//! Being counted twice: every way that an account, its owner and an administrator have together.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::app::{PASSWORD, Person, TestApp, cbi};
use crate::support::{both, rows};
use crate::writer::ground::Scene;

/// An administrator resets her; she opens the empty vault.
async fn reset(scene: &Scene, person: &Person, sign_in: &str) -> Person {
    let app = &scene.app;
    app.clock.advance(Duration::hours(1));
    let path = format!("/people/{}/reset", person.id);
    let issued = app.post(&scene.house.admin, &path, json!({})).await.good();
    let code = issued["code"].as_str().unwrap().to_owned();
    let (token, recovery_code) = app.activate("haven", sign_in, &code).await;
    app.consent(&token, "cbi").await;
    Person {
        token,
        recovery_code,
        ..person.clone()
    }
}

async fn own(app: &TestApp, person: &Person, wave: &str) -> Value {
    let path = format!("/me/waves/{wave}");
    app.get(&person.token, &path).await.good()["check_in"].clone()
}

async fn erase(scene: &Scene, person: &Person) {
    let path = format!("/me/waves/{}/check-in", scene.wave);
    scene.app.delete(&person.token, &path).await.good();
}

both!(two_resets_in_one_wave_leave_one_ballot, async |store| {
    let scene = Scene::open(store, 1).await;
    let app = &scene.app;
    let first = &scene.people[0];
    scene.answer(first, 25).await.good();
    let second = reset(&scene, first, "worker1").await;
    let record = scene.answer(&second, 50).await.good();
    assert_eq!(record["record_only"], "new-vault");
    let third = reset(&scene, first, "worker1").await;
    let record = scene.answer(&third, 75).await.good();
    assert_eq!(record["record_only"], "new-vault");
    assert_eq!(rows(app, "ballots").await, 1);
    for stale in [first, &second] {
        assert_eq!(scene.answer(stale, 100).await.problem().0, 401);
    }
    // Both recovery codes are found, in either order: the record with the ballot is the one.
    for code in [&second.recovery_code, &first.recovery_code] {
        let body = json!({ "recovery_code": code });
        app.post(&third.token, "/me/recovered-vault", body)
            .await
            .good();
        scene.answer(&third, 100).await.good();
        scene.answer(&third, 0).await.good();
        assert_eq!(rows(app, "ballots").await, 1);
    }
    erase(&scene, &third).await;
    assert_eq!(rows(app, "ballots").await, 0);
    scene.answer(&third, 50).await.good();
    assert!(rows(app, "ballots").await <= 1);
});

both!(
    withdrawing_resetting_and_answering_again_is_no_ballot,
    async |store| {
        let scene = Scene::open(store, 1).await;
        scene.answer(&scene.people[0], 25).await.good();
        erase(&scene, &scene.people[0]).await;
        let again = reset(&scene, &scene.people[0], "worker1").await;
        for value in [25, 50] {
            let record = scene.answer(&again, value).await.good();
            assert_eq!(record["record_only"], "new-vault");
        }
        assert_eq!(rows(&scene.app, "ballots").await, 0);
    }
);

both!(
    who_erases_her_account_and_is_invited_again_has_no_second_vote,
    async |store| {
        let scene = Scene::open(store, 1).await;
        let app = &scene.app;
        let person = &scene.people[0];
        scene.answer(person, 25).await.good();
        let body = json!({ "password": PASSWORD });
        app.post(&person.token, "/me/erasure", body).await.good();
        assert_eq!(rows(app, "ballots").await, 0, "her ballot went with her");
        let again = app.person(&scene.house, "worker1", &scene.team).await;
        assert_ne!(again.id, person.id);
        app.consent(&again.token, "cbi").await;
        let record = scene.answer(&again, 50).await.good();
        assert_eq!(record["record_only"], "not-asked");
        assert_eq!(rows(app, "ballots").await, 0);
    }
);

both!(
    leaving_locking_and_moving_give_no_second_vote,
    async |store| {
        let scene = Scene::open(store, 3).await;
        let app = &scene.app;
        let [moved, locked, left] = &scene.people[..] else {
            unreachable!("three")
        };
        for person in [moved, locked, left] {
            scene.answer(person, 25).await.good();
        }
        let other = app
            .unit(&scene.house, "team", "Day", &scene.house.organisation)
            .await;
        let path = |person: &Person, what: &str| format!("/people/{}/{what}", person.id);
        let admin = &scene.house.admin;
        let body = json!({ "unit": other });
        app.put(admin, &path(moved, "home"), body).await.good();
        let record = scene.answer(moved, 50).await.good();
        assert_eq!(record["counted_at"], "unit", "where she was when it opened");
        let body = json!({ "days": 2, "reason": "Phone lost" });
        app.put(admin, &path(locked, "lock"), body).await.good();
        assert!(scene.answer(locked, 50).await.problem().0 >= 401);
        app.delete(admin, &path(locked, "lock")).await.good();
        let token = app.sign_in("haven", "worker2").await;
        let back = Person {
            token,
            ..locked.clone()
        };
        scene.answer(&back, 75).await.good();
        app.post(admin, &path(left, "departure"), json!({}))
            .await
            .good();
        assert_eq!(scene.answer(left, 50).await.problem().1, "read-only");
        assert_eq!(rows(app, "ballots").await, 3);
    }
);

both!(
    many_different_answers_at_one_moment_are_one_ballot,
    async |store| {
        let scene = Scene::open(store, 1).await;
        let (app, person) = (&scene.app, &scene.people[0]);
        for round in 0..3 {
            let came = tokio::join!(
                scene.answer(person, 0),
                scene.answer(person, 25),
                scene.answer(person, 50),
                scene.answer(person, 75),
                scene.answer(person, 100),
                scene.answer(person, 25),
            );
            let came = [came.0, came.1, came.2, came.3, came.4, came.5];
            for came in &came {
                let fair = came.status == 200 || came.status == 409;
                assert!(fair, "{}: {}", came.status, came.body);
            }
            assert!(came.iter().any(|came| came.status == 200));
            let tables = (rows(app, "ballots").await, rows(app, "open_records").await);
            assert_eq!(tables, (1, 1), "round {round}");
            if round == 1 {
                erase(&scene, person).await;
            }
        }
        let path = format!("/me/waves/{}/check-in", scene.wave);
        let (put, delete, again) = tokio::join!(
            scene.answer(person, 100),
            app.delete(&person.token, &path),
            scene.answer(person, 50),
        );
        for came in [put, delete, again] {
            let fair = came.status.is_success() || came.status == 409;
            assert!(fair, "{}: {}", came.status, came.body);
        }
        let named = own(app, person, &scene.wave).await != Value::Null;
        assert_eq!(rows(app, "ballots").await, i64::from(named));
    }
);

both!(late_answers_are_never_counted, async |store| {
    let scene = Scene::open(store, 2).await;
    let (app, early, late) = (&scene.app, &scene.people[0], &scene.people[1]);
    scene.answer(early, 25).await.good();
    let path = format!("/me/waves/{}/check-in", scene.wave);
    let sheet = |value: i64| {
        let mut sheet = cbi(value);
        sheet["late"] = json!(true);
        sheet
    };
    let open = app.put(&late.token, &path, sheet(50)).await.problem();
    assert_eq!(open.1, "wave-closed", "nothing is late while it is open");
    scene.close().await;
    let refused = scene.answer(late, 50).await.problem();
    assert_eq!(refused.1, "wave-closed");
    let record = app.put(&late.token, &path, sheet(50)).await.good();
    assert_eq!(record["record_only"], "late");
    let answered = app.put(&early.token, &path, sheet(75)).await.problem();
    assert_eq!(
        answered.1, "wave-closed",
        "who has answered does not answer late"
    );
    let left = (rows(app, "ballots").await, rows(app, "tallies").await);
    assert_eq!(left, (0, 0));
});

both!(
    one_person_in_two_organisations_votes_once_in_each,
    async |store| {
        let scene = Scene::open(store, 1).await;
        let app = &scene.app;
        let second = app.house("second").await;
        let also = app.person(&second, "worker1", &second.organisation).await;
        app.plan(&second, "2026-02-03").await;
        app.at("2026-02-03T05:00:00Z").await;
        app.consent(&also.token, "cbi").await;
        let other = app.open_wave(&also.token).await;
        for (person, wave, status) in [
            (&scene.people[0], &scene.wave, 200),
            (&scene.people[0], &other, 404),
            (&also, &other, 200),
            (&also, &scene.wave, 404),
        ] {
            let came = app.check_in(person, wave, 50).await;
            assert_eq!(came.status.as_u16(), status);
        }
        assert_eq!(rows(app, "ballots").await, 2);
    }
);

both!(
    who_keeps_nothing_and_answers_again_is_counted_once,
    async |store| {
        let scene = Scene::open(store, 1).await;
        let person = &scene.people[0];
        let path = format!("/me/waves/{}/check-in", scene.wave);
        for value in [0, 0, 50, 100] {
            let mut sheet = cbi(value);
            sheet["keep"] = json!(false);
            scene.app.put(&person.token, &path, sheet).await.good();
            assert_eq!(rows(&scene.app, "ballots").await, 1);
        }
        scene.answer_as(person, 50, "organisation").await.good();
        scene.answer_as(person, 50, "unit").await.good();
        assert_eq!(rows(&scene.app, "ballots").await, 1);
        scene.answer_as(person, 50, "nobody").await.good();
        assert_eq!(rows(&scene.app, "ballots").await, 0);
        let again = reset(&scene, person, "worker1").await;
        scene.answer_as(&again, 50, "unit").await.good();
        assert_eq!(rows(&scene.app, "ballots").await, 0);
    }
);
