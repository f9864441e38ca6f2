//! `outbox`, and `told`.

use chrono::NaiveDate;

use super::super::outbox::Letter;
use crate::ids::OrganisationId;
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
