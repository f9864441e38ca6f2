//! The main job: a worker answers, reads her own result, and her supervisor sees the team.

use serde_json::{Value, json};

use crate::support::app::{House, PASSWORD, Person, TestApp, cbi};
use crate::support::{both, rows};

/// A site with a team of six whose supervisor is settled elsewhere.
async fn settled_team(app: &TestApp, many: usize) -> (House, String, Vec<Person>, Person) {
    let house = app.house("haven").await;
    let site = app.unit(&house, "site", "North", &house.organisation).await;
    let team = app.unit(&house, "team", "Night shift", &site).await;
    let people = app.people(&house, &team, "worker", many).await;
    let lead = app.person(&house, "lead", &site).await;
    app.grant(&house, &lead, "supervisor", &team).await;
    app.plan(&house, "2026-02-02").await;
    (house, team, people, lead)
}

both!(
    six_answers_become_one_row_and_nothing_else_is_left,
    async |store| {
        let app = TestApp::open(store).await;
        let (_, team, people, lead) = settled_team(&app, 6).await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&people[0].token).await;
        for (number, person) in people.iter().enumerate() {
            app.consent(&person.token, "cbi").await;
            let value = if number < 4 { 75 } else { 25 };
            let own = app.check_in(person, &wave, value).await.good();
            assert_eq!(own["counted_at"], "unit");
            assert_eq!(
                own["result"]["scales"][0]["score"],
                if number < 4 { 75.0 } else { 25.0 }
            );
        }
        assert!(
            app.publications(&lead.token, &team).await.is_empty(),
            "nothing while it is open"
        );
        assert_eq!(rows(&app, "ballots").await, 6);
        app.at("2026-02-16T05:00:00Z").await;
        let shown = app.publications(&lead.token, &team).await;
        assert_eq!(shown.len(), 3, "one row a scale");
        let personal = shown
            .iter()
            .find(|row| row["scale"] == "cbi.personal")
            .unwrap();
        assert_eq!(personal["published"], true);
        assert_eq!(personal["answered"], 6);
        assert_eq!(personal["asked"], 6);
        assert_eq!(personal["mean"], 58);
        assert_eq!(personal["at_or_above_cut"], 4);
        for table in ["ballots", "wave_keys", "open_records"] {
            assert_eq!(rows(&app, table).await, 0, "{table}");
        }
        assert_eq!(rows(&app, "records").await, 6);
    }
);

both!(she_reads_her_own_history_and_what_changed, async |store| {
    let app = TestApp::open(store).await;
    let (_, _, people, _) = settled_team(&app, 5).await;
    let her = &people[0];
    app.consent(&her.token, "cbi").await;
    app.at("2026-02-02T05:00:00Z").await;
    let wave = app.open_wave(&her.token).await;
    app.check_in(her, &wave, 25).await.good();
    app.at("2026-02-16T05:00:00Z").await;
    app.at("2026-05-02T05:00:00Z").await;
    let wave = app.open_wave(&her.token).await;
    let own = app.check_in(her, &wave, 75).await.good();
    assert_eq!(own["result"]["opening"], "support");
    let change = own["result"]["scales"][0]["change"].as_str().unwrap();
    assert!(
        change.starts_with("Your score is 50 points higher than last time."),
        "{change}"
    );
    let waves = app.get(&her.token, "/me/waves").await.good();
    assert_eq!(waves["waves"].as_array().unwrap().len(), 2);
    let other = app.get(&people[1].token, "/me/waves").await.good();
    assert!(
        other["waves"]
            .as_array()
            .unwrap()
            .iter()
            .all(|wave| wave["check_in"].is_null())
    );
});

both!(
    the_same_sheet_twice_is_one_check_in_also_after_the_close,
    async |store| {
        let app = TestApp::open(store).await;
        let (_, _, people, _) = settled_team(&app, 5).await;
        let her = &people[0];
        app.consent(&her.token, "cbi").await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&her.token).await;
        let first = app.check_in(her, &wave, 50).await.good();
        assert_eq!(app.check_in(her, &wave, 50).await.good(), first);
        assert_eq!(rows(&app, "ballots").await, 1);
        app.at("2026-02-16T05:00:00Z").await;
        assert_eq!(app.check_in(her, &wave, 50).await.good(), first);
        assert_eq!(
            app.check_in(her, &wave, 75).await.problem(),
            (409, "wave-closed".to_owned())
        );
    }
);

