//! A copy of everything that may be kept, between two databases of either engine: for backups, for
//! restoring them, and before a migration. Ballots, wave keys, sign-ins, idempotency rows and used
//! codes are never copied.

mod before;
mod file;
mod tables;
mod value;

use futures_util::TryStreamExt;
use sqlx::sqlite::SqlitePoolOptions;
use std::path::{Path, PathBuf};
use uuid::Uuid;

use super::{Reader, Store, StoreError, Tx, on};
pub(super) use before::before_migration;
pub use file::NewCopy;
pub(super) use file::plain_options;
pub use tables::{COPIED, LEFT_OUT, Table};
pub use value::Kind;
use value::{Value, bound, values};

/// Is told after each row that one more was copied.
pub type Told<'a> = &'a (dyn Fn() + Sync);

/// Why a copy was not made.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// A copy never replaces anything.
    #[error("{} exists already; a copy never overwrites a file", .0.display())]
    Exists(PathBuf),
    /// The operating system refused.
    #[error("{}: {cause}", file.display())]
    File {
        /// Which file.
        file: PathBuf,
        /// What the operating system said.
        cause: std::io::Error,
    },
    /// The schema of the new file could not be laid.
    #[error("the schema of the copy could not be made")]
    Schema(#[source] sqlx::migrate::MigrateError),
    /// One of the two databases.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for CopyError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// One consistent view of all tables, to be copied. On PostgreSQL the view is taken while
    /// nobody can rebuild `open_records`, `choices` or `drafts`, and nobody can until they have
    /// been read: a rebuilt table looks empty to an older view.
    pub async fn read_for_copy(&self) -> Result<Tx, StoreError> {
        const HOLD: &str = "LOCK TABLE choices, drafts IN ACCESS SHARE MODE;
            SAVEPOINT open_tables; LOCK TABLE open_records IN ACCESS SHARE MODE";
        let mut tx = self.read().await?;
        if let Tx::Postgres(conn) = &mut tx {
            sqlx::raw_sql(HOLD).execute(&mut **conn).await?;
        }
        Ok(tx)
    }
}

/// Lets others rebuild `open_records` again; the view stays what it was.
async fn let_go(tx: &mut Tx) -> Result<(), StoreError> {
    const LET_GO: &str = "ROLLBACK TO SAVEPOINT open_tables";
    if let Tx::Postgres(conn) = tx {
        sqlx::raw_sql(LET_GO).execute(&mut **conn).await?;
    }
    Ok(())
}

/// How many rows a copy will have.
pub async fn size(tx: &mut Tx) -> Result<u64, StoreError> {
    let mut sum = 0;
    for table in COPIED {
        let rows: i64 =
            on!(&mut *tx, conn => sqlx::query_scalar(table.size).fetch_one(conn).await)?;
        sum += u64::try_from(rows).unwrap_or(0);
    }
    Ok(sum)
}

/// The first table that has a row; `None` for an empty database.
pub async fn first_used(tx: &mut Tx) -> Result<Option<&'static str>, StoreError> {
    for table in COPIED.iter().chain(LEFT_OUT) {
        let found: bool =
            on!(&mut *tx, conn => sqlx::query_scalar(table.any).fetch_one(conn).await)?;
        if found {
            return Ok(Some(table.name));
        }
    }
    Ok(None)
}

/// Copies all rows in key order, one at a time. `from` comes from [`Store::read_for_copy`] or from
/// [`open`]; `to` is empty and of the same schema.
pub async fn all(from: &mut Tx, to: &mut Tx, told: Told<'_>) -> Result<(), StoreError> {
    for table in COPIED {
        rows(from, to, table, told).await?;
        if table.name == "open_records" {
            let_go(from).await?;
        }
        if table.name == "units" {
            links(from, to).await?;
        }
    }
    Ok(())
}

async fn rows(from: &mut Tx, to: &mut Tx, table: &Table, told: Told<'_>) -> Result<(), StoreError> {
    on!(from, conn => {
        let mut rows = sqlx::query(table.read).fetch(conn);
        while let Some(row) = rows.try_next().await? {
            insert(to, table, values!(row, table.columns)?).await?;
            told();
        }
    });
    Ok(())
}

async fn insert(to: &mut Tx, table: &Table, values: Vec<Value>) -> Result<(), StoreError> {
    on!(to, conn => bound!(sqlx::query(table.write), values)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// Units refer to one another in any order, so what they refer to is written at the end.
async fn links(from: &mut Tx, to: &mut Tx) -> Result<(), StoreError> {
    const READ: &str = "SELECT id, parent, successor_of FROM units
        WHERE parent IS NOT NULL OR successor_of IS NOT NULL ORDER BY id";
    const WRITE: &str = "UPDATE units SET parent = $2, successor_of = $3 WHERE id = $1";
    on!(from, conn => {
        let mut rows = sqlx::query_as::<_, (Uuid, Option<Uuid>, Option<Uuid>)>(READ).fetch(conn);
        while let Some((id, parent, successor_of)) = rows.try_next().await? {
            on!(&mut *to, conn => sqlx::query(WRITE).bind(id).bind(parent).bind(successor_of)
                .execute(conn).await.map(|done| done.rows_affected()))?;
        }
    });
    Ok(())
}

/// Opens a copy for reading; nothing is written beside it.
pub async fn open(file: &Path) -> Result<Tx, StoreError> {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect_with(file::plain_options(file).read_only(true))
        .await?;
    Ok(Tx::SqliteRead(Reader::view(pool.begin().await?)))
}
