//! Waves are opened, extended and stopped; they never change otherwise.

use serde_json::json;

use crate::support::app::TestApp;
use crate::support::{both, rows};

both!(
    an_open_wave_does_not_notice_that_people_move,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let team = app.unit(&house, "team", "Night", &house.organisation).await;
        let other = app.unit(&house, "team", "Day", &house.organisation).await;
        let people = app.people(&house, &team, "worker", 5).await;
        let lead = app.person(&house, "lead", &house.organisation).await;
        app.grant(&house, &lead, "supervisor", &house.organisation)
            .await;
        app.plan(&house, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&people[0].token).await;
        for person in &people {
            app.consent(&person.token, "cbi").await;
        }
        let path = format!("/people/{}/home", people[0].id);
        app.put(&house.admin, &path, json!({ "unit": other }))
            .await
            .good();
        for person in &people {
            assert_eq!(
                app.check_in(person, &wave, 50).await.good()["counted_at"],
                "unit"
            );
        }
        app.at("2026-02-16T05:00:00Z").await;
        assert_eq!(app.publications(&lead.token, &team).await[0]["answered"], 5);
    }
);

both!(
    a_wave_can_be_extended_once_and_a_day_before,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        app.plan(&house, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        let waves = app.get(&house.admin, "/waves").await.good();
        let wave = waves["waves"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/waves/{wave}/extension");
        let to = |day: &str| json!({ "closes_at": format!("{day}T04:00:00Z") });
        assert_eq!(
            app.post(&house.admin, &path, to("2026-02-10"))
                .await
                .problem()
                .0,
            422
        );
        assert_eq!(
            app.post(&house.admin, &path, to("2026-05-01"))
                .await
                .problem()
                .0,
            422
        );
        app.post(&house.admin, &path, to("2026-02-20")).await.good();
        assert_eq!(
            app.post(&house.admin, &path, to("2026-02-22"))
                .await
                .problem()
                .0,
            409
        );
        app.at("2026-02-17T05:00:00Z").await;
        let waves = app.get(&house.admin, "/waves").await.good();
        assert_eq!(waves["waves"][0]["state"], "open");
        app.at("2026-02-20T05:00:00Z").await;
        let waves = app.get(&house.admin, "/waves").await.good();
        assert_eq!(waves["waves"][0]["state"], "closed");
    }
);

both!(
    a_stopped_wave_releases_nothing_and_keeps_records,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let team = app.unit(&house, "team", "Night", &house.organisation).await;
        let people = app.people(&house, &team, "worker", 6).await;
        app.plan(&house, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&people[0].token).await;
        for person in &people {
            app.consent(&person.token, "cbi").await;
            app.check_in(person, &wave, 50).await.good();
        }
        app.post(&house.admin, &format!("/waves/{wave}/stop"), json!({}))
            .await
            .good();
        let left = [rows(&app, "ballots").await, rows(&app, "wave_keys").await];
        assert_eq!(left, [0, 0]);
        assert_eq!(rows(&app, "records").await, 6);
        app.at("2026-02-16T05:00:00Z").await;
        assert_eq!(rows(&app, "tallies").await, 0);
        let own = app
            .get(&people[0].token, &format!("/me/waves/{wave}"))
            .await
            .good();
        assert_eq!(own["check_in"]["answers"]["cbi.work.1"], 50);
    }
);

both!(
    a_wave_of_each_quarter_opens_by_itself_and_only_once,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        app.plan(&house, "2026-02-02").await;
        for instant in [
            "2026-02-02T05:00:00Z",
            "2026-02-02T06:00:00Z",
            "2026-05-02T05:00:00Z",
        ] {
            app.at(instant).await;
            app.at(instant).await;
        }
        let waves = app.get(&house.admin, "/waves").await.good();
        let numbers: Vec<i64> = waves["waves"]
            .as_array()
            .unwrap()
            .iter()
            .map(|wave| wave["number"].as_i64().unwrap())
            .collect();
        assert_eq!(numbers, [1, 2]);
    }
);

both!(
    one_unit_is_asked_an_instrument_by_one_plan_only,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let team = app.unit(&house, "team", "Night", &house.organisation).await;
        let plan = app.plan(&house, "2026-02-02").await;
        let again = json!({
            "instrument": "cbi", "every_months": 6, "window_days": 10, "languages": ["en"],
            "first_day": "2026-03-02", "units": [team],
        });
        assert_eq!(
            app.post(&house.admin, "/plans", again.clone())
                .await
                .problem()
                .1,
            "not-now"
        );
        app.delete(&house.admin, &format!("/plans/{plan}"))
            .await
            .good();
        app.post(&house.admin, "/plans", again).await.good();
    }
);

both!(
    plans_for_different_sites_do_not_keep_each_other_waiting,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let mut plans = Vec::new();
        for name in ["North", "South"] {
            let site = app.unit(&house, "site", name, &house.organisation).await;
            let plan = json!({
                "instrument": "cbi", "every_months": 3, "window_days": 14, "languages": ["en"],
                "first_day": "2026-02-02", "units": [site],
            });
            let made = app.post(&house.admin, "/plans", plan).await.good();
            plans.push(made["id"].as_str().unwrap().to_owned());
        }
        app.at("2026-02-02T05:00:00Z").await;
        let waves = app.get(&house.admin, "/waves").await.good();
        assert_eq!(waves["waves"].as_array().unwrap().len(), 2);
    }
);

both!(a_plan_whose_units_are_closed_opens_nothing, async |store| {
    let app = TestApp::open(store).await;
    let house = app.house("haven").await;
    let team = app.unit(&house, "team", "Gone", &house.organisation).await;
    let plan = json!({
        "instrument": "cbi", "every_months": 3, "window_days": 14, "languages": ["en"],
        "first_day": "2026-02-02", "units": [team],
    });
    app.post(&house.admin, "/plans", plan).await.good();
    app.post(&house.admin, &format!("/units/{team}/closing"), json!({}))
        .await
        .good();
    app.at("2026-02-02T05:00:00Z").await;
    let waves = app.get(&house.admin, "/waves").await.good();
    assert!(waves["waves"].as_array().unwrap().is_empty());
});

both!(a_window_with_little_left_is_missed, async |store| {
    let app = TestApp::open(store).await;
    let house = app.house("haven").await;
    app.plan(&house, "2026-02-02").await;
    app.at("2026-02-15T05:00:00Z").await;
    let waves = app.get(&house.admin, "/waves").await.good();
    assert!(waves["waves"].as_array().unwrap().is_empty());
    app.at("2026-05-02T05:00:00Z").await;
    let waves = app.get(&house.admin, "/waves").await.good();
    assert_eq!(
        waves["waves"][0]["number"], 2,
        "numbers keep their place in time"
    );
});
