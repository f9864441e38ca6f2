//! The schema's version: embedded migrations for both engines, same numbers, same names.

use std::path::{Path, PathBuf};

use sqlx::migrate::{Migrate, Migrator};
use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use super::OpenError;
use super::copy::{CopyError, before_migration};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Which migrations a database has, against those that this binary knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Number of the newest migration in the database; 0 for an empty one.
    pub there: i64,
    /// Number of the newest migration in this binary.
    pub known: i64,
}

/// What a migration did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Migrated {
    /// There was nothing to do: the schema has this number.
    Current(i64),
    /// An empty database got the schema of this number.
    Laid(i64),
    /// The schema moved from one number to another.
    Moved {
        /// Number before.
        from: i64,
        /// Number now.
        to: i64,
        /// The copy that was made before, of an embedded database.
        copy: Option<PathBuf>,
    },
}

impl Schema {
    /// Refuses a schema that is older or newer than this binary.
    pub fn must_be_current(self) -> Result<(), OpenError> {
        match self.there.cmp(&self.known) {
            std::cmp::Ordering::Less => Err(OpenError::Older),
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err(OpenError::Newer),
        }
    }

    /// The schema of a PostgreSQL database, without changing it.
    pub async fn of_postgres(pool: &PgPool) -> Result<Self, OpenError> {
        let mut conn = pool.acquire().await?;
        let there = newest_applied(&mut *conn).await;
        Ok(Self {
            there,
            known: newest(&POSTGRES),
        })
    }

    /// The schema of an SQLite file, also of a copy, without changing it.
    pub async fn of_sqlite(file: &Path) -> Result<Self, OpenError> {
        let mut conn = super::copy::plain_options(file)
            .read_only(true)
            .connect()
            .await?;
        let there = newest_applied(&mut conn).await;
        conn.close().await?;
        Ok(Self {
            there,
            known: newest(&SQLITE),
        })
    }

    /// Migrates under an advisory lock, so that two servers cannot do it at once.
    pub(super) async fn bring_postgres_up_to_date(pool: &PgPool) -> Result<Migrated, OpenError> {
        let schema = Self::of_postgres(pool).await?;
        if schema.there > schema.known {
            return Err(OpenError::Newer);
        }
        POSTGRES.run(pool).await.map_err(OpenError::Migration)?;
        Ok(schema.moved(None))
    }

    /// Migrates an SQLite file, after a copy of it was made.
    pub(super) async fn bring_sqlite_up_to_date(
        file: &Path,
        options: &SqliteConnectOptions,
    ) -> Result<Migrated, OpenError> {
        let mut conn = options.connect().await?;
        let schema = Self {
            there: newest_applied(&mut conn).await,
            known: newest(&SQLITE),
        };
        if schema.there > schema.known {
            return Err(OpenError::Newer);
        }
        let copy = if 0 < schema.there && schema.there < schema.known {
            let copy = before_migration(file, schema.there).await;
            Some(copy.map_err(|cause| OpenError::Copy(Box::new(cause)))?)
        } else {
            None
        };
        SQLITE.run(&mut conn).await.map_err(OpenError::Migration)?;
        conn.close().await?;
        Ok(schema.moved(copy))
    }

    /// Lays the schema of a number (or the newest, if there is none so high) into a new file.
    pub(super) async fn lay(conn: &mut SqliteConnection, number: i64) -> Result<(), CopyError> {
        let number = number.min(newest(&SQLITE));
        SQLITE.run_to(number, conn).await.map_err(CopyError::Schema)
    }

    fn moved(self, copy: Option<PathBuf>) -> Migrated {
        match self.there {
            there if there == self.known => Migrated::Current(there),
            0 => Migrated::Laid(self.known),
            from => Migrated::Moved {
                from,
                to: self.known,
                copy,
            },
        }
    }
}

fn newest(migrator: &Migrator) -> i64 {
    migrator
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}

/// 0 where sqlx's own bookkeeping table is missing: an empty database.
async fn newest_applied<C: Migrate>(conn: &mut C) -> i64 {
    let applied = conn
        .list_applied_migrations("_sqlx_migrations")
        .await
        .unwrap_or_default();
    applied
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0)
}