both!(a_changed_sheet_replaces_the_ballot, async |store| {
    let app = TestApp::open(store).await;
    let (_, team, people, lead) = settled_team(&app, 5).await;
    app.at("2026-02-02T05:00:00Z").await;
    let wave = app.open_wave(&people[0].token).await;
    for person in &people {
        app.consent(&person.token, "cbi").await;
        app.check_in(person, &wave, 0).await.good();
        app.check_in(person, &wave, 100).await.good();
    }
    assert_eq!(rows(&app, "ballots").await, 5);
    app.at("2026-02-16T05:00:00Z").await;
    let shown = app.publications(&lead.token, &team).await;
    assert_eq!(shown[0]["answered"], 5);
    // All at 100 is never told: the limits of five on steps of 1/24 end here (decision 0003).
    assert_eq!(shown[0]["mean"], 68);
    assert_eq!(shown[0]["at_or_above_cut"], 3);
});

both!(without_consent_nothing_is_taken, async |store| {
    let app = TestApp::open(store).await;
    let (_, _, people, _) = settled_team(&app, 5).await;
    app.at("2026-02-02T05:00:00Z").await;
    let wave = app.open_wave(&people[0].token).await;
    let refused = app.check_in(&people[0], &wave, 50).await;
    assert_eq!(refused.problem(), (409, "consent".to_owned()));
    assert_eq!(rows(&app, "open_records").await, 0);
    app.consent(&people[0].token, "cbi").await;
    app.check_in(&people[0], &wave, 50).await.good();
    app.delete(&people[0].token, "/me/consents/cbi")
        .await
        .good();
    assert_eq!(rows(&app, "ballots").await, 0);
    let own = app
        .get(&people[0].token, &format!("/me/waves/{wave}"))
        .await
        .good();
    assert_eq!(own["check_in"], Value::Null);
});

both!(she_chooses_how_far_she_is_counted, async |store| {
    let app = TestApp::open(store).await;
    let (house, team, people, lead) = settled_team(&app, 8).await;
    app.grant(&house, &lead, "supervisor", &house.organisation)
        .await;
    app.at("2026-02-02T05:00:00Z").await;
    let wave = app.open_wave(&people[0].token).await;
    for (number, person) in people.iter().enumerate() {
        app.consent(&person.token, "cbi").await;
        let mut sheet = cbi(50);
        sheet["reach"] = json!(["unit", "organisation", "nobody"][number.saturating_sub(5)]);
        let own = app
            .put(&person.token, &format!("/me/waves/{wave}/check-in"), sheet)
            .await;
        let expected = [json!("unit"), json!("organisation"), Value::Null];
        assert_eq!(own.good()["counted_at"], expected[number.saturating_sub(5)]);
    }
    app.at("2026-02-16T05:00:00Z").await;
    assert_eq!(app.publications(&lead.token, &team).await[0]["answered"], 6);
    let whole = app.publications(&lead.token, &house.organisation).await;
    // The one who is counted at the organisation only is fewer than five there: left out.
    assert_eq!(whole[0]["answered"], 6);
    assert_eq!(
        whole[0]["asked"], 10,
        "eight workers, their lead, the administrator"
    );
});

both!(
    everything_of_hers_can_be_taken_along_and_erased,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, _, people, _) = settled_team(&app, 5).await;
        let her = &people[0];
        app.consent(&her.token, "cbi").await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&her.token).await;
        app.check_in(her, &wave, 50).await.good();
        let export = app.get(&her.token, "/me/export").await.good();
        assert_eq!(
            export["waves"][0]["record"]["scored"]["answers"]["cbi.work.1"],
            50
        );
        let wrong = json!({ "password": "not her password" });
        assert!(
            app.post(&her.token, "/me/erasure", wrong)
                .await
                .status
                .is_client_error()
        );
        let right = json!({ "password": PASSWORD });
        app.post(&her.token, "/me/erasure", right).await.good();
        assert_eq!(rows(&app, "ballots").await, 0);
        assert_eq!(
            app.get(&her.token, "/me").await.problem(),
            (401, "sign-in".to_owned())
        );
        let people = app.get(&house.admin, "/people?limit=200").await.good();
        assert!(!people.to_string().contains("worker1"));
    }
);

