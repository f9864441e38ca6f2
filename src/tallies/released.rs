//! What is shown of units, wave by wave: computed from released rows whenever it is asked for.
//! Its cost does not grow with the number of check-ins ever made.

use std::collections::BTreeMap;

use super::sight::Sight;
use super::store;
pub use super::store::CountedWave;
use super::{Atom, Publication, Tree, publications};
use crate::ids::{OrganisationId, UnitId};
use crate::people::organisations;
use crate::people::permission::{Hr, Who};
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};

/// One scale of one wave, as it may be shown of one unit.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The unit.
    pub unit: UnitId,
    /// Which wave.
    pub wave: CountedWave,
    /// Which scale.
    pub scale: String,
    /// `None`: not enough answers, or not asked.
    pub publication: Option<Publication>,
}

impl Shown {
    /// The cut that the wave was opened with, 0 to 100.
    #[must_use]
    pub fn cut(&self) -> Option<f64> {
        self.wave.cut(&self.scale)
    }
}

/// One wave with everything that was released of it, for what is concluded about all units at
/// once. What is concluded about one unit is shown to whom the unit is [`Visible`].
pub struct ReleasedWave {
    /// Which wave.
    pub wave: CountedWave,
    /// The tree that it was counted with.
    pub tree: Tree<UnitId>,
    by_scale: BTreeMap<String, BTreeMap<UnitId, Option<Publication>>>,
}

/// A unit that someone has been found to be allowed to see. Only this file makes one.
#[derive(Clone, Copy, Debug)]
pub struct Visible {
    organisation: OrganisationId,
    unit: UnitId,
}

impl Visible {
    /// HR sees units only if the organisation's setting says so.
    pub async fn to_hr(tx: &mut Tx, hr: &Hr, unit: UnitId) -> Result<Self, Problem> {
        hr.must_cover(unit)?;
        if !organisations::find(tx, hr.who.organisation)
            .await?
            .ok_or(Kind::NotFound)?
            .hr_sees_units
        {
            return Err(Kind::NotFound.into());
        }
        Ok(Self {
            organisation: hr.who.organisation,
            unit,
        })
    }

    /// One of the units that someone may read about.
    pub fn in_sight(sight: &Sight, unit: UnitId) -> Result<Self, Problem> {
        sight.must_cover(unit)?;
        Ok(Self {
            organisation: sight.organisation(),
            unit,
        })
    }

    /// The unit.
    #[must_use]
    pub fn unit(&self) -> UnitId {
        self.unit
    }
}

/// Every released scale of every counted wave, for one unit, oldest wave first. Waves that did not
/// ask this unit are left out.
pub async fn of_unit(tx: &mut Tx, visible: Visible) -> Result<Vec<Shown>, StoreError> {
    let mut shown = Vec::new();
    for released in all(tx, visible.organisation).await? {
        if released.tree.contains(&visible.unit) {
            shown.extend(released.rows_of(visible.unit));
        }
    }
    Ok(shown)
}

/// What a member sees: her own unit, and per wave and scale the nearest published unit above it.
pub async fn for_member(
    tx: &mut Tx,
    who: Who,
    home: UnitId,
) -> Result<(Vec<Shown>, Vec<Shown>), StoreError> {
    let (mut own, mut above) = (Vec::new(), Vec::new());
    for released in all(tx, who.organisation).await? {
        if !released.tree.contains(&home) {
            continue;
        }
        own.extend(released.rows_of(home));
        for scale in &released.wave.scales {
            let nearest = released
                .tree
                .upwards(&home)
                .skip(1)
                .map(|unit| released.row(*unit, scale))
                .find(|row| row.publication.is_some());
            above.extend(nearest);
        }
    }
    Ok((own, above))
}

impl ReleasedWave {
    /// What is shown of a unit on a scale; `None`: not enough answers, or not asked.
    #[must_use]
    pub fn publication(&self, unit: UnitId, scale: &str) -> Option<Publication> {
        let units = self.by_scale.get(scale)?;
        units.get(&unit).copied().flatten()
    }

    fn row(&self, unit: UnitId, scale: &str) -> Shown {
        Shown {
            unit,
            wave: self.wave.clone(),
            scale: scale.to_owned(),
            publication: self.publication(unit, scale),
        }
    }

    fn rows_of(&self, unit: UnitId) -> impl Iterator<Item = Shown> {
        self.wave
            .scales
            .iter()
            .map(move |scale| self.row(unit, scale))
    }

    /// How many answered in each published unit: what the next wave's `stayed` is held against.
    fn answered(&self, scale: &str) -> BTreeMap<UnitId, u64> {
        let units = self.by_scale.get(scale).into_iter().flatten();
        units
            .filter_map(|(unit, shown)| Some((*unit, (*shown)?.answered())))
            .collect()
    }
}

/// The counted waves of an organisation, oldest first, without any number.
pub async fn waves(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<CountedWave>, StoreError> {
    store::counted_waves(tx, organisation).await
}

/// Every counted wave of an organisation with all its units, oldest first. For the jobs that
/// conclude something from it, never for a viewer.
pub async fn all(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<ReleasedWave>, StoreError> {
    let mut all: Vec<ReleasedWave> = Vec::new();
    let waves = store::counted_waves(tx, organisation).await?;
    let mut trees = store::trees(tx, organisation).await?;
    let mut atoms = store::atoms(tx, organisation).await?;
    for wave in waves {
        let rows = trees.remove(&wave.id).unwrap_or_default();
        let places: Vec<_> = rows
            .iter()
            .map(|(unit, parent, _)| (*unit, *parent))
            .collect();
        let Ok(tree) = Tree::new(&places) else {
            tracing::error!(wave = %wave.id, "the tree of a counted wave is damaged");
            continue;
        };
        let asked: BTreeMap<UnitId, u32> = rows
            .iter()
            .map(|(unit, _, asked)| (*unit, u32::try_from(*asked).unwrap_or(0)))
            .collect();
        let atoms = atoms.remove(&wave.id).unwrap_or_default();
        let before = all.iter().rfind(|earlier| earlier.wave.plan == wave.plan);
        let by_scale = wave
            .scales
            .iter()
            .map(|scale| {
                let rows: &[Atom<UnitId>] = atoms.get(scale).map_or(&[], Vec::as_slice);
                let before = before
                    .map(|before| before.answered(scale))
                    .unwrap_or_default();
                (scale.clone(), publications(&tree, rows, &asked, &before))
            })
            .collect();
        all.push(ReleasedWave {
            wave,
            tree,
            by_scale,
        });
    }
    Ok(all)
}
