//! Workers who check in through several servers while a wave closes. Each ends knowing what has
//! become of what she sent; whoever was cut off asks again elsewhere.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use poem::http::Method;
use serde_json::Value;
use tokio::task::JoinSet;

use super::app::{Person, cbi};
use super::calling::{Answer, Caller};

/// Values of an option, so that a replaced answer can be told from the one before.
const VALUES: [i64; 5] = [0, 25, 50, 75, 100];
/// Nobody asks for longer than this.
const PATIENCE: Duration = Duration::from_mins(2);

/// What a worker was told.
#[derive(Clone, Debug)]
pub struct Told {
    pub person: Person,
    /// The value that was acknowledged last; `None` if nothing ever was.
    pub kept: Option<i64>,
    /// How many of hers were acknowledged.
    pub acknowledged: usize,
    /// Whether the last answer was that the wave is closed.
    pub closed: bool,
}

/// What all of them know of each other.
#[derive(Default)]
struct Crowd {
    acknowledged: AtomicUsize,
    anyone_was_told: AtomicBool,
}

/// Workers under way.
pub struct Load {
    workers: JoinSet<Told>,
    crowd: Arc<Crowd>,
}

impl Load {
    /// Every second worker changes her answers on and on until the wave is closed, each time on
    /// the next server. The others answer once, one after the other, while those go on.
    pub fn begin(servers: &[SocketAddr], people: &[Person], wave: &str) -> Self {
        let crowd = Arc::new(Crowd::default());
        let mut workers = JoinSet::new();
        for (number, person) in people.iter().enumerate() {
            let worker = Worker {
                servers: servers.iter().copied().map(Caller::to).collect(),
                turn: number,
                path: format!("/me/waves/{wave}/check-in"),
                crowd: crowd.clone(),
                told: Told {
                    person: person.clone(),
                    kept: None,
                    acknowledged: 0,
                    closed: false,
                },
            };
            if number % 2 == 0 {
                workers.spawn(worker.again_and_again());
            } else {
                workers.spawn(worker.once(number * 3));
            }
        }
        Self { workers, crowd }
    }

    /// Check-ins acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.crowd.acknowledged.load(Ordering::SeqCst)
    }

    /// What each was told, when all know.
    pub async fn end(self) -> Vec<Told> {
        self.workers.join_all().await
    }
}

struct Worker {
    servers: Vec<Caller>,
    turn: usize,
    path: String,
    crowd: Arc<Crowd>,
    told: Told,
}

impl Worker {
    async fn again_and_again(mut self) -> Told {
        while !self.told.closed {
            self.send().await;
        }
        self.told
    }

    /// Once, after so many of all were acknowledged, or the wave has closed for somebody.
    async fn once(mut self, after: usize) -> Told {
        let crowd = self.crowd.clone();
        while crowd.acknowledged.load(Ordering::SeqCst) < after
            && !crowd.anyone_was_told.load(Ordering::SeqCst)
        {
            // Waiting for others is not a matter of the clock that is passed in.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        self.send().await;
        self.told
    }

    /// One sheet, until somebody says what became of it.
    async fn send(&mut self) {
        self.turn += 1;
        let value = VALUES[self.turn % VALUES.len()];
        let answer = self.ask(&cbi(value)).await;
        if answer.status == 200 {
            self.told.kept = Some(value);
            self.told.acknowledged += 1;
            self.crowd.acknowledged.fetch_add(1, Ordering::SeqCst);
        } else {
            let text = String::from_utf8_lossy(&answer.bytes);
            assert_eq!(answer.slug(), "wave-closed", "{}: {text}", answer.status);
            self.told.closed = true;
            self.crowd.anyone_was_told.store(true, Ordering::SeqCst);
        }
    }

    /// Asks until there is an answer other than "try again": the same sheet again changes nothing.
    async fn ask(&mut self, sheet: &Value) -> Answer {
        let began = Instant::now();
        let mut number = self.turn;
        loop {
            let next = number % self.servers.len();
            let request = (Method::PUT, self.path.as_str());
            let token = &self.told.person.token;
            let sent = self.servers[next].send(request, token, Some(sheet)).await;
            match sent {
                Ok(answer) if answer.status != 503 => return answer,
                other => {
                    let waited = began.elapsed();
                    assert!(
                        waited < PATIENCE,
                        "nobody says what became of it: {other:?}"
                    );
                    number += 1;
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}
