//! Opening, extending and stopping waves. Opening copies everything that the count will need;
//! from then on the wave cannot change, except for one later close.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};

use super::candidates;
use super::overlaps;
use super::plans::Plan;
use super::roster::{self, Asked, Place};
use super::schedule::{Window, next_may_open};
use super::store;
use super::telling;
use super::waves::{self, State, Wave};
use crate::app::App;
use crate::audit::{self, Change};
use crate::ids::{UnitId, WaveId};
use crate::notifications::Message;
use crate::notifications::notices::NoticeKind;
use crate::people;
use crate::people::organisations::{self, Organisation};
use crate::people::permission::Administrator;
use crate::problem::{Kind, Problem};
use crate::rehearsal::point;
use crate::store::{StoreError, Tx};
use crate::vault::WaveKeyPair;
use crate::zones::local_day;

/// An extension is announced at least so long before the close.
const NOTICE: Duration = Duration::hours(24);

/// No wave is open longer, extended or not.
pub(super) const LONGEST_WAVE_DAYS: i64 = 60;

/// The shortest window that a plan may have.
const SHORTEST_WINDOW_DAYS: i64 = 3;

/// Opens every wave whose time has come, in one transaction each. Windows that were missed as a
/// whole are left out; numbers keep their place in time. Returns how many were opened.
pub async fn open_due(app: &App) -> Result<u64, StoreError> {
    let mut tx = app.store.read().await?;
    let plans = store::plans::running(&mut tx).await?;
    drop(tx);
    let mut opened = 0;
    for plan in plans {
        match open_one(app, &plan).await {
            Ok(is_open) => opened += u64::from(is_open),
            Err(error) => {
                tracing::error!(plan = %plan.id, cause = %error, "a wave could not be opened");
            }
        }
    }
    Ok(opened)
}

async fn open_one(app: &App, plan: &Plan) -> Result<bool, StoreError> {
    let mut tx = app.store.write().await?;
    let is_due = open_next(&mut tx, app, plan).await?;
    if is_due {
        tx.commit().await?;
    }
    Ok(is_due)
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
    let all = store::rosters::open_units(tx, plan.organisation).await?;
    let units = overlaps::units_of(tx, plan, &all).await?;
    if units.is_empty() || overlaps::was_asked_lately(tx, plan, (&units, now)).await? {
        return Ok(false);
    }
    if !store::plans::move_on(tx, plan.id, plan.next_number, number + 1).await? {
        return Ok(false);
    }
    let Some(instrument) = app.catalogue.find(&plan.instrument) else {
        tracing::error!(instrument = %plan.instrument, "an instrument of a plan is missing");
        return Ok(false);
    };
    let tree = with_all_above(&all, &units);
    let asked = asked(tx, app, (plan, &organisation), &units).await?;
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
    point("opening.wave-inserted");
    store::rosters::insert(tx, (wave.organisation, wave.id), &tree, &asked).await?;
    point("opening.roster-copied");
    telling::opened(tx, app, &wave).await?;
    point("opening.told");
    let change = Change::WaveOpened { wave: wave.id };
    audit::enter(tx, &app.seal(), wave.organisation, None, change).await?;
    Ok(true)
}

/// The window that is open now, if its wave has not been opened yet. One with less than the
/// shortest window left is missed: few would hear of it, and it would keep others waiting.
fn due(plan: &Plan, organisation: &Organisation, now: DateTime<Utc>) -> Option<(u32, Window)> {
    let rhythm = plan.rhythm(organisation);
    (plan.next_number..)
        .map_while(|number| rhythm.window(number).map(|window| (number, window)))
        .take_while(|(_, window)| window.opens_at <= now)
        .find(|(_, window)| now + Duration::days(SHORTEST_WINDOW_DAYS) <= window.closes_at)
}

/// The units that are asked, and all above them up to the organisation.
fn with_all_above(all: &[Place], units: &HashSet<UnitId>) -> Vec<Place> {
    let parent_of: HashMap<UnitId, Option<UnitId>> =
        all.iter().map(|place| (place.unit, place.parent)).collect();
    let mut kept = units.clone();
    for unit in units {
        let mut above = parent_of.get(unit).copied().flatten();
        while let Some(unit) = above.filter(|unit| kept.insert(*unit)) {
            above = parent_of.get(&unit).copied().flatten();
        }
    }
    let is_kept = |place: &&Place| kept.contains(&place.unit);
    all.iter().filter(is_kept).copied().collect()
}

/// Everyone in these units who is not away, and was not asked lately elsewhere.
async fn asked(
    tx: &mut Tx,
    app: &App,
    (plan, organisation): (&Plan, &Organisation),
    units: &HashSet<UnitId>,
) -> Result<Vec<Asked>, StoreError> {
    let now = app.clock.now();
    let lately = overlaps::people_asked_lately(tx, plan, now).await?;
    let today = local_day(&organisation.zone, now);
    let candidates = candidates::all(tx, app, organisation.id).await?;
    Ok(candidates
        .iter()
        .filter(|candidate| units.contains(&candidate.unit))
        .filter(|candidate| !lately.contains(&candidate.account))
        .filter_map(|candidate| candidate.asked(now, today))
        .collect())
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
    telling::roster(tx, app, &wave, Message::WaveExtended { wave: wave.id }).await?;
    let change = Change::WaveExtended { wave: wave.id };
    audit::enter(tx, &app.seal(), who.organisation, Some(who.account), change).await?;
    telling::inside(tx, (&wave, NoticeKind::WaveExtended), now).await?;
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
    if closes_at > wave.opens_at + Duration::days(LONGEST_WAVE_DAYS) {
        return Err(Problem::field(
            "closes_at",
            "must lie within 60 days of the opening",
        ));
    }
    let next = overlaps::next_opening(tx, wave).await?;
    if next.is_some_and(|opens_at| opens_at < next_may_open(closes_at)) {
        let message = "must lie at least 21 days before the next wave of this questionnaire";
        return Err(Problem::field("closes_at", message));
    }
    Ok(())
}
