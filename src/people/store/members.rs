//! Home units.

use chrono::NaiveDate;

use super::super::members::Member;
use crate::ids::{AccountId, OrganisationId, UnitId};
use crate::store::{StoreError, Tx, on};

/// Her home.
pub async fn of(tx: &mut Tx, account: AccountId) -> Result<Option<Member>, StoreError> {
    const SQL: &str = "SELECT * FROM members WHERE account = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_optional(conn).await)?)
}

/// Who is at home directly in a unit, in no order.
pub async fn of_unit(
    tx: &mut Tx,
    organisation: OrganisationId,
    unit: UnitId,
) -> Result<Vec<Member>, StoreError> {
    const SQL: &str = "SELECT * FROM members WHERE organisation = $1 AND unit = $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL)
        .bind(organisation).bind(unit).fetch_all(conn).await)?)
}

/// Everyone with a home in the organisation, in no order.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Member>, StoreError> {
    const SQL: &str = "SELECT * FROM members WHERE organisation = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?)
}

/// How many are at home directly in each unit.
pub async fn sizes(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<(UnitId, i64)>, StoreError> {
    const SQL: &str = "SELECT unit, COUNT(*) FROM members WHERE organisation = $1 GROUP BY unit";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?)
}

/// Gives her a home, or another one.
pub async fn put(tx: &mut Tx, to: &Member) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO members
            (organisation, account, unit, since, away_from, away_until)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (account) DO UPDATE SET unit = excluded.unit, since = excluded.since";
    on!(tx, conn => sqlx::query(SQL)
        .bind(to.organisation).bind(to.account).bind(to.unit).bind(to.since)
        .bind(to.away_from).bind(to.away_until)
        .execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Notes from which day and until which day she is away.
pub async fn set_away(
    tx: &mut Tx,
    account: AccountId,
    from: Option<NaiveDate>,
    until: Option<NaiveDate>,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE members SET away_from = $2, away_until = $3 WHERE account = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(account).bind(from).bind(until).execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Takes her home away.
pub async fn delete(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM members WHERE account = $1";
    on!(tx, conn => sqlx::query(SQL).bind(account).execute(conn).await.map(|_| ()))?;
    Ok(())
}
