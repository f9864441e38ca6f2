//! Sheets that cannot be counted.

use poem::http::Method;
use respite::problem::Kind;
use serde_json::{Value, json};

use super::ground::{Ground, bad};
use super::to;
use crate::support::app::cbi;
use crate::support::both;
use crate::support::wire::Request;

fn put(ground: &Ground, wave: &str, body: &Value) -> Request {
    to(&Method::PUT, &format!("/me/waves/{wave}/check-in"))
        .bearer(&ground.workers[0].token)
        .json(body)
}

both!(sheets_that_cannot_be_counted_are_refused, async |store| {
    let ground = Ground::prepare(store).await;
    let sheet = |answers: Value| put(&ground, &ground.open_wave, &json!({ "answers": answers }));
    let with = |field: &str, value: Value| {
        let mut body = cbi(50);
        body[field] = value;
        put(&ground, &ground.open_wave, &body)
    };
    let raw = |body: &str| {
        let mut request = put(&ground, &ground.open_wave, &Value::Null);
        body.as_bytes().clone_into(&mut request.body);
        request
    };
    let invalid = |field, request| bad(field, request, Kind::Invalid).naming(field);
    let unreadable = |name, request| bad(name, request, Kind::Unreadable);
    let nobody = "00000000-0000-4000-8000-000000000000";
    let without_consent = put(&ground, &ground.open_wave, &cbi(50));
    let without_consent = Request {
        headers: vec![("content-type".into(), "application/json".into())],
        ..without_consent
    };
    let cases = [
        invalid("answers.cbi.work.99", sheet(json!({ "cbi.work.99": 50 }))),
        invalid("answers.cbi.work.1", sheet(json!({ "cbi.work.1": 51 }))),
        invalid("answers.cbi.work.1", sheet(json!({ "cbi.work.1": -1 }))),
        invalid(
            "answers.cbi.work.1",
            sheet(json!({ "cbi.work.1": i64::MAX })),
        ),
        invalid("answers", sheet(json!({}))),
        invalid("answers", sheet(json!({ "cbi.work.1": null }))),
        invalid("language", with("language", json!("tlh"))),
        unreadable("a reach that is none", with("reach", json!("everyone"))),
        unreadable("an unknown field", with("score", json!(0))),
        unreadable("a half", sheet(json!({ "cbi.work.1": 0.5 }))),
        unreadable("a text", sheet(json!({ "cbi.work.1": "50" }))),
        unreadable("a list", sheet(json!([50]))),
        unreadable("no answers", raw("{}")),
        unreadable("a huge number", raw("{\"answers\":{\"cbi.work.1\":1e400}}")),
        unreadable(
            "a long number",
            raw(&format!(
                "{{\"answers\":{{\"cbi.work.1\":{}}}}}",
                "9".repeat(5000)
            )),
        ),
        bad(
            "a closed wave",
            put(&ground, &ground.closed_wave, &cbi(50)),
            Kind::WaveClosed,
        ),
        bad(
            "a wave that is none",
            put(&ground, nobody, &cbi(50)),
            Kind::NotFound,
        ),
        bad("no id", put(&ground, "1", &cbi(50)), Kind::NotFound),
        bad(
            "no consent",
            without_consent.bearer(&ground.workers[1].token),
            Kind::Consent,
        ),
    ];
    ground.refuses(&cases).await;
});
