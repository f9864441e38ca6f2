//! Row order. Rows lie in a file in the order of their arrival; a reader of the file could link
//! arrivals with people. So the tables of open waves are written anew, in key order, every few
//! minutes and at every count, and those of choices and drafts every day. VACUUM would not do: it
//! leaves old bytes in pages.

use super::{Store, StoreError, Tx, on};
use crate::rehearsal::point;

/// SQLite: new table, empty the old one, drop it, rename. The pages of the old one are overwritten
/// (`secure_delete`). No statement is one that has to be undone by itself, which would keep all
/// those pages in memory: that is why it says `OR FAIL`, and why a table is emptied before it is
/// dropped (`DROP TABLE` is always undone by itself).
const SQLITE: [&str; 10] = [
    "CREATE TABLE open_records_anew (
        locator BLOB PRIMARY KEY NOT NULL,
        wave BLOB NOT NULL,
        ciphertext BLOB NOT NULL
    ) STRICT, WITHOUT ROWID",
    "INSERT OR FAIL INTO open_records_anew SELECT locator, wave, ciphertext FROM open_records
        ORDER BY locator",
    "DELETE FROM open_records",
    "DROP TABLE open_records",
    "ALTER TABLE open_records_anew RENAME TO open_records",
    "CREATE TABLE ballots_anew (
        id BLOB PRIMARY KEY NOT NULL,
        wave BLOB NOT NULL,
        tag BLOB NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT, WITHOUT ROWID",
    "INSERT OR FAIL INTO ballots_anew SELECT id, wave, tag, sealed FROM ballots ORDER BY id",
    "DELETE FROM ballots",
    "DROP TABLE ballots",
    "ALTER TABLE ballots_anew RENAME TO ballots",
];

/// The locks, always in this order; every submission touches `open_records` first.
const POSTGRES_LOCK: &str = "LOCK TABLE open_records, ballots IN ACCESS EXCLUSIVE MODE";

const POSTGRES: [&str; 5] = [
    "CREATE TEMPORARY TABLE open_records_aside ON COMMIT DROP AS SELECT * FROM open_records",
    "CREATE TEMPORARY TABLE ballots_aside ON COMMIT DROP AS SELECT * FROM ballots",
    "TRUNCATE open_records, ballots",
    "INSERT INTO open_records SELECT * FROM open_records_aside ORDER BY locator",
    "INSERT INTO ballots SELECT * FROM ballots_aside ORDER BY id",
];

/// Before the locks above: a count reads the key first, then the ballots.
const POSTGRES_LOCK_KEYS: &str = "LOCK TABLE wave_keys IN ACCESS EXCLUSIVE MODE";

const POSTGRES_KEYS: &str = "
    CREATE TEMPORARY TABLE wave_keys_aside ON COMMIT DROP AS SELECT * FROM wave_keys;
    TRUNCATE wave_keys;
    INSERT INTO wave_keys SELECT * FROM wave_keys_aside ORDER BY wave;";

/// What lasts from wave to wave: written seldom, and too much for every few minutes.
const SQLITE_LASTING: &str = "
    CREATE TABLE choices_anew (
        locator BLOB PRIMARY KEY NOT NULL,
        ciphertext BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT OR FAIL INTO choices_anew SELECT locator, ciphertext FROM choices ORDER BY locator;
    DELETE FROM choices;
    DROP TABLE choices;
    ALTER TABLE choices_anew RENAME TO choices;
    CREATE TABLE drafts_anew (
        locator BLOB PRIMARY KEY NOT NULL,
        ciphertext BLOB NOT NULL,
        expires_on TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT OR FAIL INTO drafts_anew SELECT locator, ciphertext, expires_on FROM drafts ORDER BY locator;
    DELETE FROM drafts;
    DROP TABLE drafts;
    ALTER TABLE drafts_anew RENAME TO drafts;";

/// Gives way to a backup, which holds these tables while it reads them.
const POSTGRES_LASTING: &str = "
    SET LOCAL lock_timeout = '2s';
    LOCK TABLE choices, drafts IN ACCESS EXCLUSIVE MODE;
    CREATE TEMPORARY TABLE choices_aside ON COMMIT DROP AS SELECT * FROM choices;
    CREATE TEMPORARY TABLE drafts_aside ON COMMIT DROP AS SELECT * FROM drafts;
    TRUNCATE choices, drafts;
    INSERT INTO choices SELECT * FROM choices_aside ORDER BY locator;
    INSERT INTO drafts SELECT * FROM drafts_aside ORDER BY locator;";

impl Tx {
    /// Keeps everyone else away from `open_records` and `ballots` until the commit. On SQLite
    /// there is one writer, and nothing to do.
    pub async fn lock_open_tables(&mut self) -> Result<(), StoreError> {
        if let Self::Postgres(tx) = self {
            sqlx::raw_sql(POSTGRES_LOCK).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Keeps everyone else away from `wave_keys` until the commit. Comes before
    /// [`lock_open_tables`](Self::lock_open_tables).
    pub async fn lock_wave_keys(&mut self) -> Result<(), StoreError> {
        if let Self::Postgres(tx) = self {
            sqlx::raw_sql(POSTGRES_LOCK_KEYS).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Leaves nothing of a key that was destroyed: on PostgreSQL its bytes would stay in the page
    /// until something else is written over them. SQLite has overwritten them already.
    pub async fn rebuild_wave_keys(&mut self) -> Result<(), StoreError> {
        if let Self::Postgres(tx) = self {
            sqlx::raw_sql(POSTGRES_KEYS).execute(&mut **tx).await?;
        }
        Ok(())
    }

    /// Writes `open_records` and `ballots` anew in key order, all waves together. On PostgreSQL
    /// `lock_open_tables` comes first.
    pub async fn rebuild_open_tables(&mut self) -> Result<(), StoreError> {
        let statements: &[&'static str] = match self {
            Self::SqliteWrite(_) | Self::SqliteRead(_) => &SQLITE,
            Self::Postgres(_) => &POSTGRES,
        };
        for &statement in statements {
            on!(self, conn => sqlx::raw_sql(statement).execute(conn).await.map(drop))?;
            point("row-order.statement");
        }
        Ok(())
    }
}

impl Store {
    /// The job of every few minutes. The old pages are still in the write-ahead log until
    /// [`Store::empty_log`].
    pub async fn rebuild_open_tables(&self) -> Result<(), StoreError> {
        let mut tx = self.write_alone().await?;
        tx.lock_open_tables().await?;
        tx.rebuild_open_tables().await?;
        tx.commit().await?;
        point("row-order.committed");
        Ok(())
    }

    /// Writes `choices` and `drafts` anew in key order, once a day: people accept the first text
    /// on the day on which they make their vault or check in, so the order of these rows would
    /// tell whose they are. Reads of both are READ COMMITTED, as those of the open tables.
    pub async fn rebuild_lasting_tables(&self) -> Result<(), StoreError> {
        let mut tx = self.write_alone().await?;
        match &mut tx {
            Tx::SqliteWrite(conn) => sqlx::raw_sql(SQLITE_LASTING)
                .execute(&mut **conn)
                .await
                .map(|_| ())?,
            Tx::SqliteRead(_) => {}
            Tx::Postgres(conn) => sqlx::raw_sql(POSTGRES_LASTING)
                .execute(&mut **conn)
                .await
                .map(|_| ())?,
        }
        tx.commit().await
    }
}
