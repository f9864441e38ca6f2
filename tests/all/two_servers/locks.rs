//! Who checks in shares a wave, who closes it owns it: on PostgreSQL each waits for the other, not
//! by chance but always. SQLite has one writer, and nothing to wait for.

use std::time::Duration;

use respite::ids::WaveId;
use respite::jobs;
use respite::store::Tx;

use super::Ground;
use crate::support::app::TestApp;
use crate::support::{Engine, TestStore, both, rows};

/// A team with an open wave, on PostgreSQL.
fn on_postgres(body: impl AsyncFnOnce(Ground, WaveId)) {
    both::run(Engine::Postgres, async |store: TestStore| {
        let ground = Ground::prepare(store, 6).await;
        ground.both_run("2026-02-02T05:00:00Z").await;
        ground.consents().await;
        let wave = ground.first.open_wave(&ground.people[0].token).await;
        body(ground, wave.parse().unwrap()).await;
    });
}

/// The number of the database process that works for a transaction.
async fn process(tx: &mut Tx) -> i32 {
    const SQL: &str = "SELECT pg_backend_pid()";
    match tx {
        Tx::Postgres(conn) => sqlx::query_scalar(SQL).fetch_one(&mut **conn).await,
        _ => unreachable!("PostgreSQL"),
    }
    .unwrap()
}

/// Returns when somebody waits for this process; never, if nobody does.
async fn somebody_waits_for(app: &TestApp, process: i32) {
    const SQL: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))";
    loop {
        let waiting: i64 = match &mut app.app.store.read_newest().await.unwrap() {
            Tx::Postgres(conn) => sqlx::query_scalar(SQL)
                .bind(process)
                .fetch_one(&mut **conn)
                .await
                .unwrap(),
            _ => unreachable!("PostgreSQL"),
        };
        if waiting > 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[test]
fn a_check_in_waits_for_whoever_owns_the_wave() {
    on_postgres(async |ground, wave| {
        let mut owner = ground.second.app.store.write().await.unwrap();
        owner.own(wave).await.unwrap();
        let holder = process(&mut owner).await;
        let named = wave.to_string();
        let mut check_in = std::pin::pin!(ground.first.check_in(&ground.people[0], &named, 50));
        tokio::select! {
            came = &mut check_in => panic!("it did not wait: {came:?}"),
            () = somebody_waits_for(&ground.first, holder) => {}
        }
        assert_eq!(rows(&ground.first, "ballots").await, 0);
        drop(owner);
        check_in.await.good();
        assert_eq!(rows(&ground.first, "ballots").await, 1);
    });
}

#[test]
fn the_close_waits_for_every_check_in_that_has_begun() {
    on_postgres(async |ground, wave| {
        ground
            .first
            .check_in(&ground.people[0], &wave.to_string(), 50)
            .await
            .good();
        let mut sharing = ground.second.app.store.write().await.unwrap();
        sharing.share(wave).await.unwrap();
        let holder = process(&mut sharing).await;
        // Others who check in do not wait for one another.
        ground
            .first
            .check_in(&ground.people[1], &wave.to_string(), 50)
            .await
            .good();
        ground
            .first
            .clock
            .set("2026-02-16T05:00:00Z".parse().unwrap());
        let mut close = std::pin::pin!(jobs::run_due(&ground.first.app));
        tokio::select! {
            ran = &mut close => panic!("it did not wait: {ran:?}"),
            () = somebody_waits_for(&ground.first, holder) => {}
        }
        assert_eq!(rows(&ground.first, "wave_keys").await, 1);
        drop(sharing);
        close.await.unwrap();
        assert_eq!(rows(&ground.first, "wave_keys").await, 0);
    });
}
