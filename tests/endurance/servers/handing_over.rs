//! A server that dies in the middle of a job: while its lease lasts the other leaves the job alone,
//! and afterwards finishes it.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use super::Two;
use crate::support::serving::Serving;
use crate::support::staffed::Staffed;
use crate::support::{Engine, TestStore, rows};

/// Where the first server dies, one wave after the other.
const DEATHS: [&str; 3] = [
    "job.claimed",
    "closing.scale-released:2",
    "closing.committed",
];
const DAYS: [(&str, &str); 3] = [
    ("2026-02-02", "2026-02-16"),
    ("2026-05-02", "2026-05-16"),
    ("2026-08-02", "2026-08-16"),
];
/// Milliseconds of a lease, in this rehearsal.
const LEASE: &str = "3000";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_server_had_begun_the_other_finishes_when_its_lease_is_over() {
    let Some(store) = TestStore::open(Engine::Postgres).await else {
        return;
    };
    let address = store.address.clone();
    let staffed = Staffed::on(store, 6).await;
    for (number, ((opens, closes), death)) in DAYS.into_iter().zip(DEATHS).enumerate() {
        staffed.app.at(&format!("{opens}T05:00:00Z")).await;
        if number == 0 {
            staffed.consent().await;
        }
        let wave = staffed.app.open_wave(&staffed.people[0].token).await;
        for person in &staffed.people {
            staffed.app.check_in(person, &wave, 50).await.good();
        }
        // For the second it is time as soon as it starts, for the first only later.
        let two = Two::new(8);
        let [other, dying] = two.at(&staffed, &format!("{closes}T04:00:00Z"));
        let other = other.with("RESPITE_REHEARSE_LEASE_MS", LEASE).start().await;
        let dying = dying.with("RESPITE_REHEARSE_LEASE_MS", LEASE);
        let dying = dying.with("RESPITE_REHEARSE_DEATH", death).spawn();
        dies(dying, death).await;
        let leased_until = lease(&address).await;
        staffed.until_wave_is(number, "closed").await;
        staffed
            .app
            .clock
            .set(format!("{closes}T06:00:00Z").parse().unwrap());
        let closings = staffed.audited("wave-closed").await;
        assert_eq!(closings.len(), number + 1, "{death}");
        if death != "closing.committed" {
            let closed = closings[number];
            assert!(
                closed >= leased_until,
                "{death}: {closed} before {leased_until}"
            );
        }
        let released = staffed.released().await;
        assert_eq!(released.len(), 3 * (number + 1), "{death}: released once");
        assert!(
            released.iter().all(|row| row["answered"] == 6),
            "{death}: {released:?}"
        );
        assert_eq!(rows(&staffed.app, "wave_keys").await, 0, "{death}");
        the_list_has(&two, &wave).await;
        drop(other);
    }
}

/// Waits for a server to die at the point that it was given.
async fn dies(mut serving: Serving, death: &str) {
    let began = Instant::now();
    while !serving.is_over() {
        let waited = began.elapsed();
        assert!(waited < Duration::from_mins(1), "does not die at {death}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Until when the job of waves belongs to whoever had it last.
async fn lease(address: &str) -> DateTime<Utc> {
    use sqlx::Connection;
    let mut conn = sqlx::PgConnection::connect(address).await.unwrap();
    let sql = "SELECT leased_until FROM jobs WHERE name = 'waves'";
    sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap()
}

/// The server that is left puts the wave on its list, whoever has counted it.
async fn the_list_has(two: &Two, wave: &str) {
    let file = two.folders[0].path().join("counted-waves");
    let began = Instant::now();
    loop {
        let list = std::fs::read_to_string(&file).unwrap_or_default();
        if list.contains(wave) {
            return;
        }
        assert!(
            began.elapsed() < Duration::from_secs(30),
            "{wave} is not on {list:?}"
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
