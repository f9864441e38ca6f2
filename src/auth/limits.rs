//! How an attacker is slowed down without locking anyone out. A name is never blocked: what is
//! counted is a name *from a network*, so whoever hammers it elsewhere takes nothing from its
//! owner. Lives in memory only; nothing here is written anywhere.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock as _;
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::Clock;
use crate::ids::AccountId;
use crate::problem::{Kind, Problem};

/// How long a request over its limit may wait for its turn before it is refused.
const PATIENCE: Duration = Duration::from_secs(15);
/// Most requests that wait at the same time.
const WAITING: usize = 256;
/// Most passwords from unknown networks that are in line for the slow hash: who comes from a known
/// one waits behind these and no more, whatever is thrown at the server.
const STRANGERS: usize = 64;
/// How long a network stays known for a name after a right password.
const KNOWN_FOR: Duration = Duration::from_hours(30 * 24);
/// Most pairs of name and network that are remembered as known.
const KNOWN: usize = 100_000;

type Bucket<K> = RateLimiter<K, DashMapStateStore<K>, Ticks, NoOpMiddleware<Duration>>;

/// Governor measures with the clock that everything else here uses.
#[derive(Clone, Debug)]
struct Ticks(Clock);

impl governor::clock::Clock for Ticks {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.ticks()
    }
}

/// Who is being tried, and from where. Both are hashed under a key of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attempt {
    name: u64,
    /// `None` inside this process: the demonstration, a test.
    network: Option<u64>,
}

/// A network from which somebody has signed in.
#[derive(Clone, Copy, Debug)]
struct Known {
    since: Duration,
    /// How often: each time, her tries are counted anew.
    times: u32,
}

/// May try a password now; keep it until the password has been tried.
#[derive(Debug)]
pub struct Admission<'a> {
    _place: Option<SemaphorePermit<'a>>,
}

/// The buckets. One installation has one; several servers count separately, which multiplies the
/// limits by the number of servers and still locks nobody out.
pub struct Limits {
    ticks: Ticks,
    /// Everything that one network tries, whatever the name.
    network: Bucket<u64>,
    /// One name from one network, since the last right password.
    pair: Bucket<(Attempt, u32)>,
    /// One name from all networks that are not known for it: says whether it is being hammered.
    name: Bucket<u64>,
    /// One name from one unknown network, while it is being hammered: an owner who comes from a
    /// new network still has her three tries, and each further network of an attacker has
    /// little more than that.
    hammered: Bucket<Attempt>,
    /// Mails with a code that one account asks for, to whatever address.
    letters: Bucket<u64>,
    known: Mutex<HashMap<Attempt, Known>>,
    waiting: Semaphore,
    strangers: Semaphore,
    hasher: RandomState,
}

impl Limits {
    /// Empty buckets. On a standing clock nobody waits: who is over a limit is refused at once.
    #[must_use]
    pub fn new(clock: &Clock) -> Self {
        let ticks = Ticks(clock.clone());
        Self {
            network: bucket(600, Duration::from_secs(2), &ticks),
            pair: bucket(10, Duration::from_secs(10), &ticks),
            name: bucket(60, Duration::from_secs(30), &ticks),
            hammered: bucket(3, Duration::from_mins(2), &ticks),
            letters: bucket(5, Duration::from_mins(15), &ticks),
            known: Mutex::default(),
            waiting: Semaphore::new(WAITING),
            strangers: Semaphore::new(STRANGERS),
            hasher: RandomState::new(),
            ticks,
        }
    }

    /// Names an attempt. The same name in two organisations is two names.
    #[must_use]
    pub fn attempt(&self, organisation: &str, sign_in: &str, from: Option<IpAddr>) -> Attempt {
        Attempt {
            name: self.hasher.hash_one((organisation, sign_in)),
            network: from.map(|from| self.hasher.hash_one(network_of(from))),
        }
    }

