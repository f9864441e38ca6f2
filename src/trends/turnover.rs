//! Who answered, from counts alone (A13): many new people can make a difference by themselves.

use super::finding::Finding;

/// From which share of those who came or left on a note is due.
const MANY: f64 = 0.4;

/// How many joined and left the answers between two neighbouring waves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turnover {
    /// u: answered now, not the time before.
    pub joined: u32,
    /// w: answered the time before, not now.
    pub left: u32,
    /// n of the later wave.
    pub answered: u32,
    /// n of the earlier wave.
    pub answered_before: u32,
}

impl Turnover {
    /// From both numbers of answers, and how many are the same people. The input's check keeps
    /// `stayed` below both.
    pub(super) const fn of(answered_before: u32, answered: u32, stayed: u32) -> Self {
        Self {
            joined: answered.saturating_sub(stayed),
            left: answered_before.saturating_sub(stayed),
            answered,
            answered_before,
        }
    }

    /// Whether so many came or left that it deserves a sentence.
    #[must_use]
    pub fn is_many(&self) -> bool {
        let moved = f64::from(self.joined) + f64::from(self.left);
        let all = f64::from(self.answered) + f64::from(self.answered_before);
        moved / all >= MANY
    }
}

/// What belongs beside an elevated finding: "many of those who answered then had not answered here
/// the time before". `None` if there were not many, or if it is not known. A hint, not a finding.
#[must_use]
pub fn turnover_note(finding: &Finding) -> Option<Turnover> {
    finding.turnover.filter(Turnover::is_many)
}
