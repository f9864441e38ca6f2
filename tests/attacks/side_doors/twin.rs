//! Two organisations in one world, a twin in each, and everything that a twin can do: what differs
//! between two copies of the world is her doing alone.

use poem::http::Method;
use serde_json::{Value, json};

use crate::support::app::{House, PASSWORD, Person, TestApp, cbi};
use crate::support::wire::{Arrived, Request, Wire};
use crate::viewer::crawl::Ground;

/// The hour at which everybody looks while the wave is open, and when it is counted.
pub const WHILE_OPEN: &str = "2026-05-06T08:00:00Z";
pub const COUNTED: &str = "2026-05-16T05:00:00Z";

/// What a twin does in the second wave. In the first she answered like everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// One value everywhere.
    Answer(i64),
    /// The lowest on one scale, the highest on the others.
    AnswerBothEnds,
    /// A few items only.
    AnswerLittle,
    Nothing,
    /// Answers, thinks better of it, and answers again.
    ChangeHerMind,
    KeepADraft(i64),
    /// Answers and erases the answer.
    EraseTheAnswer,
    /// Answers and takes her consent back.
    TakeConsentBack,
    /// Answers for the organisation only, and for nobody.
    AnswerFar(&'static str),
    /// Answers without keeping a record.
    KeepNothing,
    /// Erases her account, having answered or not.
    Leave(Option<i64>),
}

/// Who looks.
pub struct Looker {
    pub who: &'static str,
    pub token: String,
}

/// An organisation with a twin in it.
pub struct Place {
    /// Whether so few answer that nothing is ever released.
    pub is_small: bool,
    pub twin: Person,
    pub open_wave: String,
    pub ground: Ground,
    pub lookers: Vec<Looker>,
}

/// Everything up to the hour before the twin acts.
pub async fn prepare(app: &TestApp) -> Vec<Place> {
    let mut houses = Vec::new();
    for (name, colleagues) in [("small", 3), ("large", 7)] {
        let house = app.house(name).await;
        let team = app.unit(&house, "team", "Night", &house.organisation).await;
        let mut people = vec![app.person(&house, "twin", &team).await];
        people.extend(app.people(&house, &team, "peer", colleagues).await);
        app.plan(&house, "2026-02-02").await;
        houses.push((house, team, people));
    }
    for (opened, closed) in [("2026-02-02", Some("2026-02-16")), ("2026-05-02", None)] {
        app.at(&format!("{opened}T05:00:00Z")).await;
        for (_, _, people) in &houses {
            let wave = app.open_wave(&people[0].token).await;
            let twin_answers = usize::from(closed.is_none());
            for person in &people[twin_answers..] {
                app.consent(&person.token, "cbi").await;
                app.check_in(person, &wave, 50).await.good();
            }
        }
        if let Some(closed) = closed {
            app.at(&format!("{closed}T05:00:00Z")).await;
        }
    }
    let mut places = Vec::new();
    for (house, team, people) in houses {
        places.push(place(app, house, team, people).await);
    }
    places
}

async fn place(app: &TestApp, house: House, team: String, mut people: Vec<Person>) -> Place {
    let root = &house.organisation;
    let on = Some(json!({ "hr_sees_units": true }));
    let path = "/organisation";
    app.send(Method::PATCH, path, &house.admin, on).await.good();
    let mut lookers = vec![
        Looker {
            who: "administrator",
            token: house.admin.clone(),
        },
        Looker {
            who: "colleague",
            token: people[1].token.clone(),
        },
        Looker {
            who: "nobody",
            token: String::new(),
        },
    ];
    for role in ["supervisor", "hr", "network"] {
        let person = app.person(&house, role, root).await;
        app.grant(&house, &person, role, root).await;
        let who = if role == "network" {
            "coordinator"
        } else {
            role
        };
        lookers.push(Looker {
            who,
            token: person.token,
        });
    }
    lookers.push(Looker {
        who: "program",
        token: program(app, &house).await,
    });
    let waves = app.get(&house.admin, "/waves").await.good();
    let waves = waves["waves"].as_array().unwrap().iter();
    let ground = Ground {
        people: people.iter().take(2).map(|one| one.id.clone()).collect(),
        units: vec![team, root.clone()],
        waves: waves
            .map(|one| one["id"].as_str().unwrap().to_owned())
            .collect(),
        instruments: vec!["cbi".to_owned()],
        alerts: Vec::new(),
    };
    let twin = people.swap_remove(0);
    Place {
        is_small: house.short_name == "small",
        open_wave: app.open_wave(&twin.token).await,
        twin,
        ground,
        lookers,
    }
}

