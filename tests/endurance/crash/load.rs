//! Sixty-four clients at once, one a worker, each on her own connection. What they send, and when
//! they stop, is decided by a seed, by the answers, and by nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use poem::http::Method;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use respite::ids::WaveId;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::ground::Worker;
use super::ledger::{Ended, Said};
use crate::support::calling::{Answer, Caller, Cut};

/// What the clients are at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Each checks in once.
    Submission,
    /// Each sends other answers, again and again.
    Replacement,
    /// Each erases, withdraws, and checks in again.
    Withdrawal,
    /// As replacement, and some are no longer counted or are counted again, until the wave is
    /// closed for her.
    Closing,
}

/// How far all of them have come.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// Requests that were acknowledged.
    pub done: usize,
    /// Clients that were told that the wave is closed.
    pub closed: usize,
    /// Requests that the server could not answer yes or no.
    pub failed: usize,
    /// Status and kind of the last of them.
    pub refusal: String,
    /// Clients that have stopped.
    pub ended: usize,
}

/// How long a test waits for its clients to come to something.
const PATIENCE: Duration = Duration::from_mins(2);

/// Clients at work.
pub struct Load {
    clients: JoinSet<Worker>,
    pub progress: watch::Receiver<Progress>,
    pub patience: watch::Sender<Patience>,
}

/// What a client does when the server cannot answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// She stops: the server is dead.
    None,
    /// She tries again: only the database is.
    Endless,
    /// She has been asked to stop.
    Over,
}

impl Load {
    /// Starts one client a worker.
    pub fn begin(
        workers: Vec<Worker>,
        call: impl Fn() -> Caller,
        (wave, phase): (WaveId, Phase),
        (seed, patience): (u64, Patience),
    ) -> Self {
        let (told, progress) = watch::channel(Progress::default());
        let (patience, asked) = watch::channel(patience);
        let mut clients = JoinSet::new();
        for worker in workers {
            let client = Client {
                rng: StdRng::seed_from_u64(seed ^ (worker.number as u64) << 32),
                caller: call(),
                worker,
                wave,
                phase,
            };
            clients.spawn(client.work(told.clone(), asked.clone()));
        }
        Self {
            clients,
            progress,
            patience,
        }
    }

    /// Waits until so many requests were acknowledged, or nobody sends any more.
    pub async fn until_done(&mut self, many: usize) {
        let all = self.clients.len();
        let come = |at: &Progress| at.done >= many || at.ended == all;
        self.until(come).await;
    }

    /// Waits until one client was told that the wave is closed, or nobody sends any more.
    pub async fn until_closed(&mut self) {
        let all = self.clients.len();
        let come = |at: &Progress| at.closed > 0 || at.ended == all;
        self.until(come).await;
    }

    /// Waits until so many requests could not be answered yes or no, or nobody sends any more.
    pub async fn until_refused(&mut self, many: usize) {
        let all = self.clients.len();
        let come = |at: &Progress| at.failed >= many || at.ended == all;
        self.until(come).await;
    }

    /// Nothing here takes minutes; a test that waits for what never comes has failed.
    async fn until(&mut self, come: impl Fn(&Progress) -> bool) {
        let waiting = self.progress.wait_for(come);
        let outcome = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(outcome.is_ok(), "it does not come to that");
    }

    /// The same as `end`, for clients that stop only when the server dies, which it has to.
    pub async fn end_soon(mut self) -> Vec<Worker> {
        let all = self.clients.len();
        self.until(|at| at.ended == all).await;
        self.end().await
    }

    /// Waits for all of them to stop, and gives the workers back in their order.
    pub async fn end(self) -> Vec<Worker> {
        let mut workers = self.clients.join_all().await;
        workers.sort_by_key(|worker| worker.number);
        workers
    }
}

struct Client {
    rng: StdRng,
    caller: Caller,
    worker: Worker,
    wave: WaveId,
    phase: Phase,
}

