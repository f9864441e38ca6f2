//! Plans and waves that would ask almost the same people almost at once, and what is done to waves
//! and units around a close.

use poem::http::Method;
use respite::store::EngineName;
use serde_json::{Value, json};

use crate::support::app::{House, Person, TestApp};
use crate::support::both;
use crate::writer::ground::{another, count, id};

async fn plan_for(app: &TestApp, house: &House, unit: &str, first_day: &str) -> String {
    let body = json!({
        "instrument": "cbi", "every_months": 3, "window_days": 7, "languages": ["en"],
        "first_day": first_day, "units": [unit],
    });
    let made = app.post(&house.admin, "/plans", body).await.good();
    made["id"].as_str().unwrap().to_owned()
}

async fn move_home(app: &TestApp, house: &House, person: &Person, unit: &str) {
    let path = format!("/people/{}/home", person.id);
    let body = json!({ "unit": unit });
    app.put(&house.admin, &path, body).await.good();
}

async fn everyone_answers(app: &TestApp, people: &[Person], wave: &str, value: i64) {
    for person in people {
        app.consent(&person.token, "cbi").await;
        app.check_in(person, wave, value).await.good();
    }
}

async fn waves(app: &TestApp, house: &House) -> Vec<Value> {
    let waves = app.get(&house.admin, "/waves").await.good();
    waves["waves"].as_array().unwrap().clone()
}

/// Six people of one team.
async fn night_team(app: &TestApp) -> (House, String, Vec<Person>) {
    let house = app.house("haven").await;
    let night = app.unit(&house, "team", "Night", &house.organisation).await;
    let people = app.people(&house, &night, "worker", 6).await;
    (house, night, people)
}

both!(
    people_who_are_moved_to_another_plan_are_not_asked_again_at_once,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, night, people) = night_team(&app).await;
        let day = app.unit(&house, "team", "Day", &house.organisation).await;
        plan_for(&app, &house, &night, "2026-02-02").await;
        plan_for(&app, &house, &day, "2026-02-10").await;
        app.at("2026-02-02T05:00:00Z").await;
        let first = app.open_wave(&people[0].token).await;
        everyone_answers(&app, &people, &first, 50).await;
        app.at("2026-02-09T05:00:00Z").await;
        // All but one: five answers a day later, and the difference would be the sixth person's.
        for person in &people[1..] {
            move_home(&app, &house, person, &day).await;
        }
        app.at("2026-02-10T05:00:00Z").await;
        assert_eq!(waves(&app, &house).await.len(), 2, "it opens, for others");
        let second = app.open_wave(&people[1].token).await;
        for person in &people[1..] {
            let own = app.check_in(person, &second, 50).await.good();
            assert_eq!(own["record_only"], "not-asked");
        }
        app.at("2026-02-17T05:00:00Z").await;
        let of_second = format!("tallies WHERE wave = {}", id(&app, &second));
        assert_eq!(count(&app, &of_second).await, 0);
    }
);

both!(
    people_who_are_moved_while_a_wave_is_open_answer_in_one_only,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, night, people) = night_team(&app).await;
        let day = app.unit(&house, "team", "Day", &house.organisation).await;
        plan_for(&app, &house, &night, "2026-02-02").await;
        plan_for(&app, &house, &day, "2026-02-04").await;
        app.at("2026-02-02T05:00:00Z").await;
        for person in &people {
            move_home(&app, &house, person, &day).await;
        }
        app.at("2026-02-04T05:00:00Z").await;
        let both = waves(&app, &house).await;
        assert_eq!(both.len(), 2);
        for wave in both {
            let wave = wave["id"].as_str().unwrap();
            everyone_answers(&app, &people, wave, 50).await;
        }
        assert_eq!(count(&app, "ballots").await, 6, "one for each");
    }
);

both!(
    three_weeks_lie_between_waves_whichever_plan_asks,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, night, people) = night_team(&app).await;
        let plan = plan_for(&app, &house, &night, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&people[0].token).await;
        everyone_answers(&app, &people, &wave, 50).await;
        app.delete(&house.admin, &format!("/plans/{plan}"))
            .await
            .good();
        // A plan for the whole organisation asks the team again the day after.
        let all = json!({
            "instrument": "cbi", "every_months": 3, "window_days": 30, "languages": ["en"],
            "first_day": "2026-02-10",
        });
        app.post(&house.admin, "/plans", all).await.good();
        for instant in [
            "2026-02-09T05:00:00Z",
            "2026-02-10T05:00:00Z",
            "2026-03-02T03:59:00Z",
        ] {
            app.at(instant).await;
            assert_eq!(waves(&app, &house).await.len(), 1, "{instant}");
        }
        app.at("2026-03-02T04:01:00Z").await;
        assert_eq!(waves(&app, &house).await.len(), 2);
    }
);

both!(
    a_wave_that_is_stopped_is_not_asked_again_at_once,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, night, people) = night_team(&app).await;
        let plan = plan_for(&app, &house, &night, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&people[0].token).await;
        everyone_answers(&app, &people, &wave, 50).await;
        let stop = format!("/waves/{wave}/stop");
        app.post(&house.admin, &stop, json!({})).await.good();
        let extension = format!("/waves/{wave}/extension");
        for (path, body) in [
            (stop, json!({})),
            (extension, json!({ "closes_at": "2026-02-20T04:00:00Z" })),
        ] {
            let again = app.post(&house.admin, &path, body).await.problem();
            assert_eq!(again, (409, "wave-closed".to_owned()), "{path}");
        }
        app.delete(&house.admin, &format!("/plans/{plan}"))
            .await
            .good();
        plan_for(&app, &house, &night, "2026-02-03").await;
        for instant in ["2026-02-03T05:00:00Z", "2026-02-06T05:00:00Z"] {
            app.at(instant).await;
            assert_eq!(waves(&app, &house).await.len(), 1, "{instant}");
        }
        assert_eq!(count(&app, "tallies").await, 0);
    }
);

