//! Closes that meet an obstacle: a list that cannot be written, a wave that cannot be closed, a
//! log that cannot be emptied.

use std::fs;
use std::time::Duration;

use respite::app::App;
use respite::jobs::{self, Job};
use respite::store::Tx;
use serde_json::json;

use super::tampering::{answered_by, state_of};
use crate::support::app::TestApp;
use crate::support::{both, rows, run_sql};

const CLOSE: &str = "2026-02-16T05:00:00Z";

both!(nothing_is_counted_without_a_list, async |store| {
    let app = TestApp::open(store).await;
    let (house, _, _, _) = answered_by(&app, 5).await;
    let list = app.app.settings.state_dir().join("counted-waves");
    fs::remove_file(&list).unwrap();
    fs::create_dir(&list).unwrap();
    app.clock.set(CLOSE.parse().unwrap());
    let ran = jobs::run_due(&app.app).await.unwrap();
    assert!(!ran.contains(&Job::Waves) && ran.contains(&Job::RowOrder));
    assert_eq!(rows(&app, "tallies").await, 0);
    assert_eq!(rows(&app, "ballots").await, 5);
    let settings = (*app.app.settings).clone();
    assert!(App::open(settings, app.clock.clone()).await.is_err());
    fs::remove_dir(&list).unwrap();
    app.at("2026-02-16T05:01:00Z").await;
    assert_eq!(state_of(&app, &house).await, "closed");
    assert!(list.is_file());
});

both!(
    what_is_wrong_with_one_wave_keeps_no_other_from_its_close,
    async |store| {
        let app = TestApp::open(store).await;
        let (broken, _, _, _) = answered_by(&app, 5).await;
        let in_the_way = "INSERT INTO tallies
                (organisation, wave, scale, unit, answered, mean, at_or_above_cut, stayed)
            SELECT w.organisation, w.id, s.scale, u.unit, 5, 50, NULL, 0 FROM waves w
            JOIN wave_units u ON u.wave = w.id
            CROSS JOIN (SELECT 'cbi.personal' AS scale) s";
        run_sql(&app, in_the_way).await;
        let whole = app.house("whole").await;
        app.plan(&whole, "2026-02-03").await;
        app.at("2026-02-03T05:00:00Z").await;
        app.at("2026-02-17T05:00:00Z").await;
        assert_eq!(state_of(&app, &broken).await, "counting");
        assert_eq!(state_of(&app, &whole).await, "closed");
        run_sql(&app, "DELETE FROM tallies").await;
        app.at("2026-02-17T05:01:00Z").await;
        assert_eq!(state_of(&app, &broken).await, "closed");
    }
);

both!(
    stopping_a_wave_that_is_not_there_keeps_nobody_waiting,
    async |store| {
        let app = TestApp::open(store).await;
        let (house, _, _, _) = answered_by(&app, 2).await;
        let mut reader = app.app.store.read_newest().await.unwrap();
        let ballots = "SELECT COUNT(*) FROM ballots";
        match &mut reader {
            Tx::Postgres(conn) => sqlx::raw_sql(ballots).execute(&mut **conn).await.map(drop),
            Tx::SqliteRead(conn) => sqlx::raw_sql(ballots).execute(&mut **conn).await.map(drop),
            Tx::SqliteWrite(_) => unreachable!("a reading view"),
        }
        .unwrap();
        let path = "/waves/00000000-0000-4000-8000-000000000000/stop";
        let stop = app.post(&house.admin, path, json!({}));
        let answer = tokio::time::timeout(Duration::from_secs(5), stop)
            .await
            .expect("no lock is waited for");
        assert_eq!(answer.problem().0, 404);
        drop(reader);
    }
);

#[test]
fn the_log_is_emptied_after_the_last_close_even_if_a_reader_was_in_the_way() {
    crate::support::both::run(crate::support::Engine::Sqlite, async |store| {
        let app = TestApp::open(store).await;
        let (house, _, _, _) = answered_by(&app, 2).await;
        let log = app.app.store.file().unwrap().with_extension("db-wal");
        let size = || fs::metadata(&log).map_or(0, |log| log.len());
        let mut reader = app.app.store.read().await.unwrap();
        if let Tx::SqliteRead(conn) = &mut reader {
            sqlx::raw_sql("SELECT COUNT(*) FROM ballots")
                .execute(&mut **conn)
                .await
                .unwrap();
        }
        app.at(CLOSE).await;
        assert_eq!(state_of(&app, &house).await, "closed");
        assert!(size() > 0, "what was destroyed is still in the log");
        drop(reader);
        app.clock.set("2026-02-16T05:00:20Z".parse().unwrap());
        let ran = jobs::run_due(&app.app).await.unwrap();
        assert!(ran.contains(&Job::RowOrder), "it is tried again soon");
        // Handing the job back is a write of its own.
        assert!(size() < 50_000, "{} bytes are left", size());
    });
}
