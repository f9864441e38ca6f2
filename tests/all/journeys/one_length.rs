//! What is sent to a worker about her waves is as long whether she answered or not, and whatever
//! she answered.

use std::collections::BTreeMap;

use respite::questionnaires::Instrument;
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::both;

both!(an_answered_wave_is_as_long_as_an_open_one, async |store| {
    let app = TestApp::open(store).await;
    let house = app.house("haven").await;
    let team = app
        .unit(&house, "team", "Night shift", &house.organisation)
        .await;
    let people = app.people(&house, &team, "worker", 2).await;
    app.plan(&house, "2026-02-02").await;
    app.at("2026-02-02T05:00:00Z").await;
    let (silent, answers) = (&people[0], &people[1]);
    let wave = app.open_wave(&answers.token).await;
    app.consent(&answers.token, "cbi").await;
    let all = "/me/waves".to_owned();
    for path in [all, format!("/me/waves/{wave}")] {
        let open = app.get(&silent.token, &path).await.good().to_string();
        for value in [0, 50, 100] {
            let said = app.check_in(answers, &wave, value).await.good();
            let answered = app.get(&answers.token, &path).await.good().to_string();
            assert_eq!(answered.len(), open.len(), "{path} with {value}");
            assert_eq!(said.to_string().len() % 6144, 0, "{value}");
        }
    }
});

/// Every item with the option whose value is shortest or longest.
fn sheet(instrument: &Instrument, is_long: bool) -> Value {
    let mut answers = BTreeMap::new();
    for item in &instrument.items {
        let set = instrument.response_set_of(item).unwrap();
        let values = set.options.iter().map(|option| option.value);
        let length = |value: &i64| value.to_string().len();
        let value = if is_long {
            values.max_by_key(length)
        } else {
            values.min_by_key(length)
        };
        answers.insert(item.id.clone(), value.unwrap());
    }
    json!({ "answers": answers })
}

both!(
    an_export_and_a_draft_are_as_long_whatever_they_hold,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let person = app.person(&house, "worker", &house.organisation).await;
        let instruments = ["burnout1", "cbi", "hseit", "psi"];
        for instrument in instruments {
            let body = json!({
                "instrument": instrument, "every_months": 6, "window_days": 14,
                "languages": ["en"], "first_day": "2026-02-02",
            });
            app.post(&house.admin, "/plans", body).await.good();
            app.consent(&person.token, instrument).await;
        }
        app.at("2026-02-02T05:00:00Z").await;
        let waves = app.get(&person.token, "/me/waves").await.good();
        let waves = waves["waves"].as_array().unwrap();
        assert_eq!(waves.len(), instruments.len());
        let export = async || {
            let all = app.get(&person.token, "/me/export").await.good();
            all.to_string().len()
        };
        let nothing = export().await;
        for wave in waves {
            let instrument = wave["instrument"].as_str().unwrap();
            let instrument = app.app.catalogue.find(instrument).unwrap().clone();
            let path = format!("/me/waves/{}", wave["wave"].as_str().unwrap());
            let draft = format!("{path}/draft");
            let no_draft = app.get(&person.token, &draft).await.good();
            for is_long in [false, true] {
                let sheet = sheet(&instrument, is_long);
                app.put(&person.token, &draft, sheet.clone()).await.good();
                let kept = app.get(&person.token, &draft).await.good();
                assert_eq!(kept.to_string().len(), no_draft.to_string().len());
                assert_eq!(export().await, nothing, "a draft of {}", instrument.id);
                let check_in = format!("{path}/check-in");
                app.put(&person.token, &check_in, sheet).await.good();
                assert_eq!(export().await, nothing, "{}", instrument.id);
            }
        }
    }
);