impl Client {
    async fn work(
        mut self,
        told: watch::Sender<Progress>,
        patience: watch::Receiver<Patience>,
    ) -> Worker {
        loop {
            let ended = self.one_request().await;
            let patience = *patience.borrow();
            match &ended {
                Ended::Done => told.send_modify(|at| at.done += 1),
                Ended::Refused(slug) if slug == "wave-closed" => {
                    told.send_modify(|at| at.closed += 1);
                    break;
                }
                Ended::Refused(_) => {}
                Ended::Unknown(_) if patience == Patience::None => break,
                // The pace of a person who tries again.
                Ended::Unknown(what) => {
                    told.send_modify(|at| {
                        at.failed += 1;
                        at.refusal.clone_from(what);
                    });
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            if self.phase == Phase::Submission || patience == Patience::Over {
                break;
            }
        }
        told.send_modify(|at| at.ended += 1);
        self.worker
    }

    async fn one_request(&mut self) -> Ended {
        let withdraws = self.rng.random_bool(0.3);
        match self.phase {
            Phase::Replacement if withdraws => self.keep_draft().await,
            Phase::Withdrawal if withdraws && self.rng.random_bool(0.2) => self.consent().await,
            Phase::Withdrawal if withdraws => {
                erase(&mut self.caller, &mut self.worker, self.wave).await
            }
            _ => {
                let counted = !(self.phase == Phase::Closing && withdraws);
                let values = sheet(&mut self.rng);
                let said = Said::Answers { values, counted };
                check_in(&mut self.caller, &mut self.worker, self.wave, said).await
            }
        }
    }

    /// Keeps an unfinished form: the one request whose answer waits for nothing but its commit.
    async fn keep_draft(&mut self) -> Ended {
        let values = sheet(&mut self.rng);
        let path = format!("/me/waves/{}/draft", self.wave);
        let body = json!({ "answers": values });
        let ended = put(&mut self.caller, &self.worker, &path, &body).await;
        let draft = Said::Answers {
            values,
            counted: false,
        };
        self.worker.draft(self.wave).note(draft, &ended);
        ended
    }

    /// Takes the consent back, which erases what lies in open waves, and gives it again.
    async fn consent(&mut self) -> Ended {
        let ended = withdraw_consent(&mut self.caller, &mut self.worker, self.wave).await;
        if ended != Ended::Done {
            return ended;
        }
        consent(&mut self.caller, &self.worker).await
    }
}

/// A filled-in burnout inventory that nobody else has.
pub fn sheet(rng: &mut StdRng) -> BTreeMap<String, i64> {
    let mut values = BTreeMap::new();
    for (scale, items) in [("personal", 6), ("work", 7), ("client", 6)] {
        for item in 1..=items {
            let value = 25 * rng.random_range(0..5);
            values.insert(format!("cbi.{scale}.{item}"), value);
        }
    }
    values
}

/// How an exchange ended, for a request that the server understands.
pub fn ended(came: Result<Answer, Cut>) -> Ended {
    match came {
        Err(cut) => Ended::Unknown(cut.to_string()),
        Ok(answer) if answer.status.is_success() => Ended::Done,
        Ok(answer) if answer.status == 503 => Ended::Unknown(format!("503 {}", answer.slug())),
        Ok(answer) => {
            let slug = answer.slug();
            let expected = ["changed", "consent", "wave-closed"].contains(&&slug[..]);
            let text = String::from_utf8_lossy(&answer.bytes);
            assert!(expected, "{}: {text}", answer.status);
            Ended::Refused(slug)
        }
    }
}

/// Hands in a sheet. Who finds her consent gone, because nobody knew what became of it, gives it
/// again.
pub async fn check_in(caller: &mut Caller, worker: &mut Worker, wave: WaveId, said: Said) -> Ended {
    let Said::Answers { values, counted } = &said else {
        return erase(caller, worker, wave).await;
    };
    let reach = if *counted { "unit" } else { "nobody" };
    let body = json!({ "answers": values, "reach": reach });
    let ended = put(caller, worker, &format!("/me/waves/{wave}/check-in"), &body).await;
    worker.note(wave, said, &ended);
    if ended == Ended::Refused("consent".to_owned()) {
        return consent(caller, worker).await;
    }
    ended
}

/// Answers after the close, for herself.
pub async fn answer_late(
    caller: &mut Caller,
    worker: &mut Worker,
    wave: WaveId,
    values: BTreeMap<String, i64>,
) -> Ended {
    let body = json!({ "answers": values, "reach": "unit", "late": true });
    let ended = put(caller, worker, &format!("/me/waves/{wave}/check-in"), &body).await;
    let counted = false;
    worker
        .ledger(wave)
        .note(Said::Answers { values, counted }, &ended);
    ended
}

/// Erases a check-in.
pub async fn erase(caller: &mut Caller, worker: &mut Worker, wave: WaveId) -> Ended {
    let path = format!("/me/waves/{wave}/check-in");
    let ended = delete(caller, worker, &path).await;
    worker.note(wave, Said::Nothing, &ended);
    ended
}

/// Takes the consent back.
pub async fn withdraw_consent(caller: &mut Caller, worker: &mut Worker, wave: WaveId) -> Ended {
    let ended = delete(caller, worker, "/me/consents/cbi").await;
    worker.note(wave, Said::Nothing, &ended);
    ended
}

/// Gives it again.
pub async fn consent(caller: &mut Caller, worker: &Worker) -> Ended {
    let text = match caller.get("/me/consents/cbi", &worker.token).await {
        Ok(text) if text.status.is_success() => text.json(),
        other => return ended(other),
    };
    put(
        caller,
        worker,
        "/me/consents/cbi",
        &json!({ "hash": text["hash"] }),
    )
    .await
}

async fn put(caller: &mut Caller, worker: &Worker, path: &str, body: &Value) -> Ended {
    let request = (Method::PUT, path);
    ended(caller.send(request, &worker.token, Some(body)).await)
}

async fn delete(caller: &mut Caller, worker: &Worker, path: &str) -> Ended {
    let request = (Method::DELETE, path);
    ended(caller.send(request, &worker.token, None).await)
}
