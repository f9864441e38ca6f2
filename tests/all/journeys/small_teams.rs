//! Teams too small to be shown: nobody sees a number about fewer than five.

use serde_json::Value;

use crate::support::app::{Person, TestApp};
use crate::support::{both, rows};

async fn everyone_answers(app: &TestApp, people: &[&Person], wave: &str) {
    for (number, person) in people.iter().enumerate() {
        app.consent(&person.token, "cbi").await;
        app.check_in(person, wave, [25, 50, 75][number % 3])
            .await
            .good();
    }
}

both!(
    a_team_of_four_is_shown_only_as_part_of_its_site,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let site = app.unit(&house, "site", "North", &house.organisation).await;
        let small = app.unit(&house, "team", "Small", &site).await;
        let other = app.unit(&house, "team", "Other", &site).await;
        let four = app.people(&house, &small, "small", 4).await;
        let three = app.people(&house, &other, "other", 3).await;
        let lead = app.person(&house, "lead", &house.organisation).await;
        app.grant(&house, &lead, "supervisor", &site).await;
        app.plan(&house, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&four[0].token).await;
        let everyone: Vec<&Person> = four.iter().chain(&three).collect();
        everyone_answers(&app, &everyone, &wave).await;
        app.at("2026-02-16T05:00:00Z").await;
        for team in [&small, &other] {
            for row in app.publications(&lead.token, team).await {
                assert_eq!(row["published"], false);
                for number in ["answered", "asked", "mean", "at_or_above_cut", "stayed"] {
                    assert_eq!(row[number], Value::Null, "{number}");
                }
            }
        }
        let whole = app.publications(&lead.token, &site).await;
        assert_eq!(
            (&whole[0]["answered"], &whole[0]["asked"]),
            (&7.into(), &7.into())
        );
        assert_eq!(
            rows(&app, "tallies").await,
            3,
            "one atom a scale, nothing about the teams"
        );
        let mine = app.get(&four[0].token, "/me/publications").await.good();
        assert_eq!(mine["own"][0]["published"], false);
        assert_eq!(mine["above"][0]["unit"], site.as_str());
        assert_eq!(mine["above"][0]["answered"], 7);
    }
);

both!(
    four_answers_in_the_whole_organisation_release_nothing,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let team = app.unit(&house, "team", "Only", &house.organisation).await;
        let people = app.people(&house, &team, "worker", 4).await;
        let lead = app.person(&house, "lead", &house.organisation).await;
        app.grant(&house, &lead, "supervisor", &house.organisation)
            .await;
        app.plan(&house, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        let wave = app.open_wave(&people[0].token).await;
        everyone_answers(&app, &people.iter().collect::<Vec<_>>(), &wave).await;
        app.at("2026-02-16T05:00:00Z").await;
        assert_eq!(rows(&app, "tallies").await, 0);
        let audit = app.get(&house.admin, "/audit").await.good();
        let entries = audit["entries"].as_array().unwrap();
        let closed: Vec<&Value> = entries
            .iter()
            .map(|entry| &entry["change"])
            .filter(|change| change["change"] == "wave-closed")
            .collect();
        let nothing_else = serde_json::json!({ "change": "wave-closed", "wave": wave });
        assert_eq!(
            closed,
            [&nothing_else],
            "nor does the audit say how many answered"
        );
        assert_eq!(rows(&app, "ballots").await, 0);
        let whole = app.publications(&lead.token, &house.organisation).await;
        assert!(whole.iter().all(|row| row["published"] == false));
    }
);

both!(newcomers_are_counted_at_the_organisation, async |store| {
    let app = TestApp::open(store).await;
    let house = app.house("haven").await;
    let team = app.unit(&house, "team", "Night", &house.organisation).await;
    let people = app.people(&house, &team, "worker", 5).await;
    app.plan(&house, "2026-02-02").await;
    app.clock.set("2026-01-25T08:00:00Z".parse().unwrap());
    let newcomer = app.person(&house, "newcomer", &team).await;
    app.at("2026-02-02T05:00:00Z").await;
    let wave = app.open_wave(&people[0].token).await;
    app.consent(&newcomer.token, "cbi").await;
    let own = app.check_in(&newcomer, &wave, 50).await.good();
    assert_eq!(own["counted_at"], "organisation");
    let cohort = app.get(&people[0].token, "/me/cohort").await.good();
    assert_eq!(cohort["settled"].as_array().unwrap().len(), 5);
    assert_eq!(cohort["latest"]["settled"].as_array().unwrap().len(), 5);
    assert!(!cohort["settled"].to_string().contains("newcomer"));
});

both!(
    who_was_put_into_a_team_for_a_wave_shows_while_it_is_open,
    async |store| {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let team = app.unit(&house, "team", "Night", &house.organisation).await;
        let people = app.people(&house, &team, "worker", 5).await;
        app.plan(&house, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        let cohort = app.get(&people[0].token, "/me/cohort").await.good();
        assert_eq!(cohort["changes"], Value::Null, "there was no wave before");
        app.at("2026-02-16T05:00:00Z").await;
        app.people(&house, &team, "invented", 4).await;
        app.at("2026-05-02T05:00:00Z").await;
        let cohort = app.get(&people[0].token, "/me/cohort").await.good();
        assert_eq!(cohort["latest"]["state"], "open");
        assert_eq!(cohort["changes"]["joined"], 4);
        assert_eq!(cohort["changes"]["vaults_renewed"], 4);
    }
);
