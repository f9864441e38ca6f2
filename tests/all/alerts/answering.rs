//! Those who lead a unit say what they will do; nobody else can, and nobody overwrites another.

use poem::http::Method;
use serde_json::{Value, json};

use super::ground::Ground;
use crate::support::app::Came;
use crate::support::both;
use crate::support::wire::{Request, Wire};

async fn risen(store: crate::support::TestStore) -> (Ground, Value) {
    let mut ground = Ground::lay(store).await;
    ground.hold(0, 6).await;
    ground.hold(0, 6).await;
    ground.hold(2, 6).await;
    let alert = ground.alert().await;
    (ground, alert)
}

fn path(alert: &Value, last: &str) -> String {
    format!("/alerts/{}/{last}", alert["id"].as_str().unwrap())
}

async fn answer(ground: &Ground, token: &str, alert: &Value, body: Value) -> Came {
    ground
        .app
        .put(token, &path(alert, "acknowledgement"), body)
        .await
}

both!(
    what_a_supervisor_plans_is_read_by_the_whole_unit,
    async |store| {
        let (ground, alert) = risen(store).await;
        let body = json!({ "planned": "  One night less each.  ", "follow_up_on": "2026-10-01" });
        let answered = answer(&ground, &ground.lead.token, &alert, body)
            .await
            .good();
        assert_eq!(
            answered["acknowledgement"]["planned"],
            "One night less each."
        );
        assert_eq!(answered["waits_for_an_answer"], false);
        let worker = &ground.teams[0].1[0].token;
        let mine = ground.alerts(worker, "/me/alerts").await;
        let hers = mine.iter().find(|one| one["id"] == alert["id"]).unwrap();
        assert_eq!(
            hers, &answered,
            "the worker reads what her supervisor reads"
        );
        let other = ground
            .alerts(&ground.teams[1].1[0].token, "/me/alerts")
            .await;
        assert!(other.iter().all(|one| one["id"] != alert["id"]));
        let audit = ground
            .app
            .get(&ground.house.admin, "/audit?after=0")
            .await
            .good();
        let entries = audit["entries"].as_array().unwrap();
        let entered = entries
            .iter()
            .filter(|entry| entry["change"]["change"] == "alert-acknowledged");
        assert_eq!(entered.count(), 1);
        assert!(!audit.to_string().contains("night less"), "ids only");
    }
);

both!(
    an_answer_that_cannot_stand_is_refused_field_by_field,
    async |store| {
        let (ground, alert) = risen(store).await;
        for (body, status, field) in [
            (json!({ "planned": "" }), 422, "planned"),
            (json!({ "planned": "x".repeat(1001) }), 422, "planned"),
            (
                json!({ "planned": "x", "follow_up_on": "2026-01-01" }),
                422,
                "follow_up_on",
            ),
            (
                json!({ "planned": "x", "follow_up_on": "soon" }),
                400,
                "follow_up_on",
            ),
            (json!({ "planned": 7 }), 400, "planned"),
            (json!({}), 400, "planned"),
        ] {
            let came = answer(&ground, &ground.lead.token, &alert, body.clone()).await;
            assert_eq!(came.status.as_u16(), status, "{body}: {}", came.body);
            assert!(
                came.body["faults"].to_string().contains(field),
                "{body}: {}",
                came.body
            );
        }
        let came = ground
            .app
            .put(
                &ground.lead.token,
                &path(&alert, "closing-note"),
                json!({ "note": "x" }),
            )
            .await;
        assert_eq!(
            came.problem(),
            (409, "not-now".to_owned()),
            "it is still open"
        );
    }
);

