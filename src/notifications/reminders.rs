//! Whether a person gets letters, and where. Her address lies under the server key; nothing here
//! is written by signing in or checking in.

use super::store;
use crate::ids::AccountId;
use crate::store::{StoreError, Tx};

/// Forgets her address and choices, and every letter that waits for her.
pub async fn forget(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    store::reminders::delete(tx, account).await
}
