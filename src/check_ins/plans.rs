//! Check-in plans: which instrument, which rhythm, for which units, in which languages.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::roster::Place;
use super::schedule::Rhythm;
use super::store;
use super::waves::Wave;
use crate::app::App;
use crate::audit::{self, Change};
use crate::ids::{OrganisationId, PlanId, UnitId};
use crate::people;
use crate::people::organisations::{self, Organisation};
use crate::people::permission::Administrator;
use crate::problem::{Fault, Kind, Problem};
use crate::questionnaires::{Instrument, Status};
use crate::store::Tx;

/// A plan. `next_number` is the number of the wave that opens next.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "columns of migration 0003, which says what they are"
)]
pub struct Plan {
    pub organisation: OrganisationId,
    pub id: PlanId,
    pub instrument: String,
    pub form: String,
    pub every_months: u32,
    pub window_days: u32,
    pub languages: Vec<String>,
    pub drafts: bool,
    pub first_day: NaiveDate,
    pub next_number: u32,
    pub units: Vec<UnitId>,
    pub created_at: DateTime<Utc>,
    pub ended_at: Option<DateTime<Utc>>,
}

/// What an administrator asks for.
#[derive(Clone, Debug)]
pub struct NewPlan {
    /// Instrument id.
    pub instrument: String,
    /// Form of the instrument; its first one if left out.
    pub form: Option<String>,
    /// 3 for quarterly, 1 for monthly.
    pub every_months: u32,
    /// Days from opening to close.
    pub window_days: u32,
    /// Languages offered; the first is the default.
    pub languages: Vec<String>,
    /// Whether untested translations are offered.
    pub drafts: bool,
    /// Opening day of the first wave.
    pub first_day: NaiveDate,
    /// Units asked, each with all below it; the whole organisation if empty.
    pub units: Vec<UnitId>,
}

impl Plan {
    /// The rhythm in the organisation's zone and at its hour.
    #[must_use]
    pub fn rhythm(&self, organisation: &Organisation) -> Rhythm {
        Rhythm {
            first_day: self.first_day,
            every_months: self.every_months,
            window_days: self.window_days,
            hour: u8::try_from(organisation.notification_hour).unwrap_or(9),
            zone: organisation.zone.clone(),
        }
    }
}

/// Every unit of the tree that a plan for these units asks: each with all below it. A unit that has
/// been closed is not there.
#[must_use]
pub fn asked_units(tree: &[Place], units: &[UnitId]) -> HashSet<UnitId> {
    let is_there = |unit: &&UnitId| tree.iter().any(|place| place.unit == **unit);
    let mut asked: HashSet<UnitId> = units.iter().filter(is_there).copied().collect();
    loop {
        let below: Vec<UnitId> = tree
            .iter()
            .filter(|place| place.parent.is_some_and(|parent| asked.contains(&parent)))
            .map(|place| place.unit)
            .filter(|unit| !asked.contains(unit))
            .collect();
        if below.is_empty() {
            return asked;
        }
        asked.extend(below);
    }
}

/// Makes a plan, for an administrator of the whole organisation. Refused if another running plan asks one of them the same
/// instrument.
pub async fn make(
    tx: &mut Tx,
    app: &App,
    administrator: &Administrator,
    new: NewPlan,
) -> Result<Plan, Problem> {
    administrator.must_cover_all()?;
    let who = administrator.who;
    people::hold(tx, who.organisation).await?;
    let units = if new.units.is_empty() {
        vec![who.organisation.into()]
    } else {
        new.units.clone()
    };
    for unit in &units {
        administrator.must_cover(*unit)?;
    }
    let organisation = organisations::find(tx, who.organisation)
        .await?
        .ok_or(Kind::NotFound)?;
    let instrument = app
        .catalogue
        .find(&new.instrument)
        .ok_or_else(|| Problem::field("instrument", "is not in the catalogue"))?;
    let tree = store::rosters::open_units(tx, who.organisation).await?;
    let plan = Plan {
        organisation: who.organisation,
        id: PlanId::new(),
        instrument: new.instrument.clone(),
        form: form_of(instrument, new.form.as_deref())?,
        every_months: new.every_months,
        window_days: new.window_days,
        languages: new.languages.clone(),
        drafts: new.drafts,
        first_day: new.first_day,
        next_number: 1,
        units,
        created_at: app.clock.now(),
        ended_at: None,
    };
    check(&plan, instrument, &organisation, &tree)?;
    must_not_overlap(tx, &plan, &tree).await?;
    store::plans::insert(tx, &plan).await?;
    audit::enter(
        tx,
        &app.seal(),
        plan.organisation,
        Some(who.account),
        Change::PlanMade { plan: plan.id },
    )
    .await?;
    Ok(plan)
}

