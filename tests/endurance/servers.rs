//! Two real servers on one PostgreSQL: each check-in is counted or refused, never neither, never
//! twice; what runs by itself runs once; and what one leaves when it is killed the other takes
//! over. `RESPITE_TEST_WORKERS=2000 ./test.sh cargo test --test endurance servers` for more people.

mod handing_over;
mod starting;

use chrono::{DateTime, Utc};

use crate::support::load::Load;
use crate::support::serving::{Serve, Serving};
use crate::support::staffed::Staffed;
use crate::support::{Engine, TestStore, rows};

/// Workers of the team.
fn workers() -> usize {
    let set = std::env::var("RESPITE_TEST_WORKERS").ok();
    set.map_or(200, |number| number.parse().expect("a number"))
}

/// Two servers on one installation, each with a folder of its own.
struct Two {
    folders: [tempfile::TempDir; 2],
    /// By how many seconds the second clock is ahead of the first.
    ahead: i64,
}

impl Two {
    fn new(ahead: i64) -> Self {
        Self {
            folders: std::array::from_fn(|_| tempfile::tempdir().unwrap()),
            ahead,
        }
    }

    /// As they are started when the later of their clocks shows an instant.
    fn at(&self, staffed: &Staffed, later: &str) -> [Serve; 2] {
        let later: DateTime<Utc> = later.parse().unwrap();
        let earlier = later - chrono::Duration::seconds(self.ahead);
        let now = [earlier, later].map(|now| now.to_rfc3339());
        std::array::from_fn(|at| staffed.server(self.folders[at].path(), &now[at]))
    }
}

async fn start(servers: &[Serve]) -> Vec<Serving> {
    let started: Vec<Serving> = servers.iter().map(Serve::spawn).collect();
    for serving in &started {
        serving.answers().await;
    }
    started
}

/// In both logs together.
fn said(servers: &[Serving], words: &str) -> usize {
    let count = |one: &Serving| one.said().matches(words).count();
    servers.iter().map(count).sum()
}

/// Everybody submits through both servers while the wave closes by the clock that is ahead.
async fn each_is_counted_or_told(ahead: i64) {
    let Some(store) = TestStore::open(Engine::Postgres).await else {
        return;
    };
    let staffed = Staffed::on(store, workers()).await;
    let two = Two::new(ahead);
    let opening = start(&two.at(&staffed, "2026-02-02T03:59:58Z")).await;
    let wave = staffed.until_wave_is(0, "open").await;
    let once = "a daily job runs on one of them";
    assert_eq!(said(&opening, "\"audit head\""), 1, "{once}");
    drop(opening);
    staffed
        .app
        .clock
        .set("2026-02-02T05:00:00Z".parse().unwrap());
    staffed.consent().await;
    let closing = start(&two.at(&staffed, "2026-02-16T03:59:48Z")).await;
    let addresses: Vec<_> = closing.iter().map(|one| one.address).collect();
    let told = Load::begin(&addresses, &staffed.people, &wave).end().await;
    staffed.until_wave_is(0, "closed").await;
    assert_eq!(said(&closing, "\"audit head\""), 1, "{once}");
    staffed
        .app
        .clock
        .set("2026-02-16T05:00:00Z".parse().unwrap());
    staffed
        .released_is_what_was_acknowledged(&wave, &told)
        .await;
    assert_eq!(staffed.audited("wave-opened").await.len(), 1);
    assert_eq!(staffed.audited("wave-closed").await.len(), 1);
    for table in ["ballots", "open_records", "wave_keys"] {
        assert_eq!(rows(&staffed.app, table).await, 0, "{table}");
    }
    let counted = told.iter().filter(|one| one.kept.is_some()).count();
    assert_eq!(
        rows(&staffed.app, "records").await,
        i64::try_from(counted).unwrap()
    );
    assert!(told.iter().any(|one| one.closed), "nobody met the close");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_a_wave_closes_each_of_two_hundred_is_counted_or_told() {
    each_is_counted_or_told(0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clocks_that_differ_by_two_minutes_lose_nobody_and_count_nobody_twice() {
    each_is_counted_or_told(120).await;
}
