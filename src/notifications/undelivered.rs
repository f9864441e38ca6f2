//! Letters that were given up, for administrators: of which kind and why, never to whom.

use chrono::{DateTime, Utc};

use super::store;
use crate::ids::{LetterId, OrganisationId};
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};

/// A letter that was given up.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Undelivered {
    /// What the receiver would know it by.
    pub id: LetterId,
    /// By which way.
    pub channel: String,
    /// Word of the message or event.
    pub kind: String,
    /// When it was given up.
    pub since: DateTime<Utc>,
    /// How often it was tried.
    pub attempts: i64,
    /// Why, as a code of ours.
    pub error: Option<String>,
}

/// The letters of an organisation that were given up, the newest first.
pub async fn list(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Undelivered>, StoreError> {
    store::outbox::dead(tx, organisation).await
}

/// How many there are in the whole installation, for `doctor`.
pub async fn count(tx: &mut Tx) -> Result<i64, StoreError> {
    store::outbox::count_dead(tx).await
}

/// Tries a letter again from the beginning. One that is not in the list is not found.
pub async fn retry(
    tx: &mut Tx,
    organisation: OrganisationId,
    letter: LetterId,
    now: DateTime<Utc>,
) -> Result<(), Problem> {
    if store::outbox::revive(tx, (organisation, letter), now).await? {
        Ok(())
    } else {
        Err(Kind::NotFound.into())
    }
}
