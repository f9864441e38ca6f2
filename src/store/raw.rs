//! Raw commits of single rows, for the benches: what the disk and `SQLite` do by themselves.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::ConnectOptions;

use super::StoreError;
use super::open::sqlite_options;

/// Commits one row after another to a new file in a folder, as durably as any other write, for
/// this long; how many there were, and how long it took.
pub async fn raw_commits(folder: &Path, time: Duration) -> Result<(u64, Duration), StoreError> {
    const TABLE: &str = "CREATE TABLE raw (id INTEGER PRIMARY KEY, row BLOB NOT NULL) STRICT";
    const ROW: &str = "INSERT INTO raw (row) VALUES ($1)";
    let options = sqlite_options(&folder.join("raw.db")).create_if_missing(true);
    let mut conn = options.connect().await?;
    sqlx::query(TABLE).execute(&mut conn).await?;
    let row = vec![7_u8; 300];
    let began = Instant::now();
    let mut commits = 0;
    while began.elapsed() < time {
        sqlx::query(ROW).bind(&row).execute(&mut conn).await?;
        commits += 1;
    }
    let took = began.elapsed();
    sqlx::Connection::close(conn).await?;
    Ok((commits, took))
}
