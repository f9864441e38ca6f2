//! Invented members, people who are moved, and accomplices who put their answers together.

use chrono::Duration;
use serde_json::{Value, json};

use crate::support::app::{House, Person, TestApp};
use crate::support::both;
use crate::writer::ground::count;

struct Team {
    app: TestApp,
    house: House,
    unit: String,
    lead: String,
}

impl Team {
    async fn of(store: crate::support::TestStore) -> Self {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let unit = app.unit(&house, "team", "Night", &house.organisation).await;
        let lead = app.person(&house, "lead", &house.organisation).await;
        app.grant(&house, &lead, "supervisor", &house.organisation)
            .await;
        let lead = lead.token;
        Self {
            app,
            house,
            unit,
            lead,
        }
    }

    async fn shown(&self, unit: &str) -> Value {
        let shown = self.app.publications(&self.lead, unit).await;
        shown.into_iter().next().expect("a wave that was counted")
    }
}

/// Each answers with one value everywhere.
async fn answer(app: &TestApp, people: &[(&Person, i64)]) {
    let wave = app.open_wave(&people[0].0.token).await;
    for (person, value) in people {
        app.consent(&person.token, "cbi").await;
        app.check_in(person, &wave, *value).await.good();
    }
}

fn real(number: i64) -> f64 {
    f64::from(i32::try_from(number).unwrap())
}

/// From where to where somebody's answer can lie, for accomplices who know their own. Rounding
/// leaves half a point to either side; at a limit of the rule it would leave more.
fn bounds(shown: &Value, known: &[i64]) -> (f64, f64) {
    let n = shown["answered"].as_f64().unwrap();
    let mean = shown["mean"].as_f64().unwrap();
    let accomplices = real(known.iter().sum());
    let others = n - 1.0 - real(known.iter().map(|_| 1).sum());
    let low = n * (mean - 0.5) - accomplices - 100.0 * others;
    let high = n * (mean + 0.5) - accomplices;
    (low.max(0.0), high.min(100.0))
}

both!(
    accomplices_learn_more_with_each_and_all_but_one_learn_the_last,
    async |store| {
        let team = Team::of(store).await;
        let people = team.app.people(&team.house, &team.unit, "worker", 7).await;
        team.app.plan(&team.house, "2026-02-02").await;
        team.app.at("2026-02-02T05:00:00Z").await;
        let values = [75, 50, 25, 50, 75, 25, 50];
        let answers: Vec<_> = people.iter().zip(values).collect();
        answer(&team.app, &answers).await;
        team.app.at("2026-02-16T05:00:00Z").await;
        let shown = team.shown(&team.unit).await;
        let widths: Vec<f64> = (0..7)
            .map(|many| {
                let (low, high) = bounds(&shown, &values[1..=many]);
                assert!(
                    low <= 75.0 && 75.0 <= high,
                    "it is an attack that tells the truth"
                );
                high - low
            })
            .collect();
        assert!(widths.is_sorted_by(|one, more| one >= more), "{widths:?}");
        assert!(widths[1] >= 50.0, "one colleague: {widths:?}");
        // What remains, and what everyone is told: two or more learn more, all others nearly all.
        assert!(widths[6] <= 7.0, "all but one: {widths:?}");
    }
);

both!(
    three_accomplices_and_one_worker_are_not_shown,
    async |store| {
        let team = Team::of(store).await;
        let people = team.app.people(&team.house, &team.unit, "worker", 6).await;
        team.app.plan(&team.house, "2026-02-02").await;
        team.app.at("2026-02-02T05:00:00Z").await;
        let answers: Vec<_> = people[..4].iter().zip([100, 0, 0, 0]).collect();
        answer(&team.app, &answers).await;
        team.app.at("2026-02-16T05:00:00Z").await;
        for unit in [&team.unit, &team.house.organisation] {
            assert_eq!(team.shown(unit).await["published"], false);
        }
        assert_eq!(count(&team.app, "tallies").await, 0);
    }
);

