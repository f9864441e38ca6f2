//! `reminders`.

use chrono::{DateTime, Utc};

use crate::ids::{AccountId, OrganisationId};
use crate::store::{StoreError, Tx, on};

/// A row of `reminders`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    /// Of which organisation she is.
    pub organisation: OrganisationId,
    /// Whose it is.
    pub account: AccountId,
    /// Address and code, under the server key.
    pub sealed: Vec<u8>,
    /// Whether she has shown that the address is hers.
    pub confirmed: bool,
    /// Until when the code is good.
    pub code_until: Option<DateTime<Utc>>,
    /// Wrong codes since it was made.
    pub code_attempts: i64,
    /// `none` or `email`.
    pub channel: String,
    /// Whether her letters come the next morning.
    pub quiet_hours: bool,
    /// Language of her letters.
    pub language: String,
}

/// One person's row.
pub async fn find(tx: &mut Tx, account: AccountId) -> Result<Option<Row>, StoreError> {
    const SQL: &str = "SELECT * FROM reminders WHERE account = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_optional(conn).await)?)
}

/// Writes one person's row, whether there was one or not.
pub async fn put(tx: &mut Tx, row: &Row) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO reminders (organisation, account, sealed, confirmed, code_until,
            code_attempts, channel, quiet_hours, language)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
        ON CONFLICT (account) DO UPDATE SET sealed = $3, confirmed = $4, code_until = $5,
            code_attempts = $6, channel = $7, quiet_hours = $8, language = $9";
    on!(tx, conn => sqlx::query(SQL)
        .bind(row.organisation).bind(row.account).bind(&row.sealed).bind(row.confirmed)
        .bind(row.code_until).bind(row.code_attempts).bind(&row.channel).bind(row.quiet_hours)
        .bind(&row.language)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// Counts a try of a code before it is compared; `false` if there is none left.
pub async fn take_try(
    tx: &mut Tx,
    account: AccountId,
    (most, now): (i64, DateTime<Utc>),
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE reminders SET code_attempts = code_attempts + 1
        WHERE account = $1 AND code_attempts < $2 AND code_until > $3";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(account).bind(most).bind(now)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Removes the letters with a code that wait for her.
pub async fn delete_codes(tx: &mut Tx, account: AccountId, kind: &str) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM outbox WHERE channel = 'email' AND recipient = $1 AND kind = $2";
    on!(tx, conn => sqlx::query(SQL).bind(account).bind(kind).execute(conn).await.map(drop))?;
    Ok(())
}

/// Every row, in the order of accounts.
pub async fn all(tx: &mut Tx) -> Result<Vec<Row>, StoreError> {
    const SQL: &str = "SELECT * FROM reminders ORDER BY account";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// Seals the same anew: whether the row still was as it was read.
pub async fn reseal(
    tx: &mut Tx,
    account: AccountId,
    (old, new): (&[u8], &[u8]),
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE reminders SET sealed = $3 WHERE account = $1 AND sealed = $2";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(account).bind(old).bind(new)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Who has a confirmed address and chose e-mail, and whether she asked for quiet hours.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<(AccountId, bool)>, StoreError> {
    const SQL: &str = "SELECT account, quiet_hours FROM reminders
        WHERE organisation = $1 AND confirmed AND channel = 'email'";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?)
}

/// Removes what is kept for her letters, and those that wait for her.
pub async fn delete(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    const CHOICE: &str = "DELETE FROM reminders WHERE account = $1";
    const LETTERS: &str = "DELETE FROM outbox WHERE channel = 'email' AND recipient = $1";
    for sql in [CHOICE, LETTERS] {
        on!(tx, conn => sqlx::query(sql).bind(account).execute(conn).await.map(drop))?;
    }
    Ok(())
}
