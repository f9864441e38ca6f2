//! `check_in_plans` and `plan_units`.

use chrono::{DateTime, NaiveDate, Utc};

use crate::check_ins::plans::Plan;
use crate::ids::{OrganisationId, PlanId, UnitId};
use crate::store::{StoreError, Tx, on};

#[derive(sqlx::FromRow)]
struct Row {
    organisation: OrganisationId,
    id: PlanId,
    instrument: String,
    form: String,
    every_months: i64,
    window_days: i64,
    languages: String,
    drafts: bool,
    first_day: NaiveDate,
    next_number: i64,
    created_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
}

impl Row {
    fn parse(self, units: Vec<UnitId>) -> Option<Plan> {
        Some(Plan {
            organisation: self.organisation,
            id: self.id,
            instrument: self.instrument,
            form: self.form,
            every_months: u32::try_from(self.every_months).ok()?,
            window_days: u32::try_from(self.window_days).ok()?,
            languages: serde_json::from_str(&self.languages).ok()?,
            drafts: self.drafts,
            first_day: self.first_day,
            next_number: u32::try_from(self.next_number).ok()?,
            units,
            created_at: self.created_at,
            ended_at: self.ended_at,
        })
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT organisation, id, instrument, form, every_months, window_days, languages, ",
            "drafts, first_day, next_number, created_at, ended_at FROM check_in_plans ",
            $rest
        )
    };
}

/// All plans of an organisation, also ended ones, oldest first.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Plan>, StoreError> {
    const SQL: &str = columns!("WHERE organisation = $1 ORDER BY created_at, id");
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?;
    with_units(tx, rows).await
}

/// The plans of all organisations that still open waves.
pub async fn running(tx: &mut Tx) -> Result<Vec<Plan>, StoreError> {
    const SQL: &str = columns!("WHERE ended_at IS NULL ORDER BY id");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    with_units(tx, rows).await
}

async fn with_units(tx: &mut Tx, rows: Vec<Row>) -> Result<Vec<Plan>, StoreError> {
    const SQL: &str = "SELECT unit FROM plan_units WHERE plan = $1 ORDER BY unit";
    let mut plans = Vec::with_capacity(rows.len());
    for row in rows {
        let units: Vec<UnitId> =
            on!(tx, conn => sqlx::query_scalar(SQL).bind(row.id).fetch_all(conn).await)?;
        plans.extend(row.parse(units));
    }
    Ok(plans)
}

/// A new plan.
pub async fn insert(tx: &mut Tx, plan: &Plan) -> Result<(), StoreError> {
    const PLAN: &str = "INSERT INTO check_in_plans (organisation, id, instrument, form,
            every_months, window_days, languages, drafts, first_day, next_number, created_at,
            ended_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    const UNIT: &str = "INSERT INTO plan_units (organisation, plan, unit) VALUES ($1, $2, $3)";
    let languages = serde_json::to_string(&plan.languages).expect("texts always are JSON");
    on!(tx, conn => sqlx::query(PLAN)
        .bind(plan.organisation).bind(plan.id).bind(&plan.instrument).bind(&plan.form)
        .bind(i64::from(plan.every_months)).bind(i64::from(plan.window_days)).bind(languages)
        .bind(plan.drafts).bind(plan.first_day).bind(i64::from(plan.next_number))
        .bind(plan.created_at).bind(plan.ended_at)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    for unit in &plan.units {
        on!(tx, conn => sqlx::query(UNIT).bind(plan.organisation).bind(plan.id).bind(unit)
            .execute(conn).await.map(|done| done.rows_affected()))?;
    }
    Ok(())
}

/// Moves on to a later wave; whether this call did it.
pub async fn move_on(tx: &mut Tx, plan: PlanId, from: u32, to: u32) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE check_in_plans SET next_number = $3
        WHERE id = $1 AND next_number = $2 AND ended_at IS NULL";
    let changed = on!(tx, conn => sqlx::query(SQL)
        .bind(plan).bind(i64::from(from)).bind(i64::from(to))
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// Ends a plan; whether it was running.
pub async fn end(
    tx: &mut Tx,
    organisation: OrganisationId,
    plan: PlanId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE check_in_plans SET ended_at = $3
        WHERE organisation = $1 AND id = $2 AND ended_at IS NULL";
    let changed = on!(tx, conn => sqlx::query(SQL).bind(organisation).bind(plan).bind(now)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}
