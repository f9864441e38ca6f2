//! `webhooks`.

use chrono::{DateTime, Utc};

use super::super::message::Event;
use crate::ids::{OrganisationId, WebhookId};
use crate::store::{StoreError, Tx, on};

/// The webhooks of the organisation that have not ended and want this event.
pub async fn wanting(
    tx: &mut Tx,
    organisation: OrganisationId,
    event: Event,
) -> Result<Vec<WebhookId>, StoreError> {
    const SQL: &str =
        "SELECT id, events FROM webhooks WHERE organisation = $1 AND ended_at IS NULL";
    let rows: Vec<(WebhookId, String)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?;
    let wants = |events: &str| {
        let words: Vec<String> = serde_json::from_str(events).unwrap_or_default();
        words.iter().any(|word| word == event.word())
    };
    Ok(rows
        .into_iter()
        .filter(|(_, events)| wants(events))
        .map(|(id, _)| id)
        .collect())
}

/// A row of `webhooks`.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Row {
    /// Whose waves it is told of.
    pub organisation: OrganisationId,
    /// Its id.
    pub id: WebhookId,
    /// Where it leads.
    pub url: String,
    /// What its calls are signed with, under the server key.
    pub secret: Vec<u8>,
    /// Words of the events that it wants, as JSON.
    pub events: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// One webhook of an organisation.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: WebhookId,
) -> Result<Option<Row>, StoreError> {
    const SQL: &str = "SELECT * FROM webhooks WHERE organisation = $1 AND id = $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL)
        .bind(organisation).bind(id).fetch_optional(conn).await)?)
}

/// The webhooks of an organisation, ended ones too, the newest first.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Row>, StoreError> {
    const SQL: &str = "SELECT * FROM webhooks WHERE organisation = $1 ORDER BY created_at DESC, id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?)
}

/// Every webhook, in id order.
pub async fn all(tx: &mut Tx) -> Result<Vec<Row>, StoreError> {
    const SQL: &str = "SELECT * FROM webhooks ORDER BY id";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// Adds a webhook.
pub async fn insert(tx: &mut Tx, new: &Row) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO webhooks
            (organisation, id, url, secret, events, created_at, ended_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(new.organisation).bind(new.id).bind(&new.url).bind(&new.secret).bind(&new.events)
        .bind(new.created_at).bind(new.ended_at)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// Ends a webhook; `false` if it has ended, or is not there.
pub async fn end(
    tx: &mut Tx,
    (organisation, id): (OrganisationId, WebhookId),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE webhooks SET ended_at = $3
        WHERE organisation = $1 AND id = $2 AND ended_at IS NULL";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(organisation).bind(id).bind(now)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Seals the same secret anew: whether the row still was as it was read.
pub async fn reseal(
    tx: &mut Tx,
    id: WebhookId,
    (old, new): (&[u8], &[u8]),
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE webhooks SET secret = $3 WHERE id = $1 AND secret = $2";
    let rows = on!(tx, conn => sqlx::query(SQL).bind(id).bind(old).bind(new)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