both!(only_who_leads_the_unit_answers, async |store| {
    let (ground, alert) = risen(store).await;
    let body = json!({ "planned": "x" });
    let worker = &ground.teams[0].1[0].token;
    for token in [
        &ground.elsewhere.token,
        &ground.hr.token,
        &ground.house.admin,
        worker,
    ] {
        let came = answer(&ground, token, &alert, body.clone()).await;
        assert_eq!(came.problem(), (404, "not-found".to_owned()));
    }
    let setting = json!({ "hr_sees_units": true });
    ground
        .app
        .send(
            Method::PATCH,
            "/organisation",
            &ground.house.admin,
            Some(setting),
        )
        .await
        .good();
    let read = ground.alerts(&ground.hr.token, "/alerts").await;
    assert!(read.iter().any(|one| one["id"] == alert["id"]), "HR reads");
    let came = answer(&ground, &ground.hr.token, &alert, body.clone()).await;
    assert_eq!(
        came.problem(),
        (404, "not-found".to_owned()),
        "and does not answer"
    );
    answer(&ground, &ground.head.token, &alert, body)
        .await
        .good();
});

both!(two_who_answer_do_not_overwrite_each_other, async |store| {
    let (ground, alert) = risen(store).await;
    let wire = Wire::to(&ground.app);
    let one = format!("/api/v1/alerts/{}", alert["id"].as_str().unwrap());
    let read = Request::new(Method::GET, one).bearer(&ground.lead.token);
    let read = wire.send(&read).await;
    let etag = read.headers["etag"].to_str().unwrap().to_owned();
    let put = |token: &str, words: &str| {
        Request::new(
            Method::PUT,
            format!("/api/v1{}", path(&alert, "acknowledgement")),
        )
        .bearer(token)
        .header("If-Match", &etag)
        .json(&json!({ "planned": words }))
    };
    let first = wire.send(&put(&ground.lead.token, "mine")).await;
    assert_eq!(first.status, 200, "{}", first.text());
    assert_ne!(first.headers["etag"].to_str().unwrap(), etag);
    let second = wire.send(&put(&ground.head.token, "theirs")).await;
    assert_eq!(
        (second.status.as_u16(), second.slug()),
        (409, "changed".to_owned())
    );
    assert_eq!(ground.alert().await["acknowledgement"]["planned"], "mine");
});

both!(
    the_day_to_look_again_is_told_once_to_those_who_lead,
    async |store| {
        let (ground, alert) = risen(store).await;
        let body = json!({ "planned": "x", "follow_up_on": "2026-10-01" });
        answer(&ground, &ground.lead.token, &alert, body)
            .await
            .good();
        let told = async |token: &str| {
            let notices = ground.app.get(token, "/me/notices").await.good();
            let notices = notices["notices"].as_array().unwrap().clone();
            notices
                .iter()
                .filter(|one| one["kind"] == "follow-up")
                .count()
        };
        ground.app.at("2026-09-30T17:00:00Z").await;
        assert_eq!(told(&ground.lead.token).await, 0);
        // Midnight of 1 October in Almaty is 19:00 of 30 September in UTC.
        ground.app.at("2026-09-30T19:30:00Z").await;
        ground.app.at("2026-10-01T08:00:00Z").await;
        ground.app.at("2026-10-03T08:00:00Z").await;
        assert_eq!(told(&ground.lead.token).await, 1);
        assert_eq!(told(&ground.head.token).await, 1);
        assert_eq!(told(&ground.elsewhere.token).await, 0);
        assert_eq!(told(&ground.teams[0].1[0].token).await, 0);
    }
);

both!(
    an_alert_that_has_ended_takes_a_closing_note,
    async |store| {
        let mut ground = Ground::lay(store).await;
        for steps in [0, 1, -1, -1, -1, -1] {
            ground.hold(steps, 6).await;
        }
        let alert = ground.alert().await;
        let note = path(&alert, "closing-note");
        let lead = ground.lead.token.clone();
        let refused = answer(&ground, &lead, &alert, json!({ "planned": "x" })).await;
        assert_eq!(refused.problem(), (409, "not-now".to_owned()));
        let noted = ground
            .app
            .put(&lead, &note, json!({ "note": "Shifts are shorter." }))
            .await
            .good();
        assert_eq!(noted["closing_note"], "Shifts are shorter.");
        let elsewhere = ground
            .app
            .put(&ground.elsewhere.token, &note, json!({ "note": "x" }))
            .await;
        assert_eq!(elsewhere.problem(), (404, "not-found".to_owned()));
    }
);
