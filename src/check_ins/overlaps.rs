//! Which plans and waves ask the same people. Two almost equal cohorts asked almost at once would
//! be a difference, so one instrument is asked of a unit by one plan, and of a unit or a person not
//! within 21 days.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use super::plans::{Plan, asked_units};
use super::roster::Place;
use super::schedule::next_may_open;
use super::store;
use super::waves::Wave;
use crate::ids::{AccountId, UnitId};
use crate::people::organisations;
use crate::store::{StoreError, Tx};

/// The open units that a plan asks, without those that an older running plan of the instrument
/// asks: a unit may have been moved under both.
pub(super) async fn units_of(
    tx: &mut Tx,
    plan: &Plan,
    tree: &[Place],
) -> Result<HashSet<UnitId>, StoreError> {
    let mut units = asked_units(tree, &plan.units);
    let is_older = |other: &&Plan| (other.created_at, other.id) < (plan.created_at, plan.id);
    let plans = store::plans::of_organisation(tx, plan.organisation).await?;
    for other in running(&plans, &plan.instrument).filter(is_older) {
        let taken = asked_units(tree, &other.units);
        units.retain(|unit| !taken.contains(unit));
    }
    Ok(units)
}

/// Whether one of these units was asked the instrument by a wave that closed too lately, or has
/// not closed yet.
pub(super) async fn was_asked_lately(
    tx: &mut Tx,
    plan: &Plan,
    (units, now): (&HashSet<UnitId>, DateTime<Utc>),
) -> Result<bool, StoreError> {
    let plans = store::plans::of_organisation(tx, plan.organisation).await?;
    let waves = store::waves::of_organisation(tx, plan.organisation).await?;
    let is_late =
        |wave: &&Wave| wave.instrument == plan.instrument && now < next_may_open(wave.closes_at);
    for wave in waves.iter().filter(is_late) {
        if !asked_by(tx, &plans, wave).await?.is_disjoint(units) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Who is on the roster of a wave of the instrument that closed too lately, or has not closed yet,
/// and asked other units: whoever has been moved since is not asked again.
pub(super) async fn people_asked_lately(
    tx: &mut Tx,
    plan: &Plan,
    now: DateTime<Utc>,
) -> Result<HashSet<AccountId>, StoreError> {
    let waves = store::waves::of_organisation(tx, plan.organisation).await?;
    let is_late =
        |wave: &&Wave| wave.instrument == plan.instrument && now < next_may_open(wave.closes_at);
    let mut people = HashSet::new();
    for wave in waves.iter().filter(is_late) {
        let asked = store::rosters::all(tx, wave.id).await?;
        people.extend(asked.iter().map(|row| row.account));
    }
    Ok(people)
}

/// When the next wave opens that asks one of this wave's units the same instrument.
pub(super) async fn next_opening(
    tx: &mut Tx,
    wave: &Wave,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let plans = store::plans::of_organisation(tx, wave.organisation).await?;
    let mine = asked_by(tx, &plans, wave).await?;
    let tree = store::rosters::open_units(tx, wave.organisation).await?;
    let Some(organisation) = organisations::find(tx, wave.organisation).await? else {
        return Ok(None);
    };
    Ok(running(&plans, &wave.instrument)
        .filter(|plan| !asked_units(&tree, &plan.units).is_disjoint(&mine))
        .filter_map(|plan| {
            let rhythm = plan.rhythm(&organisation);
            (plan.next_number..)
                .map_while(|number| rhythm.window(number))
                .map(|window| window.opens_at)
                .find(|opens_at| *opens_at > wave.closes_at)
        })
        .min())
}

fn running<'a>(plans: &'a [Plan], instrument: &'a str) -> impl Iterator<Item = &'a Plan> {
    plans
        .iter()
        .filter(move |plan| plan.ended_at.is_none() && plan.instrument == instrument)
}

/// The units that a wave asked, in its own copy of the tree.
async fn asked_by(tx: &mut Tx, plans: &[Plan], wave: &Wave) -> Result<HashSet<UnitId>, StoreError> {
    let tree = store::rosters::tree(tx, wave.id).await?;
    let plan = plans.iter().find(|plan| plan.id == wave.plan);
    Ok(plan
        .map(|plan| asked_units(&tree, &plan.units))
        .unwrap_or_default())
}
