//! A backup: one consistent state in a new SQLite file, whichever engine it comes from, while
//! Respite goes on serving.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::progress;
use crate::store::Store;
use crate::store::copy::{self, CopyError, NewCopy};

/// Writes a backup; how many rows it has. If that fails, nothing is left under `file`.
pub async fn backup(store: &Store, file: &Path) -> Result<u64, CopyError> {
    let new = NewCopy::create(file)?;
    let (pool, mut to) = new.begin().await?;
    // Counted in a view of its own: the one that is copied keeps `open_records` to itself.
    let expected = if progress::is_seen() {
        copy::size(&mut store.read().await?).await?
    } else {
        0
    };
    let bar = progress::of_rows(expected, "backup");
    let rows = AtomicU64::new(0);
    let told = || {
        rows.fetch_add(1, Ordering::Relaxed);
        bar.inc(1);
    };
    let mut from = store.read_for_copy().await?;
    copy::all(&mut from, &mut to, &told).await?;
    bar.finish_and_clear();
    to.commit().await?;
    pool.close().await;
    new.finish()?;
    Ok(rows.into_inner())
}
