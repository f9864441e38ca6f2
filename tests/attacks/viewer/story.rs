//! Waves go by in random organisations: people come, move and go, a wave opens, they answer, it is
//! counted. Answers are handed in through the same functions as over the API; everything else, and
//! all that is read, goes through the API itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use rand::RngExt;
use respite::app::App;
use respite::auth::SignedIn;
use respite::check_ins::casting::{Reach, Vault};
use respite::check_ins::member::{Member, Standing};
use respite::check_ins::sheet::{self, Filled, Keep, Sheet};
use respite::check_ins::{choices, consent, submit};
use respite::ids::WaveId;
use respite::jobs;
use tokio::task::JoinSet;

use super::answers;
use super::rule::Scale;
use super::town::{Ballot, Town};
use crate::support::app::TestApp;

/// Days before the opening on which who comes or moves is settled in time, and is not.
const EARLY: i64 = 25;
const LATE: i64 = 6;
const WINDOW: i64 = 14;
/// Check-ins on their way at the same time: they share commits.
const AT_ONCE: usize = 32;

/// One wave in every organisation, from the changes before it to its close.
pub async fn hold_wave(app: &TestApp, towns: &mut [Town], opening: DateTime<Utc>) {
    for (days, share) in [(EARLY, 0.06), (LATE, 0.03)] {
        let day = opening - Duration::days(days);
        if day < app.clock.now() {
            continue;
        }
        app.clock.set(day);
        for town in &mut *towns {
            town.sign_in_again(app).await;
            town.change(app, share).await;
        }
    }
    app.clock.set(opening);
    jobs::run_due(&app.app).await.unwrap();
    app.clock.set(opening + Duration::days(1));
    for town in &mut *towns {
        answer(app, town, opening).await;
    }
    app.clock.set(opening + Duration::days(WINDOW));
    jobs::run_due(&app.app).await.unwrap();
}

async fn answer(app: &TestApp, town: &mut Town, opened_at: DateTime<Utc>) {
    let waves = app.get(&town.house.admin, "/waves").await.good();
    let waves = waves["waves"].as_array().unwrap().iter();
    let open: Vec<_> = waves.filter(|wave| wave["state"] == "open").collect();
    assert_eq!(open.len(), 1, "one wave is open in town {}", town.seed);
    let wave: WaveId = open[0]["id"].as_str().unwrap().parse().unwrap();
    let instrument = app.app.catalogue.find(town.instrument).unwrap().clone();
    let scales: Vec<Scale> = instrument
        .released_scales(None)
        .iter()
        .map(|scale| {
            let cut = scale.cut100().map(|cut| {
                let part = |number: i128| i64::try_from(number).unwrap();
                (part(cut.top()), part(cut.bottom()))
            });
            Scale::new(&scale.id, i64::from(scale.highest_step()), cut, true)
        })
        .collect();
    let mut on_their_way = JoinSet::new();
    let mut ballots = BTreeMap::new();
    for place in 0..town.people.len() {
        let answers = town.chance.random_bool(town.share);
        if !answers || !town.people[place].is_here {
            continue;
        }
        let temper = town.people[place].temper;
        let sheet = answers::sheet(&instrument, &scales, (temper, &mut town.chance));
        let person = &town.people[place];
        if let Some(unit) = town.counted_at(person, opened_at) {
            let steps = answers::steps(&instrument, &sheet);
            ballots.insert(place, Ballot { unit, steps });
        }
        let signed_in = Arc::clone(&person.signed_in);
        on_their_way.spawn(check_in(
            app.app.clone(),
            (signed_in, wave, town.instrument),
            (sheet, person.reach),
        ));
        if on_their_way.len() >= AT_ONCE {
            on_their_way.join_next().await.unwrap().unwrap();
        }
    }
    while let Some(done) = on_their_way.join_next().await {
        done.unwrap();
    }
    town.waves.push(ballots);
}

/// One person checks in, consenting the first time.
async fn check_in(
    app: App,
    (signed_in, wave, instrument): (Arc<SignedIn>, WaveId, &'static str),
    (answers, reach): (BTreeMap<String, Option<i64>>, Reach),
) {
    let member = Member {
        who: signed_in.who,
        keys: &signed_in.keys,
        vault: Vault {
            number: signed_in.vault_number,
            since: signed_in.vault_since,
        },
        standing: Standing::Active,
    };
    let filled = Filled {
        answers,
        language: None,
    };
    let (sequel, scored) = sheet::read(&app, &member, wave, &filled).await.unwrap();
    let text = consent::Text::of(app.catalogue.find(instrument).unwrap());
    let mut tx = app.store.read().await.unwrap();
    let mut choices = choices::read(&mut tx, &member).await.unwrap();
    drop(tx);
    if choices.consents.get(instrument) != Some(&text.proof()) {
        choices.consents.insert(instrument.to_owned(), text.proof());
        let mut tx = app.store.write().await.unwrap();
        choices::write(&mut tx, &member, &choices).await.unwrap();
        tx.commit().await.unwrap();
    }
    let sheet = Sheet {
        sequel,
        scored,
        reach,
        keep: Keep::Answers,
    };
    submit::submit(&app, &member, &sheet).await.unwrap();
}
