//! Webhooks: what has happened to which wave, signed, and nothing of what was found.

use chrono::Duration;
use respite::notifications::delivery::{Round, deliver};
use serde_json::{Value, json};

use crate::support::app::{House, TestApp};
use crate::support::receiver::{Call, Receiver};
use crate::support::{TestStore, both};

const EVENTS: [&str; 4] = [
    "wave.opened",
    "wave.closed",
    "wave.stopped",
    "results.ready",
];

struct Ground {
    app: TestApp,
    house: House,
    receiver: Receiver,
}

impl Ground {
    async fn open(store: TestStore) -> Self {
        let app = TestApp::open_with(store, |settings| {
            settings.webhooks.allow_private = true;
            settings.webhooks.timeout_seconds = 1;
        })
        .await;
        let house = app.house("haven").await;
        let receiver = Receiver::open().await;
        Self {
            app,
            house,
            receiver,
        }
    }

    /// A webhook to the receiver: its id and secret.
    async fn webhook(&self, events: &[&str]) -> (String, String) {
        let body = json!({ "url": self.receiver.url("/hook?a=b"), "events": events });
        let made = self
            .app
            .post(&self.house.admin, "/webhooks", body)
            .await
            .good();
        let text = |field: &str| made[field].as_str().expect("a text").to_owned();
        (text("id"), text("secret"))
    }

    async fn at(&self, instant: &str) -> Vec<Call> {
        self.app.at(instant).await;
        self.receiver.take()
    }

    async fn deliver_after(&self, time: Duration) -> Round {
        self.app.clock.advance(time);
        deliver(self.app.app.post()).await.expect("a round")
    }

    async fn undelivered(&self) -> Vec<Value> {
        let list = self.app.get(&self.house.admin, "/undelivered").await.good();
        list["undelivered"].as_array().expect("a list").clone()
    }
}

fn kinds(calls: &[Call]) -> Vec<String> {
    let kind = |call: &Call| call.json()["type"].as_str().expect("a type").to_owned();
    let mut kinds: Vec<String> = calls.iter().map(kind).collect();
    kinds.sort();
    kinds
}

both!(
    a_webhook_is_told_of_the_life_of_a_wave_and_of_nothing_found,
    async |store| {
        let ground = Ground::open(store).await;
        let (_, secret) = ground.webhook(&EVENTS).await;
        let (_, narrow) = ground.webhook(&["wave.closed"]).await;
        ground.app.plan(&ground.house, "2026-02-02").await;
        let opened = ground.at("2026-02-02T04:00:10Z").await;
        assert_eq!(kinds(&opened), ["wave.opened"]);
        let waves = ground.app.get(&ground.house.admin, "/waves").await.good();
        let wave = waves["waves"][0]["id"].clone();
        let whole = json!({
            "type": "wave.opened", "timestamp": "2026-02-02T04:00:10Z", "data": { "wave": wave },
        });
        assert_eq!(opened[0].json(), whole, "and nothing else");
        assert_eq!(opened[0].path, "/hook?a=b");
        assert_eq!(opened[0].headers["content-type"], "application/json");
        // Nobody has answered: what is said after the count is the same.
        let closed = ground.at("2026-02-16T04:00:10Z").await;
        assert_eq!(
            kinds(&closed),
            ["results.ready", "wave.closed", "wave.closed"]
        );
        for call in opened.iter().chain(&closed) {
            assert!(
                call.is_signed_with(&secret) != call.is_signed_with(&narrow),
                "{call:?}"
            );
            assert_eq!(call.json()["data"], json!({ "wave": wave }));
        }
        assert!(
            ground.at("2026-02-17T04:00:10Z").await.is_empty(),
            "each is announced once"
        );
    }
);

both!(
    a_stopped_wave_is_announced_once_and_has_no_results,
    async |store| {
        let ground = Ground::open(store).await;
        ground.webhook(&EVENTS).await;
        ground.app.plan(&ground.house, "2026-02-02").await;
        ground.at("2026-02-02T04:00:10Z").await;
        let waves = ground.app.get(&ground.house.admin, "/waves").await.good();
        let path = format!("/waves/{}/stop", waves["waves"][0]["id"].as_str().unwrap());
        ground
            .app
            .post(&ground.house.admin, &path, json!({}))
            .await
            .good();
        assert_eq!(
            kinds(&ground.at("2026-02-02T04:02:00Z").await),
            ["wave.stopped"]
        );
        assert!(ground.at("2026-02-16T04:02:00Z").await.is_empty());
    }
);

both!(
    a_call_that_is_not_taken_is_made_again_and_recognisably_the_same,
    async |store| {
        let ground = Ground::open(store).await;
        let (_, secret) = ground.webhook(&["wave.opened"]).await;
        ground.receiver.answer_with(503);
        ground.app.plan(&ground.house, "2026-02-02").await;
        let mut calls = ground.at("2026-02-02T04:00:10Z").await;
        for status in [500, 404, 302, 307, 0, 204] {
            ground.receiver.answer_with(status);
            ground.deliver_after(Duration::days(2)).await;
            calls.extend(ground.receiver.take());
        }
        assert_eq!(calls.len(), 7, "redirects are not followed: {calls:#?}");
        for call in &calls {
            assert!(call.is_signed_with(&secret), "{call:?}");
            assert_eq!(call.headers["webhook-id"], calls[0].headers["webhook-id"]);
            assert_eq!(call.body, calls[0].body);
            assert_eq!(call.path, "/hook?a=b");
        }
        let times: Vec<&str> = calls
            .iter()
            .map(|call| &*call.headers["webhook-timestamp"])
            .collect();
        assert!(
            times.is_sorted() && times[0] < times[6],
            "a time for each attempt: {times:?}"
        );
        ground.deliver_after(Duration::days(2)).await;
        assert!(ground.receiver.take().is_empty(), "it was taken");
        assert!(ground.undelivered().await.is_empty());
    }
);

