//! What time it is. The only place that asks the operating system, so that every rule and job
//! can be run at any moment of a test's choosing.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use chrono::{DateTime, Duration, Months, NaiveDate, SubsecRound, Utc};

/// A source of instants, in UTC, cut to whole microseconds (the finest that both engines keep).
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// The system's clock, moved by so many microseconds.
    Moved(i64),
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The operating system's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that shows an instant now and runs on from there, for rehearsals.
    #[must_use]
    pub fn running_from(instant: DateTime<Utc>) -> Self {
        let ahead = instant - Self::system().now();
        Self(Source::Moved(ahead.num_microseconds().unwrap_or(0)))
    }

    /// A clock that stands still until it is moved; clones of it move together.
    #[must_use]
    pub fn standing_at(instant: DateTime<Utc>) -> Self {
        Self(Source::Set(Arc::new(AtomicI64::new(
            instant.timestamp_micros(),
        ))))
    }

    /// The present instant.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the Clock")]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.0 {
            Source::System => Utc::now().trunc_subsecs(6),
            Source::Moved(micros) => Utc::now().trunc_subsecs(6) + Duration::microseconds(*micros),
            Source::Set(micros) => DateTime::from_timestamp_micros(micros.load(Ordering::SeqCst))
                .unwrap_or(DateTime::UNIX_EPOCH),
        }
    }

    /// The present day in UTC.
    #[must_use]
    pub fn today(&self) -> NaiveDate {
        self.now().date_naive()
    }

    /// Time since some fixed moment, for measuring how long something took: unlike [`now`], it
    /// never goes back when the operating system's clock is corrected.
    ///
    /// [`now`]: Self::now
    #[must_use]
    pub fn ticks(&self) -> std::time::Duration {
        static START: OnceLock<Instant> = OnceLock::new();
        match &self.0 {
            Source::System | Source::Moved(_) => START.get_or_init(Instant::now).elapsed(),
            Source::Set(micros) => {
                let micros = micros.load(Ordering::SeqCst);
                std::time::Duration::from_micros(u64::try_from(micros).unwrap_or(0))
            }
        }
    }

    /// Whether waiting moves this clock; a standing one moves only when a test says so.
    #[must_use]
    pub const fn is_running(&self) -> bool {
        !matches!(self.0, Source::Set(_))
    }

    /// Moves a standing clock forward; the system's clock is left alone.
    pub fn advance(&self, by: Duration) {
        if let (Source::Set(micros), Some(by)) = (&self.0, by.num_microseconds()) {
            micros.fetch_add(by, Ordering::SeqCst);
        }
    }

    /// Sets a standing clock to an instant; the system's clock is left alone.
    pub fn set(&self, instant: DateTime<Utc>) {
        if let Source::Set(micros) = &self.0 {
            micros.store(instant.timestamp_micros(), Ordering::SeqCst);
        }
    }
}

/// An instant so many months before another; the beginning of time where the calendar ends.
#[must_use]
pub fn months_before(instant: DateTime<Utc>, months: Months) -> DateTime<Utc> {
    instant
        .checked_sub_months(months)
        .unwrap_or(DateTime::UNIX_EPOCH)
}
