//! Side doors: a world is copied to the last byte, and in each copy one worker does something else.
//! Whatever anybody else can fetch is the same, byte for byte, with every status and header: while
//! the wave is open all of it, afterwards all but the released rows of a cohort that she is counted
//! in. What she fetches herself is as long whatever she answered.

mod twin;
mod worlds;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::app::TestApp;
use crate::support::wire::{Arrived, Wire};
use crate::support::{TestStore, both};
use crate::viewer::crawl::{self, Fetched};
use twin::{COUNTED, Does, Place, WHILE_OPEN};
use worlds::Original;

/// A new phrase for everybody who asks.
const BY_CHANCE: [&str; 1] = ["/api/v1/password-suggestion"];

/// Functions of released rows and of nothing else, which `viewer::concluded` computes again. Of a
/// cohort that she is counted in they may differ as its rows do.
const CONCLUDED: [&str; 6] = [
    "/api/v1/me/notices",
    "/api/v1/units/{unit}/trend",
    "/api/v1/units/{unit}/publications.csv",
    "/api/v1/me/trend",
    "/api/v1/me/alerts",
    "/api/v1/alerts",
];

/// What each looker of each organisation has fetched, in order.
type Seen = BTreeMap<(usize, &'static str), Vec<Fetched>>;

/// One copy of the world.
struct Told {
    does: Does,
    while_open: Seen,
    counted: Seen,
    /// What came back to the twin herself, and what she could fetch.
    hers: Vec<Arrived>,
}

async fn look(app: &TestApp, places: &[Place]) -> Seen {
    let wire = Wire::to(app);
    let mut seen = Seen::new();
    for (number, place) in places.iter().enumerate() {
        for looker in &place.lookers {
            let all = everything(&wire, &looker.token, place).await;
            seen.insert((number, looker.who), all);
        }
    }
    seen
}

async fn everything(wire: &Wire, token: &str, place: &Place) -> Vec<Fetched> {
    let mut all = crawl::everything(wire, token, &place.ground).await;
    all.retain(|one| !BY_CHANCE.contains(&&*one.route));
    all
}

async fn tell(original: &mut Original, places: &[Place], does: Does) -> Told {
    let app = original.copy().await;
    app.clock.set("2026-05-03T05:00:00Z".parse().unwrap());
    let mut hers = Vec::new();
    for place in places {
        hers.extend(place.act(&app, does).await);
    }
    app.clock.set(WHILE_OPEN.parse().unwrap());
    let while_open = look(&app, places).await;
    hers.extend(look_at_herself(&app, places).await);
    app.at(COUNTED).await;
    let counted = look(&app, places).await;
    hers.extend(look_at_herself(&app, places).await);
    app.app.store.close().await;
    Told {
        does,
        while_open,
        counted,
        hers,
    }
}

async fn look_at_herself(app: &TestApp, places: &[Place]) -> Vec<Arrived> {
    let wire = Wire::to(app);
    let mut all = Vec::new();
    for place in places.iter().filter(|place| place.is_small) {
        let fetched = everything(&wire, &place.twin.token, place).await;
        all.extend(fetched.into_iter().map(|one| one.answer));
    }
    all
}

/// Nothing that anybody else fetched differs; `masked` fields of released rows are left out in the
/// organisation that is large enough to be shown.
fn must_look_alike(places: &[Place], (one, other): (&Told, &Told), masked: &[&str]) {
    let pair = format!("{:?} and {:?}", one.does, other.does);
    compare(&pair, (&one.while_open, &other.while_open), |_, fetched| {
        fetched.answer.clone()
    });
    compare(&pair, (&one.counted, &other.counted), |number, fetched| {
        let answer = without_chance(fetched);
        if places[number].is_small {
            return answer;
        }
        if !masked.is_empty() && CONCLUDED.contains(&&*fetched.route) {
            return Arrived {
                bytes: Vec::new(),
                ..answer
            };
        }
        without(&answer, (&places[number].open_wave, masked))
    });
}

fn compare(pair: &str, (one, other): (&Seen, &Seen), of: impl Fn(usize, &Fetched) -> Arrived) {
    assert_eq!(one.len(), other.len(), "{pair}");
    for ((number, who), seen) in one {
        let others = &other[&(*number, *who)];
        assert_eq!(seen.len(), others.len(), "{pair}: {who} fetches as much");
        for (left, right) in seen.iter().zip(others) {
            let (left_answer, right_answer) = (of(*number, left), of(*number, right));
            assert!(
                left.path == right.path && left_answer == right_answer,
                "{pair}: {who} can tell them apart by {}:\n{} {:?} {}\n{} {:?} {}",
                left.path,
                left_answer.status,
                left_answer.headers,
                left_answer.text(),
                right_answer.status,
                right_answer.headers,
                right_answer.text(),
            );
        }
    }
}

/// The answer without the ids of what was made after the close: those are by chance.
fn without_chance(fetched: &Fetched) -> Arrived {
    let mut answer = fetched.answer.clone();
    if fetched.route == "/api/v1/me/notices" {
        let mut body = answer.json();
        for notice in body["notices"].as_array_mut().into_iter().flatten() {
            notice["id"] = Value::Null;
        }
        answer.bytes = body.to_string().into_bytes();
    }
    answer
}

/// The answer without these fields of the rows of a wave.
fn without(answer: &Arrived, (wave, fields): (&str, &[&str])) -> Arrived {
    let mut body = answer.json();
    if fields.is_empty() || body.is_null() {
        return answer.clone();
    }
    mask(&mut body, (wave, fields));
    Arrived {
        bytes: body.to_string().into_bytes(),
        ..answer.clone()
    }
}

fn mask(value: &mut Value, of: (&str, &[&str])) {
    match value {
        Value::Array(all) => all.iter_mut().for_each(|one| mask(one, of)),
        Value::Object(row) => {
            let is_of_wave = row.get("wave").is_some_and(|wave| wave == of.0);
            if is_of_wave && row.contains_key("published") {
                for field in of.1 {
                    row.remove(*field);
                }
            }
            row.values_mut().for_each(|one| mask(one, of));
        }
        _ => {}
    }
}

/// The same statuses, headers and lengths.
fn must_be_as_long(one: &Told, other: &Told) {
    assert_eq!(one.hers.len(), other.hers.len());
    for (left, right) in one.hers.iter().zip(&other.hers) {
        let shape = |answer: &Arrived| (answer.status, answer.headers.clone(), answer.bytes.len());
        assert_eq!(
            shape(left),
            shape(right),
            "{:?} and {:?} differ:\n{}\n{}",
            one.does,
            other.does,
            left.text(),
            right.text(),
        );
    }
}

async fn tell_all(store: TestStore, all: &[Does], then: impl FnOnce(&[Place], &[Told])) {
    let (mut original, places) =
        Original::make(store, async |app: &TestApp| twin::prepare(app).await).await;
    let mut told = Vec::new();
    for does in all {
        told.push(tell(&mut original, &places, *does).await);
    }
    then(&places, &told);
}

/// The values of a row that her answer is a part of, and those that her taking part is.
const VALUES: [&str; 2] = ["mean", "at_or_above_cut"];
const ALL: [&str; 4] = ["mean", "at_or_above_cut", "answered", "stayed"];

both!(
    nobody_can_tell_the_lowest_from_the_highest_score,
    async |store| {
        let all = [
            Does::Answer(0),
            Does::Answer(100),
            Does::AnswerBothEnds,
            Does::ChangeHerMind,
            Does::KeepNothing,
        ];
        tell_all(store, &all, |places, told| {
            for other in &told[1..] {
                must_look_alike(places, (&told[0], other), &VALUES);
            }
        })
        .await;
    }
);

both!(nobody_can_tell_whether_she_answered, async |store| {
    let all = [
        Does::Nothing,
        Does::Answer(100),
        Does::AnswerLittle,
        Does::KeepADraft(100),
        Does::EraseTheAnswer,
        Does::TakeConsentBack,
        Does::AnswerFar("organisation"),
        Does::AnswerFar("nobody"),
    ];
    tell_all(store, &all, |places, told| {
        for other in &told[1..] {
            must_look_alike(places, (&told[0], other), &ALL);
        }
    })
    .await;
});

both!(
    nobody_can_tell_whether_she_had_answered_when_she_erased_her_account,
    async |store| {
        let all = [
            Does::Leave(None),
            Does::Leave(Some(0)),
            Does::Leave(Some(100)),
        ];
        tell_all(store, &all, |places, told| {
            for other in &told[1..] {
                must_look_alike(places, (&told[0], other), &[]);
            }
        })
        .await;
    }
);

both!(
    what_she_fetches_herself_is_as_long_whatever_she_answered,
    async |store| {
        let all = [
            Does::Answer(0),
            Does::Answer(50),
            Does::Answer(100),
            Does::AnswerBothEnds,
        ];
        tell_all(store, &all, |_, told| {
            for other in &told[1..] {
                must_be_as_long(&told[0], other);
            }
        })
        .await;
    }
);