    /// Lets one try of a password through, at once or after a short wait; else says how long to
    /// wait.
    pub async fn admit(&self, attempt: Attempt) -> Result<Admission<'_>, Problem> {
        if let Some(known) = self.known(attempt) {
            self.pass(&self.pair, &(attempt, known.times)).await?;
            return Ok(Admission { _place: None });
        }
        self.admit_code(attempt).await?;
        self.pass(&self.pair, &(attempt, 0)).await?;
        if self.name.check_key(&attempt.name).is_err() {
            self.pass(&self.hammered, &attempt).await?;
        }
        let place = self.strangers.try_acquire();
        Ok(Admission {
            _place: Some(place.map_err(|_| too_many(Duration::from_secs(5)))?),
        })
    }

    /// Lets one try of a code through. Codes are too long to be guessed: this only keeps one
    /// network from keeping the server busy.
    pub async fn admit_code(&self, attempt: Attempt) -> Result<(), Problem> {
        match &attempt.network {
            Some(network) => self.pass(&self.network, network).await,
            None => Ok(()),
        }
    }

    /// Lets somebody who is signed in try her password once more. Her network does not matter:
    /// she has shown who she is.
    pub async fn admit_again(&self, attempt: Attempt) -> Result<(), Problem> {
        let times = self.known(attempt).map_or(0, |known| known.times);
        self.pass(&self.pair, &(attempt, times)).await
    }

    /// Lets somebody who is signed in have one more mail with a code sent: the address that she
    /// names may be a stranger's.
    pub async fn admit_letter(&self, account: AccountId) -> Result<(), Problem> {
        let whose = self.hasher.hash_one(account);
        self.pass(&self.letters, &whose).await
    }

    /// The password was right: from now on this network is known for this name, and wrong tries
    /// are counted anew. So right ones wear nothing out.
    pub fn remember(&self, attempt: Attempt) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let times = known.get(&attempt).map_or(0, |known| known.times);
        if times > 0 || known.len() < KNOWN {
            let since = self.ticks.now();
            let times = times.wrapping_add(1);
            known.insert(attempt, Known { since, times });
        }
    }

    /// Forgets what no longer matters; without it the buckets would grow for ever.
    pub fn forget_old(&self) {
        self.network.retain_recent();
        self.pair.retain_recent();
        self.name.retain_recent();
        self.hammered.retain_recent();
        self.letters.retain_recent();
        let now = self.ticks.now();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, known| now.saturating_sub(known.since) < KNOWN_FOR);
    }

    fn known(&self, attempt: Attempt) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.ticks.now();
        let found = known.get(&attempt).copied();
        found.filter(|known| now.saturating_sub(known.since) < KNOWN_FOR)
    }

    async fn pass<K: Hash + Eq + Clone>(&self, bucket: &Bucket<K>, key: &K) -> Result<(), Problem> {
        let given_up = self.ticks.now() + PATIENCE;
        loop {
            let Err(full) = bucket.check_key(key) else {
                return Ok(());
            };
            let now = self.ticks.now();
            let wait = full.wait_time_from(now);
            let turn = self.waiting.try_acquire();
            if turn.is_err() || now + wait > given_up || !self.ticks.0.is_running() {
                return Err(too_many(wait));
            }
            tokio::time::sleep(wait).await;
        }
    }
}

fn too_many(wait: Duration) -> Problem {
    Problem {
        retry_after: Some(wait.as_secs() + 1),
        ..Kind::TooMany.into()
    }
}

fn bucket<K: Hash + Eq + Clone>(at_once: u32, then_each: Duration, ticks: &Ticks) -> Bucket<K> {
    let at_once = std::num::NonZeroU32::new(at_once).expect("every bucket here holds something");
    let quota = Quota::with_period(then_each)
        .expect("every period here is longer than nothing")
        .allow_burst(at_once);
    RateLimiter::new(quota, DashMapStateStore::default(), ticks.clone())
}

