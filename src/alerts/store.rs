//! The SQL of findings and alerts.

use chrono::{DateTime, NaiveDate, Utc};

use super::list::Alert;
use crate::ids::{AccountId, AlertId, OrganisationId, PlanId, UnitId, WaveId};
use crate::store::{StoreError, Tx, on};

/// A counted wave that nothing has been concluded from yet.
#[derive(Clone, Copy, Debug, sqlx::FromRow)]
pub struct Unjudged {
    pub organisation: OrganisationId,
    pub wave: WaveId,
    pub plan: PlanId,
}

/// Oldest first, so that each wave is judged before those that follow it.
pub async fn unjudged(tx: &mut Tx) -> Result<Vec<Unjudged>, StoreError> {
    const SQL: &str = "SELECT waves.organisation, waves.id AS wave, waves.plan FROM waves
        LEFT JOIN judged_waves ON judged_waves.wave = waves.id
        WHERE waves.state = 'closed' AND judged_waves.wave IS NULL
        ORDER BY waves.opens_at, waves.id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// Whether nobody had judged the wave before.
pub async fn judge(tx: &mut Tx, of: &Unjudged, now: DateTime<Utc>) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO judged_waves (organisation, wave, judged_at)
        VALUES ($1, $2, $3) ON CONFLICT (wave) DO NOTHING";
    let made = on!(tx, conn => sqlx::query(SQL).bind(of.organisation).bind(of.wave).bind(now)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(made == 1)
}

/// A finding as it is kept: it is final.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct FindingRow {
    pub organisation: OrganisationId,
    pub wave: WaveId,
    pub unit: UnitId,
    /// `None`: not enough answers.
    pub status: Option<String>,
    /// What `respite trends` prints of the unit, byte for byte.
    pub document: String,
    /// What its sentences are filled in with.
    pub facts: String,
}

pub async fn insert_finding(tx: &mut Tx, row: &FindingRow) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO findings (organisation, wave, unit, status, document, facts)
        VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(row.organisation).bind(row.wave).bind(row.unit).bind(&row.status)
        .bind(&row.document).bind(&row.facts)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// Every finding about a unit, in no order.
pub async fn findings_of(
    tx: &mut Tx,
    organisation: OrganisationId,
    unit: UnitId,
) -> Result<Vec<FindingRow>, StoreError> {
    const SQL: &str = "SELECT organisation, wave, unit, status, document, facts FROM findings
        WHERE organisation = $1 AND unit = $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(organisation).bind(unit).fetch_all(conn).await)?)
}

pub async fn finding(
    tx: &mut Tx,
    wave: WaveId,
    unit: UnitId,
) -> Result<Option<FindingRow>, StoreError> {
    const SQL: &str = "SELECT organisation, wave, unit, status, document, facts FROM findings
        WHERE wave = $1 AND unit = $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(wave).bind(unit).fetch_optional(conn).await)?)
}

/// The open alerts of a plan.
pub async fn open_alerts(tx: &mut Tx, plan: PlanId) -> Result<Vec<Alert>, StoreError> {
    const SQL: &str = "SELECT * FROM alerts WHERE plan = $1 AND closed_at IS NULL ORDER BY id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(plan).fetch_all(conn).await)?)
}

/// The open alert of a unit, if there is one.
pub async fn open_alert(
    tx: &mut Tx,
    (plan, unit): (PlanId, UnitId),
) -> Result<Option<Alert>, StoreError> {
    const SQL: &str = "SELECT * FROM alerts
        WHERE plan = $1 AND unit = $2 AND closed_at IS NULL";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(plan).bind(unit).fetch_optional(conn).await)?)
}

/// The rhythm of a plan, in months.
pub async fn every_months(tx: &mut Tx, plan: PlanId) -> Result<u32, StoreError> {
    const SQL: &str = "SELECT every_months FROM check_in_plans WHERE id = $1";
    let months: i64 = on!(tx, conn => sqlx::query_scalar(SQL).bind(plan).fetch_one(conn).await)?;
    Ok(u32::try_from(months).unwrap_or(1))
}

/// Open alerts of plans that have ended and have no wave left to count.
pub async fn open_alerts_without_a_future(tx: &mut Tx) -> Result<Vec<Alert>, StoreError> {
    const SQL: &str = "SELECT alerts.* FROM alerts
        JOIN check_in_plans ON check_in_plans.id = alerts.plan
        WHERE alerts.closed_at IS NULL AND check_in_plans.ended_at IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM waves WHERE waves.plan = alerts.plan
            AND waves.state IN ('open', 'counting'))
        AND NOT EXISTS (SELECT 1 FROM waves
            LEFT JOIN judged_waves ON judged_waves.wave = waves.id
            WHERE waves.plan = alerts.plan AND waves.state = 'closed'
            AND judged_waves.wave IS NULL)
        ORDER BY alerts.id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

pub async fn insert_alert(tx: &mut Tx, alert: &Alert) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO alerts (organisation, id, plan, unit, status, opened_wave,
            latest_wave, opened_at, changed_at, follow_up_told, version)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(alert.organisation).bind(alert.id).bind(alert.plan).bind(alert.unit)
        .bind(&alert.status).bind(alert.opened_wave).bind(alert.latest_wave)
        .bind(alert.opened_at).bind(alert.changed_at).bind(false)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// Writes what a wave did to an open alert.
