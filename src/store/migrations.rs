//! The schema's version: embedded migrations for both engines, same numbers, same names.

use std::path::Path;

use sqlx::migrate::{Migrate, Migrator};
use sqlx::postgres::PgPool;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::OpenError;

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

/// What `migrate` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Migrated {
    /// There was nothing to do.
    Current,
    /// The schema moved from one number to another.
    From(i64, i64),
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

    /// The schema of an SQLite file, without changing it.
    pub async fn of_sqlite(file: &Path) -> Result<Self, OpenError> {
        let mut conn = super::open::sqlite_options(file)
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
    pub async fn bring_postgres_up_to_date(pool: &PgPool) -> Result<(), OpenError> {
        let schema = Self::of_postgres(pool).await?;
        if schema.there > schema.known {
            return Err(OpenError::Newer);
        }
        POSTGRES.run(pool).await.map_err(OpenError::Migration)
    }

    /// Migrates an SQLite file.
    pub(super) async fn bring_sqlite_up_to_date(
        options: &SqliteConnectOptions,
    ) -> Result<(), OpenError> {
        let mut conn = options.connect().await?;
        let schema = Self {
            there: newest_applied(&mut conn).await,
            known: newest(&SQLITE),
        };
        if schema.there > schema.known {
            return Err(OpenError::Newer);
        }
        SQLITE.run(&mut conn).await.map_err(OpenError::Migration)?;
        conn.close().await?;
        Ok(())
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
