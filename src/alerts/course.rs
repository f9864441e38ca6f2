//! The course of an alert: when a status opens, raises, lowers or ends it. The status itself has
//! the memory (docs/trends.md, A10), so nothing here waits or counts.

use crate::trends::Status;

impl Status {
    /// Every status, from the least to the most, with the word that tables and the API use.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Quiet, "quiet"),
        (Self::Watch, "watch"),
        (Self::Elevated, "elevated"),
        (Self::High, "high"),
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(status, _)| *status == self);
        found.map_or("", |(_, word)| word)
    }

    /// The status that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known)| *known == word);
        found.map(|(status, _)| *status)
    }
}

/// Why an alert has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Because {
    /// The unit has been quiet at two check-ins.
    Quiet,
    /// Too few answered at two check-ins; not the same as good news.
    NotEnoughAnswers,
    /// The unit is closed, or the plan does not ask it any more.
    NotAsked,
    /// No wave will follow.
    PlanEnded,
}

impl Because {
    /// Every reason, with the word that the table and the API use.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Quiet, "quiet"),
        (Self::NotEnoughAnswers, "not-enough-answers"),
        (Self::NotAsked, "not-asked"),
        (Self::PlanEnded, "plan-ended"),
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(because, _)| *because == self);
        found.map_or("", |(_, word)| word)
    }
}

/// What a wave does to the alert of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// There is none, and there is no cause for one; or it stays as it is.
    Stay,
    /// There is one now.
    Open(Status),
    /// It is raised or lowered.
    Turn(Status),
    /// It ends.
    End(Because),
}

/// What becomes of the alert of a unit, given the status that it has (`None`: there is no open
/// one) and the one that this wave found (`None`: not enough answers at two check-ins in a row).
/// An alert opens from `elevated` on, because `watch` asks for nothing but patience; once open it
/// is lowered to `watch` before it ends.
#[must_use]
pub fn step(present: Option<Status>, found: Option<Status>) -> Step {
    match (present, found) {
        (None, Some(status)) if status >= Status::Elevated => Step::Open(status),
        (None, _) => Step::Stay,
        (Some(_), None) => Step::End(Because::NotEnoughAnswers),
        (Some(_), Some(Status::Quiet)) => Step::End(Because::Quiet),
        (Some(present), Some(found)) if present == found => Step::Stay,
        (Some(_), Some(found)) => Step::Turn(found),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::{Elevated, High, Quiet, Watch};

    #[test]
    fn an_alert_opens_rises_sinks_and_ends() {
        for (present, found, expected) in [
            (None, None, Step::Stay),
            (None, Some(Quiet), Step::Stay),
            (None, Some(Watch), Step::Stay),
            (None, Some(Elevated), Step::Open(Elevated)),
            (None, Some(High), Step::Open(High)),
            (Some(Elevated), Some(Elevated), Step::Stay),
            (Some(Elevated), Some(High), Step::Turn(High)),
            (Some(High), Some(Elevated), Step::Turn(Elevated)),
            (Some(High), Some(Watch), Step::Turn(Watch)),
            (Some(Watch), Some(High), Step::Turn(High)),
            (Some(Watch), Some(Quiet), Step::End(Because::Quiet)),
            (Some(High), Some(Quiet), Step::End(Because::Quiet)),
            (Some(High), None, Step::End(Because::NotEnoughAnswers)),
        ] {
            assert_eq!(step(present, found), expected, "{present:?} {found:?}");
        }
    }
}
