//! The memory of a status (A10): it rises at once, falls slowly, survives one wave without a row,
//! and is forgotten at the second.

use super::series::Cadence;
use super::severity::Status;

/// The state of one unit in the change channel. Begins as a unit that never had a row.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// `None` before the first row and after two waves without one.
    status: Option<Status>,
    /// Waves in a row whose p did not bear the status out.
    below: u32,
    /// Waves without a row.
    gaps: u32,
}

impl Memory {
    /// A wave with a row. `seen` is p and the level that it has with all conditions (A9); `None`
    /// if there was nothing to compare with.
    pub fn row(&mut self, seen: Option<(f64, Status)>, cadence: Cadence) {
        self.gaps = 0;
        let now = self.status.unwrap_or(Status::Quiet);
        self.status = Some(now);
        let Some((p, up)) = seen else { return };
        let keep = cadence.level_kept(p);
        self.below = if keep < now { self.below + 1 } else { 0 };
        if up > now {
            self.change(up);
        } else if self.below >= 2 {
            self.change(keep.max(up));
        }
    }

    /// A wave without a row: the first keeps the state.
    pub fn gap(&mut self) {
        self.gaps = self.gaps.saturating_add(1);
        if self.gaps >= 2 {
            self.status = None;
            self.below = 0;
        }
    }

    fn change(&mut self, to: Status) {
        if self.status != Some(to) {
            self.below = 0;
        }
        self.status = Some(to);
    }

    /// `None` says "not enough answers".
    #[must_use]
    pub const fn status(&self) -> Option<Status> {
        self.status
    }

    /// Whether the last wave had a row.
    #[must_use]
    pub const fn is_of_this_wave(&self) -> bool {
        self.gaps == 0 && self.status.is_some()
    }

    /// Whether the status is from the wave before: "no new information".
    #[must_use]
    pub const fn has_no_new_information(&self) -> bool {
        self.gaps == 1 && self.status.is_some()
    }
}