both!(
    members_who_were_invented_yesterday_fill_no_team,
    async |store| {
        let team = Team::of(store).await;
        let app = &team.app;
        let victim = app.person(&team.house, "worker", &team.unit).await;
        app.plan(&team.house, "2026-02-02").await;
        for (instant, name) in [
            ("2026-01-19T04:00:01Z", "early"),
            ("2026-02-01T12:00:00Z", "late"),
        ] {
            app.clock.set(instant.parse().unwrap());
            app.people(&team.house, &team.unit, name, 2).await;
        }
        app.at("2026-02-02T04:00:00Z").await;
        let cohort = app.get(&victim.token, "/me/cohort").await.good();
        let settled = cohort["latest"]["settled"].as_array().unwrap();
        assert_eq!(
            settled.len(),
            1,
            "one second is missing to fourteen days: {cohort}"
        );
        let mut puppets = Vec::new();
        for name in ["early1", "early2", "late1", "late2"] {
            let token = app.sign_in("haven", name).await;
            puppets.push(Person {
                token,
                ..victim.clone()
            });
        }
        let mut answers = vec![(&victim, 75)];
        answers.extend(puppets.iter().map(|puppet| (puppet, 50)));
        answer(app, &answers).await;
        app.at("2026-02-16T05:00:00Z").await;
        assert_eq!(team.shown(&team.unit).await["published"], false);
        // What remains: whoever has four accounts in the organisation knows the fifth answer of a
        // row that holds no more; so the organisation's number tells of her, if she is alone there.
        let whole = team.shown(&team.house.organisation).await;
        assert_eq!(whole["answered"], 5);
        let (low, high) = bounds(&whole, &[50, 50, 50, 50]);
        assert!(high - low <= 5.0, "{low} to {high}");
    }
);

both!(
    members_who_were_invented_in_time_are_shown_by_name,
    async |store| {
        let team = Team::of(store).await;
        let app = &team.app;
        let victim = app.person(&team.house, "worker", &team.unit).await;
        app.plan(&team.house, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        app.at("2026-02-16T05:00:00Z").await;
        app.people(&team.house, &team.unit, "puppet", 4).await;
        for instant in ["2026-03-10T05:00:00Z", "2026-05-02T05:00:00Z"] {
            app.at(instant).await;
            let cohort = app.get(&victim.token, "/me/cohort").await.good();
            assert_eq!(cohort["changes"]["joined"], 4, "{instant}");
            assert_eq!(cohort["changes"]["vaults_renewed"], 4, "{instant}");
            for number in 1..=4 {
                let name = format!("Name of puppet{number}");
                assert!(
                    cohort["settled"].to_string().contains(&name),
                    "{instant}: {name}"
                );
            }
        }
        let audit = app.get(&team.house.admin, "/audit?limit=200").await.good();
        let made = audit.to_string().matches("vault-made").count();
        assert!(made >= 7, "every vault is in the audit: {made}");
    }
);

both!(
    people_who_are_moved_before_a_wave_are_not_counted_where_they_come_to,
    async |store| {
        let team = Team::of(store).await;
        let app = &team.app;
        let victim = app.person(&team.house, "worker", &team.unit).await;
        let other = app
            .unit(&team.house, "team", "Day", &team.house.organisation)
            .await;
        let accomplices = app.people(&team.house, &other, "other", 5).await;
        app.plan(&team.house, "2026-02-02").await;
        app.clock.set("2026-01-25T05:00:00Z".parse().unwrap());
        let home = async |person: &Person, unit: &str| {
            let path = format!("/people/{}/home", person.id);
            let body = json!({ "unit": unit });
            app.put(&team.house.admin, &path, body).await.good();
        };
        for person in &accomplices[..4] {
            home(person, &team.unit).await;
        }
        // There and back again is a move too: nobody is singled out of her team and put back.
        home(&accomplices[4], &team.unit).await;
        app.clock.advance(Duration::minutes(1));
        home(&accomplices[4], &other).await;
        app.at("2026-02-02T05:00:00Z").await;
        let mut answers = vec![(&victim, 100)];
        answers.extend(accomplices.iter().map(|person| (person, 0)));
        answer(app, &answers).await;
        app.at("2026-02-16T05:00:00Z").await;
        for unit in [&team.unit, &other] {
            assert_eq!(team.shown(unit).await["published"], false);
        }
        assert_eq!(team.shown(&team.house.organisation).await["answered"], 6);
    }
);

both!(
    a_reset_before_a_wave_takes_its_owner_out_of_the_team_and_shows,
    async |store| {
        let team = Team::of(store).await;
        let app = &team.app;
        let people = app.people(&team.house, &team.unit, "worker", 5).await;
        app.plan(&team.house, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        app.at("2026-02-16T05:00:00Z").await;
        app.clock.set("2026-04-25T05:00:00Z".parse().unwrap());
        for number in 2..=5 {
            let path = format!("/people/{}/reset", people[number - 1].id);
            let issued = app.post(&team.house.admin, &path, json!({})).await.good();
            let code = issued["code"].as_str().unwrap().to_owned();
            app.activate("haven", &format!("worker{number}"), &code)
                .await;
        }
        app.at("2026-05-02T05:00:00Z").await;
        let cohort = app.get(&people[0].token, "/me/cohort").await.good();
        assert_eq!(cohort["latest"]["settled"].as_array().unwrap().len(), 1);
        assert_eq!(cohort["changes"]["vaults_renewed"], 4);
        for stale in &people[1..] {
            assert_eq!(
                app.get(&stale.token, "/me").await.problem().0,
                401,
                "each notices"
            );
        }
    }
);
