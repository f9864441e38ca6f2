//! Opening, extending and stopping waves. Opening copies everything that the count will need;
//! from then on the wave cannot change, except for one later close.

use chrono::{DateTime, Duration, Utc};

use super::candidates;
use super::plans::{Plan, asked_units};
use super::roster::{self, Asked, Place};
use super::schedule::{Window, next_may_open};
use super::store;
use super::waves::{self, State, Wave};
use crate::app::App;
use crate::audit::{self, Change};
use crate::ids::WaveId;
use crate::people;
use crate::people::organisations::{self, Organisation};
use crate::people::permission::Administrator;
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};
use crate::vault::WaveKeyPair;

/// An extension is announced at least so long before the close.
const NOTICE: Duration = Duration::hours(24);

/// Opens every wave whose time has come, in one transaction each. Windows that were missed as a
/// whole are left out; numbers keep their place in time. Returns how many were opened.
pub async fn open_due(app: &App) -> Result<u64, StoreError> {
    let mut tx = app.store.read().await?;
    let plans = store::plans::running(&mut tx).await?;
    drop(tx);
    let mut opened = 0;
    for plan in plans {
        let mut tx = app.store.write().await?;
        if open_next(&mut tx, app, &plan).await? {
            tx.commit().await?;
            opened += 1;
        }
    }
    Ok(opened)
}

/// Opens the next wave of a plan if it is due; whether anything is to be committed.
async fn open_next(tx: &mut Tx, app: &App, plan: &Plan) -> Result<bool, StoreError> {
    let now = app.clock.now();
    people::hold(tx, plan.organisation).await?;
    let Some(organisation) = organisations::find(tx, plan.organisation).await? else {
        return Ok(false);
    };
    let Some((number, window)) = due(plan, &organisation, now) else {
        return Ok(false);
    };
    let last_close = store::waves::last_close(tx, plan.organisation, &plan.instrument).await?;
    if last_close.is_some_and(|close| now < next_may_open(close)) {
        return Ok(false);
    }
    if !store::plans::move_on(tx, plan.id, plan.next_number, number + 1).await? {
        return Ok(false);
    }
    let Some(instrument) = app.catalogue.find(&plan.instrument) else {
        tracing::error!(instrument = %plan.instrument, "an instrument of a plan is missing");
        return Ok(false);
    };
    let (tree, asked) = copies(tx, app, plan).await?;
    let pair = WaveKeyPair::new();
    let digest = roster::digest(organisation.threshold, &tree, &asked).to_vec();
    let mut wave = Wave {
        organisation: plan.organisation,
        id: WaveId::new(),
        plan: plan.id,
        number: i64::from(number),
        instrument: plan.instrument.clone(),
        version: instrument.version.to_string(),
        form: plan.form.clone(),
        languages: plan.languages.clone(),
        drafts: plan.drafts,
        scales: waves::released(instrument, &plan.form, plan.drafts),
        threshold: organisation.threshold,
        opens_at: now,
        closes_at: window.closes_at,
        extended_at: None,
        state: State::Open,
        public_key: pair.public(),
        digest,
        tag: Vec::new(),
    };
    wave.seal(&app.keys);
    store::waves::insert(tx, &wave, &pair.seal(&app.keys, wave.id)).await?;
    store::rosters::insert(tx, (wave.organisation, wave.id), &tree, &asked).await?;
    audit::enter(
        tx,
        &app.seal(),
        wave.organisation,
        None,
        Change::WaveOpened { wave: wave.id },
    )
    .await?;
    Ok(true)
}

/// The newest window that is open now, if its wave has not been opened yet.
fn due(plan: &Plan, organisation: &Organisation, now: DateTime<Utc>) -> Option<(u32, Window)> {
    let rhythm = plan.rhythm(organisation);
    (plan.next_number..)
        .map_while(|number| rhythm.window(number).map(|window| (number, window)))
        .take_while(|(_, window)| window.opens_at <= now)
        .find(|(_, window)| now < window.closes_at)
}