/// The token of a program that may read everything that programs may.
async fn program(app: &TestApp, house: &House) -> String {
    let root = &house.organisation;
    let director = app.person(house, "director", root).await;
    for role in ["administrator", "supervisor"] {
        app.grant(house, &director, role, root).await;
    }
    let scopes = json!(["read-units", "read-waves", "read-people", "read-audit"]);
    let body = json!({ "name": "Report", "scopes": scopes, "days": 300 });
    let path = "/me/access-tokens";
    let made = app.post(&director.token, path, body).await.good();
    made["token"].as_str().unwrap().to_owned()
}

impl Place {
    /// The twin acts; what came back.
    pub async fn act(&self, app: &TestApp, does: Does) -> Vec<Arrived> {
        let wire = Wire::to(app);
        let mut came = Vec::new();
        for (method, path, body) in Self::requests(does) {
            let path = format!("/api/v1{path}").replace("{wave}", &self.open_wave);
            let mut request = Request::new(method, path).bearer(&self.twin.token);
            if let Some(body) = body {
                request = request.json(&body);
            }
            let answer = wire.send(&request).await;
            assert!(answer.status.is_success(), "{does:?}: {}", answer.text());
            came.push(answer);
        }
        came
    }

    fn requests(does: Does) -> Vec<(Method, &'static str, Option<Value>)> {
        const CHECK_IN: &str = "/me/waves/{wave}/check-in";
        let answer = |sheet: Value| (Method::PUT, CHECK_IN, Some(sheet));
        let with = |field: &str, value: Value| {
            let mut sheet = cbi(100);
            sheet[field] = value;
            answer(sheet)
        };
        match does {
            Does::Nothing => Vec::new(),
            Does::Answer(value) => vec![answer(cbi(value))],
            Does::AnswerBothEnds => vec![answer(both_ends())],
            Does::AnswerLittle => vec![answer(little())],
            Does::ChangeHerMind => vec![answer(cbi(100)), answer(cbi(0)), answer(cbi(75))],
            Does::KeepADraft(value) => {
                vec![(Method::PUT, "/me/waves/{wave}/draft", Some(cbi(value)))]
            }
            Does::EraseTheAnswer => vec![answer(cbi(100)), (Method::DELETE, CHECK_IN, None)],
            Does::TakeConsentBack => {
                vec![answer(cbi(100)), (Method::DELETE, "/me/consents/cbi", None)]
            }
            Does::AnswerFar(reach) => vec![with("reach", json!(reach))],
            Does::KeepNothing => vec![with("keep", json!(false))],
            Does::Leave(value) => {
                let mut all: Vec<_> = value.map(|value| answer(cbi(value))).into_iter().collect();
                let body = json!({ "password": PASSWORD });
                all.push((Method::POST, "/me/erasure", Some(body)));
                all
            }
        }
    }
}

/// The lowest on the first scale, the highest on the others.
fn both_ends() -> Value {
    let (low, mut sheet) = (cbi(0), cbi(100));
    for item in 1..=6 {
        let item = format!("cbi.personal.{item}");
        sheet["answers"][&item] = low["answers"][&item].clone();
    }
    sheet
}

/// One scale only, and the rest skipped.
fn little() -> Value {
    let mut sheet = cbi(100);
    for (item, value) in sheet["answers"].as_object_mut().unwrap() {
        if !item.starts_with("cbi.work") {
            *value = Value::Null;
        }
    }
    sheet
}
