//! Opening: which engine, which file or server, with which durability.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};

use super::copy::CopyError;
use super::readers::Readers;
use super::{Commits, Engine, Migrated, Schema, Store, StoreError, Writer};

/// Pages that connections keep in memory, in KiB: what a group of commits touches, and for each of
/// the readers what a request reads. The operating system keeps the rest.
const WRITER_CACHE: &str = "-32768";
const READER_CACHE: &str = "-4096";

/// Those who read at once: this many a consistent view, and as many the newest state.
const READERS: u32 = 4;

/// What may be done to a schema that is older than this binary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Bring it up to date.
    Migrate,
    /// Refuse, and say how to bring it up to date. An embedded database is migrated all the same.
    AsItIs,
}

/// Why a database was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Neither `sqlite:` nor `postgres:`.
    #[error("a database is named sqlite:FILE or postgres://USER@HOST/NAME")]
    Address,
    /// PostgreSQL that has not been migrated yet.
    #[error("the database is older than this program: run `respite migrate` first")]
    Older,
    /// Written by a newer binary.
    #[error("the database was written by a newer Respite: install that version")]
    Newer,
    /// An embedded database is not migrated without a copy of it.
    #[error("the copy before the migration could not be made")]
    Copy(#[source] Box<CopyError>),
    /// A migration that failed; the database is as it was before it.
    #[error("the database could not be migrated")]
    Migration(#[source] sqlx::migrate::MigrateError),
    /// The server or file itself.
    #[error("the database could not be opened")]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for OpenError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Opens `sqlite:FILE` (created if missing) or `postgres://…`.
    pub async fn open(address: &str, opening: Opening) -> Result<Self, OpenError> {
        Self::open_with(address, opening, Commits::Grouped).await
    }

    /// The same, where a bench decides how an embedded database commits.
    pub async fn open_with(
        address: &str,
        opening: Opening,
        commits: Commits,
    ) -> Result<Self, OpenError> {
        match Address::parse(address)? {
            Address::Sqlite(file) => {
                let (options, _) = migrated(file).await?;
                Self::open_sqlite(file, &options, commits).await
            }
            Address::Postgres(options) => {
                let pool = pool(options).await?;
                match opening {
                    Opening::Migrate => {
                        Schema::bring_postgres_up_to_date(&pool).await?;
                    }
                    Opening::AsItIs => Schema::of_postgres(&pool).await?.must_be_current()?,
                }
                Ok(Self(Engine::Postgres(pool)))
            }
        }
    }

    /// Brings a database up to date, and says what was done.
    pub async fn migrate(address: &str) -> Result<Migrated, OpenError> {
        match Address::parse(address)? {
            Address::Sqlite(file) => Ok(migrated(file).await?.1),
            Address::Postgres(options) => {
                let pool = pool(options).await?;
                let done = Schema::bring_postgres_up_to_date(&pool).await;
                pool.close().await;
                done
            }
        }
    }

    /// The schema of a database, without changing it or making a file; `None` if there is no file.
    pub async fn schema(address: &str) -> Result<Option<Schema>, OpenError> {
        match Address::parse(address)? {
            Address::Sqlite(file) if !file.is_file() => Ok(None),
            Address::Sqlite(file) => Schema::of_sqlite(file).await.map(Some),
            Address::Postgres(options) => {
                let pool = pool(options).await?;
                let schema = Schema::of_postgres(&pool).await;
                pool.close().await;
                schema.map(Some)
            }
        }
    }

    async fn open_sqlite(
        file: &Path,
        options: &SqliteConnectOptions,
        commits: Commits,
    ) -> Result<Self, OpenError> {
        let writer = Writer::open(options, commits).await?;
        let reading = sqlite_options(file)
            .read_only(true)
            .pragma("cache_size", READER_CACHE);
        let newest = Readers::new(reading.clone(), READERS);
        let views = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(30))
            // A connection to a file does not break; asking it each time costs a visit to its thread.
            .test_before_acquire(false)
            .connect_with(reading)
            .await?;
        Ok(Self(Engine::Sqlite {
            views,
            newest,
            writer,
            file: file.to_owned(),
        }))
    }

    /// The file of an embedded database.
    #[must_use]
    pub fn file(&self) -> Option<&PathBuf> {
        match &self.0 {
            Engine::Sqlite { file, .. } => Some(file),
            Engine::Postgres(_) => None,
        }
    }

    /// Empties the write-ahead log into the file, so that replaced rows are nowhere. Returns
    /// whether it could: a long reader may be in the way, and the caller tries again later. While
    /// it waits for readers nobody can write, so it waits briefly, several times; and most of the
    /// log goes into the file before it, while others write.
    pub async fn empty_log(&self) -> Result<bool, StoreError> {
        const BRIEFLY: &str = "PRAGMA busy_timeout = 200";
        const MOST: &str = "PRAGMA wal_checkpoint(PASSIVE)";
        const EMPTY: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
        const TRIES: u32 = 4;
        const BETWEEN: Duration = Duration::from_millis(150);
        let Engine::Sqlite { file, .. } = &self.0 else {
            return Ok(true);
        };
        let mut conn = sqlite_options(file).connect().await?;
        sqlx::query(BRIEFLY).execute(&mut conn).await?;
        let mut is_empty = false;
        for number in 0..TRIES {
            if number > 0 {
                tokio::time::sleep(BETWEEN).await;
            }
            sqlx::query(MOST).execute(&mut conn).await?;
            let (busy, _, _): (i64, i64, i64) = sqlx::query_as(EMPTY).fetch_one(&mut conn).await?;
            is_empty = busy == 0;
            if is_empty {
                break;
            }
        }
        sqlx::Connection::close(conn).await?;
        Ok(is_empty)
    }

    /// What the engine finds wrong with its own file; nothing is usual. PostgreSQL is not asked:
    /// its pages are the concern of its operator.
    pub async fn quick_check(&self) -> Result<Vec<String>, StoreError> {
        const SQL: &str = "PRAGMA quick_check";
        let Engine::Sqlite { views, .. } = &self.0 else {
            return Ok(Vec::new());
        };
        let found: Vec<String> = sqlx::query_scalar(SQL).fetch_all(views).await?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }
}

