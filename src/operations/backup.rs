//! A backup: one consistent state in a new SQLite file, whichever engine it comes from, while
//! Respite goes on serving.

use std::path::Path;

use super::progress;
use crate::store::Store;
use crate::store::copy::{self, CopyError, NewCopy};

/// Writes a backup; how many rows it has. Without it, nothing is left under `file`.
pub async fn backup(store: &Store, file: &Path) -> Result<u64, CopyError> {
    let new = NewCopy::create(file)?;
    let mut from = store.read_for_copy().await?;
    let (pool, mut to) = new.begin().await?;
    let bar = progress::of_rows(0, "backup");
    copy::all(&mut from, &mut to, &|| bar.inc(1)).await?;
    bar.finish_and_clear();
    to.commit().await?;
    pool.close().await;
    new.finish()?;
    Ok(bar.position())
}
