//! A believable network: three organisations, twelve sites, teams of 4 to 25, two years of
//! quarterly waves and a year of monthly pulses. Everything goes through the same functions as
//! real use: sealed records, sealed ballots, real counts. Only passwords are cheap.

mod answers;
mod cast;
mod network;
mod story;

use chrono::{DateTime, Duration, Months, NaiveDate, Utc};
use rand::SeedableRng;
use rand::rngs::StdRng;

use crate::app::App;
use crate::problem::Problem;
pub use cast::Shown;
pub use story::Progress;

/// How large a demonstration is.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Organisations, 1 to 12.
    pub organisations: usize,
    /// Quarterly waves that have closed, 1 to 20; one more is open.
    pub quarterly: u32,
    /// Monthly waves that have closed, 0 to 24; one more is open.
    pub monthly: u32,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            organisations: 3,
            quarterly: 8,
            monthly: 12,
        }
    }
}

/// When things happen in a demonstration, seen from today.
#[derive(Clone, Copy, Debug)]
pub struct Calendar {
    /// Opening day of the first quarterly wave.
    pub quarterly_from: NaiveDate,
    /// Opening day of the first monthly wave.
    pub monthly_from: NaiveDate,
    /// The present: both kinds of waves opened three days ago.
    pub present: DateTime<Utc>,
}

impl Calendar {
    /// Counts back from the present, so that a wave of each kind is open now.
    #[must_use]
    pub fn before(present: DateTime<Utc>, size: Size) -> Self {
        let opened = (present - Duration::days(3)).date_naive();
        // Before the 29th, so that every month has the day.
        let opened = opened.min(clamped(opened));
        let back = |months: u32| {
            opened
                .checked_sub_months(Months::new(months))
                .unwrap_or(opened)
        };
        Self {
            quarterly_from: back(3 * size.quarterly),
            monthly_from: back(size.monthly),
            present,
        }
    }

    /// When the organisations were set up: long enough before the first wave for everyone to be
    /// settled.
    #[must_use]
    pub fn founded(&self) -> DateTime<Utc> {
        let first = self.quarterly_from.min(self.monthly_from);
        first.and_hms_opt(6, 0, 0).unwrap_or_default().and_utc() - Duration::days(40)
    }
}

fn clamped(day: NaiveDate) -> NaiveDate {
    use chrono::Datelike;
    day.with_day(day.day().min(28)).unwrap_or(day)
}

/// Fills an empty database. The clock of `app` is moved through two years and ends in the
/// present; `seed` decides names, sizes and answers.
pub async fn fill(
    app: &App,
    (size, seed): (Size, u64),
    progress: &impl Progress,
) -> Result<Vec<Shown>, Problem> {
    let mut chance = StdRng::seed_from_u64(seed);
    let calendar = Calendar::before(app.clock.now(), size);
    app.clock.set(calendar.founded());
    let mut houses = network::found(app, size, (&calendar, &mut chance)).await?;
    story::tell(app, &mut houses, (&calendar, &mut chance), progress).await?;
    app.clock.set(calendar.present);
    Ok(cast::shown(&houses))
}
