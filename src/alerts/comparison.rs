//! What is compared with what: the released rows of one plan, as the trend method reads them. Units
//! of one kind are compared with one another: teams with teams, sites with sites. Pure.

use std::collections::{BTreeSet, HashMap};

use crate::ids::{PlanId, UnitId, WaveId};
use crate::people::units::UnitKind;
use crate::questionnaires::Instrument;
use crate::questionnaires::scale::Higher;
use crate::tallies::released::ReleasedWave;
use crate::trends::{Cadence, DEFAULT_ALPHA, Direction, Released, Row, Scale};

/// Kinds of units that are compared. The organisation is a set of its own in each of them.
pub const KINDS: [UnitKind; 2] = [UnitKind::Team, UnitKind::Site];

/// The waves of one plan up to the one that is judged, all of one major version of the instrument.
pub struct History<'a> {
    /// Oldest first; the last one is judged.
    waves: Vec<&'a ReleasedWave>,
    scales: Vec<Scale>,
    cadence: Cadence,
}

impl<'a> History<'a> {
    /// Of the wave that is judged; `None` if it is not among the released ones, or if it asked
    /// nothing that feeds trends.
    #[must_use]
    pub fn of(
        wave: WaveId,
        (all, plan): (&'a [ReleasedWave], PlanId),
        (instrument, every_months): (&Instrument, u32),
    ) -> Option<Self> {
        let judged = all.iter().find(|released| released.wave.id == wave)?;
        let mut waves: Vec<&ReleasedWave> = all
            .iter()
            .filter(|released| released.wave.plan == plan)
            .filter(|released| released.wave.number <= judged.wave.number)
            .filter(|released| major(&released.wave.version) == major(&judged.wave.version))
            .collect();
        waves.sort_by_key(|released| released.wave.number);
        let scales = scales(judged, instrument);
        (!scales.is_empty()).then_some(Self {
            waves,
            scales,
            cadence: Cadence::of_waves_a_year(12 / every_months.clamp(1, 12)),
        })
    }

    /// The wave that is judged.
    #[must_use]
    pub fn judged(&self) -> &'a ReleasedWave {
        self.waves.last().expect("the judged wave is among them")
    }

    /// The wave of a number, if it was counted.
    #[must_use]
    pub fn wave(&self, number: u32) -> Option<&'a ReleasedWave> {
        let number = i64::from(number);
        let found = self.waves.iter().find(|one| one.wave.number == number);
        found.copied()
    }

    /// The scales that feed trends, in the instrument's order.
    #[must_use]
    pub fn scales(&self) -> &[Scale] {
        &self.scales
    }

    /// The rhythm whose constants are used.
    #[must_use]
    pub const fn cadence(&self) -> Cadence {
        self.cadence
    }

    /// The units of a kind that were ever asked, in the order of their ids.
    #[must_use]
    pub fn units(&self, kind: UnitKind, kinds: &HashMap<UnitId, UnitKind>) -> Vec<UnitId> {
        let asked: BTreeSet<UnitId> = self
            .waves
            .iter()
            .flat_map(|released| released.tree.units().copied())
            .filter(|unit| kinds.get(unit) == Some(&kind))
            .collect();
        asked.into_iter().collect()
    }

    /// The input of the method: these units, and the organisation's own rows.
    #[must_use]
    pub fn released(&self, units: &[UnitId]) -> Released {
        let root = *self.judged().tree.root();
        Released {
            cadence: self.cadence,
            waves: number(self.judged()),
            scales: self.scales.clone(),
            organisation: self.rows(root),
            // None is released: docs/decisions/0012.
            spread: Vec::new(),
            units: units
                .iter()
                .map(|unit| crate::trends::Unit {
                    id: unit.to_string(),
                    rows: self.rows(*unit),
                })
                .collect(),
        }
    }

    /// Every row of a unit, by wave and then by scale.
    fn rows(&self, unit: UnitId) -> Vec<Row> {
        let cells = self
            .waves
            .iter()
            .flat_map(|released| self.scales.iter().map(move |scale| (released, scale)));
        cells
            .filter_map(|(released, scale)| {
                let shown = released.publication(unit, &scale.id)?;
                Some(Row {
                    wave: number(released),
                    scale: scale.id.clone(),
                    answered: u32::try_from(shown.answered()).ok()?,
                    asked: u32::try_from(shown.asked()).ok()?,
                    mean: f64::from(shown.mean()),
                    stayed: shown.stayed().and_then(|stayed| u32::try_from(stayed).ok()),
                })
            })
            .collect()
    }
}

/// The number of a wave, as the method counts.
fn number(released: &ReleasedWave) -> u32 {
    u32::try_from(released.wave.number).unwrap_or(u32::MAX)
}

/// Scores of different major versions are not compared.
fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or_default()
}

/// The scales of a wave that feed trends. The cut is the one that the wave was opened with: there
/// is none where untested translations were offered, because levels do not pool.
fn scales(judged: &ReleasedWave, instrument: &Instrument) -> Vec<Scale> {
    let asked = judged.wave.scales.iter();
    asked
        .filter_map(|id| {
            let scale = instrument.scale(id).filter(|scale| scale.scan)?;
            Some(Scale {
                id: id.clone(),
                direction: match scale.higher {
                    Higher::Worse => Direction::HigherIsWorse,
                    Higher::Better => Direction::HigherIsBetter,
                },
                cut: judged.wave.cut(id),
                alpha: scale
                    .alpha
                    .as_ref()
                    .map_or(DEFAULT_ALPHA, |alpha| alpha.value.to_f64()),
            })
        })
        .collect()
}
