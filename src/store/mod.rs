//! Two engines, one SQL text. A use case asks for one transaction (`read` or `write`), passes
//! `&mut Tx` down, and commits; nothing below a use case takes `&Store`.

pub mod copy;
mod engine_settings;
mod migrations;
mod moving;
mod open;
mod raw;
mod reader;
mod readers;
mod rebuild;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;

use sqlx::error::ErrorKind;
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Postgres, Transaction};

use crate::ids::WaveId;
pub use engine_settings::RiskySetting;
pub use migrations::{Migrated, Schema};
pub use open::{OpenError, Opening};
pub use raw::raw_commits;
pub use reader::Reader;
use readers::Readers;
pub use writer::Commits;
use writer::{Member, Writer};

/// The database of this installation. Cheap to clone.
#[derive(Clone)]
pub struct Store(Engine);

#[derive(Clone)]
enum Engine {
    Sqlite {
        views: SqlitePool,
        newest: Readers,
        writer: Writer,
        file: PathBuf,
    },
    Postgres(PgPool),
}

/// Which engine is behind a store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineName {
    /// Embedded, one machine.
    Sqlite,
    /// For several servers.
    Postgres,
}

/// One unit of work: committed as a whole, or dropped without a trace.
pub enum Tx {
    /// A member of a group commit (see `writer.rs`).
    SqliteWrite(Member),
    /// A reading view; an insert through it is an error. Also the one transaction that fills a
    /// new file (`copy`), which no queue stands before.
    SqliteRead(Reader),
    /// Reading or writing, as it was begun.
    Postgres(Transaction<'static, Postgres>),
}

/// Runs the same sqlx expression on whichever engine is behind `$tx`.
macro_rules! on {
    ($tx:expr, $conn:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::SqliteWrite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::store::Tx::SqliteRead(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}
pub(crate) use on;

/// What the database can answer instead of a result. Its text holds nothing from any row.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with this key is there already.
    #[error("this record already exists")]
    Duplicate(#[source] Arc<sqlx::Error>),
    /// The disk is full. Nothing that was acknowledged is lost.
    #[error("there is no room left to store anything")]
    Full(#[source] Arc<sqlx::Error>),
    /// Anything else: lost connection, broken invariant.
    #[error("the database could not be used")]
    Unusable(#[source] Arc<sqlx::Error>),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Arc::new(error).into()
    }
}

impl From<Arc<sqlx::Error>> for StoreError {
    fn from(error: Arc<sqlx::Error>) -> Self {
        let Some(said) = error.as_database_error() else {
            return Self::Unusable(error);
        };
        let has_no_room = said.code().is_some_and(|code| NO_ROOM.contains(&&*code));
        match said.kind() {
            ErrorKind::UniqueViolation => Self::Duplicate(error),
            _ if has_no_room => Self::Full(error),
            _ => Self::Unusable(error),
        }
    }
}

/// `SQLITE_FULL`, `SQLITE_IOERR_SHMSIZE` (its index of the write-ahead log cannot grow), and
/// PostgreSQL's `disk_full`.
const NO_ROOM: [&str; 3] = ["13", "4874", "53100"];

impl Store {
    /// A consistent view of everything committed so far.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        Ok(match &self.0 {
            Engine::Sqlite { views, .. } => Tx::SqliteRead(Reader::view(views.begin().await?)),
            Engine::Postgres(pool) => Tx::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                    .await?,
            ),
        })
    }

    /// A view for `open_records`, `ballots`, `choices` and `drafts`, which are written anew while
    /// others read: each statement sees the newest committed state (CONFIDENTIALITY: row order).
    /// On SQLite it is also the quicker one.
    pub async fn read_newest(&self) -> Result<Tx, StoreError> {
        Ok(match &self.0 {
            Engine::Sqlite { newest, .. } => Tx::SqliteRead(Reader::newest(newest.lend().await?)),
            Engine::Postgres(pool) => Tx::Postgres(
                pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY")
                    .await?,
            ),
        })
    }

    /// Work that will change something. Never hold it across a password hash, mail or HTTP: on
    /// SQLite everyone else waits.
    pub async fn write(&self) -> Result<Tx, StoreError> {
        Ok(match &self.0 {
            Engine::Sqlite { writer, .. } => Tx::SqliteWrite(writer.write().await?),
            Engine::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Work that changes a great many rows: its memory is bounded whatever their number, if each of
    /// its statements is one that SQLite need not be able to undo by itself (`rebuild.rs`). The
    /// same as [`write`](Self::write) on PostgreSQL.
    pub async fn write_alone(&self) -> Result<Tx, StoreError> {
        Ok(match &self.0 {
            Engine::Sqlite { writer, .. } => Tx::SqliteWrite(writer.write_alone().await?),
            Engine::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    /// Returns when everything that was written before this call can be read. On SQLite a member
    /// of a group sees what came before her in it, a reader only what the group has committed.
    pub async fn settled(&self) -> Result<(), StoreError> {
        match &self.0 {
            Engine::Sqlite { writer, .. } => Ok(writer.write().await?.commit().await?),
            Engine::Postgres(_) => Ok(()),
        }
    }

    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> EngineName {
        match &self.0 {
            Engine::Sqlite { .. } => EngineName::Sqlite,
            Engine::Postgres(_) => EngineName::Postgres,
        }
    }

    /// Waits until nothing uses the database any more, and closes it.
    pub async fn close(&self) {
        match &self.0 {
            Engine::Sqlite { views, newest, .. } => {
                newest.close().await;
                views.close().await;
            }
            Engine::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    /// Returns when the work is on the disk, not before.
    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::SqliteWrite(member) => member.commit().await?,
            Self::SqliteRead(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Many may share a wave: submit, replace, withdraw, erase, answer late. Must be the first
    /// statement. On SQLite there is one writer, and nothing to do.
    pub async fn share(&mut self, wave: WaveId) -> Result<(), StoreError> {
        const SQL: &str = "SELECT pg_advisory_xact_lock_shared($1)";
        if let Self::Postgres(tx) = self {
            sqlx::query(SQL)
                .bind(lock_number(wave))
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }

    /// One owns a wave: opening, extending, closing, stopping. Waits for everyone who shares it.
    pub async fn own(&mut self, wave: WaveId) -> Result<(), StoreError> {
        const SQL: &str = "SELECT pg_advisory_xact_lock($1)";
        if let Self::Postgres(tx) = self {
            sqlx::query(SQL)
                .bind(lock_number(wave))
                .execute(&mut **tx)
                .await?;
        }
        Ok(())
    }
}

/// Half of the id: two waves that share a number only wait for each other.
fn lock_number(wave: WaveId) -> i64 {
    let (high, low) = wave.0.as_u64_pair();
    (high ^ low).cast_signed()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::fmt;

    use super::*;

    /// What a database says, by its code.
    #[derive(Debug)]
    struct Said(&'static str);

    impl fmt::Display for Said {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl std::error::Error for Said {}

    impl sqlx::error::DatabaseError for Said {
        fn message(&self) -> &str {
            self.0
        }
        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }
        fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
            self
        }
        fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
            self
        }
        fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
            self
        }
        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    #[test]
    fn a_full_disk_is_told_apart_on_both_engines() {
        let of = |code| StoreError::from(sqlx::Error::Database(Box::new(Said(code))));
        for full in ["13", "4874", "53100"] {
            assert!(matches!(of(full), StoreError::Full(_)), "{full}");
        }
        for other in ["5", "10", "14", "53300", "57P01"] {
            assert!(matches!(of(other), StoreError::Unusable(_)), "{other}");
        }
    }
}
