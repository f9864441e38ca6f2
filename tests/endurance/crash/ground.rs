//! An organisation on a disk: prepared once within the test, then served by the real program. Its
//! passwords are cheap and its sign-ins last; nothing else differs from an installation.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Months, NaiveDate, Utc};
use respite::ids::WaveId;
use respite::store::{Opening, Store};
use tempfile::TempDir;

use super::ledger::{Ended, Ledger, Said};
use super::sql::Sql;
use crate::support::TestStore;
use crate::support::app::TestApp;
use crate::support::cluster::Cluster;
use crate::support::serving::{Serve, Serving};

/// The house's short name.
pub const HOUSE: &str = "haven";
/// A server that is served from here knows everyone who signed in before.
const SETTINGS: &str = "[sign_in]
idle_minutes = 576000
absolute_hours = 9600
argon2_memory_kib = 8
argon2_passes = 1
";
/// The timetable of a rehearsal, in milliseconds.
const TICK: &str = "100";

/// A worker, her sign-in, and what she knows.
#[derive(Clone, Debug)]
pub struct Worker {
    pub number: usize,
    pub sign_in: String,
    pub token: String,
    /// By wave.
    pub ledgers: BTreeMap<WaveId, Ledger>,
    /// Of her unfinished form, which every check-in and every erasure forgets.
    pub drafts: BTreeMap<WaveId, Ledger>,
}

impl Worker {
    pub fn ledger(&mut self, wave: WaveId) -> &mut Ledger {
        self.ledgers.entry(wave).or_default()
    }

    pub fn draft(&mut self, wave: WaveId) -> &mut Ledger {
        self.drafts.entry(wave).or_default()
    }

    /// A request that would make her check-in so.
    pub fn note(&mut self, wave: WaveId, said: Said, ended: &Ended) {
        self.ledger(wave).note(said, ended);
        self.draft(wave).note(Said::Nothing, ended);
    }
}

/// Everything that is needed to serve, kill and look.
pub struct Ground {
    pub serve: Serve,
    pub workers: Vec<Worker>,
    pub admin: String,
    /// Holds database (of SQLite), server key and list.
    pub folder: TempDir,
    /// PostgreSQL of its own, where it is to be killed too.
    pub cluster: Option<Cluster>,
    /// Whether the list says of the wave, before it closes, that it was counted.
    pub was_counted_elsewhere: bool,
}

impl Ground {
    /// An organisation with teams of these sizes and a quarterly plan, on a database.
    pub async fn prepare(
        address: Option<String>,
        cluster: Option<Cluster>,
        teams: &[usize],
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let in_the_folder = format!("sqlite:{}", folder.path().join("respite.db").display());
        let address = address.unwrap_or(in_the_folder);
        let (workers, admin) = people(&address, folder.path(), teams).await;
        Self {
            serve: served(&address, folder.path()),
            workers,
            admin,
            folder,
            cluster,
            was_counted_elsewhere: false,
        }
    }

    /// The same over another database, with copies of the files beside it.
    pub fn over(&self, database: &str, folder: TempDir) -> Self {
        for name in ["server.key", "counted-waves"] {
            std::fs::copy(self.folder.path().join(name), folder.path().join(name)).unwrap();
        }
        Self {
            serve: served(database, folder.path()),
            workers: self.workers.clone(),
            admin: self.admin.clone(),
            folder,
            cluster: None,
            was_counted_elsewhere: false,
        }
    }

    /// What is served, with a clock that starts then.
    pub fn at(&self, now: DateTime<Utc>) -> Serve {
        self.serve
            .clone()
            .with("RESPITE_REHEARSE_NOW", &now.to_rfc3339())
    }

    pub async fn sql(&self) -> Sql {
        Sql::open(&self.serve.database).await
    }

    /// Waits for the newest wave to be in a state, and returns its id.
    pub async fn newest_wave(&self, serving: &mut Serving, state: &str, many: usize) -> WaveId {
        let mut sql = self.sql().await;
        let began = std::time::Instant::now();
        loop {
            let waves = sql.waves().await;
            if let Some((wave, at)) = waves.last().filter(|_| waves.len() == many)
                && at == state
            {
                return *wave;
            }
            assert!(!serving.is_over(), "it ended: {}", serving.said());
            let waited = began.elapsed();
            assert!(waited.as_secs() < 90, "{waves:?}, {}", serving.said());
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    }
}

fn served(database: &str, folder: &Path) -> Serve {
    Serve::on(database, folder)
        .settings(SETTINGS)
        .with("RESPITE_REHEARSE_TICK_MS", TICK)
}

/// When the plan's wave of a number opens, counting from 1; it lasts two weeks.
pub fn opening(number: u32) -> DateTime<Utc> {
    let first = NaiveDate::from_ymd_opt(2027, 2, 1).unwrap();
    let day = first + Months::new(3 * (number - 1));
    day.and_hms_opt(5, 0, 0).unwrap().and_utc()
}

/// Makes the organisation within the test, and lets the database go.
async fn people(address: &str, folder: &Path, teams: &[usize]) -> (Vec<Worker>, String) {
    let kept = tempfile::Builder::new().tempdir_in(folder).unwrap();
    let app = TestApp::open(TestStore {
        store: Store::open(address, Opening::Migrate).await.unwrap(),
        address: address.to_owned(),
        folder: kept,
    })
    .await;
    app.clock.set("2026-12-01T05:00:00Z".parse().unwrap());
    let house = app.house(HOUSE).await;
    let mut workers = Vec::new();
    for (number, size) in teams.iter().enumerate() {
        let name = format!("Team {number}");
        let team = app.unit(&house, "team", &name, &house.organisation).await;
        for one in 1..=*size {
            let sign_in = format!("team{number}-{one}");
            let person = app.person(&house, &sign_in, &team).await;
            app.consent(&person.token, "cbi").await;
            workers.push(Worker {
                number: workers.len(),
                sign_in,
                token: person.token,
                ledgers: BTreeMap::new(),
                drafts: BTreeMap::new(),
            });
        }
    }
    app.plan(&house, "2027-02-01").await;
    app.app.store.empty_log().await.unwrap();
    app.app.store.close().await;
    let made = app.app.settings.server_key_file();
    std::fs::copy(made, folder.join("server.key")).unwrap();
    (workers, house.admin)
}
