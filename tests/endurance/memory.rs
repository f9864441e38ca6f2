//! The memory of a server while a wave ends: what it holds does not grow with the records. They lie
//! in the table already, as if many more had checked in; nobody opens them.

use std::time::{Duration, Instant};

use respite::ids::{PlanId, WaveId};
use sqlx::{Connection, SqliteConnection};

use crate::support::serving::Serving;
use crate::support::staffed::Staffed;
use crate::support::{Engine, TestStore};

/// Enough to fill every cache, which is bounded as well.
const FEW: i64 = 12_000;
const MANY: i64 = 4 * FEW;
/// What may come with so many more, in KiB. Kept page by page they would be 150 MB.
const MORE: u64 = 24 * 1024;

/// Records of an open wave, and ended ones among which they will be put.
async fn fill(address: &str, wave: &str, records: i64) {
    let open = "WITH RECURSIVE numbers (number) AS
            (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < $1)
        INSERT INTO open_records (locator, wave, ciphertext)
        SELECT randomblob(32), $2, randomblob(2200) FROM numbers";
    let ended = "WITH RECURSIVE numbers (number) AS
            (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < $1)
        INSERT INTO records (locator, organisation, keep_until, ciphertext)
        SELECT randomblob(32), $2, '2030-01-01', randomblob(600) FROM numbers";
    let wave = WaveId(wave.parse().unwrap());
    let mut conn = SqliteConnection::connect(address).await.unwrap();
    let filled = sqlx::query(open).bind(records).bind(wave);
    filled.execute(&mut conn).await.unwrap();
    let filled = sqlx::query(ended).bind(records).bind(PlanId::new());
    filled.execute(&mut conn).await.unwrap();
    conn.close().await.unwrap();
}

/// What a server holds at most, in KiB, from its start until a wave with so many records has ended
/// and the log is empty.
async fn peak(records: i64) -> u64 {
    let store = TestStore::open(Engine::Sqlite).await.unwrap();
    let (address, file) = (
        store.address.clone(),
        store.folder.path().join("respite.db"),
    );
    let staffed = Staffed::on(store, 6).await;
    staffed.app.at("2026-02-02T05:00:00Z").await;
    let wave = staffed.app.open_wave(&staffed.people[0].token).await;
    fill(&address, &wave, records).await;
    let folder = tempfile::tempdir().unwrap();
    let serving = staffed.server(folder.path(), "2026-02-16T04:00:01Z");
    let serving = serving.start().await;
    staffed.until_wave_is(0, "closed").await;
    log_is_emptied(&file.with_extension("db-wal")).await;
    assert!(!serving.said().contains("ERROR"), "{}", serving.said());
    most_kib(&serving)
}

async fn log_is_emptied(log: &std::path::Path) {
    let began = Instant::now();
    while std::fs::metadata(log).is_ok_and(|log| log.len() > 1 << 20) {
        assert!(began.elapsed() < Duration::from_mins(1), "a long log");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// What the system says that it has held at most.
fn most_kib(serving: &Serving) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", serving.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.unwrap().trim().trim_end_matches(" kB");
    number.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wave_of_four_times_as_many_closes_in_the_same_memory() {
    let few = peak(FEW).await;
    let many = peak(MANY).await;
    assert!(
        many < few + MORE,
        "{many} KiB with {MANY} records, {few} KiB with {FEW}"
    );
}
