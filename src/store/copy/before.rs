//! The copy before a migration: of the schema that the file has now, so that the older program
//! can read it.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnection;
use sqlx::{ConnectOptions, Connection};

use super::{COPIED, CopyError, NewCopy, Table};
use crate::store::Schema;

/// Writes `<file>.before-NNNN`, where NNNN is the first migration that will be applied; gives the
/// name of the copy. A copy that is there already, from a migration that failed, stays.
pub(in crate::store) async fn before_migration(
    file: &Path,
    there: i64,
) -> Result<PathBuf, CopyError> {
    let copy = free_name(file, there + 1);
    let new = NewCopy::create(&copy)?;
    let mut conn = new.options().connect().await?;
    Schema::lay(&mut conn, there).await?;
    fill(&mut conn, file).await?;
    conn.close().await?;
    new.finish()?;
    Ok(copy)
}

fn free_name(file: &Path, next: i64) -> PathBuf {
    let name = |nth: u32| {
        let mut name = file.as_os_str().to_owned();
        name.push(format!(".before-{next:04}"));
        if nth > 1 {
            name.push(format!(".{nth}"));
        }
        PathBuf::from(name)
    };
    (1..u32::MAX)
        .map(name)
        .find(|name| std::fs::symlink_metadata(name).is_err())
        .unwrap_or_else(|| name(u32::MAX))
}

/// Both files have the same schema, made by the same migrations, so that whole rows fit.
async fn fill(conn: &mut SqliteConnection, file: &Path) -> Result<(), CopyError> {
    const ATTACH: &str = "ATTACH DATABASE $1 AS original";
    sqlx::query(ATTACH)
        .bind(file.to_string_lossy().into_owned())
        .execute(&mut *conn)
        .await?;
    let mut tx = conn.begin().await?;
    for table in COPIED {
        if is_there(&mut tx, table).await? {
            sqlx::query(table.from_original).execute(&mut *tx).await?;
        }
    }
    tx.commit().await?;
    Ok(())
}

async fn is_there(conn: &mut SqliteConnection, table: &Table) -> Result<bool, CopyError> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM original.sqlite_schema
        WHERE type = 'table' AND name = $1) AS found";
    Ok(sqlx::query_scalar(SQL)
        .bind(table.name)
        .fetch_one(conn)
        .await?)
}
