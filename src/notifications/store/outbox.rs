//! `outbox`, and `told`.

use chrono::{DateTime, NaiveDate, Utc};

use super::super::outbox::Letter;
use super::super::undelivered::Undelivered;
use crate::ids::{LetterId, OrganisationId, WebhookId};
use crate::store::{StoreError, Tx, on};

/// Adds a letter; `false` if the same one is waiting for the same recipient.
pub async fn insert(tx: &mut Tx, new: &Letter) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO outbox
            (organisation, id, channel, kind, about, recipient, once, due_at, attempts,
             next_attempt_at, state, state_since, last_error)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
        ON CONFLICT (once) DO NOTHING";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(new.organisation).bind(new.id).bind(&new.channel).bind(&new.kind).bind(new.about)
        .bind(new.recipient).bind(&new.once).bind(new.due_at).bind(new.attempts)
        .bind(new.next_attempt_at).bind(&new.state).bind(new.state_since).bind(&new.last_error)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Remembers that something is told; `false` if it was told before.
pub async fn remember(
    tx: &mut Tx,
    organisation: OrganisationId,
    message: &str,
    keep_until: NaiveDate,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO told (organisation, message, keep_until) VALUES ($1, $2, $3)
        ON CONFLICT (message) DO NOTHING";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(organisation).bind(message).bind(keep_until)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Letters whose time has come.
pub async fn due(tx: &mut Tx, now: DateTime<Utc>, most: i64) -> Result<Vec<Letter>, StoreError> {
    const SQL: &str = "SELECT * FROM outbox WHERE state = 'pending' AND next_attempt_at <= $1
        ORDER BY next_attempt_at, id LIMIT $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(now).bind(most).fetch_all(conn).await)?)
}

/// Compare and set: whether this attempt is this server's.
pub async fn claim(tx: &mut Tx, letter: &Letter, next: DateTime<Utc>) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE outbox SET attempts = attempts + 1, next_attempt_at = $3
        WHERE id = $1 AND attempts = $2 AND state = 'pending'";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(letter.id).bind(letter.attempts).bind(next)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Nothing is kept of a letter that somebody else has.
pub async fn delete(tx: &mut Tx, letter: LetterId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM outbox WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(letter).execute(conn).await.map(drop))?;
    Ok(())
}

/// Removes everything that waits for a webhook.
pub async fn delete_to_webhook(tx: &mut Tx, webhook: WebhookId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM outbox WHERE channel = 'webhook' AND recipient = $1";
    on!(tx, conn => sqlx::query(SQL).bind(webhook).execute(conn).await.map(drop))?;
    Ok(())
}

/// Why the last attempt did not succeed; the next one is set already.
pub async fn put_off(tx: &mut Tx, letter: LetterId, code: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE outbox SET last_error = $2 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(letter).bind(code).execute(conn).await.map(drop))?;
    Ok(())
}

/// Gives a letter up.
pub async fn bury(
    tx: &mut Tx,
    letter: LetterId,
    (code, now): (&str, DateTime<Utc>),
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE outbox SET state = 'dead', state_since = $3, last_error = $2
        WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(letter).bind(code).bind(now).execute(conn).await.map(drop))?;
    Ok(())
}

/// The letters of an organisation that were given up.
pub async fn dead(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Undelivered>, StoreError> {
    const SQL: &str = "SELECT id, channel, kind, state_since AS since, attempts,
            last_error AS error FROM outbox
        WHERE organisation = $1 AND state = 'dead' ORDER BY state_since DESC, id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?)
}

/// How many letters of the installation were given up.
pub async fn count_dead(tx: &mut Tx) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM outbox WHERE state = 'dead'";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await)?)
}

/// Makes a letter that was given up due again; `false` if there is none.
pub async fn revive(
    tx: &mut Tx,
    (organisation, letter): (OrganisationId, LetterId),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE outbox SET state = 'pending', state_since = $3, attempts = 0,
            next_attempt_at = $3
        WHERE organisation = $1 AND id = $2 AND state = 'dead'";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(organisation).bind(letter).bind(now)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Deletes letters that were given up before an instant.
pub async fn forget_dead(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM outbox WHERE state = 'dead' AND state_since < $1";
    on!(tx, conn => sqlx::query(SQL).bind(before).execute(conn).await.map(drop))?;
    Ok(())
}

/// Deletes what need not be remembered any more.
pub async fn forget_told(tx: &mut Tx, today: NaiveDate) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM told WHERE keep_until < $1";
    on!(tx, conn => sqlx::query(SQL).bind(today).execute(conn).await.map(drop))?;
    Ok(())
}