/// The first 64 bits of an IPv6 address, the first 24 of an IPv4 one: what one household, office
/// or rented machine usually has.
fn network_of(address: IpAddr) -> (bool, u64) {
    match address.to_canonical() {
        IpAddr::V4(v4) => (false, u64::from(v4.to_bits() >> 8)),
        IpAddr::V6(v6) => (true, u64::try_from(v6.to_bits() >> 64).unwrap_or(0)),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn limits() -> (Limits, Clock) {
        let clock = Clock::standing_at(DateTime::UNIX_EPOCH + chrono::Duration::days(20_000));
        (Limits::new(&clock), clock)
    }

    #[expect(clippy::unnecessary_wraps, reason = "as a connection gives it")]
    fn from(text: &str) -> Option<IpAddr> {
        Some(text.parse().expect("an address"))
    }

    async fn tries(limits: &Limits, address: &str) -> usize {
        let attempt = limits.attempt("haven", "aigerim", from(address));
        let mut passed = 0;
        while limits.admit(attempt).await.is_ok() {
            passed += 1;
        }
        passed
    }

    #[test]
    fn neighbours_share_a_network_and_strangers_do_not() {
        let cases = [
            ("192.0.2.1", "192.0.2.254", true),
            ("192.0.2.1", "192.0.3.1", false),
            ("192.0.2.1", "::ffff:192.0.2.9", true),
            ("2001:db8::1", "2001:db8::ffff:1", true),
            ("2001:db8::1", "2001:db8:0:1::1", false),
            ("::", "0.0.0.0", false),
        ];
        for (one, other, same) in cases {
            let network = |text: &str| from(text).map(network_of);
            assert_eq!(network(one) == network(other), same, "{one} {other}");
        }
    }

    #[tokio::test]
    async fn guessing_from_one_network_is_slowed_down() {
        let (limits, clock) = limits();
        assert_eq!(tries(&limits, "192.0.2.1").await, 10);
        clock.advance(chrono::Duration::seconds(30));
        assert_eq!(tries(&limits, "192.0.2.1").await, 3);
    }

    #[tokio::test]
    async fn hammering_a_name_from_everywhere_leaves_its_owner_in() {
        let (limits, _) = limits();
        let home = limits.attempt("haven", "aigerim", from("198.51.100.7"));
        limits.remember(home);
        let mut guesses = 0;
        for network in 0..200 {
            guesses += tries(&limits, &format!("10.0.{network}.1")).await;
        }
        assert!(guesses <= 60 + 200 * 3, "{guesses}");
        limits.admit(home).await.expect("the owner at home");
        let elsewhere = limits.attempt("haven", "aigerim", from("203.0.113.7"));
        for _ in 0..3 {
            limits.admit(elsewhere).await.expect("the owner elsewhere");
        }
        let colleague = limits.attempt("haven", "bota", from("10.0.1.1"));
        limits.admit(colleague).await.expect("a colleague");
    }

    #[tokio::test]
    async fn right_passwords_wear_nothing_out() {
        let (limits, _) = limits();
        let attempt = limits.attempt("haven", "aigerim", from("192.0.2.1"));
        for _ in 0..100 {
            limits.admit(attempt).await.expect("not counted");
            limits.remember(attempt);
        }
        assert_eq!(tries(&limits, "192.0.2.1").await, 10);
    }

    #[tokio::test]
    async fn a_refusal_says_how_long_to_wait() {
        let (limits, clock) = limits();
        tries(&limits, "192.0.2.1").await;
        let attempt = limits.attempt("haven", "aigerim", from("192.0.2.1"));
        let refused = limits
            .admit(attempt)
            .await
            .expect_err("the bucket is empty");
        assert_eq!(refused.kind, Kind::TooMany);
        let seconds = refused.retry_after.expect("seconds");
        clock.advance(chrono::Duration::seconds(
            i64::try_from(seconds).expect("few"),
        ));
        limits.admit(attempt).await.expect("waited long enough");
    }

    #[tokio::test]
    async fn a_flood_of_strangers_does_not_keep_a_known_one_waiting() {
        let (limits, _) = limits();
        let home = limits.attempt("haven", "aigerim", from("198.51.100.7"));
        limits.remember(home);
        let mut in_line = Vec::new();
        for network in 0..200 {
            let name = format!("name {network}");
            let stranger = limits.attempt("haven", &name, from(&format!("10.0.{network}.1")));
            in_line.extend(limits.admit(stranger).await.ok());
        }
        assert_eq!(in_line.len(), STRANGERS);
        limits.admit(home).await.expect("the owner at home");
        in_line.clear();
        let stranger = limits.attempt("haven", "late", from("10.1.0.1"));
        limits
            .admit(stranger)
            .await
            .expect("the line is empty again");
    }

    #[tokio::test]
    async fn old_attempts_are_forgotten() {
        let (limits, clock) = limits();
        let attempt = limits.attempt("haven", "aigerim", from("192.0.2.1"));
        tries(&limits, "192.0.2.1").await;
        limits.remember(attempt);
        clock.advance(chrono::Duration::days(31));
        limits.forget_old();
        assert_eq!(limits.pair.len(), 0);
        assert!(limits.known(attempt).is_none());
    }
}
