//! What only rehearsals of failures can reach: points at which the program dies, a clock that
//! starts where a test wants it, and a faster timetable. Read from the environment, and only in
//! builds with debug assertions, which is what `cargo test` makes: a release build holds none of it.

use std::time::Duration;

use crate::clock::Clock;

/// Kills the program, without any tidying up, where `RESPITE_REHEARSE_DEATH=NAME` or
/// `NAME:COUNT` says so: at this point, when it is passed for the COUNT-th time.
#[inline]
pub fn point(name: &'static str) {
    #[cfg(debug_assertions)]
    debug::die_at(name);
    #[cfg(not(debug_assertions))]
    let _ = name;
}

/// The clock of a server: the system's, or in a rehearsal one that starts at
/// `RESPITE_REHEARSE_NOW` (RFC 3339) and runs on from there.
#[must_use]
pub fn clock() -> Clock {
    #[cfg(debug_assertions)]
    if let Some(clock) = debug::clock() {
        return clock;
    }
    Clock::system()
}

/// How often the timetable is looked at: as usual, or every `RESPITE_REHEARSE_TICK_MS`
/// milliseconds in a rehearsal.
#[must_use]
pub fn tick(usual: Duration) -> Duration {
    #[cfg(debug_assertions)]
    if let Some(tick) = debug::milliseconds("RESPITE_REHEARSE_TICK_MS") {
        return tick;
    }
    usual
}

/// How long a job rests between two runs: as usual, or in a rehearsal as long as the timetable.
#[must_use]
pub fn every(usual: chrono::Duration) -> chrono::Duration {
    #[cfg(debug_assertions)]
    if let Some(tick) = debug::milliseconds("RESPITE_REHEARSE_TICK_MS") {
        return usual.min(chrono::Duration::from_std(tick).unwrap_or(usual));
    }
    usual
}

/// How long a job belongs to the server that claimed it: as usual, or
/// `RESPITE_REHEARSE_LEASE_MS` milliseconds in a rehearsal.
#[must_use]
pub fn lease(usual: chrono::Duration) -> chrono::Duration {
    #[cfg(debug_assertions)]
    if let Some(lease) = debug::milliseconds("RESPITE_REHEARSE_LEASE_MS") {
        return chrono::Duration::from_std(lease).unwrap_or(usual);
    }
    usual
}

/// How long a client may keep us waiting: as usual, or `RESPITE_REHEARSE_PATIENCE_MS`
/// milliseconds in a rehearsal.
#[must_use]
pub fn patience(usual: Duration) -> Duration {
    #[cfg(debug_assertions)]
    if let Some(patience) = debug::milliseconds("RESPITE_REHEARSE_PATIENCE_MS") {
        return patience;
    }
    usual
}

#[cfg(debug_assertions)]
mod debug {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use crate::clock::Clock;

    struct Death {
        at: String,
        in_so_many: AtomicU32,
    }

    static DEATH: OnceLock<Option<Death>> = OnceLock::new();

    fn planned() -> Option<Death> {
        let text = std::env::var("RESPITE_REHEARSE_DEATH").ok()?;
        let (at, count) = match text.split_once(':') {
            Some((at, count)) => (at, count.parse().ok()?),
            None => (text.as_str(), 1),
        };
        Some(Death {
            at: at.to_owned(),
            in_so_many: AtomicU32::new(count),
        })
    }

    pub fn die_at(name: &str) {
        let Some(death) = DEATH.get_or_init(planned) else {
            return;
        };
        if death.at == name && death.in_so_many.fetch_sub(1, Ordering::SeqCst) == 1 {
            // As `kill -9` would: nothing is flushed, nothing is dropped.
            std::process::abort();
        }
    }

    pub fn clock() -> Option<Clock> {
        let now = std::env::var("RESPITE_REHEARSE_NOW").ok()?;
        Some(Clock::running_from(now.parse().ok()?))
    }

    pub fn milliseconds(variable: &str) -> Option<Duration> {
        let millis = std::env::var(variable).ok()?;
        Some(Duration::from_millis(millis.parse().ok()?))
    }
}