both!(a_receiver_that_is_gone_ends_its_webhook, async |store| {
    let ground = Ground::open(store).await;
    let (id, _) = ground.webhook(&EVENTS).await;
    ground.receiver.answer_with(410);
    ground.app.plan(&ground.house, "2026-02-02").await;
    assert_eq!(ground.at("2026-02-02T04:00:10Z").await.len(), 1);
    let list = ground
        .app
        .get(&ground.house.admin, "/webhooks")
        .await
        .good();
    assert!(list["webhooks"][0]["ended_at"].is_string(), "{list}");
    let audit = ground.app.get(&ground.house.admin, "/audit").await.good();
    let ended = json!({ "change": "webhook-ended", "webhook": id });
    let entries = audit["entries"].as_array().unwrap();
    assert!(
        entries.iter().any(|entry| entry["change"] == ended),
        "{audit}"
    );
    ground.receiver.answer_with(204);
    assert!(ground.at("2026-02-16T04:00:10Z").await.is_empty());
    let path = format!("/webhooks/{id}/test");
    let test = ground.app.post(&ground.house.admin, &path, json!({})).await;
    assert_eq!(test.problem().0, 404);
});

both!(
    an_administrator_tries_a_webhook_out_and_ends_it,
    async |store| {
        let ground = Ground::open(store).await;
        let (id, secret) = ground.webhook(&["wave.opened"]).await;
        let list = ground
            .app
            .get(&ground.house.admin, "/webhooks")
            .await
            .good();
        assert_eq!(list["webhooks"][0]["events"], json!(["wave.opened"]));
        assert!(!list.to_string().contains(&secret), "shown once");
        let path = format!("/webhooks/{id}/test");
        ground
            .app
            .post(&ground.house.admin, &path, json!({}))
            .await
            .good();
        ground.deliver_after(Duration::zero()).await;
        let calls = ground.receiver.take();
        assert_eq!(kinds(&calls), ["webhook.test"]);
        assert!(calls[0].is_signed_with(&secret));
        ground
            .app
            .post(&ground.house.admin, &path, json!({}))
            .await
            .good();
        let one = format!("/webhooks/{id}");
        ground.app.delete(&ground.house.admin, &one).await.good();
        ground.deliver_after(Duration::zero()).await;
        assert!(ground.receiver.take().is_empty(), "what waited is not sent");
        assert_eq!(
            ground
                .app
                .delete(&ground.house.admin, &one)
                .await
                .problem()
                .0,
            404
        );
    }
);

both!(a_repeated_request_makes_one_webhook, async |store| {
    let ground = Ground::open(store).await;
    let body = json!({ "url": ground.receiver.url("/"), "events": ["wave.opened"] });
    let make = async || {
        let headers = [
            ("idempotency-key", "once"),
            ("content-type", "application/json"),
        ];
        let to = (poem::http::Method::POST, "/webhooks");
        let bytes = body.to_string().into_bytes();
        ground
            .app
            .send_raw(to, &ground.house.admin, &headers, bytes)
            .await
            .good()
    };
    assert_eq!(make().await, make().await);
    let list = ground
        .app
        .get(&ground.house.admin, "/webhooks")
        .await
        .good();
    assert_eq!(list["webhooks"].as_array().unwrap().len(), 1);
});

both!(a_webhook_cannot_lead_inside, async |store| {
    let app = TestApp::open(store).await;
    let house = app.house("haven").await;
    let receiver = Receiver::open().await;
    let make = async |url: &str, events: Value| {
        let body = json!({ "url": url, "events": events });
        app.post(&house.admin, "/webhooks", body).await
    };
    for url in [
        "http://example.org/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://10.1.2.3/",
        "https://2130706433/",
        "https://[::ffff:127.0.0.1]/",
        "https://user:pw@example.org/",
        "x",
    ] {
        let refused = make(url, json!(["wave.opened"])).await;
        assert_eq!(refused.problem(), (422, "invalid".to_owned()), "{url}");
        assert_eq!(refused.body["faults"][0]["field"], "url");
    }
    for events in [json!([]), json!(["wave.answered"])] {
        let refused = make("https://example.org/", events).await;
        assert_eq!(refused.body["faults"][0]["field"], "events");
    }
    // A name is looked up when it is called, and what it leads to is checked then.
    let inside = format!("https://localhost:{}/", receiver.port);
    make(&inside, json!(["wave.opened"])).await.good();
    app.plan(&house, "2026-02-02").await;
    app.at("2026-02-02T04:00:10Z").await;
    assert!(receiver.take().is_empty());
    for _ in 0..9 {
        app.clock.advance(Duration::days(2));
        deliver(app.app.post()).await.expect("a round");
    }
    let list = app.get(&house.admin, "/undelivered").await.good();
    assert_eq!(list["undelivered"][0]["error"], "private-address", "{list}");
});
