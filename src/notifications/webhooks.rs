//! Webhooks: addresses of other programs that are told what has happened to waves. Made and ended
//! by administrators of the whole organisation; the caller has seen that she is one.

use chrono::{DateTime, Utc};

use super::channels::{Secret, Target};
use super::message::Event;
use super::{outbox, store};
use crate::audit::{self, Change, Seal};
use crate::ids::{AccountId, OrganisationId, WebhookId};
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};

/// Most webhooks of one organisation that have not ended.
const MOST: usize = 20;

/// A webhook as it is shown: without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Where it leads.
    pub url: String,
    /// What it is told.
    pub events: Vec<Event>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ended: by an administrator, or because its receiver answered 410.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A webhook to be made.
#[derive(Clone, Debug)]
pub struct NewWebhook {
    /// Where it leads.
    pub target: Target,
    /// What it is told; at least one.
    pub events: Vec<Event>,
}

/// Makes a webhook; its secret is shown this once.
pub async fn make(
    tx: &mut Tx,
    by: &Seal<'_>,
    (organisation, actor): (OrganisationId, AccountId),
    new: &NewWebhook,
) -> Result<(Webhook, Secret), Problem> {
    let there = store::webhooks::of_organisation(tx, organisation).await?;
    if there.iter().filter(|row| row.ended_at.is_none()).count() >= MOST {
        let detail = "An organisation has at most 20 webhooks. End one first.";
        return Err(Problem::with(Kind::NotNow, detail));
    }
    let (id, secret) = (WebhookId::new(), Secret::new());
    let words: Vec<&str> = new.events.iter().map(|event| event.word()).collect();
    let row = store::webhooks::Row {
        organisation,
        id,
        url: new.target.as_str().to_owned(),
        secret: secret.seal(by.keys, id),
        events: serde_json::to_string(&words).expect("texts always are JSON"),
        created_at: by.now,
        ended_at: None,
    };
    store::webhooks::insert(tx, &row).await?;
    let change = Change::WebhookMade { webhook: id };
    audit::enter(tx, by, organisation, Some(actor), change).await?;
    Ok((shown(row), secret))
}

/// The webhooks of an organisation, the newest first.
pub async fn list(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Webhook>, StoreError> {
    let rows = store::webhooks::of_organisation(tx, organisation).await?;
    Ok(rows.into_iter().map(shown).collect())
}

fn shown(row: store::webhooks::Row) -> Webhook {
    let words: Vec<String> = serde_json::from_str(&row.events).unwrap_or_default();
    Webhook {
        id: row.id,
        url: row.url,
        events: words
            .iter()
            .filter_map(|word| Event::from_word(word))
            .collect(),
        created_at: row.created_at,
        ended_at: row.ended_at,
    }
}

/// Ends a webhook, and removes what waits for it; `actor` is `None` where its receiver asked for
/// it. Whether there was one that had not ended.
pub async fn end(
    tx: &mut Tx,
    by: &Seal<'_>,
    (organisation, id): (OrganisationId, WebhookId),
    actor: Option<AccountId>,
) -> Result<bool, StoreError> {
    if !store::webhooks::end(tx, (organisation, id), by.now).await? {
        return Ok(false);
    }
    store::outbox::delete_to_webhook(tx, id).await?;
    let change = Change::WebhookEnded { webhook: id };
    audit::enter(tx, by, organisation, actor, change).await?;
    Ok(true)
}

/// Sends a webhook a call that says nothing, to see whether it is received.
pub async fn test(
    tx: &mut Tx,
    (organisation, id): (OrganisationId, WebhookId),
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    let row = store::webhooks::find(tx, organisation, id).await?;
    let row = row
        .filter(|row| row.ended_at.is_none())
        .ok_or(Kind::NotFound)?;
    outbox::test(tx, organisation, row.id, now).await?;
    Ok(())
}
