//! Good bodies with their addresses and who sends them; words in braces stand for ids.

use poem::http::Method;
use serde_json::Value;

/// Who sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    Nobody,
    Administrator,
    Worker,
}

use Sender::{Administrator, Nobody, Worker};

const BODIES: [(&str, &str, Sender, &str); 15] = [
    (
        "POST",
        "/sign-ins",
        Nobody,
        r#"{"organisation": "ours", "sign_in": "worker",
        "password": "{password}", "second_factor": "123456", "shared_device": false}"#,
    ),
    (
        "POST",
        "/activations",
        Nobody,
        r#"{"organisation": "ours", "sign_in": "worker",
        "code": "ABCD-EFGH-JKMN-PQRS", "password": "{password}"}"#,
    ),
    (
        "POST",
        "/recoveries",
        Nobody,
        r#"{"organisation": "ours", "sign_in": "worker",
        "recovery_code": "ABCD", "password": "{password}", "lost": "nothing"}"#,
    ),
    (
        "POST",
        "/people",
        Administrator,
        r#"{"name": "New", "sign_in": "new", "unit": "{team}",
        "language": "en"}"#,
    ),
    (
        "PUT",
        "/people/{worker}/absence",
        Administrator,
        r#"{"from": "2026-02-03", "until": "2026-12-31"}"#,
    ),
    (
        "PATCH",
        "/people/{worker}",
        Administrator,
        r#"{"name": "Ana", "language": "ru"}"#,
    ),
    (
        "POST",
        "/units",
        Administrator,
        r#"{"kind": "team", "name": "Day", "parent": "{whole}"}"#,
    ),
    (
        "PATCH",
        "/organisation",
        Administrator,
        r#"{"name": "Ours", "country": "KZ",
        "zone": "Asia/Almaty", "notification_hour": 9, "threshold": 6,
        "words": {"en": {"client": "resident"}}}"#,
    ),
    (
        "POST",
        "/plans",
        Administrator,
        r#"{"instrument": "psi", "every_months": 3,
        "window_days": 14, "languages": ["en"], "first_day": "2026-12-01", "units": ["{team}"]}"#,
    ),
    (
        "POST",
        "/waves/{wave}/extension",
        Administrator,
        r#"{"closes_at": "2026-02-20T05:00:00Z"}"#,
    ),
    (
        "PUT",
        "/me/waves/{wave}/check-in",
        Worker,
        r#"{"answers": {"cbi.personal.1": 50,
        "cbi.work.7": null}, "language": "en", "reach": "unit", "keep": true, "late": false}"#,
    ),
    (
        "PUT",
        "/me/waves/{wave}/draft",
        Worker,
        r#"{"answers": {"cbi.client.6": 25}}"#,
    ),
    ("PUT", "/me/consents/cbi", Worker, r#"{"hash": "abc"}"#),
    (
        "POST",
        "/me/access-tokens",
        Worker,
        r#"{"name": "Mine", "scopes": ["read-units"],
        "days": 30}"#,
    ),
    (
        "POST",
        "/me/recovered-vault",
        Worker,
        r#"{"recovery_code": "ABCD"}"#,
    ),
];

/// Values that are odd for one kind of field or another, as JSON.
pub const ODD: [&str; 30] = [
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e400",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "4294967295",
    "\"\"",
    "\" \"",
    "\"\\u0000\"",
    "\"a\\u0000b\"",
    "\"\\u202e\"",
    "\"\\ud83e\\uddd1\\u200d\"",
    "\"0001-01-01\"",
    "\"2026-02-29\"",
    "\"9999-12-31\"",
    "\"+262142-12-31\"",
    "\"-262143-01-01\"",
    "\"9999-12-31T23:59:60Z\"",
    "\"0000-01-01T00:00:00+23:59\"",
    "\"00000000-0000-0000-0000-000000000000\"",
    "[]",
    "[[]]",
    "[null]",
    "{}",
    "{\"\": null}",
    "{\"en\": {\"a\": \"\\u0000\"}}",
];

/// A request before it is damaged.
pub struct Good {
    pub method: Method,
    pub path: String,
    pub sender: Sender,
    pub body: Value,
}

/// All of them, with ids in place of words.
pub fn all(words: &[(&str, &str)]) -> Vec<Good> {
    let filled = |text: &str| {
        words.iter().fold(text.to_owned(), |text, (word, id)| {
            text.replace(&format!("{{{word}}}"), id)
        })
    };
    BODIES
        .iter()
        .map(|(method, path, sender, body)| Good {
            method: method.parse().unwrap(),
            path: filled(path),
            sender: *sender,
            body: serde_json::from_str(&filled(body)).unwrap(),
        })
        .collect()
}
