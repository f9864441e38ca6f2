//! Five teams of six who all answer; the first rises when a test says so.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use crate::support::TestStore;
use crate::support::app::{House, Person, TestApp};

/// Opening days of the waves, as a plan of every second month from 2 February 2026 has them.
const OPENINGS: [&str; 6] = [
    "2026-02-02T05:00:00Z",
    "2026-04-02T05:00:00Z",
    "2026-06-02T05:00:00Z",
    "2026-08-02T05:00:00Z",
    "2026-10-02T05:00:00Z",
    "2026-12-02T05:00:00Z",
];

pub struct Ground {
    pub app: TestApp,
    pub house: House,
    pub plan: String,
    pub teams: Vec<(String, Vec<Person>)>,
    /// Supervises the first team.
    pub lead: Person,
    /// Supervises the second team.
    pub elsewhere: Person,
    /// Supervises everything.
    pub head: Person,
    pub hr: Person,
    waves: usize,
}

impl Ground {
    pub async fn lay(store: TestStore) -> Self {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let whole = house.organisation.clone();
        let site = app.unit(&house, "site", "North", &whole).await;
        let mut teams = Vec::new();
        for name in ["Amber", "Birch", "Cedar", "Dune", "Elm"] {
            let team = app.unit(&house, "team", name, &site).await;
            let prefix = name.to_lowercase();
            let people = app.people(&house, &team, &prefix, 6).await;
            teams.push((team, people));
        }
        let lead = app.person(&house, "lead", &whole).await;
        app.grant(&house, &lead, "supervisor", &teams[0].0).await;
        let elsewhere = app.person(&house, "elsewhere", &whole).await;
        app.grant(&house, &elsewhere, "supervisor", &teams[1].0)
            .await;
        let head = app.person(&house, "head", &whole).await;
        app.grant(&house, &head, "supervisor", &whole).await;
        let hr = app.person(&house, "hr", &whole).await;
        app.grant(&house, &hr, "hr", &whole).await;
        let body = json!({
            "instrument": "cbi", "every_months": 2, "window_days": 14, "languages": ["en"],
            "first_day": "2026-02-02",
        });
        let made = app.post(&house.admin, "/plans", body).await.good();
        let plan = made["id"].as_str().expect("an id").to_owned();
        for person in teams.iter().flat_map(|(_, people)| people) {
            app.consent(&person.token, "cbi").await;
        }
        Self {
            app,
            house,
            plan,
            teams,
            lead,
            elsewhere,
            head,
            hr,
            waves: 0,
        }
    }

    /// Opens the next wave.
    pub async fn open(&mut self) -> String {
        self.app.at(OPENINGS[self.waves]).await;
        self.waves += 1;
        self.app.open_wave(&self.teams[0].1[0].token).await
    }

    /// Ends the wave that is open, and runs what follows.
    pub async fn close(&self) {
        let opened: DateTime<Utc> = OPENINGS[self.waves - 1].parse().unwrap();
        let closed = opened + Duration::days(14) + Duration::hours(2);
        self.app.at(&closed.to_rfc3339()).await;
    }

    /// A wave from opening to close: everybody answers at her usual place, the first team so many
    /// steps of 25 higher; of it only `first` people answer.
    pub async fn hold(&mut self, steps: i64, first: usize) -> String {
        let wave = self.open().await;
        for (number, (_, people)) in self.teams.iter().enumerate() {
            let answering = if number == 0 { first } else { people.len() };
            for (place, person) in people.iter().take(answering).enumerate() {
                let usual = [25, 50, 25, 50, 25, 25][(place + number) % 6];
                let rise = if number == 0 { 25 * steps } else { 0 };
                let came = self.app.check_in(person, &wave, usual + rise).await;
                came.good();
            }
        }
        self.close().await;
        wave
    }

    /// The alerts that somebody is shown.
    pub async fn alerts(&self, token: &str, path: &str) -> Vec<Value> {
        let page = self.app.get(token, path).await.good();
        page["alerts"].as_array().expect("alerts").clone()
    }

    /// The one alert about the first team, as its supervisor reads it.
    pub async fn alert(&self) -> Value {
        let alerts = self.alerts(&self.lead.token, "/alerts").await;
        assert_eq!(alerts.len(), 1, "{alerts:?}");
        alerts[0].clone()
    }
}
