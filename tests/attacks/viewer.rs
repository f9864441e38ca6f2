//! A viewer who fetches everything that anybody can fetch, wave after wave, and computes: random
//! organisations through the real application, and a linear program over all released numbers. The
//! attacker is given more than she could find out: who answered, where each was counted, the rows of
//! groups that no page shows by themselves, the program's source, and an own answer of her choice.
//!
//! `RESPITE_TEST_ORGANISATIONS` says how many (50), `RESPITE_TEST_SEED` from which seed on (1):
//! The demonstration is attacked too; `RESPITE_TEST_WHOLE_DEMONSTRATION=1` takes all of it.
//! `RESPITE_TEST_ORGANISATIONS=1000 ./test.sh cargo test --release --test attacks viewer`

mod answers;
mod attack;
mod concluded;
pub mod crawl;
mod demonstration;
mod looking;
mod numbers;
mod program;
mod released;
mod rule;
mod shown;
mod story;
mod town;

use chrono::{DateTime, Utc};

use crate::support;
use crate::support::app::TestApp;
use crate::support::{Engine, TestStore, both};
use attack::Found;
use shown::Shown;
use town::Town;

/// Organisations that share a database.
const TOGETHER: u64 = 10;
const OPENINGS: [&str; 5] = [
    "2026-02-02",
    "2026-08-02",
    "2027-02-02",
    "2027-08-02",
    "2028-02-02",
];

fn number_of(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().expect("a number"))
}

fn instant(day: &str) -> DateTime<Utc> {
    format!("{day}T05:00:00Z").parse().unwrap()
}

/// Founds organisations, lets waves go by, fetches everything after each, and attacks.
async fn watch(store: TestStore, seeds: impl Iterator<Item = u64>, openings: &[&str]) -> Found {
    let app = TestApp::open(store).await;
    let mut towns = Vec::new();
    for seed in seeds {
        towns.push(Town::found(&app, seed).await);
    }
    for town in &mut towns {
        looking::appoint(&app, &town.house).await;
        town.plan(&app, openings[0]).await;
    }
    let mut shown: Vec<Shown> = towns.iter().map(|_| Shown::default()).collect();
    for opening in openings {
        story::hold_wave(&app, &mut towns, instant(opening)).await;
        for (town, shown) in towns.iter().zip(&mut shown) {
            crawl_town(&app, town, shown).await;
        }
    }
    let mut found = Found::default();
    let mut compared = concluded::Compared::default();
    for (town, shown) in towns.iter().zip(&shown) {
        println!("town {}: {} rows shown", town.seed, shown.len());
        let waves = released::waves(&app, &town.house.organisation).await;
        attack::attack(&waves, shown, &mut found);
        attack::must_be_of_the_answers(town, &waves);
        concluded::must_follow_from_rows(&app, &town.house, town.instrument, &mut compared).await;
    }
    assert!(compared.findings > towns.len(), "{compared:?}");
    println!("{compared:?} follow from released rows");
    found
}

/// One worker of each unit looks, and every role.
async fn crawl_town(app: &TestApp, town: &Town, shown: &mut Shown) {
    let ground = looking::ground(app, &town.house, &[town.instrument]).await;
    let of_each_unit = (0..town.units.len()).filter_map(|unit| {
        let mut people = town.people.iter();
        people.find(|person| person.is_here && person.unit == unit)
    });
    let workers: Vec<String> = of_each_unit.map(|one| one.sign_in.clone()).collect();
    looking::look(app, (&town.house, "admin"), &ground, &workers, shown).await;
}

#[test]
fn no_answer_in_a_random_organisation_is_bounded_to_under_half_of_its_scale() {
    let first = number_of("RESPITE_TEST_SEED", 1);
    let end = first + number_of("RESPITE_TEST_ORGANISATIONS", 50);
    let mut from = first;
    while from < end {
        let to = end.min(from + TOGETHER);
        let waves = if from.is_multiple_of(3) { 5 } else { 4 };
        println!("seeds {from} to {}", to - 1);
        support::both::run(Engine::Sqlite, async |store| {
            println!("{:?}", watch(store, from..to, &OPENINGS[..waves]).await);
        });
        from = to;
    }
}

both!(
    no_answer_in_three_others_is_bounded_on_either_engine,
    async |store| {
        println!("{:?}", watch(store, 1001..1004, &OPENINGS[..4]).await);
    }
);

#[test]
fn every_number_that_anybody_can_fetch_is_fed_or_excused() {
    let found = numbers::unexplained_in_the_document();
    assert!(found.is_empty(), "not fed and not excused: {found:#?}");
}
