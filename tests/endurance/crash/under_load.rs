//! Kills under load. A wave takes seven: while all check in, replace, withdraw, replace again,
//! around its close, and twice while it is counted. Then it is looked at as a whole, and the next
//! one opens. On PostgreSQL its server is killed as well, with Respite or without.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use respite::ids::WaveId;

use super::between_statements::LEASE;
use super::ground::{Ground, Worker, opening};
use super::inspection::{inspect, is_sound};
use super::load::{Load, Patience, Phase};
use crate::support::cluster::Cluster;
use crate::support::serving::Serving;

/// Sixty-four workers; the smallest team is too small for numbers of its own.
const TEAMS: [usize; 4] = [24, 24, 12, 4];
/// One for each death of a wave; two die while it is counted.
const PHASES: [Option<Phase>; 7] = [
    Some(Phase::Submission),
    Some(Phase::Replacement),
    Some(Phase::Withdrawal),
    Some(Phase::Replacement),
    Some(Phase::Closing),
    None,
    None,
];
/// Waves that one organisation lives through before its sign-ins expire.
const WAVES: u32 = 4;
/// How long before the close a server is started that is to be closed under load.
const AHEAD: TimeDelta = TimeDelta::seconds(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_on_sqlite() {
    let (mut kills, seed) = (kills(), seed());
    while kills > 0 {
        let mut ground = Ground::prepare(None, None, &TEAMS).await;
        kills -= some_waves(&mut ground, kills, seed ^ kills as u64).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_loses_nothing_on_postgresql() {
    let (mut kills, seed) = (kills(), seed());
    while kills > 0 {
        let Some(cluster) = Cluster::start("") else {
            return;
        };
        let mut ground = Ground::prepare(Some(cluster.address()), Some(cluster), &TEAMS).await;
        kills -= some_waves(&mut ground, kills, seed ^ kills as u64).await;
    }
}

/// Respite itself lives on, and its clients try again; at the end it dies together with the
/// database.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_database_server_loses_nothing() {
    let Some(cluster) = Cluster::start("") else {
        return;
    };
    let mut rng = StdRng::seed_from_u64(seed());
    let mut ground = Ground::prepare(Some(cluster.address()), Some(cluster), &TEAMS).await;
    let serve = ground.at(opening(1) + TimeDelta::minutes(1));
    let mut serving = serve.start().await;
    let wave = ground.newest_wave(&mut serving, "open", 1).await;
    for phase in [Phase::Submission, Phase::Replacement, Phase::Withdrawal] {
        let mut load = begin(
            &mut ground,
            &serving,
            (wave, phase),
            Patience::Endless,
            &mut rng,
        );
        for kill in [Cluster::crash, Cluster::kill] {
            let done = load.progress.borrow().done;
            let more = if phase == Phase::Submission { 20 } else { 150 };
            load.until_done(done + rng.random_range(1..more)).await;
            let cluster = ground.cluster.as_ref().unwrap();
            tokio::task::block_in_place(|| {
                kill(cluster);
                cluster.begin();
            });
        }
        let _ = load.patience.send(Patience::Over);
        ground.workers = load.end().await;
        inspect(&mut ground, &serving).await;
    }
    let mut load = begin(
        &mut ground,
        &serving,
        (wave, Phase::Replacement),
        Patience::None,
        &mut rng,
    );
    load.until_done(rng.random_range(20..200)).await;
    let cluster = ground.cluster.as_ref().unwrap();
    tokio::task::block_in_place(|| {
        cluster.kill();
        serving.kill();
        cluster.begin();
    });
    ground.workers = load.end().await;
    let close = ground.sql().await.closes_at(wave).await;
    come_to_rest(&mut ground, (wave, 1), close).await;
}

fn kills() -> usize {
    let more = std::env::var("RESPITE_TEST_KILLS").ok();
    more.map_or(25, |number| number.parse().expect("a number of kills"))
}

fn seed() -> u64 {
    let seed = std::env::var("RESPITE_TEST_SEED").ok();
    let seed = seed.map_or(1, |number| number.parse().expect("a seed"));
    eprintln!("RESPITE_TEST_SEED={seed}");
    seed
}

/// Lives through waves until the kills are used up; how many it took.
async fn some_waves(ground: &mut Ground, most: usize, seed: u64) -> usize {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut done = 0;
    for number in 1..=WAVES {
        let left = (most - done).min(PHASES.len());
        one_wave(ground, (number, &PHASES[..left]), &mut rng).await;
        done += left;
        if done == most {
            break;
        }
    }
    done
}

async fn one_wave(
    ground: &mut Ground,
    (number, phases): (u32, &[Option<Phase>]),
    rng: &mut StdRng,
) {
    let opened = opening(number) + TimeDelta::minutes(1);
    let mut serving = ground.at(opened).start().await;
    let wave = ground
        .newest_wave(&mut serving, "open", number as usize)
        .await;
    let close = ground.sql().await.closes_at(wave).await;
    serving.kill();
    for (at, phase) in (1..).zip(phases) {
        match phase {
            Some(Phase::Closing) => {
                let serving = ground.at(close - AHEAD).start().await;
                let at = (wave, Phase::Closing);
                die_under_load(ground, serving, at, rng).await;
            }
            Some(phase) => {
                let serve = ground.at(opened + TimeDelta::hours(at));
                let serving = serve.start().await;
                inspect(ground, &serving).await;
                die_under_load(ground, serving, (wave, *phase), rng).await;
            }
            None => {
                let began = Instant::now();
                let serving = ground.at(close + TimeDelta::minutes(at)).spawn();
                // At any moment from its start to after the count.
                let alive = Duration::from_millis(rng.random_range(20..400));
                tokio::time::sleep(alive).await;
                serving.kill();
                say(ground, &format!("counting for {:?}", began.elapsed())).await;
            }
        }
    }
    come_to_rest(ground, (wave, number), close).await;
}

fn begin(
    ground: &mut Ground,
    serving: &Serving,
    at: (WaveId, Phase),
    patience: Patience,
    rng: &mut StdRng,
) -> Load {
    let workers = std::mem::take(&mut ground.workers);
    Load::begin(workers, || serving.caller(), at, (rng.random(), patience))
}

/// All clients at work, and a kill in the midst of it.
async fn die_under_load(
    ground: &mut Ground,
    serving: Serving,
    (wave, phase): (WaveId, Phase),
    rng: &mut StdRng,
) {
    let mut load = begin(ground, &serving, (wave, phase), Patience::None, rng);
    match phase {
        Phase::Submission => load.until_done(rng.random_range(1..60)).await,
        Phase::Replacement | Phase::Withdrawal => {
            load.until_done(rng.random_range(20..400)).await;
        }
        Phase::Closing => {
            load.until_closed().await;
            tokio::time::sleep(Duration::from_millis(rng.random_range(0..60))).await;
        }
    }
    serving.kill();
    let progress = load.progress.borrow().clone();
    ground.workers = load.end().await;
    let is_uncertain = |of: &&Worker| of.ledgers[&wave].certain().is_none();
    let uncertain = ground.workers.iter().filter(is_uncertain).count();
    say(
        ground,
        &format!("{phase:?}: {progress:?}, {uncertain} uncertain"),
    )
    .await;
    assert!(
        progress.done > 0,
        "nothing was acknowledged: this proves nothing"
    );
}

/// Lets the wave close, and looks at it again after one more start.
async fn come_to_rest(ground: &mut Ground, (wave, number): (WaveId, u32), close: DateTime<Utc>) {
    ground.sql().await.is_alone().await;
    let serve = ground.at(close + TimeDelta::hours(1));
    let mut serving = serve.start().await;
    let closed = ground.newest_wave(&mut serving, "closed", number as usize);
    assert_eq!(closed.await, wave);
    // Perhaps in the middle of what follows a close: another goes on when the lease has run out.
    serving.kill();
    let serve = ground.at(close + TimeDelta::hours(1) + LEASE);
    let serving = serve.start().await;
    inspect(ground, &serving).await;
    serving.kill();
    is_sound(ground, &serve).await;
}

/// For whoever reads along: where the newest wave stands after a kill.
async fn say(ground: &Ground, what: &str) {
    let mut sql = ground.sql().await;
    sql.is_alone().await;
    let waves = sql.waves().await;
    let state = waves.last().map_or("there is none", |(_, state)| state);
    eprintln!("{what}; the wave is {state}");
}
