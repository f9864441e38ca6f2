//! How made-up people are, move and answer: every constant of the generator, and what really
//! changes. Points are of a scale from 0 to 100, higher is worse.

use crate::trends::Cadence;

/// How people are and answer. The default is what published studies of such scales suggest.
#[derive(Clone, Debug)]
pub struct World {
    /// Rhythm of the waves.
    pub cadence: Cadence,
    /// Members of each team; a change hits the first.
    pub sizes: Vec<u32>,
    /// Items of the scale, five answers each.
    pub items: u32,
    /// SD of what lasts in a person.
    pub trait_sd: f64,
    /// SD of what passes in a person.
    pub state_sd: f64,
    /// How much of what passes is left after a quarter.
    pub state_correlation: f64,
    /// SD of single items around what she feels.
    pub item_sd: f64,
    /// SD of lasting differences between teams.
    pub team_sd: f64,
    /// SD of a team's ordinary movement; half of it is left after a quarter.
    pub team_shock_sd: f64,
    /// SD of a movement that all teams share; half of it is left after a quarter.
    pub organisation_shock_sd: f64,
    /// Points by which a yearly season lifts and lowers all.
    pub season: f64,
    /// Share that leaves in a year.
    pub turnover: f64,
    /// Share that answers, nearly.
    pub response: f64,
    /// How much a standard deviation of strain keeps from answering, on the logistic scale.
    pub silence: f64,
    /// Whether the pooled variance within teams is released.
    pub spread: Spread,
}

/// What becomes of the pooled variance within teams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    /// As in the method's published tables.
    Released,
    /// As in the product (`docs/decisions/0012-no-variance-is-released.md`).
    Withheld,
}

/// What really changes.
#[derive(Clone, Copy, Debug)]
pub struct Change {
    /// The first wave of it.
    pub at: u32,
    /// Points, once it is complete.
    pub size: f64,
    /// In how many waves it is complete; 1 for a step.
    pub waves: u32,
    /// Who changes.
    pub whom: Whom,
}

/// Who changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// The people of the first team.
    FirstTeam,
    /// Everybody.
    Everyone,
    /// Nobody; but two in five of the first team are replaced at once by more strained people.
    NewPeople,
}

impl World {
    /// Everything as usual.
    #[must_use]
    pub fn usual(cadence: Cadence, sizes: Vec<u32>) -> Self {
        Self {
            cadence,
            sizes,
            items: 7,
            trait_sd: 13.5,
            state_sd: 9.2,
            state_correlation: 0.75,
            item_sd: 16.0,
            team_sd: 4.6,
            team_shock_sd: 1.5,
            organisation_shock_sd: 0.0,
            season: 0.0,
            turnover: 0.22,
            response: 0.75,
            silence: -0.2,
            spread: Spread::Released,
        }
    }

    /// Recorded waves: five years, or two and two thirds.
    #[must_use]
    pub const fn waves(&self) -> u32 {
        match self.cadence {
            Cadence::Quarterly => 20,
            Cadence::Monthly => 32,
        }
    }

    /// The first wave whose alarms are counted: after a year, or two thirds of one.
    #[must_use]
    pub const fn first_counted(&self) -> u32 {
        match self.cadence {
            Cadence::Quarterly => 5,
            Cadence::Monthly => 9,
        }
    }

    /// Within how many waves of a change it is looked whether it was noticed.
    #[must_use]
    pub const fn horizons(&self) -> [u32; 4] {
        match self.cadence {
            Cadence::Quarterly => [1, 2, 4, 8],
            Cadence::Monthly => [1, 3, 6, 12],
        }
    }

    /// The wave of a change, unless another is asked for.
    #[must_use]
    pub const fn usual_change(&self) -> u32 {
        match self.cadence {
            Cadence::Quarterly => 9,
            Cadence::Monthly => 13,
        }
    }

    /// What is left after a wave of something of which so much is left after a quarter.
    pub(super) fn left(&self, after_a_quarter: f64) -> f64 {
        match self.cadence {
            Cadence::Quarterly => after_a_quarter,
            Cadence::Monthly => after_a_quarter.cbrt(),
        }
    }

    /// Share that leaves between two waves.
    pub(super) fn leaving(&self) -> f64 {
        1.0 - (1.0 - self.turnover).powf(1.0 / f64::from(self.cadence.waves_a_year()))
    }
}

impl Change {
    /// Points of it at a wave.
    pub(super) fn points(&self, wave: u32) -> f64 {
        if self.whom == Whom::NewPeople || wave < self.at {
            return 0.0;
        }
        let done = f64::from(wave - self.at + 1) / f64::from(self.waves.max(1));
        self.size * done.min(1.0)
    }
}
