//! What is wrong is refused as a problem that says what to do, and changes nothing: the whole
//! database is compared before and after each request.

mod ground;
mod sheets;

use std::fmt::Write;

use poem::http::Method;
use respite::problem::Kind;
use serde_json::{Value, json};

use crate::support::both;
use crate::support::wire::Request;
use ground::{Bad, Ground, bad};

fn to(method: &Method, path: &str) -> Request {
    Request::new(method.clone(), format!("/api/v1{path}"))
}

both!(bodies_that_cannot_be_read_are_refused, async |store| {
    let ground = Ground::prepare(store).await;
    let post = || to(&Method::POST, "/people").bearer(&ground.admin);
    let json = |body: &[u8]| post().sending("application/json", body.to_vec());
    let with = |change: Value| {
        let mut body = ground.new_person();
        for (field, value) in change.as_object().unwrap() {
            body[field] = value.clone();
        }
        post().json(&body)
    };
    let deep = [b"{\"name\":".to_vec(), vec![b'['; 30_000]].concat();
    let unreadable = |name, request| bad(name, request, Kind::Unreadable);
    let cases = [
        bad("no body", post(), Kind::MediaType),
        unreadable("an empty body", json(b"")),
        unreadable("an empty object", json(b"{}")),
        unreadable("a list", json(b"[]")),
        unreadable("null", json(b"null")),
        unreadable("half of an object", json(b"{\"name\": \"A")),
        unreadable("not UTF-8", json(b"{\"name\": \"\xff\xfe\"}")),
        unreadable("half a surrogate", json(b"{\"name\": \"\\ud800\"}")),
        unreadable("deeply nested", json(&deep)),
        unreadable("null for a text", with(json!({ "name": null }))),
        unreadable("a number for a text", with(json!({ "name": 7 }))),
        unreadable("an object for a text", with(json!({ "name": {} }))),
        unreadable("no id", with(json!({ "unit": "the night team" }))),
        unreadable("an unknown field", with(json!({ "is_admin": true }))),
        bad("10 MB", json(&vec![b' '; 10 << 20]), Kind::TooLarge),
        bad(
            "another media type",
            post().sending("text/plain", "{}"),
            Kind::MediaType,
        ),
        bad(
            "a form",
            post().sending("application/x-www-form-urlencoded", "name=A"),
            Kind::MediaType,
        ),
    ];
    ground.refuses(&cases).await;
});

both!(values_that_are_not_acceptable_are_refused, async |store| {
    let ground = Ground::prepare(store).await;
    let post = |change: Value| {
        let mut body = ground.new_person();
        for (field, value) in change.as_object().unwrap() {
            body[field] = value.clone();
        }
        to(&Method::POST, "/people")
            .bearer(&ground.admin)
            .json(&body)
    };
    let person = format!("/people/{}", ground.person);
    let patch = |body: Value| {
        to(&Method::PATCH, &person)
            .bearer(&ground.admin)
            .json(&body)
    };
    let organisation = |body: Value| {
        to(&Method::PATCH, "/organisation")
            .bearer(&ground.admin)
            .json(&body)
    };
    let long = "x".repeat(10_000);
    let invalid = |field, request| bad(field, request, Kind::Invalid).naming(field);
    let cases = [
        invalid("name", post(json!({ "name": long }))),
        invalid("name", post(json!({ "name": "   " }))),
        invalid("name", post(json!({ "name": "a\u{0}b" }))),
        invalid("name", post(json!({ "name": "a\nb" }))),
        invalid("name", post(json!({ "name": "a\u{202e}b" }))),
        invalid("sign_in", post(json!({ "sign_in": long }))),
        invalid("sign_in", post(json!({ "sign_in": "two words" }))),
        invalid("language", post(json!({ "language": "../../etc" }))),
        invalid("name", patch(json!({ "name": long }))),
        invalid("name", organisation(json!({ "name": long }))),
        invalid("zone", organisation(json!({ "zone": "Mars/Olympus" }))),
        invalid("threshold", organisation(json!({ "threshold": 4 }))),
        invalid("threshold", organisation(json!({ "threshold": i64::MAX }))),
        bad(
            "a sign-in name that is in use",
            post(json!({ "sign_in": "worker1" })),
            Kind::Taken,
        ),
        bad(
            "the same in capitals",
            post(json!({ "sign_in": "WORKER1" })),
            Kind::Taken,
        ),
        bad(
            "an older version",
            patch(json!({ "name": "Newer" })).header("if-match", "\"old\""),
            Kind::Changed,
        ),
    ];
    ground.refuses(&cases).await;
});