both!(a_single_record_can_be_erased_later, async |store| {
    let app = TestApp::open(store).await;
    let (_, _, people, _) = settled_team(&app, 5).await;
    let her = &people[0];
    app.consent(&her.token, "cbi").await;
    app.at("2026-02-02T05:00:00Z").await;
    let wave = app.open_wave(&her.token).await;
    app.check_in(her, &wave, 50).await.good();
    app.at("2026-02-16T05:00:00Z").await;
    app.delete(&her.token, &format!("/me/waves/{wave}/check-in"))
        .await
        .good();
    let own = app
        .get(&her.token, &format!("/me/waves/{wave}"))
        .await
        .good();
    assert_eq!(own["check_in"], Value::Null);
    assert_eq!(
        rows(&app, "records").await,
        1,
        "an empty row stays, like any other"
    );
});

both!(late_answers_are_hers_alone, async |store| {
    let app = TestApp::open(store).await;
    let (_, team, people, lead) = settled_team(&app, 6).await;
    app.at("2026-02-02T05:00:00Z").await;
    let wave = app.open_wave(&people[0].token).await;
    for person in &people {
        app.consent(&person.token, "cbi").await;
    }
    for person in &people[1..] {
        app.check_in(person, &wave, 50).await.good();
    }
    app.at("2026-02-16T05:00:00Z").await;
    let path = format!("/me/waves/{wave}/check-in");
    assert_eq!(
        app.check_in(&people[0], &wave, 0).await.problem().1,
        "wave-closed"
    );
    let mut late = cbi(100);
    late["late"] = json!(true);
    let own = app.put(&people[0].token, &path, late.clone()).await.good();
    assert_eq!(own["record_only"], "late");
    assert_eq!(app.put(&people[0].token, &path, late).await.good(), own);
    assert_eq!(app.publications(&lead.token, &team).await[0]["answered"], 5);
});

both!(a_draft_survives_until_it_is_finished, async |store| {
    let app = TestApp::open(store).await;
    let (_, _, people, _) = settled_team(&app, 5).await;
    app.at("2026-02-02T05:00:00Z").await;
    let wave = app.open_wave(&people[0].token).await;
    let path = format!("/me/waves/{wave}/draft");
    let draft = json!({ "answers": { "cbi.work.1": 75, "cbi.work.2": null } });
    let refused = app.put(&people[0].token, &path, draft.clone()).await;
    assert_eq!(refused.problem().1, "consent");
    app.consent(&people[0].token, "cbi").await;
    app.put(&people[0].token, &path, draft.clone()).await.good();
    let kept = app.get(&people[0].token, &path).await.good();
    assert_eq!(kept["answers"], draft["answers"]);
    let other = app.get(&people[1].token, &path).await.good();
    assert_eq!(other["answers"], json!({}));
    assert_eq!(kept.to_string().len(), other.to_string().len());
    app.check_in(&people[0], &wave, 50).await.good();
    assert_eq!(
        app.get(&people[0].token, &path).await.good(),
        other,
        "gone when it is finished"
    );
});

both!(
    a_double_click_is_one_check_in_and_one_answer,
    async |store| {
        let app = TestApp::open(store).await;
        let (_, _, people, _) = settled_team(&app, 5).await;
        let her = &people[0];
        app.consent(&her.token, "cbi").await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&her.token).await;
        for value in [25, 75] {
            let (first, second, third) = tokio::join!(
                app.check_in(her, &wave, value),
                app.check_in(her, &wave, value),
                app.check_in(her, &wave, value)
            );
            let first = first.good();
            assert_eq!(second.good(), first);
            assert_eq!(third.good(), first);
            assert_eq!(rows(&app, "ballots").await, 1);
        }
    }
);

both!(who_keeps_no_answers_leaves_none, async |store| {
    let app = TestApp::open(store).await;
    let (_, _, people, _) = settled_team(&app, 5).await;
    let her = &people[0];
    app.consent(&her.token, "cbi").await;
    app.at("2026-02-02T05:00:00Z").await;
    let wave = app.open_wave(&her.token).await;
    app.check_in(her, &wave, 50).await.good();
    let mut sheet = cbi(50);
    sheet["keep"] = json!(false);
    let own = app
        .put(&her.token, &format!("/me/waves/{wave}/check-in"), sheet)
        .await
        .good();
    assert_eq!(
        (&own["answers"], &own["counted_at"]),
        (&Value::Null, &json!("unit"))
    );
    let export = app.get(&her.token, "/me/export").await.good();
    assert!(!export.to_string().contains("cbi.work.1"));
    assert_eq!(rows(&app, "ballots").await, 1);
});
