//! Dies at one place between two statements after another, each on a copy of the same
//! organisation, and looks at everything after the next start.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use poem::http::Method;
use rand::SeedableRng;
use rand::rngs::StdRng;
use respite::ids::WaveId;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::base::{ANSWERED, Base};
use super::ground::{Ground, HOUSE, Worker, opening};
use super::inspection::{inspect, is_sound};
use super::ledger::Said;
use super::load::{Load, Patience, Phase, answer_late, check_in, erase, sheet, withdraw_consent};
use super::places::{Death, Way, deaths};
use crate::support::Engine;
use crate::support::app::PASSWORD;
use crate::support::calling::Caller;
use crate::support::serving::Serving;

/// Jobs of a server that died are taken over when its lease has run out.
pub const LEASE: TimeDelta = TimeDelta::minutes(11);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_between_two_statements_on_sqlite() {
    die_everywhere(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_between_two_statements_on_postgresql() {
    die_everywhere(Engine::Postgres).await;
}

async fn die_everywhere(engine: Engine) {
    let Some(base) = Base::prepare(engine).await else {
        return;
    };
    for death in deaths(engine) {
        eprintln!("{death:?}");
        let mut ground = base.copy().await;
        die(&base, &mut ground, death).await;
        base.forget(&ground).await;
    }
    base.forget(&base.ground).await;
}

async fn die(base: &Base, ground: &mut Ground, (way, place, time): Death) {
    let now = starts(base, way);
    prepare(base, ground, way).await;
    let death = format!("{place}:{time}");
    let dying = ground.at(now).with("RESPITE_REHEARSE_DEATH", &death);
    let alive = ground.at(now + LEASE);
    if way == Way::Restore {
        let died = !Base::restore(ground, &dying);
        assert!(died, "the restore did not come to {place}");
        let again = Base::restore(ground, &alive);
        assert_eq!(again, place != "restore.committed", "the second restore");
    } else {
        let mut serving = dying.spawn();
        provoke(base, ground, &mut serving, way).await;
        dies(&mut serving, place).await;
    }
    ground.sql().await.is_alone().await;
    let mut serving = alive.start().await;
    settle(base, ground, &mut serving, way).await;
    inspect(ground, &serving).await;
    serving.kill();
    is_sound(ground, &alive).await;
}

/// When the server starts that is to die.
fn starts(base: &Base, way: Way) -> DateTime<Utc> {
    match way {
        Way::Close | Way::CloseCounted | Way::AnswerLate | Way::EraseLate => {
            base.close + TimeDelta::minutes(1)
        }
        Way::Open => opening(2) + TimeDelta::minutes(1),
        _ => opening(1) + TimeDelta::hours(1),
    }
}

/// What comes before the death.
async fn prepare(base: &Base, ground: &mut Ground, way: Way) {
    match way {
        Way::CloseCounted => {
            ground.was_counted_elsewhere = true;
            let list = ground.folder.path().join("counted-waves");
            std::fs::write(list, format!("{}\n", base.wave)).unwrap();
        }
        Way::AnswerLate | Way::EraseLate => {
            let mut serving = ground.at(starts(base, way)).start().await;
            ground.newest_wave(&mut serving, "closed", 1).await;
            serving.kill();
            ground.sql().await.is_alone().await;
        }
        Way::Restore => *ground = base.emptied(ground).await,
        Way::CastAgain => {
            *ground = base.emptied(ground).await;
            let restored = Base::restore(ground, &ground.at(starts(base, way)));
            assert!(restored, "the restore");
        }
        _ => {}
    }
}

/// Brings the server to its death.
async fn provoke(base: &Base, ground: &mut Ground, serving: &mut Serving, way: Way) {
    if matches!(
        way,
        Way::Close | Way::CloseCounted | Way::Open | Way::Rebuild
    ) {
        return;
    }
    serving.answers().await;
    let who = match way {
        Way::Submit => ANSWERED..ground.workers.len(),
        Way::EraseLate => ANSWERED - 1..ANSWERED,
        Way::AnswerLate => ANSWERED..ANSWERED + 1,
        Way::Stop | Way::EraseAccount => 0..1,
        _ => 0..6,
    };
    if way == Way::Replace {
        let workers = std::mem::take(&mut ground.workers);
        let at = (base.wave, Phase::Replacement);
        let load = Load::begin(workers, || serving.caller(), at, (7, Patience::None));
        ground.workers = load.end_soon().await;
        return;
    }
    let mut clients = JoinSet::new();
    for worker in &ground.workers[who] {
        let (worker, caller) = (worker.clone(), serving.caller());
        clients.spawn(act(way, worker, caller, (base.wave, ground.admin.clone())));
    }
    while let Some(worker) = clients.join_next().await {
        let worker = worker.unwrap();
        let number = worker.number;
        ground.workers[number] = worker;
    }
}

/// One request of one worker, or of an administrator.
async fn act(
    way: Way,
    mut worker: Worker,
    mut caller: Caller,
    (wave, admin): (WaveId, String),
) -> Worker {
    let mut rng = StdRng::seed_from_u64(worker.number as u64);
    let of_hers = &mut worker;
    match way {
        Way::Submit | Way::Withdraw => {
            let (values, counted) = (sheet(&mut rng), way == Way::Submit);
            let said = Said::Answers { values, counted };
            check_in(&mut caller, of_hers, wave, said).await;
        }
        Way::Erase | Way::EraseLate => drop(erase(&mut caller, of_hers, wave).await),
        Way::WithdrawConsent => drop(withdraw_consent(&mut caller, of_hers, wave).await),
        Way::AnswerLate => drop(answer_late(&mut caller, of_hers, wave, sheet(&mut rng)).await),
        Way::EraseAccount => {
            let _ = post(
                &mut caller,
                "/me/erasure",
                &worker.token,
                json!({ "password": PASSWORD }),
            )
            .await;
        }
        Way::Stop => {
            let _ = post(
                &mut caller,
                &format!("/waves/{wave}/stop"),
                &admin,
                json!({}),
            )
            .await;
        }
        Way::CastAgain => {
            // Dead before the answer, she comes again.
            let _ = sign_in(&mut caller, &worker).await;
        }
        _ => unreachable!("nobody is needed for it"),
    }
    worker
}

async fn post(
    caller: &mut Caller,
    path: &str,
    token: &str,
    body: Value,
) -> Option<crate::support::calling::Answer> {
    caller
        .send((Method::POST, path), token, Some(&body))
        .await
        .ok()
}

async fn sign_in(caller: &mut Caller, worker: &Worker) -> Option<String> {
    let body = json!({
        "organisation": HOUSE, "sign_in": worker.sign_in, "password": PASSWORD,
    });
    let answer = post(caller, "/sign-ins", "", body).await?;
    Some(answer.good()["token"].as_str().unwrap().to_owned())
}

/// The program has died where it was to.
async fn dies(serving: &mut Serving, place: &str) {
    let began = Instant::now();
    while !serving.is_over() {
        let waited = began.elapsed();
        assert!(waited < Duration::from_mins(1), "{place} was not reached");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// What is done again, or waited for, after the next start.
async fn settle(base: &Base, ground: &mut Ground, serving: &mut Serving, way: Way) {
    let mut caller = serving.caller();
    match way {
        Way::Close | Way::CloseCounted => {
            ground.newest_wave(serving, "closed", 1).await;
        }
        Way::Open => {
            ground.newest_wave(serving, "open", 2).await;
        }
        Way::Stop => {
            let path = format!("/waves/{}/stop", base.wave);
            let answer = post(&mut caller, &path, &ground.admin, json!({}))
                .await
                .unwrap();
            assert!(answer.status.is_success() || answer.slug() == "wave-closed");
            ground.newest_wave(serving, "stopped", 1).await;
        }
        Way::EraseAccount => {
            let worker = ground.workers.remove(0);
            let body = json!({ "password": PASSWORD });
            let answer = post(&mut caller, "/me/erasure", &worker.token, body)
                .await
                .unwrap();
            assert!(answer.status.is_success() || answer.status == 401);
        }
        Way::Restore | Way::CastAgain => {
            for worker in &mut ground.workers {
                worker.token = sign_in(&mut caller, worker).await.unwrap();
            }
            let mut sql = ground.sql().await;
            assert_eq!(sql.ballots().await.len(), ANSWERED - 1, "cast again");
        }
        _ => {}
    }
}
