//! Accounts.

use chrono::{DateTime, Utc};

use super::super::accounts::Account;
use crate::ids::{AccountId, OrganisationId, UnitId};
use crate::store::{StoreError, Tx, on};

/// One account of any organisation: for who has shown a sign-in, not for who asks about others.
pub async fn find(tx: &mut Tx, id: AccountId) -> Result<Option<Account>, StoreError> {
    const SQL: &str = "SELECT * FROM accounts WHERE id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_optional(conn).await)?)
}

/// One account of this organisation.
pub async fn find_in(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: AccountId,
) -> Result<Option<Account>, StoreError> {
    const SQL: &str = "SELECT * FROM accounts WHERE organisation = $1 AND id = $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL)
        .bind(organisation).bind(id).fetch_optional(conn).await)?)
}

/// The account with this sign-in name at the organisation with this short name.
pub async fn by_sign_in(
    tx: &mut Tx,
    short_name: &str,
    sign_in: &str,
) -> Result<Option<Account>, StoreError> {
    const SQL: &str = "SELECT accounts.* FROM accounts
        JOIN organisations ON organisations.id = accounts.organisation
        WHERE organisations.short_name = $1 AND accounts.sign_in = $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL)
        .bind(short_name).bind(sign_in).fetch_optional(conn).await)?)
}

/// Every sign-in name of the organisation, in no order.
pub async fn sign_in_names(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "SELECT sign_in FROM accounts WHERE organisation = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(organisation).fetch_all(conn).await)?)
}

/// Adds an account; `false` if the sign-in name is in use.
pub async fn insert(tx: &mut Tx, new: &Account) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO accounts
            (organisation, id, sign_in, name, language, state, state_until, state_reason)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        ON CONFLICT (organisation, sign_in) DO NOTHING";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(new.organisation).bind(new.id).bind(&new.sign_in).bind(&new.name)
        .bind(&new.language).bind(new.state.word()).bind(new.state_until)
        .bind(&new.state_reason)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Writes what she is called and her language.
pub async fn update(tx: &mut Tx, to: &Account) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE accounts SET name = $3, language = $4
        WHERE organisation = $1 AND id = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(to.organisation).bind(to.id).bind(&to.name).bind(&to.language)
        .execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Writes her language and nothing else: somebody may be correcting her name meanwhile.
pub async fn update_language(tx: &mut Tx, id: AccountId, language: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE accounts SET language = $2 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id).bind(language)
        .execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Writes her state, until when and why.
pub async fn update_state(tx: &mut Tx, to: &Account) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE accounts SET state = $3, state_until = $4, state_reason = $5
        WHERE organisation = $1 AND id = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(to.organisation).bind(to.id).bind(to.state.word())
        .bind(to.state_until).bind(&to.state_reason)
        .execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Takes back someone who had left: active if she ever had a vault, otherwise invited.
pub async fn take_back(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: AccountId,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE accounts SET state_until = NULL, state_reason = NULL,
            state = CASE WHEN EXISTS (SELECT 1 FROM vaults WHERE vaults.account = accounts.id)
                THEN 'active' ELSE 'invited' END
        WHERE organisation = $1 AND id = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(organisation).bind(id).execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Accounts of any organisation that have left and whose time after it is over.
pub async fn left_until(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Account>, StoreError> {
    const SQL: &str = "SELECT * FROM accounts WHERE state = 'left' AND state_until <= $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(now).fetch_all(conn).await)?)
}

/// Removes an account. What hangs on it (codes, roles, home, vault) must be gone.
pub async fn delete(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: AccountId,
) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM accounts WHERE organisation = $1 AND id = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(organisation).bind(id).execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// An account with her home, as one row of a list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    /// The account.
    #[sqlx(flatten)]
    pub account: Account,
    /// Her home; none once she has left.
    pub unit: Option<UnitId>,
}

/// The accounts whose sign-in names come after `after`, in the order of their bytes.
pub async fn page(
    tx: &mut Tx,
    organisation: OrganisationId,
    after: &str,
    most: i64,
) -> Result<Vec<Listed>, StoreError> {
    const SQL: &str = "SELECT accounts.*, members.unit FROM accounts
        LEFT JOIN members ON members.account = accounts.id
        WHERE accounts.organisation = $1 AND accounts.sign_in > $2
        ORDER BY accounts.sign_in LIMIT $3";
    Ok(on!(tx, conn => sqlx::query_as(SQL)
        .bind(organisation).bind(after).bind(most).fetch_all(conn).await)?)
}
