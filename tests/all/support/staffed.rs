//! A house whose workers can answer, on a database that real servers share: made in-process, which
//! is quick, then left to them.

use std::path::Path;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures_util::StreamExt;
use futures_util::stream;
use respite::store::{Opening, Store};
use serde_json::Value;

use super::TestStore;
use super::app::{House, Person, TestApp};
use super::load::Told;
use super::serving::Serve;

/// People who are made at the same time.
const AT_ONCE: usize = 8;

/// Sign-ins as the tests make them: cheap, and as long as a year of test.
const SETTINGS: &str = "[sign_in]\nargon2_memory_kib = 8\nargon2_passes = 1\n\
    idle_minutes = 576000\nabsolute_hours = 9600\n";

/// One team that is asked every three months, for the first time from 2 to 16 February 2026, at
/// 04:00 in UTC.
pub struct Staffed {
    pub app: TestApp,
    pub house: House,
    pub people: Vec<Person>,
    pub lead: Person,
    address: String,
    key: Vec<u8>,
}

impl Staffed {
    pub async fn on(store: TestStore, many: usize) -> Self {
        let address = store.address.clone();
        let key_file = store.folder.path().join("server.key");
        let app = TestApp::open(store).await;
        let house = app.house("haven").await;
        let whole = house.organisation.clone();
        let team = app.unit(&house, "team", "Night", &whole).await;
        let people = stream::iter(1..=many)
            .map(|number| {
                let (app, house, team) = (&app, &house, &team);
                async move { app.person(house, &format!("worker{number}"), team).await }
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        let lead = app.person(&house, "lead", &whole).await;
        app.grant(&house, &lead, "supervisor", &whole).await;
        app.plan(&house, "2026-02-02").await;
        let key = std::fs::read(key_file).expect("the server key");
        Self {
            app,
            house,
            people,
            lead,
            address,
            key,
        }
    }

    /// The same on an empty database at an address.
    pub async fn on_address(address: &str, many: usize) -> Self {
        let store = Store::open(address, Opening::Migrate).await;
        let store = TestStore {
            store: store.expect("the database opens"),
            address: address.to_owned(),
            folder: tempfile::tempdir().expect("a folder"),
        };
        Self::on(store, many).await
    }

    /// Everybody accepts the consent text.
    pub async fn consent(&self) {
        stream::iter(&self.people)
            .for_each_concurrent(AT_ONCE, |person| self.app.consent(&person.token, "cbi"))
            .await;
    }

    /// A server with the key of this installation and a folder of its own, whose clock shows an
    /// instant when it starts and whose timetable is quick.
    pub fn server(&self, folder: &Path, now: &str) -> Serve {
        std::fs::write(folder.join("server.key"), &self.key).expect("the key");
        let only_owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(folder.join("server.key"), only_owner).expect("the key's mode");
        Serve::on(&self.address, folder)
            .settings(SETTINGS)
            .with("RESPITE_REHEARSE_NOW", now)
            .with("RESPITE_REHEARSE_TICK_MS", "50")
    }

    /// Waves as the administrator sees them, oldest first.
    pub async fn waves(&self) -> Vec<Value> {
        let waves = self.app.get(&self.house.admin, "/waves").await.good();
        waves["waves"].as_array().expect("waves").clone()
    }

    /// Waits until a wave is where it should be; says its id. Panics if it does not come there.
    pub async fn until_wave_is(&self, number: usize, state: &str) -> String {
        let began = Instant::now();
        loop {
            let waves = self.waves().await;
            if let Some(wave) = waves.get(number).filter(|wave| wave["state"] == state) {
                return wave["id"].as_str().expect("an id").to_owned();
            }
            let waited = began.elapsed();
            assert!(waited < Duration::from_mins(1), "not {state}: {waves:?}");
            // Waiting for a process is not a matter of the clock that is passed in.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// When something was done, as often as it stands in the audit.
    pub async fn audited(&self, change: &str) -> Vec<DateTime<Utc>> {
        let mut instants = Vec::new();
        let mut after = Some(0);
        while let Some(last) = after {
            let path = format!("/audit?after={last}");
            let page = self.app.get(&self.house.admin, &path).await.good();
            let entries = page["entries"].as_array().expect("entries");
            let such = entries
                .iter()
                .filter(|entry| entry["change"]["change"] == change);
            instants.extend(such.map(|entry| {
                entry["at"]
                    .as_str()
                    .expect("an instant")
                    .parse::<DateTime<Utc>>()
                    .expect("an instant")
            }));
            after = page["next"].as_i64();
        }
        instants
    }

    /// What was released about the whole organisation: one row a scale and wave.
    pub async fn released(&self) -> Vec<Value> {
        let whole = &self.house.organisation;
        self.app.publications(&self.lead.token, whole).await
    }
}

/// After the count.
impl Staffed {
    /// Whoever was acknowledged is in the released numbers with what she said last, and her own
    /// record says so; nobody else is. Panics with the difference.
    pub async fn released_is_what_was_acknowledged(&self, wave: &str, told: &[Told]) {
        let kept: Vec<i64> = told.iter().filter_map(|one| one.kept).collect();
        let mut differences = Vec::new();
        for one in told {
            let path = format!("/me/waves/{wave}");
            let own = self.app.get(&one.person.token, &path).await.good();
            let answer = own["check_in"]["answers"]["cbi.personal.1"].as_i64();
            let is_counted = own["check_in"]["counted_at"] == "unit";
            if answer != one.kept || is_counted != one.kept.is_some() {
                differences.push(format!("{:?}: {}", one.kept, own["check_in"]));
            }
        }
        let released = self.released().await;
        let row = released.iter().find(|row| row["scale"] == "cbi.personal");
        let row = row.unwrap_or_else(|| panic!("no row of the scale: {released:?}"));
        assert!(differences.is_empty(), "{differences:?}; released {row}");
        assert_eq!(row["answered"], kept.len(), "{row}");
        let (sum, number) = (kept.iter().sum::<i64>(), i64::try_from(kept.len()).unwrap());
        let mean = (2 * sum + number) / (2 * number);
        assert_eq!(row["mean"], mean, "the mean of what each said last: {row}");
    }
}
