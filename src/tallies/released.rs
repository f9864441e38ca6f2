//! What is shown of units, wave by wave: computed from released rows whenever it is asked for.
//! Its cost does not grow with the number of check-ins ever made.

use std::collections::BTreeMap;

use super::store::{self, CountedWave};
use super::{Atom, Publication, Tree, publications};
use crate::ids::{OrganisationId, UnitId};
use crate::people::organisations;
use crate::people::permission::{Hr, Supervisor, Who};
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

/// One wave with everything that was released of it.
struct Released {
    wave: CountedWave,
    tree: Tree<UnitId>,
    by_scale: BTreeMap<String, BTreeMap<UnitId, Option<Publication>>>,
}

/// A unit that someone has been found to be allowed to see. Only this file makes one.
#[derive(Clone, Copy, Debug)]
pub struct Visible {
    organisation: OrganisationId,
    unit: UnitId,
}

impl Visible {
    /// A supervisor sees her units and those below.
    pub fn to_supervisor(supervisor: &Supervisor, unit: UnitId) -> Result<Self, Problem> {
        supervisor.must_cover(unit)?;
        Ok(Self {
            organisation: supervisor.who.organisation,
            unit,
        })
    }

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

impl Released {
    fn row(&self, unit: UnitId, scale: &str) -> Shown {
        let publication = self
            .by_scale
            .get(scale)
            .and_then(|units| units.get(&unit).copied())
            .flatten();
        Shown {
            unit,
            wave: self.wave.clone(),
            scale: scale.to_owned(),
            publication,
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

async fn all(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Released>, StoreError> {
    let mut all: Vec<Released> = Vec::new();
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
        all.push(Released {
            wave,
            tree,
            by_scale,
        });
    }
    Ok(all)
}
