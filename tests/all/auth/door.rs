//! The same through the door, as browsers and programs come to it.

use poem::http::{Method, StatusCode};
use poem::test::TestClient;
use respite::router;
use serde_json::{Value, json};

use crate::support::app::{Came, PASSWORD, TestApp};
use crate::support::both;

/// A request with headers of one's own.
async fn send(
    app: &TestApp,
    (method, path): (Method, &str),
    headers: &[(&'static str, &str)],
    body: Option<Value>,
) -> Came {
    let client = TestClient::new(router::of(app.app.clone()));
    let mut request = client.request(method, format!("/api/v1{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = body {
        request = request
            .content_type("application/json")
            .body(body.to_string());
    }
    let response = request.send().await.0;
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.into_body().into_string().await.expect("text");
    let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
    Came {
        status,
        body,
        headers,
    }
}

fn sign_in(sign_in: &str, password: &str) -> Value {
    json!({ "organisation": "haven", "sign_in": sign_in, "password": password })
}

async fn haven(test: crate::support::TestStore) -> (TestApp, crate::support::app::Person) {
    let app = TestApp::open(test).await;
    let house = app.house("haven").await;
    let person = app.person(&house, "bota", &house.organisation).await;
    (app, person)
}

both!(
    the_cookie_is_for_browsers_and_changes_nothing_alone,
    async |test| {
        let (app, _) = haven(test).await;
        let new = app.post("", "/sign-ins", sign_in("bota", PASSWORD)).await;
        assert_eq!(new.status, StatusCode::CREATED);
        let cookie = new.headers["set-cookie"].to_str().expect("text").to_owned();
        for part in [
            "__Host-respite=",
            "HttpOnly",
            "Secure",
            "SameSite=Lax",
            "Path=/",
        ] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert!(
            !cookie.contains("Max-Age"),
            "a shared phone keeps nothing: {cookie}"
        );
        let token = new.body["token"].as_str().expect("a token");
        let csrf = new.body["csrf"].as_str().expect("a value");
        let cookie = format!("__Host-respite={token}");
        let mine = [("Cookie", cookie.as_str())];
        let me = send(&app, (Method::GET, "/me"), &mine, None).await;
        assert_eq!(me.good()["sign_in"], "bota");
        let out = (Method::DELETE, "/sign-ins/current");
        let refused = send(&app, out.clone(), &mine, None).await;
        assert_eq!(refused.problem(), (403, "other-site".to_owned()));
        let mine = [mine[0], ("X-Respite-CSRF", csrf)];
        let gone = send(&app, out, &mine, None).await;
        let removed = gone.headers["set-cookie"]
            .to_str()
            .expect("text")
            .to_owned();
        assert!(removed.contains("Max-Age=0"), "{removed}");
        gone.good();
        let me = send(&app, (Method::GET, "/me"), &mine[..1], None).await;
        assert_eq!(me.problem(), (401, "sign-in".to_owned()));
    }
);

both!(refusals_at_the_door_are_problems, async |test| {
    let (app, person) = haven(test).await;
    let long = "x".repeat(10_000);
    let nul = "bo\u{0}ta";
    let post = |path: &'static str, body: Value| app.post("", path, body);
    let code = "0000-0000-0000-0000";
    let cases = [
        (
            post("/sign-ins", sign_in("bota", "not her password")).await,
            401,
            "wrong-sign-in",
        ),
        (
            post("/sign-ins", sign_in("nobody", PASSWORD)).await,
            401,
            "wrong-sign-in",
        ),
        (
            post("/sign-ins", sign_in(&long, PASSWORD)).await,
            422,
            "invalid",
        ),
        (
            post("/sign-ins", sign_in(nul, PASSWORD)).await,
            422,
            "invalid",
        ),
        (
            post("/sign-ins", json!({ "organisation": "haven" })).await,
            400,
            "unreadable",
        ),
        (post("/sign-ins", json!([])).await, 400, "unreadable"),
        (
            post(
                "/activations",
                json!({
                    "organisation": "haven", "sign_in": "bota", "code": code, "password": PASSWORD,
                }),
            )
            .await,
            410,
            "code",
        ),
        (
            post(
                "/activations",
                json!({
                    "organisation": "haven", "sign_in": "bota", "code": "?", "password": PASSWORD,
                }),
            )
            .await,
            410,
            "code",
        ),
        (
            post(
                "/activations",
                json!({
                    "organisation": "haven", "sign_in": "bota", "code": code, "password": "short",
                }),
            )
            .await,
            422,
            "weak-password",
        ),
        (
            post(
                "/recoveries",
                json!({
                    "organisation": "haven", "sign_in": "bota", "recovery_code": code,
                    "password": PASSWORD,
                }),
            )
            .await,
            401,
            "wrong-sign-in",
        ),
        (app.get("", "/me").await, 401, "sign-in"),
        (app.get("nonsense", "/me").await, 401, "sign-in"),
        (
            app.delete(&person.token, "/me/access-tokens/no-id").await,
            404,
            "not-found",
        ),
    ];
    for (came, status, slug) in cases {
        assert_eq!(came.problem(), (status, slug.to_owned()), "{}", came.body);
        let text = came.body.to_string();
        assert!(!text.contains("bota") && !text.contains("Bota"), "{text}");
        let kind = came.headers["content-type"]
            .to_str()
            .expect("text")
            .to_owned();
        assert_eq!(kind, "application/problem+json");
    }
});

both!(somebody_sees_and_changes_her_own_account, async |test| {
    let (app, person) = haven(test).await;
    let token = &person.token;
    let me = app.get(token, "/me").await.good();
    for (field, expected) in [
        ("sign_in", json!("bota")),
        ("state", json!("active")),
        ("language", json!("en")),
        ("roles", json!([])),
        ("vault_number", json!(1)),
        ("recovered_vaults", json!(0)),
        ("has_second_factor", json!(false)),
    ] {
        assert_eq!(me[field], expected, "{field} in {me}");
    }
    assert_eq!(me["organisation"]["short_name"], "haven");
    assert!(me.get("reset").is_none());
    let patch = |language| json!({ "language": language });
    let changed = app
        .send(Method::PATCH, "/me", token, Some(patch("ru")))
        .await;
    assert_eq!(changed.good()["language"], "ru");
    let wrong = app
        .send(Method::PATCH, "/me", token, Some(patch("not a language")))
        .await;
    assert_eq!(wrong.problem(), (422, "invalid".to_owned()));
    let body = json!({ "old_password": PASSWORD, "password": "another good password" });
    let new = app.put(token, "/me/password", body).await.good();
    assert_eq!(app.get(token, "/me").await.problem().0, 401);
    let token = new["token"].as_str().expect("a token");
    app.get(token, "/sign-ins/current").await.good();
    app.delete(token, "/sign-ins").await.good();
    assert_eq!(app.get(token, "/me").await.problem().0, 401);
});

both!(
    a_reset_is_announced_and_undone_with_the_old_code,
    async |test| {
        let app = TestApp::open(test).await;
        let house = app.house("haven").await;
        let person = app.person(&house, "bota", &house.organisation).await;
        let path = format!("/people/{}/reset", person.id);
        let issued = app.post(&house.admin, &path, json!({})).await.good();
        let code = issued["code"].as_str().expect("a code");
        let body = json!({
            "organisation": "haven", "sign_in": "bota", "code": code, "password": PASSWORD,
        });
        let activated = app.post("", "/activations", body.clone()).await.good();
        assert_eq!(activated["vault_number"], 2);
        assert!(
            activated["notice"]
                .as_str()
                .expect("a notice")
                .contains("stays counted")
        );
        let again = app.post("", "/activations", body).await;
        assert_eq!(again.problem(), (410, "code".to_owned()));
        let new = app
            .post("", "/sign-ins", sign_in("bota", PASSWORD))
            .await
            .good();
        assert_eq!(new["reset"]["by"], "Admin");
        let token = new["token"].as_str().expect("a token");
        let body = json!({ "recovery_code": person.recovery_code });
        let me = app.post(token, "/me/recovered-vault", body).await.good();
        assert_eq!(me["recovered_vaults"], 1);
    }
);

both!(an_access_token_opens_no_vault, async |test| {
    let (app, person) = haven(test).await;
    let body = json!({ "name": "Report", "scopes": ["read-units"], "days": 30 });
    let make = (Method::POST, "/me/access-tokens");
    let bearer = format!("Bearer {}", person.token);
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Idempotency-Key", "once-1"),
    ];
    let first = send(&app, make.clone(), &headers, Some(body.clone()))
        .await
        .good();
    let again = send(&app, make, &headers, Some(body)).await.good();
    assert_eq!(first, again, "a repeated request makes one token");
    let listed = app.get(&person.token, "/me/access-tokens").await.good();
    assert_eq!(listed["tokens"].as_array().expect("a list").len(), 1);
    assert!(
        !listed
            .to_string()
            .contains(first["token"].as_str().expect("a token"))
    );
    let token = first["token"].as_str().expect("a token");
    for path in ["/me", "/sign-ins/current", "/me/access-tokens"] {
        let came = app.get(token, path).await;
        assert_eq!(came.problem(), (401, "sign-in".to_owned()), "{path}");
    }
    let path = format!("/me/access-tokens/{}", first["id"].as_str().expect("an id"));
    app.delete(&person.token, &path).await.good();
    assert_eq!(app.delete(&person.token, &path).await.problem().0, 404);
});
