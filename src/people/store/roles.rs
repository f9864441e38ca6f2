//! Roles held.

use super::super::permission::Role;
use super::super::roles::Held;
use crate::ids::{AccountId, OrganisationId, UnitId};
use crate::store::{StoreError, Tx, on};

/// Every role that she holds, in no order.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<Held>, StoreError> {
    const SQL: &str = "SELECT account, role, unit, granted_at FROM roles WHERE account = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_all(conn).await)?)
}

/// Every role of the organisation, in no order.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Held>, StoreError> {
    const SQL: &str = "SELECT account, role, unit, granted_at FROM roles WHERE organisation = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?)
}

/// Every role of the organisation with the name of who holds it, in no order.
pub async fn with_names(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<(UnitId, String, String)>, StoreError> {
    const SQL: &str = "SELECT roles.unit, roles.role, accounts.name FROM roles
        JOIN accounts ON accounts.id = roles.account
        WHERE roles.organisation = $1 AND accounts.state <> 'left'";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?)
}

/// Active accounts other than `but` that are administrators of the whole organisation.
pub async fn other_administrators(
    tx: &mut Tx,
    organisation: OrganisationId,
    but: AccountId,
) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM roles JOIN accounts ON accounts.id = roles.account
        WHERE roles.organisation = $1 AND roles.unit = $2 AND roles.role = 'administrator'
            AND roles.account <> $3 AND accounts.state = 'active'";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(organisation).bind(UnitId::from(organisation)).bind(but)
        .fetch_one(conn).await)?)
}

/// Notes a role; `false` if she held it already. `by` is none on the command line.
pub async fn insert(
    tx: &mut Tx,
    organisation: OrganisationId,
    held: &Held,
    by: Option<AccountId>,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO roles
            (organisation, account, role, unit, granted_by, granted_at)
        VALUES ($1, $2, $3, $4, $5, $6)
        ON CONFLICT (account, role, unit) DO NOTHING";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(organisation).bind(held.account).bind(held.role.word()).bind(held.unit)
        .bind(by).bind(held.granted_at)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Takes a role away; `false` if she did not hold it.
pub async fn delete(
    tx: &mut Tx,
    account: AccountId,
    role: Role,
    unit: UnitId,
) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM roles WHERE account = $1 AND role = $2 AND unit = $3";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(account).bind(role.word()).bind(unit)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Takes every role of hers away.
pub async fn delete_all(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM roles WHERE account = $1";
    on!(tx, conn => sqlx::query(SQL).bind(account).execute(conn).await.map(|_| ()))?;
    Ok(())
}