/// The tree above and below the plan's units, and everyone who is asked.
async fn copies(
    tx: &mut Tx,
    app: &App,
    plan: &Plan,
) -> Result<(Vec<Place>, Vec<Asked>), StoreError> {
    let all = store::rosters::open_units(tx, plan.organisation).await?;
    let asked_units = asked_units(&all, &plan.units);
    let asked = candidates::all(tx, app, plan.organisation)
        .await?
        .iter()
        .filter(|candidate| asked_units.contains(&candidate.unit))
        .filter_map(|candidate| candidate.asked(app.clock.now()))
        .collect();
    let parent_of = |unit| {
        all.iter()
            .find(|place| place.unit == unit)
            .and_then(|p| p.parent)
    };
    let mut kept = asked_units.clone();
    for unit in asked_units {
        let mut above = parent_of(unit);
        while let Some(unit) = above.filter(|unit| kept.insert(*unit)) {
            above = parent_of(unit);
        }
    }
    Ok((
        all.iter()
            .filter(|place| kept.contains(&place.unit))
            .copied()
            .collect(),
        asked,
    ))
}

/// Moves the close of an open wave, once, at least a day before it.
pub async fn extend(
    tx: &mut Tx,
    app: &App,
    administrator: &Administrator,
    (wave, closes_at): (WaveId, DateTime<Utc>),
) -> Result<Wave, Problem> {
    administrator.must_cover_all()?;
    tx.own(wave).await?;
    let who = administrator.who;
    let mut wave = store::waves::find(tx, who.organisation, wave)
        .await?
        .ok_or(Kind::NotFound)?;
    let now = app.clock.now();
    if !wave.is_open(now) || !wave.is_genuine(&app.keys) {
        return Err(Kind::WaveClosed.into());
    }
    if wave.extended_at.is_some() {
        return Err(Problem::with(Kind::NotNow, "A wave can be extended once."));
    }
    if now + NOTICE > wave.closes_at {
        let detail = "An extension must be announced at least 24 hours before the close.";
        return Err(Problem::with(Kind::NotNow, detail));
    }
    must_fit(tx, &wave, closes_at).await?;
    wave.closes_at = closes_at;
    wave.extended_at = Some(now);
    wave.seal(&app.keys);
    if !store::waves::extend(tx, &wave).await? {
        return Err(Kind::Changed.into());
    }
    let change = Change::WaveExtended { wave: wave.id };
    audit::enter(tx, &app.seal(), who.organisation, Some(who.account), change).await?;
    Ok(wave)
}

/// A new close lies after the old one, within 60 days of the opening, and leaves room before the
/// plan's next wave.
async fn must_fit(tx: &mut Tx, wave: &Wave, closes_at: DateTime<Utc>) -> Result<(), Problem> {
    if closes_at <= wave.closes_at {
        return Err(Problem::field(
            "closes_at",
            "must lie after the present close",
        ));
    }
    if closes_at > wave.opens_at + Duration::days(60) {
        return Err(Problem::field(
            "closes_at",
            "must lie within 60 days of the opening",
        ));
    }
    let plans = store::plans::of_organisation(tx, wave.organisation).await?;
    let organisation = organisations::find(tx, wave.organisation)
        .await?
        .ok_or(Kind::NotFound)?;
    let next = plans
        .iter()
        .filter(|plan| plan.ended_at.is_none() && plan.instrument == wave.instrument)
        .filter_map(|plan| plan.rhythm(&organisation).window(plan.next_number))
        .map(|window| window.opens_at)
        .min();
    if next.is_some_and(|opens_at| opens_at < next_may_open(closes_at)) {
        let message = "must lie at least 21 days before the next wave of this questionnaire";
        return Err(Problem::field("closes_at", message));
    }
    Ok(())
}
