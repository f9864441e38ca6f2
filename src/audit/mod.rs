//! Every change by a person with power over others leaves an entry in the same transaction.
//! Entries hold ids, never names; each carries the hash of the one before and a tag under the
//! server key, so nobody without that key can change, drop or reorder them unnoticed.

mod chain;
mod change;
mod retention;
mod store;
mod verify;

use chrono::{DateTime, Utc};

pub use chain::{Entry, Head};
pub use change::Change;
pub use retention::retain;
pub use store::{Page, newest, page, resting, stored_head};
pub use verify::{Finding, Verdict, verify};

use crate::ids::{AccountId, OrganisationId};
use crate::store::{StoreError, Tx};
use crate::vault::ServerKeys;

/// What an entry is sealed with: the server's key and the present instant.
#[derive(Clone, Copy, Debug)]
pub struct Seal<'a> {
    /// Tags every entry.
    pub keys: &'a ServerKeys,
    /// When the change is made.
    pub now: DateTime<Utc>,
}

/// Adds an entry at the end of the organisation's chain. Call it last before the commit: it holds
/// the chain's head until then. `actor` is `None` for jobs and for the command line.
pub async fn enter(
    tx: &mut Tx,
    by: &Seal<'_>,
    organisation: OrganisationId,
    actor: Option<AccountId>,
    change: Change,
) -> Result<(), StoreError> {
    let before = store::take_head(tx, organisation).await?;
    let entry = Entry::following(&before, by, organisation, (actor, change.into_text()));
    store::insert(tx, &entry).await?;
    store::set_head(tx, organisation, &entry.head()).await
}
