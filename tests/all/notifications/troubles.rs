//! What can go wrong on the way: nothing is lost while a server is away, and nothing is sent twice
//! that was taken.

use chrono::Duration;
use respite::notifications::delivery::deliver;

use super::office::{Office, addresses};
use crate::support::sink::Mood;
use crate::support::{TestStore, both};

/// Six people, and letters for all of them that are due now.
async fn with_letters(store: TestStore, mood: Mood) -> Office {
    let office = Office::open(store).await;
    office.people("worker", 6).await;
    office.app.plan(&office.house, "2026-02-02").await;
    office.sink.be(mood);
    office.app.at("2026-02-02T04:00:10Z").await;
    office
}

both!(
    a_server_that_is_away_delays_and_loses_nothing,
    async |store| {
        let office = with_letters(store, Mood::Closes).await;
        for mood in [Mood::Closes, Mood::Hangs, Mood::IsFull, Mood::Distrusts] {
            office.sink.be(mood);
            let round = office.deliver_after(Duration::hours(3)).await;
            assert_eq!((round.sent, round.given_up), (0, 0), "{mood:?}");
            assert_eq!(round.put_off, 6, "{mood:?}");
        }
        assert!(office.undelivered().await.is_empty());
        office.sink.be(Mood::Takes);
        let round = office.deliver_after(Duration::hours(24)).await;
        assert_eq!(round.sent, 6);
        assert_eq!(addresses(&office.sink.take()).len(), 6);
        for _ in 0..10 {
            office.deliver_after(Duration::hours(24)).await;
        }
        assert!(office.sink.take().is_empty(), "each arrived once");
    }
);

both!(a_letter_is_not_tried_before_its_time, async |store| {
    let office = with_letters(store, Mood::Closes).await;
    assert_eq!(office.deliver().await.put_off, 0);
    assert_eq!(office.deliver_after(Duration::seconds(59)).await.put_off, 0);
    // A minute, and up to a fifth more.
    assert_eq!(office.deliver_after(Duration::seconds(13)).await.put_off, 6);
    assert_eq!(office.deliver_after(Duration::minutes(4)).await.put_off, 0);
    assert_eq!(office.deliver_after(Duration::minutes(2)).await.put_off, 6);
});

both!(
    a_connection_that_breaks_keeps_what_was_taken_and_sends_the_rest,
    async |store| {
        let office = with_letters(store, Mood::TakesTwo).await;
        let mut arrived = office.sink.take();
        for _ in 0..6 {
            office.deliver_after(Duration::days(2)).await;
            arrived.extend(office.sink.take());
        }
        let mut once = addresses(&arrived);
        once.dedup();
        assert_eq!(
            (once.len(), arrived.len()),
            (6, 6),
            "{:?}",
            addresses(&arrived)
        );
    }
);

both!(
    who_is_not_known_is_given_up_at_once_and_listed_without_a_name,
    async |store| {
        let office = Office::open(store).await;
        let people = office.people("worker", 2).await;
        let nobody = office.app.person(&office.house, "gone", &office.team).await;
        office
            .subscribe(&nobody, "nobody@example.org", serde_json::json!({}))
            .await;
        office.app.plan(&office.house, "2026-02-02").await;
        office.sink.be(Mood::KnowsFew);
        let arrived = office.at("2026-02-02T04:00:10Z").await;
        assert_eq!(
            addresses(&arrived),
            ["worker1@example.org", "worker2@example.org"]
        );
        let list = office.undelivered().await;
        assert_eq!(list.len(), 1, "{list:?}");
        assert_eq!(list[0]["channel"], "email");
        assert_eq!(list[0]["kind"], "wave-open");
        assert_eq!(
            (&list[0]["error"], &list[0]["attempts"]),
            (&"refused".into(), &1.into())
        );
        let text = list[0].to_string();
        for telling in ["nobody", "example.org", &nobody.id, &people[0].id] {
            assert!(!text.contains(telling), "{telling} in {text}");
        }
        office.sink.be(Mood::Takes);
        assert_eq!(
            office.deliver_after(Duration::days(2)).await.sent,
            0,
            "it is not tried again"
        );
        let path = format!("/undelivered/{}/retry", list[0]["id"].as_str().unwrap());
        office
            .app
            .post(&office.house.admin, &path, serde_json::json!({}))
            .await
            .good();
        assert!(office.undelivered().await.is_empty());
        assert_eq!(office.deliver().await.sent, 1);
        let again = office.sink.take();
        assert_eq!(addresses(&again), ["nobody@example.org"]);
        let id = list[0]["id"].as_str().unwrap();
        assert!(
            again[0].header("Message-ID").contains(id),
            "the same letter"
        );
        let gone = office
            .app
            .post(&office.house.admin, &path, serde_json::json!({}))
            .await;
        assert_eq!(gone.problem().0, 404);
    }
);

both!(
    after_three_days_a_letter_is_given_up_and_after_a_month_forgotten,
    async |store| {
        let office = with_letters(store, Mood::Closes).await;
        let mut tries = 1;
        while office.undelivered().await.is_empty() {
            tries += 1;
            assert!(tries < 20, "it is given up");
            office.deliver_after(Duration::hours(29)).await;
        }
        assert_eq!(tries, 9);
        let list = office.undelivered().await;
        assert_eq!(list.len(), 6);
        assert_eq!(list[0]["attempts"], 9);
        let forget = async || {
            let now = office.app.clock.now();
            let post = office.app.app.post();
            respite::notifications::delivery::forget(post, now)
                .await
                .unwrap();
        };
        office.app.clock.advance(Duration::days(29));
        forget().await;
        assert_eq!(office.undelivered().await.len(), 6);
        office.app.clock.advance(Duration::days(2));
        forget().await;
        assert!(office.undelivered().await.is_empty());
    }
);

both!(
    two_servers_that_send_at_once_send_each_letter_once,
    async |store| {
        let office = Office::open(store).await;
        office.people("worker", 8).await;
        office.app.plan(&office.house, "2026-02-02").await;
        office
            .app
            .clock
            .set("2026-02-02T12:00:00Z".parse().unwrap());
        assert!(office.at("2026-02-02T12:00:00Z").await.is_empty());
        office
            .app
            .clock
            .set("2026-02-03T04:00:00Z".parse().unwrap());
        let post = office.app.app.post();
        let rounds = tokio::join!(deliver(post), deliver(post), deliver(post));
        for round in [rounds.0, rounds.1, rounds.2] {
            round.expect("a round");
        }
        let arrived = office.sink.take();
        let mut once = addresses(&arrived);
        once.dedup();
        assert_eq!(
            (once.len(), arrived.len()),
            (8, 8),
            "{:?}",
            addresses(&arrived)
        );
    }
);
