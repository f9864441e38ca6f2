//! The waves that a scan looks at (A3), and the constants of the two rhythms (A2).

use super::series::Cadence;
use super::table::{Entry, Track};

/// Most waves in a window.
pub(super) const MOST: usize = 12;

/// The waves up to the one that is judged, as far back as a scan looks. Places in it are counted
/// from 0; the last is the judged wave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    pub first: u32,
    pub last: u32,
}

/// One unit's rows at the places of a window.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows(pub [Option<Entry>; MOST]);

impl Cadence {
    /// W: how many waves a scan looks back, two years or one.
    pub(super) const fn window(self) -> u32 {
        match self {
            Self::Quarterly => 8,
            Self::Monthly => 12,
        }
    }

    /// How many waves are asked in a year.
    #[must_use]
    pub const fn waves_a_year(self) -> u32 {
        match self {
            Self::Quarterly => 4,
            Self::Monthly => 12,
        }
    }

    /// phi: correlation of a team's ordinary movement from wave to wave, .5 in a quarter.
    pub(super) fn phi(self) -> f64 {
        match self {
            Self::Quarterly => 0.5,
            Self::Monthly => 0.5_f64.cbrt(),
        }
    }

    /// r: correlation of what lasts in a person from wave to wave, .92 in a quarter.
    pub(super) fn lasting(self) -> f64 {
        match self {
            Self::Quarterly => 0.92,
            Self::Monthly => 0.92_f64.cbrt(),
        }
    }
}

impl Window {
    /// max(1, t - W + 1) to t.
    pub fn up_to(wave: u32, cadence: Cadence) -> Self {
        Self {
            first: (wave + 1).saturating_sub(cadence.window()).max(1),
            last: wave,
        }
    }

    /// The place of a wave of the window.
    pub const fn place(self, wave: u32) -> usize {
        (wave - self.first) as usize
    }

    /// The number of places.
    pub const fn len(self) -> usize {
        self.place(self.last) + 1
    }

    /// The rows of a unit that lie in it.
    pub fn rows(self, track: &Track) -> Rows {
        let mut rows = Rows([None; MOST]);
        for entry in track.between(self.first, self.last) {
            rows.0[self.place(entry.wave)] = Some(*entry);
        }
        rows
    }
}