fn form_of(instrument: &Instrument, asked: Option<&str>) -> Result<String, Problem> {
    instrument
        .form(asked)
        .map(|form| form.id.clone())
        .ok_or_else(|| Problem::field("form", "is not a form of this instrument"))
}

fn check(
    plan: &Plan,
    instrument: &Instrument,
    organisation: &Organisation,
    tree: &[Place],
) -> Result<(), Problem> {
    let mut faults = Vec::new();
    if let Err(fault) = plan.rhythm(organisation).check() {
        faults.push(Fault::new("every_months", fault.to_string()));
    }
    if 12 / plan.every_months.max(1) > u32::try_from(instrument.max_per_year).unwrap_or(12) {
        let most = instrument.max_per_year;
        faults.push(Fault::new(
            "every_months",
            format!("this instrument may be asked at most {most} times a year"),
        ));
    }
    if plan.languages.is_empty() {
        faults.push(Fault::new("languages", "name at least one language"));
    }
    for language in &plan.languages {
        match instrument.locale(language) {
            None => faults.push(Fault::new(
                "languages",
                "this instrument has no text in one of these languages, or its licence has not \
                 been accepted in the settings",
            )),
            Some(locale) if locale.status == Status::Draft && !plan.drafts => {
                faults.push(Fault::new(
                    "languages",
                    "an untested translation needs drafts to be switched on",
                ));
            }
            Some(_) => {}
        }
    }
    for unit in &plan.units {
        if !tree.iter().any(|place| place.unit == *unit) {
            faults.push(Fault::new("units", "one of these units is closed"));
        }
    }
    if faults.is_empty() {
        Ok(())
    } else {
        Err(Problem::invalid(faults))
    }
}

async fn must_not_overlap(tx: &mut Tx, plan: &Plan, tree: &[Place]) -> Result<(), Problem> {
    let mine = asked_units(tree, &plan.units);
    let others = store::plans::of_organisation(tx, plan.organisation).await?;
    let overlaps = others
        .iter()
        .filter(|other| other.ended_at.is_none() && other.instrument == plan.instrument)
        .any(|other| !asked_units(tree, &other.units).is_disjoint(&mine));
    if overlaps {
        return Err(Problem::with(
            Kind::NotNow,
            "Another plan asks one of these units the same questionnaire. End it first.",
        ));
    }
    Ok(())
}

/// All plans of the organisation, for an administrator.
pub async fn all(tx: &mut Tx, administrator: &Administrator) -> Result<Vec<Plan>, Problem> {
    let plans = store::plans::of_organisation(tx, administrator.who.organisation).await?;
    let is_hers = |plan: &Plan| plan.units.iter().all(|unit| administrator.covers(*unit));
    Ok(plans.into_iter().filter(is_hers).collect())
}

/// Ends a plan: no further wave opens; an open one goes on.
pub async fn end(
    tx: &mut Tx,
    app: &App,
    administrator: &Administrator,
    plan: PlanId,
) -> Result<(), Problem> {
    if !all(tx, administrator)
        .await?
        .iter()
        .any(|known| known.id == plan)
    {
        return Err(Kind::NotFound.into());
    }
    let who = administrator.who;
    if !store::plans::end(tx, who.organisation, plan, app.clock.now()).await? {
        return Err(Problem::with(Kind::NotNow, "This plan has ended already."));
    }
    audit::enter(
        tx,
        &app.seal(),
        who.organisation,
        Some(who.account),
        Change::PlanEnded { plan },
    )
    .await?;
    Ok(())
}

/// All waves of the organisation, oldest first, for an administrator of all of it.
pub async fn waves(tx: &mut Tx, administrator: &Administrator) -> Result<Vec<Wave>, Problem> {
    administrator.must_cover_all()?;
    Ok(store::waves::of_organisation(tx, administrator.who.organisation).await?)
}