both!(addresses_that_are_not_there_are_refused, async |store| {
    let ground = Ground::prepare(store).await;
    let get = |path: &str| to(&Method::GET, path).bearer(&ground.admin);
    let raw = |path: &str| Request::new(Method::GET, path);
    let cases = [
        bad("no such path", get("/nothing"), Kind::NotFound),
        bad("outside the API", raw("/wp-admin.php"), Kind::NotFound),
        bad("a malformed id", get("/people/1"), Kind::NotFound),
        bad(
            "an injected id",
            get("/people/'%20OR%201=1"),
            Kind::NotFound,
        ),
        bad(
            "not UTF-8 in the path",
            get("/people/%ff%fe"),
            Kind::Unreadable,
        ),
        bad("up the tree", get("/people/..%2f..%2fetc"), Kind::NotFound),
        bad(
            "no such method",
            to(&Method::DELETE, "/organisation").bearer(&ground.admin),
            Kind::Method,
        ),
        bad("TRACE", to(&Method::TRACE, "/me"), Kind::Method),
        bad(
            "PUT outside",
            Request::new(Method::PUT, "/healthz"),
            Kind::Method,
        ),
        bad("a page of none", get("/people?limit=0"), Kind::Invalid).naming("limit"),
        bad("a page of all", get("/people?limit=100000"), Kind::Invalid).naming("limit"),
        bad("no number", get("/people?limit=many"), Kind::Unreadable),
        bad("below zero", get("/people?limit=-1"), Kind::Unreadable),
        bad("a made cursor", get("/people?cursor=%25"), Kind::Invalid).naming("cursor"),
        bad(
            "a unit that is none",
            get("/people?unit=x"),
            Kind::Unreadable,
        ),
        bad(
            "a state that is none",
            get("/people?state=dead"),
            Kind::Unreadable,
        ),
        bad(
            "a negative number",
            get("/audit?after=-1"),
            Kind::Unreadable,
        ),
        bad(
            "somebody else's team",
            get(&format!("/units/{}", ground.their_team)),
            Kind::NotFound,
        ),
        bad("no sign-in", to(&Method::GET, "/me"), Kind::SignIn),
        bad(
            "no token",
            to(&Method::GET, "/me").header("authorization", "Bearer"),
            Kind::SignIn,
        ),
        bad(
            "another scheme",
            to(&Method::GET, "/me").header("authorization", "Basic YTpi"),
            Kind::SignIn,
        ),
    ];
    ground.refuses(&cases).await;
});

both!(what_was_valid_once_is_refused, async |store| {
    let ground = Ground::prepare(store).await;
    let stolen = ground.app.sign_in("ours", "worker2").await;
    ground.app.delete(&stolen, "/sign-ins/current").await.good();
    let used = json!({
        "organisation": "ours", "sign_in": "worker3", "code": ground.used_code,
        "password": "a good new password",
    });
    let mut weak = used.clone();
    weak["password"] = json!("worker3 worker3");
    let forgotten = json!({
        "organisation": "ours", "sign_in": "worker3", "recovery_code": "0000-0000",
        "password": "a good new password",
    });
    let wrong = json!({ "organisation": "ours", "sign_in": "worker3", "password": "not it" });
    let post = |path: &str, body: &Value| to(&Method::POST, path).json(body);
    let cases = [
        bad(
            "a sign-in after its end",
            to(&Method::GET, "/me").bearer(&stolen),
            Kind::SignIn,
        ),
        bad("a used code", post("/activations", &used), Kind::Code),
        bad(
            "a used code and a weak password",
            post("/activations", &weak),
            Kind::WeakPassword,
        ),
        bad(
            "a made recovery code",
            post("/recoveries", &forgotten),
            Kind::WrongSignIn,
        ),
        bad(
            "a wrong password",
            post("/sign-ins", &wrong),
            Kind::WrongSignIn,
        ),
        bad(
            "a cookie from another site",
            post("/sign-ins", &wrong).header("origin", "https://elsewhere.example"),
            Kind::OtherSite,
        ),
    ];
    ground.refuses(&cases).await;
    let mut last = String::new();
    for _ in 0..20 {
        last = ground.wire.send(&post("/sign-ins", &wrong)).await.slug();
    }
    assert_eq!(last, Kind::TooMany.slug(), "guessing is slowed down");
});

both!(a_file_with_one_bad_line_invites_nobody, async |store| {
    let ground = Ground::prepare(store).await;
    let mut file = String::from("name,sign_in,unit,language\n");
    for line in 2..=40_010 {
        let name = if line == 40_000 {
            "a\u{1}b"
        } else {
            "Somebody"
        };
        writeln!(file, "{name},s{line},{},en", ground.team).unwrap();
    }
    let import = |query: &str, media_type: &str, file: &[u8]| {
        to(&Method::POST, &format!("/people/import{query}"))
            .bearer(&ground.admin)
            .sending(media_type, file.to_vec())
    };
    let csv = |file: &[u8]| import("?apply=true", "text/csv", file);
    let invalid = |field, request| bad(field, request, Kind::Invalid).naming(field);
    let cases: Vec<Bad> = vec![
        invalid("line 40000, column name", csv(file.as_bytes())),
        invalid("line 1", csv(b"")),
        invalid(
            "line 1, column salary",
            csv(b"name,sign_in,unit,language,salary\n"),
        ),
        invalid(
            "line 2, column name",
            csv(b"name,sign_in,unit,language\n\xff,a,ours,en\n"),
        ),
        bad(
            "JSON",
            import("", "application/json", b"{}"),
            Kind::MediaType,
        ),
        bad("10 MB", csv(&vec![b'a'; 10 << 20]), Kind::TooLarge),
        bad(
            "neither yes nor no",
            import("?apply=perhaps", "text/csv", b""),
            Kind::Unreadable,
        ),
    ];
    ground.refuses(&cases).await;
});

both!(without_a_database_nothing_is_acknowledged, async |store| {
    let ground = Ground::prepare(store).await;
    ground.app.app.store.close().await;
    let health = ground
        .wire
        .send(&Request::new(Method::GET, "/healthz"))
        .await;
    assert!(health.status.is_success(), "it lives, and says no more");
    for request in [
        Request::new(Method::GET, "/readyz"),
        to(&Method::GET, "/me").bearer(&ground.admin),
        to(&Method::POST, "/people")
            .bearer(&ground.admin)
            .json(&ground.new_person()),
    ] {
        let answer = ground.wire.send(&request).await;
        assert_eq!(answer.slug(), Kind::Unavailable.slug(), "{}", answer.text());
    }
});
