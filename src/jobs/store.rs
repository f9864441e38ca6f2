//! The table of leases.

use chrono::{DateTime, Utc};

use crate::store::{StoreError, Tx, on};

/// Whether it is time for a job, and nobody has it.
pub(super) async fn is_due(
    tx: &mut Tx,
    name: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT due_at, leased_until FROM jobs WHERE name = $1";
    let row: Option<(DateTime<Utc>, DateTime<Utc>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(name).fetch_optional(conn).await)?;
    Ok(row.is_none_or(|(due_at, leased_until)| due_at <= now && leased_until <= now))
}

/// Compare and set: whether the job is this server's until `lease.1`.
pub(super) async fn claim(
    tx: &mut Tx,
    name: &str,
    lease: (DateTime<Utc>, DateTime<Utc>),
) -> Result<bool, StoreError> {
    const FIRST: &str = "INSERT INTO jobs (name, due_at, leased_until) VALUES ($1, $2, $2)
        ON CONFLICT (name) DO NOTHING";
    const CLAIM: &str = "UPDATE jobs SET leased_until = $3
        WHERE name = $1 AND due_at <= $2 AND leased_until <= $2";
    on!(tx, conn => sqlx::query(FIRST).bind(name).bind(lease.0)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    let claimed = on!(tx, conn => sqlx::query(CLAIM).bind(name).bind(lease.0).bind(lease.1)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(claimed == 1)
}

/// Ends the lease that was to last until `leased_until`, and says when the job is due again. A
/// lease that another server has taken over in the meantime stays as it is.
pub(super) async fn hand_back(
    tx: &mut Tx,
    name: &str,
    due_at: DateTime<Utc>,
    (leased_until, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE jobs SET due_at = $2, leased_until = $3
        WHERE name = $1 AND leased_until = $4";
    on!(tx, conn => sqlx::query(SQL).bind(name).bind(due_at).bind(now).bind(leased_until)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}
