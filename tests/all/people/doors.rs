//! The addresses for administrators, through the real router: what comes back, what is refused
//! and how, and that nothing of another organisation answers.

use poem::http::Method;
use respite::ids::UnitId;
use serde_json::{Value, json};

use crate::support::app::{Came, House, TestApp};
use crate::support::both;

const JSON: (&str, &str) = ("Content-Type", "application/json");

async fn patch(app: &TestApp, house: &House, path: &str, body: Value) -> Came {
    app.send(Method::PATCH, path, &house.admin, Some(body))
        .await
}

fn fields(came: &Came) -> Vec<&str> {
    let faults = came.body["faults"].as_array().expect("faults");
    faults
        .iter()
        .filter_map(|fault| fault["field"].as_str())
        .collect()
}

both!(units_are_made_listed_changed_and_closed, async |test| {
    let app = TestApp::open(test).await;
    let house = app.house("norte").await;
    let site = app.unit(&house, "site", "North", &house.organisation).await;
    let team = app.unit(&house, "team", "Day", &site).await;
    app.unit(&house, "site", "South", &house.organisation).await;
    let first = app.get(&house.admin, "/units?limit=3").await.good();
    let next = first["next"].as_str().expect("a next page");
    let second = app
        .get(&house.admin, &format!("/units?limit=3&cursor={next}"))
        .await
        .good();
    let paths = |page: &Value| -> Vec<String> {
        let units = page["units"].as_array().unwrap().iter();
        units
            .map(|unit| unit["path"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(paths(&first), ["norte", "North", "North / Day"]);
    assert_eq!(
        (paths(&second), &second["next"]),
        (vec!["South".to_owned()], &Value::Null)
    );
    let renamed = patch(
        &app,
        &house,
        &format!("/units/{team}"),
        json!({"name": "Night"}),
    )
    .await;
    assert_eq!(renamed.good()["path"], "North / Night");
    let full = app
        .post(&house.admin, &format!("/units/{site}/closing"), json!({}))
        .await;
    assert_eq!(full.problem(), (409, "not-now".to_owned()));
    let closed = app
        .post(&house.admin, &format!("/units/{team}/closing"), json!({}))
        .await;
    assert!(closed.good()["closed_at"].is_string());
});

both!(a_unit_says_how_often_it_will_be_published, async |test| {
    let app = TestApp::open(test).await;
    let house = app.house("norte").await;
    let team = app.unit(&house, "team", "Day", &house.organisation).await;
    for number in 1..=5 {
        app.person(&house, &format!("p{number}"), &team).await;
    }
    let unit = app
        .get(&house.admin, &format!("/units/{team}"))
        .await
        .good();
    assert_eq!(unit["people"], 5);
    assert_eq!(
        unit["published"],
        json!({"at_60_percent": 0.078, "at_75_percent": 0.237})
    );
});

both!(
    of_two_who_edit_the_second_is_asked_to_read_again,
    async |test| {
        let app = TestApp::open(test).await;
        let house = app.house("norte").await;
        let team = app.unit(&house, "team", "Day", &house.organisation).await;
        let ana = app.person(&house, "ana", &team).await;
        for (path, change) in [
            (format!("/units/{team}"), json!({"name": "Night"})),
            (format!("/people/{}", ana.id), json!({"name": "Ana"})),
            ("/organisation".to_owned(), json!({"threshold": 6})),
        ] {
            let read = app.get(&house.admin, &path).await;
            let version = read.headers["etag"].to_str().unwrap().to_owned();
            assert!(
                patch(&app, &house, &path, change.clone())
                    .await
                    .status
                    .is_success()
            );
            let late = app
                .send_raw(
                    (Method::PATCH, &path),
                    &house.admin,
                    &[JSON, ("If-Match", &version)],
                    change.to_string().into_bytes(),
                )
                .await;
            assert_eq!(late.problem(), (409, "changed".to_owned()), "{path}");
        }
    }
);

both!(
    people_are_invited_moved_away_locked_and_gone,
    async |test| {
        let app = TestApp::open(test).await;
        let house = app.house("norte").await;
        let team = app.unit(&house, "team", "Day", &house.organisation).await;
        let ana = app.person(&house, "ana", &team).await;
        let at = |rest: &str| format!("/people/{}{rest}", ana.id);
        let (admin, root) = (&house.admin, &house.organisation);
        let moved = app
            .put(admin, &at("/home"), json!({"unit": root}))
            .await
            .good();
        assert_eq!(&moved["unit"], root);
        let away = json!({"from": "2026-01-10", "until": "2026-02-10"});
        let away = app.put(admin, &at("/absence"), away).await.good();
        assert_eq!(away["away_until"], "2026-02-10");
        let back = app.delete(admin, &at("/absence")).await.good();
        assert_eq!(back["away_from"], Value::Null);
        let lock = json!({"days": 3, "reason": "A lost phone"});
        let locked = app.put(admin, &at("/lock"), lock).await.good();
        assert_eq!(
            (&locked["state"], &locked["state_reason"]),
            (&"locked".into(), &"A lost phone".into())
        );
        assert_eq!(
            app.delete(admin, &at("/lock")).await.good()["state"],
            "active"
        );
        let again = app.post(admin, &at("/invitation"), json!({})).await;
        assert_eq!(again.problem(), (409, "not-now".to_owned()));
        assert!(app.post(admin, &at("/reset"), json!({})).await.good()["code"].is_string());
        let gone = app.post(admin, &at("/departure"), json!({})).await.good();
        assert_eq!(
            (&gone["state"], &gone["unit"]),
            (&"left".into(), &Value::Null)
        );
        let listed = app.get(admin, "/people?state=left&search=ANA").await.good();
        assert_eq!(listed["people"].as_array().unwrap().len(), 1);
        assert_eq!(listed["people"][0]["id"], ana.id.as_str());
    }
);

both!(
    a_list_of_people_says_nothing_about_when_or_whether,
    async |test| {
        let app = TestApp::open(test).await;
        let house = app.house("norte").await;
        app.person(&house, "ana", &house.organisation).await;
        let page = app.get(&house.admin, "/people").await.good();
        let person = page["people"][1].as_object().unwrap();
        let keys: Vec<_> = person.keys().map(String::as_str).collect();
        assert_eq!(keys, ["id", "name", "roles", "sign_in", "state", "unit"]);
    }
);

both!(
    roles_are_granted_with_a_proposal_and_taken_away,
    async |test| {
        let app = TestApp::open(test).await;
        let house = app.house("norte").await;
        let team = app.unit(&house, "team", "Day", &house.organisation).await;
        let ana = app.person(&house, "ana", &team).await;
        let path = format!("/people/{}/roles/supervisor/{team}", ana.id);
        let granted = app.put(&house.admin, &path, json!({})).await.good();
        assert_eq!(&granted["suggestion"]["home"], &house.organisation);
        let roles = format!("/people/{}/roles", ana.id);
        let held = app.get(&house.admin, &roles).await.good();
        assert_eq!(held["roles"][0]["role"], "supervisor");
        app.delete(&house.admin, &path).await.good();
        assert_eq!(
            app.get(&house.admin, &roles).await.good(),
            json!({"roles": []})
        );
        let unknown = format!("/people/{}/roles/boss/{team}", ana.id);
        let unknown = app.put(&house.admin, &unknown, json!({})).await;
        assert_eq!(unknown.problem(), (404, "not-found".to_owned()));
    }
);

both!(a_repeated_request_gets_the_first_reply, async |test| {
    let app = TestApp::open(test).await;
    let house = app.house("norte").await;
    let (admin, root) = (&house.admin, &house.organisation);
    let ana = json!({"name": "Ana", "sign_in": "ana", "language": "en", "unit": root});
    let unit = json!({"kind": "team", "name": "Day", "parent": root});
    let post = async |path: &str, key: &str, body: &Value| {
        let headers = [JSON, ("Idempotency-Key", key)];
        let body = body.to_string().into_bytes();
        app.send_raw((Method::POST, path), admin, &headers, body)
            .await
    };
    for (path, body) in [("/people", ana), ("/units", unit)] {
        let first = post(path, "k1", &body).await.good();
        let again = post(path, "k1", &body).await.good();
        assert_eq!(first, again);
        let other_key = post(path, "k2", &body).await;
        assert_eq!(other_key.problem(), (409, "taken".to_owned()));
    }
});

both!(every_wrong_field_is_named_at_once, async |test| {
    let app = TestApp::open(test).await;
    let house = app.house("norte").await;
    let root = &house.organisation;
    let long = "x".repeat(10_000);
    let body = json!({"name": long, "sign_in": "a b", "language": "english", "unit": root});
    let refused = app.post(&house.admin, "/people", body).await;
    assert_eq!(refused.problem(), (422, "invalid".to_owned()));
    assert_eq!(fields(&refused), ["name", "sign_in", "language"]);
    let body = json!({"kind": "team", "name": long, "parent": root});
    let refused = app.post(&house.admin, "/units", body).await;
    assert_eq!((refused.problem().0, fields(&refused)), (422, vec!["name"]));
    let body = json!({"name": long, "zone": "Mars/Base", "words": {"en": {"a": ""}}});
    let refused = patch(&app, &house, "/organisation", body).await;
    assert_eq!(fields(&refused), ["words.en.a", "name", "zone"]);
    for (body, status) in [
        (json!({"threshold": 4}), 422),
        (json!({"threshold": "many"}), 400),
        (json!({"unknown": 1}), 400),
    ] {
        let refused = patch(&app, &house, "/organisation", body.clone()).await;
        assert_eq!(refused.status.as_u16(), status, "{body}");
    }
    let refused = app.get(&house.admin, "/people?limit=201").await;
    assert_eq!(fields(&refused), ["limit"]);
    let refused = app.get(&house.admin, "/people?cursor=%2A").await;
    assert_eq!(fields(&refused), ["cursor"]);
});

both!(nothing_of_another_organisation_answers, async |test| {
    let app = TestApp::open(test).await;
    let (house, other) = (app.house("norte").await, app.house("sur").await);
    let ana = app.person(&house, "ana", &house.organisation).await;
    app.person(&other, "ana", &other.organisation).await;
    let absent = UnitId::new().to_string();
    for (unit, person) in [(&house.organisation, &ana.id), (&absent, &absent)] {
        for (method, path, body) in [
            (Method::GET, format!("/units/{unit}"), None),
            (
                Method::PATCH,
                format!("/units/{unit}"),
                Some(json!({"name": "x"})),
            ),
            (Method::POST, format!("/units/{unit}/closing"), None),
            (Method::GET, format!("/people?unit={unit}"), None),
            (Method::GET, format!("/people/{person}"), None),
            (
                Method::PUT,
                format!("/people/{person}/home"),
                Some(json!({"unit": unit})),
            ),
            (Method::POST, format!("/people/{person}/departure"), None),
            (Method::POST, format!("/people/{person}/reset"), None),
            (
                Method::PUT,
                format!("/people/{person}/roles/hr/{unit}"),
                None,
            ),
        ] {
            let came = app.send(method.clone(), &path, &other.admin, body).await;
            let body = json!({
                "type": "/problems/not-found", "title": "There is nothing here for you",
                "status": 404,
            });
            assert_eq!(
                (came.status.as_u16(), came.body),
                (404, body),
                "{method} {path}"
            );
        }
    }
    let listed = app.get(&other.admin, "/people?search=ana").await.good();
    assert_eq!(listed["people"].as_array().unwrap().len(), 1, "her own ana");
});

both!(a_worker_sees_who_may_follow_her_unit, async |test| {
    let app = TestApp::open(test).await;
    let house = app.house("norte").await;
    let site = app.unit(&house, "site", "North", &house.organisation).await;
    let team = app.unit(&house, "team", "Day", &site).await;
    let ana = app.person(&house, "ana", &team).await;
    let bea = app.person(&house, "bea", &site).await;
    app.grant(&house, &bea, "supervisor", &team).await;
    let over = app.get(&ana.token, "/me/unit/roles").await.good();
    assert_eq!(
        over,
        json!({"hr_sees_units": false, "roles": [
            {"role": "supervisor", "name": "Name of bea", "unit": "North / Day"},
            {"role": "administrator", "name": "Admin", "unit": "norte"},
        ]})
    );
});

both!(a_worker_finds_nothing_here, async |test| {
    let app = TestApp::open(test).await;
    let house = app.house("norte").await;
    let ana = app.person(&house, "ana", &house.organisation).await;
    for path in ["/units", "/people", "/organisation"] {
        let refused = app.get(&ana.token, path).await;
        assert_eq!(refused.problem(), (404, "not-found".to_owned()), "{path}");
        assert_eq!(
            app.get("", path).await.problem(),
            (401, "sign-in".to_owned())
        );
    }
});

both!(a_file_is_checked_and_then_applied, async |test| {
    let app = TestApp::open(test).await;
    let house = app.house("norte").await;
    let file = "name,sign_in,unit,language\n=1+1,ana,norte,en\n";
    let import = async |query: &str, file: &[u8]| {
        let path = format!("/people/import{query}");
        app.send_raw(
            (Method::POST, &path),
            &house.admin,
            &[("Content-Type", "text/csv; charset=utf-8")],
            file.to_vec(),
        )
        .await
    };
    let checked = import("", file.as_bytes()).await.good();
    assert_eq!(
        checked,
        json!({"applied": false, "count": 1, "invited": []})
    );
    let applied = import("?apply=true", file.as_bytes()).await.good();
    assert_eq!(
        (&applied["applied"], &applied["invited"][0]["line"]),
        (&true.into(), &2.into())
    );
    assert!(applied["table"].as_str().unwrap().contains("'=1+1"));
    let again = import("?apply=true", file.as_bytes()).await;
    assert_eq!(fields(&again), ["line 2, column sign_in"]);
    let broken = import("", b"name,sign_in,unit,language\nA\xff,a,norte,en\n").await;
    assert_eq!(
        (broken.status.as_u16(), fields(&broken)),
        (422, vec!["line 2, column name"])
    );
    let huge = import("", &vec![b'a'; 9 * 1024 * 1024]).await;
    assert_eq!(huge.problem(), (413, "too-large".to_owned()));
    let json = app.post(&house.admin, "/people/import", json!({})).await;
    assert_eq!(json.problem(), (415, "media-type".to_owned()));
});
