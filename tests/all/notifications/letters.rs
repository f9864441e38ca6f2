//! Letters about waves: to whole rosters, all alike, at one hour, in random order.

use std::collections::BTreeSet;

use serde_json::json;

use super::office::{Office, URL, addresses};
use crate::support::both;
use crate::support::sink::Arrived;

fn all(prefix: &str, many: usize) -> Vec<String> {
    let mut all: Vec<String> = (1..=many)
        .map(|n| format!("{prefix}{n}@example.org"))
        .collect();
    all.sort();
    all
}

/// The text without what may differ.
fn neutral(letter: &Arrived) -> String {
    let id = letter.header("Message-ID");
    letter
        .text
        .replace(&id, "ID")
        .replace(&letter.to, "ADDRESS")
}

both!(
    everyone_on_the_roster_gets_the_same_letters_whoever_answered,
    async |store| {
        let office = Office::open(store).await;
        let people = office.people("worker", 6).await;
        office.app.plan(&office.house, "2026-02-02").await;
        let first = office.at("2026-02-02T04:00:10Z").await;
        assert_eq!(addresses(&first), all("worker", 6));
        let wave = office.app.open_wave(&people[0].token).await;
        for person in &people[..3] {
            office.app.consent(&person.token, "cbi").await;
            office.app.check_in(person, &wave, 50).await.good();
        }
        assert!(office.at("2026-02-13T03:00:00Z").await.is_empty());
        let second = office.at("2026-02-13T04:00:00Z").await;
        assert_eq!(addresses(&second), all("worker", 6), "whoever has answered");
        let mut ids = BTreeSet::new();
        for letters in [&first, &second] {
            let texts: BTreeSet<String> = letters.iter().map(neutral).collect();
            assert_eq!(texts.len(), 1, "all alike: {texts:#?}");
            ids.extend(letters.iter().map(|letter| letter.header("Message-ID")));
        }
        assert_eq!(ids.len(), 12, "each letter has an id of its own");
        assert_eq!(
            first[0].body(),
            second[0].body(),
            "a mailbox does not tell which"
        );
        assert_eq!(first[0].header("Subject"), "Respite");
        assert!(first[0].body().contains(URL), "{}", first[0].body());
        assert!(!first[0].text.contains(&wave), "no id of the wave");
        for instant in [
            "2026-02-13T04:10:00Z",
            "2026-02-14T04:00:00Z",
            "2026-02-15T05:00:00Z",
        ] {
            assert!(
                office.at(instant).await.is_empty(),
                "each is told once: {instant}"
            );
        }
    }
);

both!(a_short_window_has_one_letter, async |store| {
    let office = Office::open(store).await;
    office.people("worker", 2).await;
    let plan = json!({
        "instrument": "cbi", "every_months": 3, "window_days": 6, "languages": ["en"],
        "first_day": "2026-02-02",
    });
    office
        .app
        .post(&office.house.admin, "/plans", plan)
        .await
        .good();
    assert_eq!(office.at("2026-02-02T04:00:10Z").await.len(), 2);
    for day in 3..8 {
        let instant = format!("2026-02-0{day}T04:00:00Z");
        assert!(office.at(&instant).await.is_empty(), "{instant}");
    }
});

both!(
    quiet_hours_are_the_next_morning_for_all_who_asked,
    async |store| {
        let office = Office::open(store).await;
        office.people("worker", 2).await;
        let quiet = office
            .app
            .people(&office.house, &office.team, "quiet", 3)
            .await;
        for (number, person) in (1..).zip(&quiet) {
            let address = format!("quiet{number}@example.org");
            office
                .subscribe(person, &address, json!({ "quiet_hours": true }))
                .await;
        }
        office.app.plan(&office.house, "2026-02-02").await;
        assert_eq!(
            addresses(&office.at("2026-02-02T04:00:10Z").await),
            all("worker", 2)
        );
        // Eight in the morning in Almaty.
        assert!(office.at("2026-02-03T02:59:00Z").await.is_empty());
        let morning = office.at("2026-02-03T03:00:00Z").await;
        assert_eq!(addresses(&morning), all("quiet", 3));
    }
);

