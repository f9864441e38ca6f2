//! `webhooks`.

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