pub async fn update_course(tx: &mut Tx, alert: &Alert) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE alerts SET status = $2, latest_wave = $3, changed_at = $4,
            closed_at = $5, closed_because = $6, version = version + 1
        WHERE id = $1 AND closed_at IS NULL";
    on!(tx, conn => sqlx::query(SQL)
        .bind(alert.id).bind(&alert.status).bind(alert.latest_wave).bind(alert.changed_at)
        .bind(alert.closed_at).bind(&alert.closed_because)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// The wave that an open alert was last looked at in, where it stayed as it was.
pub async fn see(tx: &mut Tx, alert: AlertId, wave: WaveId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE alerts SET latest_wave = $2, version = version + 1 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(alert).bind(wave)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// Writes one step of an alert's course; `None` is its end.
pub async fn insert_turn(
    tx: &mut Tx,
    alert: &Alert,
    wave: WaveId,
    status: Option<&str>,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO alert_turns (organisation, alert, wave, status)
        VALUES ($1, $2, $3, $4) ON CONFLICT (alert, wave) DO NOTHING";
    on!(tx, conn => sqlx::query(SQL)
        .bind(alert.organisation).bind(alert.id).bind(wave).bind(status)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// The course of an alert, oldest first: the wave, when it closed, and the status from then on.
pub async fn turns(
    tx: &mut Tx,
    alert: AlertId,
) -> Result<Vec<(WaveId, DateTime<Utc>, Option<String>)>, StoreError> {
    const SQL: &str = "SELECT alert_turns.wave, waves.closes_at, alert_turns.status
        FROM alert_turns JOIN waves ON waves.id = alert_turns.wave
        WHERE alert_turns.alert = $1 ORDER BY waves.closes_at, waves.id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(alert).fetch_all(conn).await)?)
}

pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    alert: AlertId,
) -> Result<Option<Alert>, StoreError> {
    const SQL: &str = "SELECT * FROM alerts WHERE organisation = $1 AND id = $2";
    Ok(
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).bind(alert)
        .fetch_optional(conn).await)?,
    )
}

/// Every alert of an organisation, newest first.
pub async fn all(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Alert>, StoreError> {
    const SQL: &str = "SELECT * FROM alerts WHERE organisation = $1
        ORDER BY opened_at DESC, id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?)
}

/// What a supervisor will do, and when to look again.
pub struct Acknowledged<'a> {
    pub by: AccountId,
    pub at: DateTime<Utc>,
    pub planned: &'a str,
    pub follow_up_on: Option<NaiveDate>,
}

/// Compare and set: whether the alert still had this version.
pub async fn acknowledge(
    tx: &mut Tx,
    alert: &Alert,
    what: &Acknowledged<'_>,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE alerts SET acknowledged_at = $3, acknowledged_by = $4,
            acknowledged_status = status, planned = $5, follow_up_on = $6, follow_up_told = $7,
            version = version + 1
        WHERE id = $1 AND version = $2";
    let set = on!(tx, conn => sqlx::query(SQL)
        .bind(alert.id).bind(alert.version).bind(what.at).bind(what.by).bind(what.planned)
        .bind(what.follow_up_on).bind(false)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(set == 1)
}

/// Compare and set: whether the alert still had this version.
pub async fn write_note(tx: &mut Tx, alert: &Alert, note: &str) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE alerts SET closing_note = $3, version = version + 1
        WHERE id = $1 AND version = $2";
    let set = on!(tx, conn => sqlx::query(SQL)
        .bind(alert.id).bind(alert.version).bind(note)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(set == 1)
}

/// Alerts whose day to look again may have come; the zone of each organisation decides.
pub async fn to_be_followed_up(tx: &mut Tx, until: NaiveDate) -> Result<Vec<Alert>, StoreError> {
    const SQL: &str = "SELECT * FROM alerts
        WHERE follow_up_told = $2 AND follow_up_on IS NOT NULL AND follow_up_on <= $1
        ORDER BY id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(until).bind(false).fetch_all(conn).await)?)
}

/// Whether nobody had told it before.
pub async fn told_follow_up(tx: &mut Tx, alert: AlertId) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE alerts SET follow_up_told = $2
        WHERE id = $1 AND follow_up_told = $3";
    let set = on!(tx, conn => sqlx::query(SQL).bind(alert).bind(true).bind(false)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(set == 1)
}

/// Findings and ended alerts go with the released rows that they were computed from.
pub async fn forget(tx: &mut Tx, closed_before: DateTime<Utc>) -> Result<(), StoreError> {
    const STATEMENTS: [&str; 3] = [
        "DELETE FROM findings WHERE wave IN (SELECT id FROM waves
            WHERE state = 'closed' AND closes_at < $1)",
        "DELETE FROM alert_turns WHERE alert IN (SELECT id FROM alerts WHERE closed_at < $1)",
        "DELETE FROM alerts WHERE closed_at < $1",
    ];
    for statement in STATEMENTS {
        on!(&mut *tx, conn => sqlx::query(statement).bind(closed_before)
            .execute(conn).await.map(|done| done.rows_affected()))?;
    }
    Ok(())
}
