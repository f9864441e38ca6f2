//! Two years go by: waves open, people answer or do not, come and go, waves are counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, Utc};
use rand::RngExt;
use rand::rngs::StdRng;
use tokio::task::JoinSet;

use super::answers::{self, Weather};
use super::network::{self, House, Person};
use super::{Calendar, cast};
use crate::app::App;
use crate::auth::SignedIn;
use crate::check_ins::casting::{Reach, Vault};
use crate::check_ins::member::{Member, Standing};
use crate::check_ins::sheet::{self, Filled, Keep, Sheet};
use crate::check_ins::waves::Wave;
use crate::check_ins::{choices, consent, history, submit};
use crate::ids::WaveId;
use crate::jobs;
use crate::people::permission::Administrator;
use crate::people::standing;
use crate::problem::Problem;

/// Share of those asked who answer a wave that closes, and one that is still open.
const ANSWER: f64 = 0.78;
const ANSWER_SO_FAR: f64 = 0.35;
/// Share of people who leave in a quarter, and are followed by someone new.
const LEAVE: f64 = 0.02;
/// Check-ins on their way at the same time: they share commits.
const AT_ONCE: usize = 32;
/// Points per quarter, and from how many quarters before the present on, of the team that rises.
const RISE: f64 = 8.0;
const RISES_FOR: u32 = 4;

/// Told how far the story is.
pub trait Progress {
    /// `done` of `all` days of the story.
    fn day(&self, done: u64, all: u64);
}

/// Goes through the story in the order of the calendar.
pub async fn tell(
    app: &App,
    houses: &mut [House],
    (calendar, chance): (&Calendar, &mut StdRng),
    progress: &impl Progress,
) -> Result<(), Problem> {
    let first = calendar.quarterly_from.min(calendar.monthly_from);
    let days = (calendar.present.date_naive() - first).num_days();
    for number in 0..=days {
        progress.day(number.unsigned_abs(), days.unsigned_abs());
        let day = first + Duration::days(number);
        let now = (at(day)).min(calendar.present);
        app.clock.set(now);
        if !is_eventful(day, calendar) {
            continue;
        }
        jobs::run_due(app).await?;
        live_through(app, houses, (day, calendar), chance).await?;
    }
    app.clock.set(calendar.present);
    jobs::run_due(app).await?;
    Ok(())
}

/// Noon in Central Asia.
fn at(day: NaiveDate) -> DateTime<Utc> {
    day.and_hms_opt(7, 0, 0).unwrap_or_default().and_utc()
}

/// Days on which a wave opens, is answered or closes.
fn is_eventful(day: NaiveDate, calendar: &Calendar) -> bool {
    let since = |from: NaiveDate| {
        (0..=36).filter_map(move |months| {
            let opened = from.checked_add_months(Months::new(months))?;
            Some((day - opened).num_days())
        })
    };
    let quarterly = since(calendar.quarterly_from).any(|days| matches!(days, 0 | 1 | 14));
    let monthly = since(calendar.monthly_from).any(|days| matches!(days, 0 | 1 | 7));
    quarterly || monthly
}

async fn live_through(
    app: &App,
    houses: &mut [House],
    (day, calendar): (NaiveDate, &Calendar),
    chance: &mut StdRng,
) -> Result<(), Problem> {
    for house in houses {
        let open = waves_opened_yesterday(app, house, day).await?;
        for wave in &open {
            let stays_open = wave.closes_at > calendar.present;
            answer(app, house, (wave, stays_open, calendar), chance).await?;
        }
        if open
            .iter()
            .any(|wave| wave.instrument == "cbi" && wave.closes_at <= calendar.present)
        {
            change_people(app, house, chance).await?;
        }
    }
    Ok(())
}

/// People answer on the day after the opening.
async fn waves_opened_yesterday(
    app: &App,
    house: &House,
    day: NaiveDate,
) -> Result<Vec<Wave>, Problem> {
    let own = history::all(app, &member(&house.administrator.signed_in)).await?;
    let yesterday = day - Duration::days(1);
    Ok(own
        .into_iter()
        .map(|own| own.wave)
        .filter(|wave| wave.is_open(app.clock.now()) && wave.opens_at.date_naive() == yesterday)
        .collect())
}

