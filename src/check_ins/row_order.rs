//! Row order and expiry of what lies under opaque keys.

use chrono::NaiveDate;

use super::store;
use crate::app::App;
use crate::store::{StoreError, Tx};

/// Writes the tables of open waves anew if there is any, and empties the write-ahead log in any
/// case: what a count destroyed may still be in it. Whether it is empty.
pub async fn rebuild(app: &App) -> Result<bool, StoreError> {
    let mut tx = app.store.read().await?;
    let any_open = store::waves::any_open(&mut tx).await?;
    drop(tx);
    if any_open {
        app.store.rebuild_open_tables().await?;
    }
    app.empty_log().await
}

/// Forgets records and drafts whose date has come.
pub async fn forget(tx: &mut Tx, today: NaiveDate) -> Result<(), StoreError> {
    store::own::forget_records(tx, today).await?;
    store::own::forget_drafts(tx, today).await?;
    Ok(())
}
