//! Alerts as those read them whom they concern: who leads the unit or one above it, and everyone
//! who works there. Never in the order of how bad it is: this is no ranking of teams.

use chrono::{DateTime, NaiveDate, Utc};

use super::course::Because;
use super::store;
use crate::ids::{AccountId, AlertId, OrganisationId, PlanId, UnitId, WaveId};
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};
use crate::tallies::sight::Sight;
use crate::trends::Status;

/// An alert about a unit.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
#[expect(
    missing_docs,
    reason = "columns of migration 0007, which says what they are"
)]
pub struct Alert {
    pub organisation: OrganisationId,
    pub id: AlertId,
    pub plan: PlanId,
    pub unit: UnitId,
    /// The present one; `quiet` or the last one once it has ended.
    pub status: String,
    pub opened_wave: WaveId,
    pub latest_wave: WaveId,
    pub opened_at: DateTime<Utc>,
    /// When a wave last raised, lowered or ended it.
    pub changed_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub closed_because: Option<String>,
    pub acknowledged_at: Option<DateTime<Utc>>,
    pub acknowledged_by: Option<AccountId>,
    /// The status that was acknowledged.
    pub acknowledged_status: Option<String>,
    /// What will be done, in a supervisor's words; everyone in the unit can read it.
    pub planned: Option<String>,
    pub follow_up_on: Option<NaiveDate>,
    pub follow_up_told: bool,
    pub closing_note: Option<String>,
    pub version: i64,
}

impl Alert {
    /// The present status.
    #[must_use]
    pub fn status(&self) -> Status {
        Status::from_word(&self.status).unwrap_or(Status::Quiet)
    }

    /// Why it has ended, if it has.
    #[must_use]
    pub fn because(&self) -> Option<Because> {
        let word = self.closed_because.as_deref()?;
        let found = Because::ALL.iter().find(|(_, known)| *known == word);
        found.map(|(because, _)| *because)
    }

    /// Whether nobody has said yet what will be done about it as it is now.
    #[must_use]
    pub fn waits_for_an_answer(&self) -> bool {
        let acknowledged = self.acknowledged_status.as_deref();
        let acknowledged = acknowledged.and_then(Status::from_word);
        self.closed_at.is_none() && acknowledged.is_none_or(|status| status < self.status())
    }
}

/// Whether alerts are open or have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not ended.
    Open,
    /// Ended.
    Closed,
}

/// Which alerts are asked for; `None` leaves a filter out.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// About this unit.
    pub unit: Option<UnitId>,
    /// From this plan.
    pub plan: Option<PlanId>,
    /// At least this status.
    pub least: Option<Status>,
    /// Open or ended.
    pub state: Option<State>,
    /// After this one, the last of the page before.
    pub after: Option<AlertId>,
    /// At most so many.
    pub limit: usize,
}

/// One page, newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// The alerts.
    pub alerts: Vec<Alert>,
    /// What [`Wanted::after`] must be for the next page; none at the end.
    pub next: Option<AlertId>,
}

/// A page of the alerts that someone may read.
pub async fn page(tx: &mut Tx, sight: &Sight, wanted: &Wanted) -> Result<Page, Problem> {
    if let Some(unit) = wanted.unit {
        sight.must_cover(unit)?;
    }
    let all = store::all(tx, sight.organisation()).await?;
    let first = match wanted.after {
        None => 0,
        Some(after) => all
            .iter()
            .position(|alert| alert.id == after)
            .map(|place| place + 1)
            .ok_or_else(|| Problem::field("cursor", "is not one that a list of ours has given"))?,
    };
    let mut alerts: Vec<Alert> = all
        .into_iter()
        .skip(first)
        .filter(|alert| sight.covers(alert.unit) && wanted.keeps(alert))
        .take(wanted.limit + 1)
        .collect();
    let is_more = alerts.len() > wanted.limit;
    alerts.truncate(wanted.limit);
    let next = alerts.last().filter(|_| is_more).map(|alert| alert.id);
    Ok(Page { alerts, next })
}

impl Wanted {
    fn keeps(&self, alert: &Alert) -> bool {
        let state = if alert.closed_at.is_none() {
            State::Open
        } else {
            State::Closed
        };
        self.unit.is_none_or(|unit| unit == alert.unit)
            && self.plan.is_none_or(|plan| plan == alert.plan)
            && self.least.is_none_or(|least| alert.status() >= least)
            && self.state.is_none_or(|wanted| wanted == state)
    }
}

/// One alert that someone may read; what is not hers looks like what is not there.
pub async fn one(tx: &mut Tx, sight: &Sight, alert: AlertId) -> Result<Alert, Problem> {
    let alert = store::find(tx, sight.organisation(), alert)
        .await?
        .ok_or(Kind::NotFound)?;
    sight.must_cover(alert.unit)?;
    Ok(alert)
}

/// One step of the course of an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The wave that turned it.
    pub wave: WaveId,
    /// When that wave closed.
    pub at: DateTime<Utc>,
    /// The status from then on; `None`: it ended.
    pub status: Option<Status>,
}

/// The course of an alert, oldest first.
pub async fn course(tx: &mut Tx, alert: &Alert) -> Result<Vec<Turn>, StoreError> {
    let turns = store::turns(tx, alert.id).await?;
    Ok(turns
        .into_iter()
        .map(|(wave, at, status)| Turn {
            wave,
            at,
            status: status.as_deref().and_then(Status::from_word),
        })
        .collect())
}
