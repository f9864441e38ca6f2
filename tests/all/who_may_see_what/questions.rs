//! What is asked at each route: addresses of things that are there, and bodies that are good
//! enough to reach the permission. Where asking uses a thing up, it is asked about a new one.

use serde_json::{Value, json};

use super::ground::{Asker, Ground};
use crate::support::app::{PASSWORD, cbi};

/// What goes into a route: ids for its braces, a query, a body.
#[derive(Clone, Debug, Default)]
pub struct Question {
    pub ids: Vec<(&'static str, String)>,
    pub query: &'static str,
    pub body: Option<(&'static str, String)>,
    /// Instead of the token that she usually shows.
    pub token: Option<String>,
}

impl Question {
    fn about(name: &'static str, id: &str) -> Self {
        Self {
            ids: vec![(name, id.to_owned())],
            ..Self::default()
        }
    }

    fn with(body: &Value) -> Self {
        Self::default().and(body)
    }

    fn and(mut self, body: &Value) -> Self {
        self.body = Some(("application/json", body.to_string()));
        self
    }
}

/// The question of a route (`PUT /people/{id}/home`).
pub async fn question(ground: &mut Ground, asker: Asker, route: &str) -> Question {
    let (_, path) = route.split_once(' ').expect("a method and a path");
    if path.starts_with("/me/waves") || path.starts_with("/me/consents") {
        check_ins(ground, route)
    } else if path.starts_with("/me") {
        account(ground, asker, route).await
    } else if path.starts_with("/people") {
        people(ground, route).await
    } else if path.starts_with("/sign-ins") || !path[1..].contains('/') {
        door(ground, asker, route).await
    } else {
        units(ground, route).await
    }
}

fn check_ins(ground: &Ground, route: &str) -> Question {
    let wave = Question::about("{wave}", &ground.open_wave);
    let instrument = Question::about("{instrument}", "cbi");
    match route {
        "PUT /me/consents/{instrument}" => instrument.and(&json!({ "hash": "?" })),
        "PUT /me/waves/{wave}/check-in" => wave.and(&cbi(50)),
        "PUT /me/waves/{wave}/draft" => wave.and(&json!({ "answers": { "cbi.work.1": 50 } })),
        _ if route.contains("{instrument}") => instrument,
        _ => wave,
    }
}

async fn account(ground: &Ground, asker: Asker, route: &str) -> Question {
    match route {
        "PATCH /me" => Question::with(&json!({ "language": "en" })),
        "PUT /me/password" => Question::with(&json!({
            "old_password": "not my password", "password": "quite another one",
        })),
        "POST /me/recovery-code" | "POST /me/second-factor" => {
            Question::with(&json!({ "password": PASSWORD }))
        }
        "POST /me/recovered-vault" => Question::with(&json!({ "recovery_code": "?" })),
        "PUT /me/second-factor" => Question::with(&json!({ "proposal": "AAAA", "code": "1" })),
        "DELETE /me/second-factor" => {
            Question::with(&json!({ "password": PASSWORD, "code": "123456" }))
        }
        "PUT /me/notices/read" => Question::with(&json!({ "until": "2026-01-01T00:00:00Z" })),
        "PUT /me/choices" => Question::with(&json!({ "reach": "unit" })),
        "POST /me/access-tokens" => {
            Question::with(&json!({ "name": "x", "scopes": ["read-units"], "days": 1 }))
        }
        "PUT /me/reminders" => Question::with(&json!({
            "address": "a@example.org", "channel": "email", "quiet_hours": false,
        })),
        "POST /me/reminders/confirmation" => Question::with(&json!({ "code": "123456" })),
        "DELETE /me/access-tokens/{id}" => Question::about("{id}", &ground.worker_token().await),
        "POST /me/erasure" => Question {
            token: Some(ground.new_token(asker).await),
            ..Question::with(&json!({ "password": PASSWORD }))
        },
        _ => Question::default(),
    }
}

async fn people(ground: &mut Ground, route: &str) -> Question {
    if route == "POST /people" {
        let sign_in = format!("invited-{}", ground.next());
        return Question::with(&json!({
            "name": "New", "sign_in": sign_in, "unit": ground.team, "language": "en",
        }));
    }
    if route == "POST /people/import" {
        let file = format!(
            "name,sign_in,unit,language\nNew,import,{},en\n",
            ground.team
        );
        return Question {
            body: Some(("text/csv", file)),
            ..Question::default()
        };
    }
    if !route.contains("{id}") {
        return Question::default();
    }
    let mut question = Question::about("{id}", &ground.somebody().await);
    if route.contains("{role}") {
        question.ids.push(("{role}", "facilitator".to_owned()));
        question.ids.push(("{unit}", ground.team.clone()));
    }
    match route {
        "PATCH /people/{id}" => question.and(&json!({ "name": "Newer" })),
        "PUT /people/{id}/home" => question.and(&json!({ "unit": ground.site })),
        "PUT /people/{id}/absence" => question.and(&json!({ "from": "2026-05-10" })),
        "PUT /people/{id}/lock" => question.and(&json!({ "days": 1, "reason": "a test" })),
        "DELETE /people/{id}/roles/{role}/{unit}" => {
            ground.grant_role(&question.ids).await;
            question
        }
        _ => question,
    }
}

async fn units(ground: &mut Ground, route: &str) -> Question {
    match route {
        "GET /units/{id}" => Question::about("{id}", &ground.team),
        "PATCH /units/{id}" => Question::about("{id}", &ground.team).and(&json!({})),
        "POST /units/{id}/closing" => Question::about("{id}", &ground.empty_team().await),
        _ if route.starts_with("GET /units/{unit}/") => Question::about("{unit}", &ground.team),
        "GET /alerts/{alert}" => Question::about("{alert}", &ground.closed_wave),
        "PUT /alerts/{alert}/acknowledgement" => Question::about("{alert}", &ground.closed_wave)
            .and(&json!({ "planned": "An hour less." })),
        "PUT /alerts/{alert}/closing-note" => Question::about("{alert}", &ground.closed_wave)
            .and(&json!({ "note": "It was an hour less." })),
        _ if route.starts_with("GET /waves/{wave}/") => {
            Question::about("{wave}", &ground.open_wave)
        }
        "DELETE /plans/{plan}" => Question::about("{plan}", &ground.small_plan().await),
        "POST /waves/{wave}/extension" => Question::about("{wave}", &ground.open_wave)
            .and(&json!({ "closes_at": "2026-05-03T00:00:00Z" })),
        "DELETE /webhooks/{id}" | "POST /webhooks/{id}/test" => {
            Question::about("{id}", &ground.webhook().await)
        }
        "POST /undelivered/{id}/retry" => {
            Question::about("{id}", &ground.undelivered_letter().await)
        }
        "POST /waves/{wave}/stop" => Question::about("{wave}", &ground.closed_wave),
        other => panic!("nobody has said what to ask at {other}"),
    }
}

async fn door(ground: &mut Ground, asker: Asker, route: &str) -> Question {
    let code = |field: &str| {
        let mut body = worker_signs_in();
        body[field] = json!("?");
        Question::with(&body)
    };
    match route {
        "POST /activations" => code("code"),
        "POST /recoveries" => code("recovery_code"),
        "POST /sign-ins" => Question::with(&worker_signs_in()),
        "DELETE /sign-ins/current" | "DELETE /sign-ins" => Question {
            token: Some(ground.new_token(asker).await),
            ..Question::default()
        },
        "POST /units" => {
            let name = format!("Made {}", ground.next());
            Question::with(&json!({ "kind": "team", "name": name, "parent": ground.site }))
        }
        "POST /plans" => Question::with(&json!({
            "instrument": "cbi", "every_months": 3, "window_days": 7, "languages": ["en"],
            "first_day": "2026-12-01", "units": [ground.team],
        })),
        "PATCH /organisation" => Question::with(&json!({ "name": "ours" })),
        "POST /webhooks" => Question::with(&json!({
            "url": "https://example.org/hook", "events": ["wave.closed"],
        })),
        _ => Question::default(),
    }
}

/// The right password, and names to go with it.
fn worker_signs_in() -> Value {
    json!({ "organisation": "ours", "sign_in": "worker", "password": PASSWORD })
}
