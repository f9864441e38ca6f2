//! A disk that fills up under load: nothing that was acknowledged is lost, everyone is told what is
//! wrong, reading goes on, and so does everything else when there is room, without a restart. The
//! other place that must not be full is that of the list of counted waves: a wave waits for it.

mod disk;

use std::time::Duration;

use chrono::TimeDelta;
use poem::http::Method;
use respite::ids::WaveId;
use serde_json::json;

use crate::crash::ground::{Ground, opening};
use crate::crash::inspection::inspect;
use crate::crash::load::{Load, Patience, Phase};
use crate::support::serving::Serving;
use disk::{start_with_a_disk, way};

const TEAMS: [usize; 4] = [24, 24, 12, 4];
const MEGABYTE: usize = 1 << 20;
const LIST: &str = "counted-waves";
/// All files of an installation.
const INSTALLATION: [&str; 5] = [
    "server.key",
    LIST,
    "respite.toml",
    "respite.db",
    "respite.db-wal",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing_and_says_so() {
    let Some(way) = way() else {
        return;
    };
    let (mut ground, wave) = open_wave(&TEAMS).await;
    // From here on the timetable is as usual: nothing else makes room.
    let at = ground.folder.path().to_owned();
    let from = tempfile::tempdir().unwrap();
    for name in INSTALLATION {
        if at.join(name).exists() {
            std::fs::copy(at.join(name), from.path().join(name)).unwrap();
        }
    }
    let mut serve = ground.at(opening(1) + TimeDelta::hours(1));
    let tick = "RESPITE_REHEARSE_TICK_MS";
    serve.environment.retain(|(name, _)| name != tick);
    let (serving, disk) = start_with_a_disk(&serve, way, (&at, from.path()), 8 * MEGABYTE).await;

    let mut load = begin(
        &mut ground,
        &serving,
        (wave, Phase::Replacement),
        Patience::Endless,
    );
    load.until_done(100).await;
    disk.fill(400_000);
    load.until_refused(500).await;
    let refusal = load.progress.borrow().refusal.clone();
    assert_eq!(refusal, "503 storage-full");
    let _ = load.patience.send(Patience::Over);
    ground.workers = load.end().await;

    // Everything that was acknowledged can be read, while nothing can be written.
    let _copy = disk.copied(&mut ground);
    inspect(&mut ground, &serving).await;
    assert_eq!(keep_draft(&ground, &serving, wave).await, "storage-full");
    says_it_once(&ground, &serving.said());

    disk.make_room();
    let load = begin(
        &mut ground,
        &serving,
        (wave, Phase::Submission),
        Patience::None,
    );
    let progress = load.progress.clone();
    ground.workers = load.end().await;
    let done = progress.borrow().done;
    assert_eq!(done, 64, "everyone checks in again");
    let _copy = disk.copied(&mut ground);
    inspect(&mut ground, &serving).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wave_waits_for_room_on_the_list_of_counted_waves() {
    let Some(way) = way() else {
        return;
    };
    let (mut ground, wave) = open_wave(&[6, 6]).await;
    let close = ground.sql().await.closes_at(wave).await;
    let serving = ground.at(opening(1) + TimeDelta::hours(1)).start().await;
    let at = (wave, Phase::Submission);
    ground.workers = begin(&mut ground, &serving, at, Patience::None).end().await;
    serving.kill();

    let state = ground.folder.path().join("state");
    std::fs::create_dir(&state).unwrap();
    let empty = tempfile::tempdir().unwrap();
    std::fs::write(empty.path().join(LIST), "").unwrap();
    let serve = ground
        .at(close - TimeDelta::seconds(5))
        .with("RESPITE_STATE_DIR", state.to_str().unwrap());
    let (mut serving, disk) =
        start_with_a_disk(&serve, way, (&state, empty.path()), MEGABYTE).await;
    disk.fill(0);
    while !serving.said().contains("a job failed") {
        assert!(!serving.is_over(), "{}", serving.said());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let waves = ground.sql().await.waves().await;
    let still_open = [(wave, "open".to_owned())];
    assert_eq!(waves, still_open, "nothing is counted meanwhile");
    disk.make_room();
    ground.newest_wave(&mut serving, "closed", 1).await;
    let list = disk.file(LIST);
    while std::fs::read_to_string(&list).unwrap() != format!("{wave}\n") {
        assert!(!serving.is_over(), "{}", serving.said());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The inspection looks for the list beside the database.
    std::fs::copy(list, ground.folder.path().join(LIST)).unwrap();
    inspect(&mut ground, &serving).await;
}

/// An organisation whose first wave has opened; nobody serves it.
async fn open_wave(teams: &[usize]) -> (Ground, WaveId) {
    let ground = Ground::prepare(None, None, teams).await;
    let serve = ground.at(opening(1) + TimeDelta::minutes(1));
    let mut serving = serve.start().await;
    let wave = ground.newest_wave(&mut serving, "open", 1).await;
    serving.kill();
    (ground, wave)
}

fn begin(ground: &mut Ground, serving: &Serving, at: (WaveId, Phase), patience: Patience) -> Load {
    let workers = std::mem::take(&mut ground.workers);
    // Other sheets in each phase: the same one again would change nothing.
    let seed = if at.1 == Phase::Submission { 4 } else { 3 };
    Load::begin(workers, || serving.caller(), at, (seed, patience))
}

/// The kind of problem that keeping a draft meets.
async fn keep_draft(ground: &Ground, serving: &Serving, wave: WaveId) -> String {
    let path = format!("/me/waves/{wave}/draft");
    let body = json!({ "answers": { "cbi.work.1": 50 } });
    let request = (Method::PUT, &path[..]);
    let token = &ground.workers[0].token;
    let answer = serving.caller().send(request, token, Some(&body)).await;
    answer.unwrap().slug()
}

/// Hundreds were refused; the log has a line a minute, about nobody.
fn says_it_once(ground: &Ground, log: &str) {
    let lines = log.matches("the disk is full").count();
    assert!((1..=3).contains(&lines), "{lines} lines of the same: {log}");
    for worker in &ground.workers {
        assert!(!log.contains(&worker.sign_in) && !log.contains(&worker.token));
    }
}
