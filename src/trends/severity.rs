//! From a chance to a word (A9): thresholds, and which of many units may be flagged at once.

use serde::Serialize;

use super::finding::Finding;
use super::series::Cadence;

/// What a unit shows, from the least to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Nothing beyond chance.
    Quiet,
    /// Worth another look at the next wave; happens to a stable team once in five years.
    Watch,
    /// A rise; happens to a stable team once in twenty years.
    Elevated,
    /// A large rise; happens to a stable team once in a hundred years.
    High,
}

impl Status {
    /// The levels above quiet, the highest first.
    pub const ALARMS: [Self; 3] = [Self::High, Self::Elevated, Self::Watch];
}

impl Cadence {
    /// The largest p that is still this level; 1 for quiet. Chosen for .20, .05 and .01 false
    /// alarms per team and year.
    #[must_use]
    pub const fn threshold(self, level: Status) -> f64 {
        match (self, level) {
            (_, Status::Quiet) => 1.0,
            (Self::Quarterly, Status::Watch) => 0.14,
            (Self::Quarterly, Status::Elevated) => 0.028,
            (Self::Quarterly, Status::High) => 0.0055,
            (Self::Monthly, Status::Watch) => 0.055,
            (Self::Monthly, Status::Elevated) => 0.013,
            (Self::Monthly, Status::High) => 0.0028,
        }
    }

    /// The level of p alone, without any other condition.
    #[must_use]
    pub fn level_of(self, p: f64) -> Status {
        highest(|level| p <= self.threshold(level))
    }

    /// The highest level that a p lets a status keep, or a single scale show: three times the
    /// threshold is enough.
    #[must_use]
    pub fn level_kept(self, p: f64) -> Status {
        highest(|level| p <= 3.0 * self.threshold(level))
    }
}

fn highest(holds: impl Fn(Status) -> bool) -> Status {
    let mut alarms = Status::ALARMS.into_iter();
    alarms.find(|level| holds(*level)).unwrap_or(Status::Quiet)
}

/// Whether a unit is among those that Benjamini-Hochberg rejects, at the two rates that are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rejected {
    /// At a false share of one in five: what elevated asks for.
    pub at_a_fifth: bool,
    /// At a false share of one in ten: what high asks for.
    pub at_a_tenth: bool,
}

impl Rejected {
    /// For a series that is not one of many.
    pub const ALONE: Self = Self {
        at_a_fifth: true,
        at_a_tenth: true,
    };

    /// Of each p of a set.
    pub fn among(ps: &[f64]) -> Vec<Self> {
        let both = rejected(ps, 0.20).into_iter().zip(rejected(ps, 0.10));
        both.map(|(at_a_fifth, at_a_tenth)| Self {
            at_a_fifth,
            at_a_tenth,
        })
        .collect()
    }
}

/// The level of a p with all conditions: `leading` is the finding of the smallest p. Who misses one
/// falls to the level below.
pub(super) fn severity(cadence: Cadence, p: f64, leading: &Finding, rejected: Rejected) -> Status {
    let level = cadence.level_of(p);
    let is_elevated = level >= Status::Elevated && leading.shown_size >= 3.0 && rejected.at_a_fifth;
    let is_high = is_elevated
        && level >= Status::High
        && leading.shown_size >= 5.0
        && rejected.at_a_tenth
        && leading.rows > 2;
    if is_high {
        Status::High
    } else if is_elevated {
        Status::Elevated
    } else {
        level.min(Status::Watch)
    }
}

/// Which of the p are rejected at the false discovery rate `q` (Benjamini and Hochberg, Journal of
/// the Royal Statistical Society B 57, 1995): with the p sorted upwards, all up to the largest of
/// which p(i) <= q i / G.
#[must_use]
pub fn rejected(ps: &[f64], q: f64) -> Vec<bool> {
    let mut sorted = ps.to_vec();
    sorted.sort_by(f64::total_cmp);
    let all = super::plug_ins::count(sorted.len());
    let largest = (1_u32..)
        .zip(sorted)
        .filter(|(rank, p)| *p <= q * f64::from(*rank) / all)
        .map(|(_, p)| p)
        .last();
    ps.iter()
        .map(|p| largest.is_some_and(|largest| *p <= largest))
        .collect()
}