/// Where a database is, as its address says.
enum Address<'a> {
    Sqlite(&'a Path),
    Postgres(Box<PgConnectOptions>),
}

impl<'a> Address<'a> {
    fn parse(address: &'a str) -> Result<Self, OpenError> {
        if let Some(file) = address.strip_prefix("sqlite:") {
            let file = file.strip_prefix("//").unwrap_or(file);
            return match file {
                "" => Err(OpenError::Address),
                file => Ok(Self::Sqlite(Path::new(file))),
            };
        }
        if address.starts_with("postgres:") || address.starts_with("postgresql:") {
            let options = PgConnectOptions::from_str(address).map_err(|_| OpenError::Address)?;
            // A log of statements with their times would tell who answered, and when.
            let options = options.disable_statement_logging();
            return Ok(Self::Postgres(Box::new(options)));
        }
        Err(OpenError::Address)
    }
}

async fn pool(options: Box<PgConnectOptions>) -> Result<PgPool, OpenError> {
    Ok(PgPoolOptions::new()
        .max_connections(16)
        .acquire_timeout(Duration::from_secs(30))
        .connect_with(*options)
        .await?)
}

async fn migrated(file: &Path) -> Result<(SqliteConnectOptions, Migrated), OpenError> {
    make_private(file)?;
    let options = sqlite_options(file).create_if_missing(true);
    let done = Schema::bring_sqlite_up_to_date(file, &options).await?;
    Ok((options, done))
}

/// A new file is readable by its owner alone; SQLite gives its log the same mode.
fn make_private(file: &Path) -> Result<(), OpenError> {
    use std::os::unix::fs::OpenOptionsExt;
    let made = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file);
    match made {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(sqlx::Error::Io(error).into())
        }
        _ => Ok(()),
    }
}

/// Full durability (an acknowledged check-in survives a power loss), deleted bytes overwritten.
pub(super) fn sqlite_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(20))
        // Long answers, such as a roster, change threads once for so many rows.
        .row_buffer_size(512)
        .pragma("secure_delete", "ON")
        .pragma("wal_autocheckpoint", "8192")
        .pragma("cache_size", WRITER_CACHE)
        .disable_statement_logging()
}
