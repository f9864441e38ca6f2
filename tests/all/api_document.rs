//! The document of the API, its viewer, and what every answer is sent with.

use std::collections::BTreeSet;

use poem::http::{Method, StatusCode, header};
use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::both;
use crate::support::wire::{Request, Wire};

fn document() -> Value {
    serde_json::from_str(&respite::api::service().spec()).expect("JSON")
}

/// Every operation with its route.
fn operations(document: &Value) -> Vec<(String, Value)> {
    let paths = document["paths"].as_object().expect("paths").iter();
    paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().expect("methods").iter();
            methods.map(move |(method, operation)| (format!("{method} {path}"), operation.clone()))
        })
        .collect()
}

#[test]
fn the_copy_in_the_repository_is_that_of_this_code() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/openapi.json");
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        kept.trim_end() == respite::api::service().spec().trim_end(),
        "the API has changed. If it was meant to:\n  cargo run -- openapi > docs/openapi.json"
    );
}

#[test]
fn no_path_is_described_twice() {
    let text = respite::api::service().spec();
    let mut seen = BTreeSet::new();
    for line in text.lines() {
        let is_path = line.starts_with("    \"/api/") && line.ends_with("\": {");
        assert!(!is_path || seen.insert(line), "twice: {line}");
    }
    assert!(seen.len() > 30, "paths stand on lines of their own");
}

#[test]
fn every_operation_says_what_it_does_and_how_it_refuses() {
    let document = document();
    for (route, operation) in operations(&document) {
        assert!(operation["summary"].is_string(), "{route}: no summary");
        let responses = operation["responses"].as_object().expect("responses");
        for status in [
            "400", "401", "403", "404", "409", "422", "429", "500", "503",
        ] {
            let content = &responses.get(status).unwrap_or(&Value::Null)["content"];
            let schema = &content["application/problem+json"]["schema"]["$ref"];
            let is_problem = schema == "#/components/schemas/Problem";
            assert!(is_problem, "{route}: {status} is no problem");
        }
        let is_open = [
            "/activations",
            "/recoveries",
            "/password-suggestion",
            "post /api/v1/sign-ins",
        ]
        .iter()
        .any(|open| route.ends_with(open));
        let is_secured = operation["security"].is_array();
        assert_eq!(is_secured, !is_open, "{route}: signed in or not");
    }
}

both!(
    the_service_gives_its_document_and_loads_nothing,
    async |store| {
        let app = TestApp::open(store).await;
        let wire = Wire::to(&app);
        let get = |path: &str| Request::new(Method::GET, path);
        let given = wire.send(&get("/api/v1/openapi.json")).await;
        assert_eq!((given.status, given.json()), (StatusCode::OK, document()));
        let page = wire.send(&get("/api/v1/docs")).await;
        let page = if page.status.is_redirection() {
            wire.send(&get("/api/v1/docs/")).await
        } else {
            page
        };
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.text().contains("SwaggerUIBundle"));
        assert_eq!(loads_from_outside(&page.text()), Vec::<String>::new());
        let policy = page.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        for part in ["default-src 'none'", "connect-src 'self'", "img-src data:"] {
            assert!(policy.contains(part), "{part} in {policy}");
        }
        assert!(!policy.contains("http"), "{policy}");
    }
);

/// Hosts after the words with which a page loads something.
fn loads_from_outside(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for scheme in ["https://", "http://", "//"] {
        for (at, _) in html.match_indices(scheme) {
            let mut start = at.saturating_sub(24);
            while !html.is_char_boundary(start) {
                start -= 1;
            }
            let before = html[start..at].trim_end_matches(['"', '\'', '`', '(', ' ']);
            let loads = [
                "src=", "href=", "url", "@import", "import", "fetch", "action=",
            ];
            if loads.iter().any(|word| before.ends_with(word)) {
                let rest: String = html[at..].chars().take(60).collect();
                found.push(format!("{before}{rest}"));
            }
        }
    }
    found
}

#[test]
fn a_page_that_loads_something_would_be_noticed() {
    for page in [
        "<script src=\"https://cdn.example/x.js\"></script>",
        "<link href='//cdn.example/x.css'>",
        "@font-face { src: url(https://fonts.example/x) }",
        "fetch(\"http://spy.example\")",
    ] {
        assert_eq!(loads_from_outside(page).len(), 1, "{page}");
    }
}

both!(every_answer_is_kept_by_nobody, async |store| {
    let app = TestApp::open(store).await;
    let wire = Wire::to(&app);
    for path in [
        "/healthz",
        "/readyz",
        "/api/v1/openapi.json",
        "/api/v1/docs/",
        "/api/v1/password-suggestion",
        "/api/v1/me",
        "/nothing",
    ] {
        let answer = wire.send(&Request::new(Method::GET, path)).await;
        for (name, expected) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(
                answer.headers.get(name).unwrap(),
                expected,
                "{name} of {path}"
            );
        }
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
    }
});