both!(
    a_change_of_a_wave_is_told_to_the_whole_roster,
    async |store| {
        let office = Office::open(store).await;
        let people = office.people("worker", 3).await;
        office.app.plan(&office.house, "2026-02-02").await;
        office.at("2026-02-02T04:00:10Z").await;
        let wave = office.app.open_wave(&people[0].token).await;
        office
            .app
            .clock
            .set("2026-02-05T12:00:00Z".parse().unwrap());
        let to = json!({ "closes_at": "2026-02-20T04:00:00Z" });
        let path = format!("/waves/{wave}/extension");
        office.app.post(&office.house.admin, &path, to).await.good();
        assert!(
            office.at("2026-02-05T12:01:00Z").await.is_empty(),
            "at the one hour only"
        );
        assert_eq!(
            addresses(&office.at("2026-02-06T04:00:00Z").await),
            all("worker", 3)
        );
        office
            .app
            .clock
            .set("2026-02-09T12:00:00Z".parse().unwrap());
        let path = format!("/waves/{wave}/stop");
        office
            .app
            .post(&office.house.admin, &path, json!({}))
            .await
            .good();
        assert_eq!(
            addresses(&office.at("2026-02-10T04:00:00Z").await),
            all("worker", 3)
        );
        for day in 11..21 {
            let instant = format!("2026-02-{day}T04:00:00Z");
            assert!(
                office.at(&instant).await.is_empty(),
                "it does not end soon: {instant}"
            );
        }
    }
);

both!(letters_arrive_in_another_order_each_time, async |store| {
    let office = Office::open(store).await;
    office.people("w", 8).await;
    office.app.plan(&office.house, "2026-02-02").await;
    let order = |letters: Vec<Arrived>| -> Vec<String> {
        letters.into_iter().map(|letter| letter.to).collect()
    };
    let first = order(office.at("2026-02-02T04:00:10Z").await);
    let second = order(office.at("2026-02-13T04:00:00Z").await);
    let sorted = all("w", 8);
    assert_eq!((first.len(), second.len()), (8, 8));
    assert!(
        first != second && (first != sorted || second != sorted),
        "{first:?} {second:?}"
    );
});

both!(
    each_gets_letters_in_her_language_or_in_english,
    async |store| {
        let office = Office::open(store).await;
        let people = office
            .app
            .people(&office.house, &office.team, "worker", 3)
            .await;
        for (person, language) in people.iter().zip(["ru", "kk", "en"]) {
            let address = format!("{language}@example.org");
            office
                .subscribe(person, &address, json!({ "language": language }))
                .await;
        }
        office.app.plan(&office.house, "2026-02-02").await;
        let letters = office.at("2026-02-02T04:00:10Z").await;
        let body = |to: &str| {
            letters
                .iter()
                .find(|letter| letter.to == to)
                .unwrap()
                .body()
        };
        assert!(body("ru@example.org").contains("Здравствуйте"));
        assert_eq!(body("kk@example.org"), body("en@example.org"));
        assert!(body("en@example.org").contains("If you have already seen it"));
    }
);

both!(
    who_left_or_did_not_confirm_or_chose_none_gets_nothing,
    async |store| {
        let office = Office::open(store).await;
        let people = office.people("worker", 4).await;
        let waiting = office
            .app
            .person(&office.house, "waiting", &office.team)
            .await;
        office.ask(&waiting, "waiting@example.org", json!({})).await;
        office.app.plan(&office.house, "2026-02-02").await;
        // The letters are written, and then what they rest on goes.
        office
            .app
            .clock
            .set("2026-02-02T03:59:50Z".parse().unwrap());
        office
            .app
            .clock
            .set("2026-02-02T12:00:00Z".parse().unwrap());
        assert!(
            office.at("2026-02-02T12:00:00Z").await.is_empty(),
            "it opened late"
        );
        let none = json!({ "channel": "none", "quiet_hours": false });
        office
            .app
            .put(&people[1].token, "/me/reminders", none)
            .await
            .good();
        office
            .app
            .delete(&people[2].token, "/me/reminders")
            .await
            .good();
        let path = format!("/people/{}/departure", people[3].id);
        office
            .app
            .post(&office.house.admin, &path, json!({}))
            .await
            .good();
        let letters = office.at("2026-02-03T04:00:00Z").await;
        assert_eq!(addresses(&letters), ["worker1@example.org"]);
    }
);
