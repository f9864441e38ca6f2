//! Entries whose time is over go; a checkpoint at the end of the chain vouches for what they were,
//! so that a shortened chain can still be told from one that somebody cut.

use chrono::{DateTime, Utc};

use super::{Change, Seal, enter, store};
use crate::ids::OrganisationId;
use crate::store::{StoreError, Tx};

/// Removes the oldest entries, up to the first that was made at or after `before`; how many. Does
/// nothing, and leaves no checkpoint, where there are none.
pub async fn retain(
    tx: &mut Tx,
    by: &Seal<'_>,
    organisation: OrganisationId,
    before: DateTime<Utc>,
) -> Result<u64, StoreError> {
    // Holds the chain until the commit, as every entry does.
    let head = store::take_head(tx, organisation).await?;
    let kept = store::first_since(tx, organisation, before).await?;
    let removed_to = kept.unwrap_or(head.number + 1) - 1;
    let Some(last) = store::entry(tx, organisation, removed_to).await? else {
        return Ok(0);
    };
    let removed = store::remove_to(tx, organisation, removed_to).await?;
    let change = Change::Checkpoint {
        removed_to,
        head: last.head().text(),
    };
    enter(tx, by, organisation, None, change).await?;
    Ok(removed)
}
