//! The database behind the server's back, on either engine: a few questions with one number or a
//! few ids as the answer.

use chrono::{DateTime, Utc};
use respite::ids::WaveId;
use sqlx::{Connection, PgConnection, SqliteConnection};
use uuid::Uuid;

/// A connection of the test's own.
pub enum Sql {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

macro_rules! ask {
    ($sql:expr, $conn:ident => $body:expr) => {
        match $sql {
            Sql::Sqlite($conn) => $body,
            Sql::Postgres($conn) => $body,
        }
        .unwrap()
    };
}

/// One released row: scale, unit, answered, mean, at or above the cut, stayed.
pub type Row = (String, Uuid, i64, i64, Option<i64>, i64);

impl Sql {
    pub async fn open(address: &str) -> Self {
        if address.starts_with("sqlite:") {
            Self::Sqlite(SqliteConnection::connect(address).await.unwrap())
        } else {
            Self::Postgres(PgConnection::connect(address).await.unwrap())
        }
    }

    /// One number.
    pub async fn number(&mut self, sql: &'static str) -> i64 {
        ask!(self, conn => sqlx::query_scalar(sql).fetch_one(conn).await)
    }

    /// One column of texts.
    pub async fn texts(&mut self, sql: &'static str) -> Vec<String> {
        ask!(self, conn => sqlx::query_scalar(sql).fetch_all(conn).await)
    }

    /// Every wave with its state, oldest first.
    pub async fn waves(&mut self) -> Vec<(WaveId, String)> {
        const SQL: &str = "SELECT id, state FROM waves ORDER BY opens_at, id";
        ask!(self, conn => sqlx::query_as(SQL).fetch_all(conn).await)
    }

    /// Every ballot with its wave.
    pub async fn ballots(&mut self) -> Vec<(Uuid, WaveId)> {
        const SQL: &str = "SELECT id, wave FROM ballots ORDER BY id";
        ask!(self, conn => sqlx::query_as(SQL).fetch_all(conn).await)
    }

    /// The wave's public key.
    pub async fn public_key(&mut self, wave: WaveId) -> Vec<u8> {
        const SQL: &str = "SELECT public_key FROM waves WHERE id = $1";
        ask!(self, conn => sqlx::query_scalar(SQL).bind(wave).fetch_one(conn).await)
    }

    /// When the wave closes.
    pub async fn closes_at(&mut self, wave: WaveId) -> DateTime<Utc> {
        const SQL: &str = "SELECT closes_at FROM waves WHERE id = $1";
        ask!(self, conn => sqlx::query_scalar(SQL).bind(wave).fetch_one(conn).await)
    }

    /// The released scales of a wave, as they were opened.
    pub async fn scales(&mut self, wave: WaveId) -> String {
        const SQL: &str = "SELECT scales FROM waves WHERE id = $1";
        ask!(self, conn => sqlx::query_scalar(SQL).bind(wave).fetch_one(conn).await)
    }

    /// The tree of a wave.
    pub async fn tree(&mut self, wave: WaveId) -> Vec<(Uuid, Option<Uuid>)> {
        const SQL: &str = "SELECT unit, parent FROM wave_units WHERE wave = $1";
        ask!(self, conn => sqlx::query_as(SQL).bind(wave).fetch_all(conn).await)
    }

    /// The released rows of a wave.
    pub async fn tallies(&mut self, wave: WaveId) -> Vec<Row> {
        const SQL: &str = "SELECT scale, unit, answered, mean, at_or_above_cut, stayed
            FROM tallies WHERE wave = $1 ORDER BY scale, unit";
        ask!(self, conn => sqlx::query_as(SQL).bind(wave).fetch_all(conn).await)
    }

    /// Waits until no server that was killed is still at work in the database: PostgreSQL ends a
    /// statement, and may commit it, although nobody waits for the answer any more.
    pub async fn is_alone(&mut self) {
        const OTHERS: &str = "SELECT COUNT(*) FROM pg_stat_activity
            WHERE backend_type = 'client backend' AND datname = current_database()
                AND pid <> pg_backend_pid()";
        if let Self::Postgres(_) = self {
            while self.number(OTHERS).await > 0 {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        }
    }
}
