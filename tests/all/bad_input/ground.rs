//! An organisation with an open and a closed wave, and one way to be refused.

use poem::http::header;
use respite::problem::Kind;
use serde_json::{Value, json};

use crate::support::TestStore;
use crate::support::app::{Person, TestApp};
use crate::support::dump::{difference, dump};
use crate::support::wire::{Request, Wire};

/// A request that must be refused.
pub struct Bad {
    name: &'static str,
    request: Request,
    kind: Kind,
    field: Option<&'static str>,
}

pub fn bad(name: &'static str, request: Request, kind: Kind) -> Bad {
    Bad {
        name,
        request,
        kind,
        field: None,
    }
}

impl Bad {
    /// The field that the problem must name.
    pub fn naming(mut self, field: &'static str) -> Self {
        self.field = Some(field);
        self
    }
}

pub struct Ground {
    pub app: TestApp,
    pub wire: Wire,
    pub admin: String,
    pub team: String,
    pub their_team: String,
    /// One of the workers.
    pub person: String,
    pub workers: Vec<Person>,
    pub open_wave: String,
    pub closed_wave: String,
    /// The code that made `worker3` anew.
    pub used_code: String,
}

impl Ground {
    pub async fn prepare(store: TestStore) -> Self {
        let app = TestApp::open(store).await;
        let (ours, theirs) = (app.house("ours").await, app.house("theirs").await);
        let team = app.unit(&ours, "team", "Night", &ours.organisation).await;
        let their_team = app
            .unit(&theirs, "team", "Night", &theirs.organisation)
            .await;
        let workers = app.people(&ours, &team, "worker", 3).await;
        app.plan(&ours, "2026-02-02").await;
        for instant in ["2026-02-02", "2026-02-16", "2026-05-02"] {
            app.at(&format!("{instant}T05:00:00Z")).await;
        }
        let path = format!("/people/{}/reset", workers[2].id);
        let issued = app.post(&ours.admin, &path, json!({})).await.good();
        let used_code = issued["code"].as_str().unwrap().to_owned();
        app.activate("ours", "worker3", &used_code).await;
        app.consent(&workers[0].token, "cbi").await;
        for worker in &workers[..2] {
            // Being there is noted once in a while.
            app.get(&worker.token, "/me").await.good();
        }
        let waves = app.get(&ours.admin, "/waves").await.good();
        let wave = |number: i64| {
            let mut waves = waves["waves"].as_array().unwrap().iter();
            let found = waves.find(|wave| wave["number"] == number).unwrap();
            found["id"].as_str().unwrap().to_owned()
        };
        Self {
            wire: Wire::to(&app),
            open_wave: wave(2),
            closed_wave: wave(1),
            person: workers[0].id.clone(),
            admin: ours.admin,
            app,
            team,
            their_team,
            workers,
            used_code,
        }
    }

    /// A person who would be accepted.
    pub fn new_person(&self) -> Value {
        json!({ "name": "New", "sign_in": "new", "unit": self.team, "language": "en" })
    }

    /// Sends each request, and finds a problem of the right kind, and the database as it was.
    pub async fn refuses(&self, cases: &[Bad]) {
        let mut faults = Vec::new();
        let before = dump(&self.app).await;
        assert!(before["accounts"].len() > 3, "the database can be read");
        for case in cases {
            let answer = self.wire.send(&case.request).await;
            let mut complain = |what: &str| {
                faults.push(format!("{}: {what}: {}", case.name, answer.text()));
            };
            if answer.status.as_u16() != case.kind.status() || answer.slug() != case.kind.slug() {
                complain(&format!("{}, expected {}", answer.status, case.kind.slug()));
            }
            let body = answer.json();
            if body["title"] != case.kind.title() || body["status"] != case.kind.status() {
                complain("title or status is not that of its kind");
            }
            let says_more = body["detail"].is_string() || body["faults"].is_array();
            if matches!(case.kind.status(), 400 | 422) && !says_more {
                complain("says nothing about what is wrong");
            }
            for word in [
                "param0",
                "poem",
                "serde",
                "sqlx",
                "string_uuid",
                "occurred while",
            ] {
                if answer.text().contains(word) {
                    complain(&format!("says `{word}`"));
                }
            }
            let told = body["faults"].as_array().into_iter().flatten();
            let names = |field| told.clone().any(|fault| fault["field"] == field);
            if case.field.is_some_and(|field| !names(field)) {
                complain("does not name the field");
            }
            if case.kind == Kind::Method && !answer.headers.contains_key(header::ALLOW) {
                complain("does not say which methods are taken");
            }
            let changed = difference(&before, &dump(&self.app).await);
            if !changed.is_empty() {
                complain(&format!("has changed {changed:?}"));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}