/// Some of those asked answer, many at the same time.
async fn answer(
    app: &App,
    house: &House,
    (wave, stays_open, calendar): (&Wave, bool, &Calendar),
    chance: &mut StdRng,
) -> Result<(), Problem> {
    let share = if stays_open { ANSWER_SO_FAR } else { ANSWER };
    let mut on_their_way = JoinSet::new();
    for person in &house.people {
        let answers = chance.random_bool(share);
        if !answers || (stays_open && cast::waits_for_the_reader(house, person)) {
            continue;
        }
        let filled = fill_in(app, house, (person, wave, calendar), chance);
        let signed_in = Arc::new(person.signed_in.clone());
        on_their_way.spawn(check_in(app.clone(), signed_in, wave.id, filled));
        if on_their_way.len() >= AT_ONCE
            && let Some(done) = on_their_way.join_next().await
        {
            done.unwrap_or(Ok(()))?;
        }
    }
    while let Some(done) = on_their_way.join_next().await {
        done.unwrap_or(Ok(()))?;
    }
    Ok(())
}

fn fill_in(
    app: &App,
    house: &House,
    (person, wave, calendar): (&Person, &Wave, &Calendar),
    chance: &mut StdRng,
) -> BTreeMap<String, Option<i64>> {
    let day = wave.opens_at.date_naive();
    let rises = person.team.is_some_and(|team| house.teams[team].rises);
    let rise = if rises {
        RISE * f64::from(quarters_risen(day, calendar))
    } else {
        0.0
    };
    let weather = Weather {
        month: day.month(),
        rise,
    };
    match app.catalogue.find(&wave.instrument) {
        Some(instrument) => answers::sheet(instrument, (person.level, weather), chance),
        None => BTreeMap::new(),
    }
}

/// How many quarters the rise has lasted: it began four quarters before the present.
fn quarters_risen(day: NaiveDate, calendar: &Calendar) -> u32 {
    let months_ago = (calendar.present.date_naive() - day).num_days() / 30;
    let quarters_ago = u32::try_from(months_ago.max(0) / 3).unwrap_or(u32::MAX);
    RISES_FOR.saturating_sub(quarters_ago)
}

/// One person checks in, consenting the first time.
async fn check_in(
    app: App,
    signed_in: Arc<SignedIn>,
    wave: WaveId,
    answers: BTreeMap<String, Option<i64>>,
) -> Result<(), Problem> {
    let member = member(&signed_in);
    let filled = Filled {
        answers,
        language: None,
    };
    let (sequel, scored) = sheet::read(&app, &member, wave, &filled).await?;
    let instrument = sequel.wave.instrument.clone();
    let proof = app
        .catalogue
        .find(&instrument)
        .map(|found| consent::Text::of(found).proof());
    let mut tx = app.store.read_newest().await?;
    let mut choices = choices::read(&mut tx, &member).await?;
    drop(tx);
    if let Some(proof) = proof.filter(|proof| choices.consents.get(&instrument) != Some(proof)) {
        choices.consents.insert(instrument, proof);
        let mut tx = app.store.write().await?;
        choices::write(&mut tx, &member, &choices).await?;
        tx.commit().await?;
    }
    let sheet = Sheet {
        sequel,
        scored,
        reach: Reach::Unit,
        keep: Keep::Answers,
    };
    submit::submit(&app, &member, &sheet).await?;
    Ok(())
}

/// A few leave, and each is followed by someone new.
async fn change_people(app: &App, house: &mut House, chance: &mut StdRng) -> Result<(), Problem> {
    let leaving: Vec<usize> = (0..house.people.len())
        .filter(|_| chance.random_bool(LEAVE))
        .filter(|index| house.people[*index].roles.is_empty())
        .collect();
    for index in leaving.into_iter().rev() {
        let Some(team) = house.people[index].team else {
            continue;
        };
        if cast::waits_for_the_reader(house, &house.people[index]) {
            continue;
        }
        let mut tx = app.store.write().await?;
        let administrator = Administrator::of(&mut tx, house.administrator.signed_in.who).await?;
        standing::depart(
            &mut tx,
            &administrator,
            &app.seal(),
            house.people[index].account,
        )
        .await?;
        tx.commit().await?;
        network::join(app, house, team, chance).await?;
        house.people.swap_remove(index);
    }
    Ok(())
}

fn member(signed_in: &SignedIn) -> Member<'_> {
    Member {
        who: signed_in.who,
        keys: &signed_in.keys,
        vault: Vault {
            number: signed_in.vault_number,
            since: signed_in.vault_since,
        },
        standing: Standing::Active,
    }
}
