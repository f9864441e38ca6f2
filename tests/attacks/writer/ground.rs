//! A team in an open wave, and a hand that writes to the database behind the server's back.

use respite::store::{EngineName, Tx};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::support::app::{Came, House, Person, TestApp, cbi};
use crate::support::{Engine, TestStore};

pub const OPENS: &str = "2026-02-02T05:00:00Z";
pub const CLOSE: &str = "2026-02-16T05:00:00Z";

/// One team that an open wave asks, and somebody who is shown everything that is released.
pub struct Scene {
    pub app: TestApp,
    pub house: House,
    pub team: String,
    pub people: Vec<Person>,
    pub lead: String,
    pub wave: String,
}

impl Scene {
    /// Everyone has consented; nobody has answered.
    pub async fn open(store: TestStore, many: usize) -> Self {
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let team = app.unit(&house, "team", "Night", &house.organisation).await;
        let people = app.people(&house, &team, "worker", many).await;
        let lead = app.person(&house, "lead", &house.organisation).await;
        app.grant(&house, &lead, "supervisor", &house.organisation)
            .await;
        app.plan(&house, "2026-02-02").await;
        app.at(OPENS).await;
        let wave = app.open_wave(&people[0].token).await;
        for person in &people {
            app.consent(&person.token, "cbi").await;
        }
        Self {
            app,
            house,
            team,
            people,
            lead: lead.token,
            wave,
        }
    }

    /// Everyone has answered 50.
    pub async fn answered(store: TestStore, many: usize) -> Self {
        let scene = Self::open(store, many).await;
        for person in &scene.people {
            scene.answer(person, 50).await.good();
        }
        scene
    }

    pub async fn answer(&self, person: &Person, value: i64) -> Came {
        self.app.check_in(person, &self.wave, value).await
    }

    /// The same with a choice of how far she is counted.
    pub async fn answer_as(&self, person: &Person, value: i64, reach: &str) -> Came {
        let mut sheet = cbi(value);
        sheet["reach"] = json!(reach);
        let path = format!("/me/waves/{}/check-in", self.wave);
        self.app.put(&person.token, &path, sheet).await
    }

    pub async fn close(&self) {
        self.app.at(CLOSE).await;
    }

    /// Where the first wave of the house stands.
    pub async fn state(&self) -> String {
        let waves = self.app.get(&self.house.admin, "/waves").await.good();
        waves["waves"][0]["state"].as_str().unwrap().to_owned()
    }

    /// The first scale of the newest wave, as it is shown of a unit.
    pub async fn shown(&self, unit: &str) -> Value {
        let rows = self.app.publications(&self.lead, unit).await;
        let newest = rows.last().expect("a wave that was counted")["wave"].clone();
        let mut rows = rows.into_iter().filter(|row| row["wave"] == newest);
        rows.next().unwrap()
    }

    pub async fn audit(&self) -> String {
        let audit = self.app.get(&self.house.admin, "/audit?limit=200").await;
        audit.good().to_string()
    }

    /// Destroyed unreleased, with an entry in the audit.
    pub async fn must_be_stopped(&self) {
        assert_eq!(self.state().await, "stopped");
        for table in ["ballots", "wave_keys", "tallies", "open_records"] {
            assert_eq!(count(&self.app, table).await, 0, "{table}");
        }
        assert!(self.audit().await.contains("wave-stopped"));
    }
}

/// One more empty database of the same engine.
pub async fn another(engine: EngineName) -> TestStore {
    let engine = match engine {
        EngineName::Sqlite => Engine::Sqlite,
        EngineName::Postgres => Engine::Postgres,
    };
    TestStore::open(engine).await.expect("it was there before")
}

/// Writes whatever she likes.
pub async fn write(app: &TestApp, sql: &str) {
    let mut tx = app.app.store.write().await.unwrap();
    let done = match &mut tx {
        Tx::SqliteWrite(conn) => sqlx::raw_sql(by_hand(sql))
            .execute(&mut **conn)
            .await
            .map(drop),
        Tx::Postgres(conn) => sqlx::raw_sql(by_hand(sql))
            .execute(&mut **conn)
            .await
            .map(drop),
        Tx::SqliteRead(_) => unreachable!("a writing transaction"),
    };
    done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    tx.commit().await.unwrap();
}

/// Rows of a table; a condition may follow its name.
pub async fn count(app: &TestApp, table: &str) -> i64 {
    let sql = format!("SELECT COUNT(*) FROM {table}");
    match &mut app.app.store.read_newest().await.unwrap() {
        Tx::SqliteRead(conn) => {
            sqlx::query_scalar(by_hand(&sql))
                .fetch_one(&mut **conn)
                .await
        }
        Tx::Postgres(conn) => {
            sqlx::query_scalar(by_hand(&sql))
                .fetch_one(&mut **conn)
                .await
        }
        Tx::SqliteWrite(_) => unreachable!("a reading view"),
    }
    .unwrap()
}

/// Bytes of one row.
pub async fn bytes(app: &TestApp, sql: &str) -> Vec<u8> {
    match &mut app.app.store.read_newest().await.unwrap() {
        Tx::SqliteRead(conn) => {
            sqlx::query_scalar(by_hand(sql))
                .fetch_one(&mut **conn)
                .await
        }
        Tx::Postgres(conn) => {
            sqlx::query_scalar(by_hand(sql))
                .fetch_one(&mut **conn)
                .await
        }
        Tx::SqliteWrite(_) => unreachable!("a reading view"),
    }
    .unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// Takes a copy of tables as they are now.
pub async fn keep(app: &TestApp, tables: &[&str]) {
    for table in tables {
        let sql = format!(
            "DROP TABLE IF EXISTS kept_{table}; CREATE TABLE kept_{table} AS SELECT * FROM {table}"
        );
        write(app, &sql).await;
    }
}

/// Makes tables what they were.
pub async fn put_back(app: &TestApp, tables: &[&str]) {
    for table in tables {
        let sql = format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_{table}");
        write(app, &sql).await;
    }
}

/// An id as the engine writes it.
pub fn id(app: &TestApp, text: &str) -> String {
    match app.app.store.engine() {
        EngineName::Sqlite => format!("X'{}'", text.replace('-', "")),
        EngineName::Postgres => format!("CAST('{text}' AS uuid)"),
    }
}

/// Bytes as the engine writes them.
pub fn blob(app: &TestApp, bytes: &[u8]) -> String {
    use std::fmt::Write;
    let hex = bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    });
    match app.app.store.engine() {
        EngineName::Sqlite => format!("X'{hex}'"),
        EngineName::Postgres => format!("decode('{hex}', 'hex')"),
    }
}

/// True and false as the engine writes them.
pub fn truth(app: &TestApp, is_so: bool) -> &'static str {
    match (app.app.store.engine(), is_so) {
        (EngineName::Sqlite, true) => "1",
        (EngineName::Sqlite, false) => "0",
        (EngineName::Postgres, true) => "TRUE",
        (EngineName::Postgres, false) => "FALSE",
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "what an attacker writes is made here, and goes to no database but a test's"
)]
fn by_hand(sql: &str) -> AssertSqlSafe<String> {
    AssertSqlSafe(sql.to_owned())
}