both!(an_extension_is_short_and_comes_once, async |store| {
    let app = TestApp::open(store).await;
    let (house, _, _) = night_team(&app).await;
    let body = json!({
        "instrument": "cbi", "every_months": 3, "window_days": 50, "languages": ["en"],
        "first_day": "2026-02-02",
    });
    app.post(&house.admin, "/plans", body).await.good();
    app.at("2026-02-02T05:00:00Z").await;
    let wave = waves(&app, &house).await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let extend = async |to: &str| {
        let body = json!({ "closes_at": to });
        let path = format!("/waves/{wave}/extension");
        app.post(&house.admin, &path, body).await
    };
    // The sixtieth day, although the next wave would leave three days more.
    assert_eq!(extend("2026-04-03T05:01:00Z").await.problem().0, 422);
    extend("2026-04-03T04:00:00Z").await.good();
    for to in ["2026-04-03T04:30:00Z", "2026-04-03T04:00:00Z"] {
        assert_eq!(extend(to).await.problem().1, "not-now", "{to}");
    }
});

async fn threshold(app: &TestApp, house: &House, people: i64) -> u16 {
    let body = Some(json!({ "threshold": people }));
    let came = app.send(Method::PATCH, "/organisation", &house.admin, body);
    came.await.status.as_u16()
}

both!(
    a_threshold_is_never_below_five_and_changes_no_open_wave,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, night, people) = night_team(&app).await;
        let lead = app.person(&house, "lead", &house.organisation).await;
        app.grant(&house, &lead, "supervisor", &night).await;
        app.plan(&house, "2026-02-02").await;
        for below in [4, 1, 0, -1] {
            assert_eq!(threshold(&app, &house, below).await, 422, "{below}");
        }
        assert_eq!(threshold(&app, &house, 8).await, 200);
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&people[0].token).await;
        everyone_answers(&app, &people, &wave, 50).await;
        assert_eq!(
            threshold(&app, &house, 5).await,
            200,
            "from the next wave on"
        );
        app.at("2026-02-16T05:00:00Z").await;
        assert_eq!(
            app.publications(&lead.token, &night).await[0]["published"],
            false
        );
        assert_eq!(count(&app, "tallies").await, 0, "six are fewer than eight");
        app.at("2026-05-02T05:00:00Z").await;
        let wave = app.open_wave(&people[0].token).await;
        everyone_answers(&app, &people, &wave, 50).await;
        assert_eq!(threshold(&app, &house, 50).await, 200);
        app.at("2026-05-16T05:00:00Z").await;
        let shown = app.publications(&lead.token, &night).await;
        assert_eq!(shown.last().unwrap()["answered"], 6);
    }
);

/// What an administrator does to a unit between the first answer and the count.
async fn around_a_close(engine: EngineName, act: impl AsyncFn(&TestApp, &House, &str, &[Person])) {
    let app = TestApp::open(another(engine).await).await;
    let (house, night, people) = night_team(&app).await;
    let lead = app.person(&house, "lead", &house.organisation).await;
    app.grant(&house, &lead, "supervisor", &house.organisation)
        .await;
    app.plan(&house, "2026-02-02").await;
    app.at("2026-02-02T05:00:00Z").await;
    let wave = app.open_wave(&people[0].token).await;
    everyone_answers(&app, &people[..3], &wave, 50).await;
    act(&app, &house, &night, &people).await;
    everyone_answers(&app, &people[3..], &wave, 50).await;
    app.at("2026-02-16T05:00:00Z").await;
    let shown = app.publications(&lead.token, &night).await;
    assert_eq!(
        (&shown[0]["answered"], &shown[0]["mean"]),
        (&json!(6), &json!(50))
    );
    let whole = app.publications(&lead.token, &house.organisation).await;
    assert_eq!(whole[0]["answered"], 6);
    assert_eq!(count(&app, "tallies").await, 3, "one atom a scale");
}

both!(
    moving_merging_and_closing_units_changes_no_count,
    async |store| {
        let engine = store.store.engine();
        // Moved under a site.
        around_a_close(engine, async |app, house, night, _| {
            let site = app.unit(house, "site", "South", &house.organisation).await;
            let path = format!("/units/{night}");
            let body = Some(json!({ "parent": site }));
            app.send(Method::PATCH, &path, &house.admin, body)
                .await
                .good();
        })
        .await;
        // Merged into a successor, and closed.
        around_a_close(engine, async |app, house, night, people| {
            let body = json!({
                "kind": "team", "name": "Both", "parent": house.organisation,
                "successor_of": night,
            });
            let both = app.post(&house.admin, "/units", body).await.good();
            for person in people {
                move_home(app, house, person, both["id"].as_str().unwrap()).await;
            }
            let closing = format!("/units/{night}/closing");
            app.post(&house.admin, &closing, json!({})).await.good();
        })
        .await;
        // Made smaller than five, one by one.
        around_a_close(engine, async |app, house, _, people| {
            let aside = app.unit(house, "team", "Aside", &house.organisation).await;
            for person in &people[..4] {
                move_home(app, house, person, &aside).await;
            }
        })
        .await;
    }
);
