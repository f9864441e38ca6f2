//! The publication rule: what may be shown of a wave, and nothing else can be made here. The
//! released sets are disjoint groups of at least five people, and all that is shown of a unit is
//! a sum over their released rows. Rule and proof: `docs/decisions/0003-the-publication-rule.md`.

#[cfg(test)]
mod attack;
mod limits;

use std::collections::BTreeMap;

use super::count::{Count, ScaleRule, Sums, Threshold};
use super::fraction::Fraction;
use super::tree::Tree;
use limits::Limits;

/// Released of a group of at least five people: the row that stays when the ballots are gone.
/// Made by the rule, or read back from where the rule's rows are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    answered: u32,
    mean: u8,
    at_or_above_cut: Option<u32>,
    stayed: u32,
}

/// A group whose answers are released together, with the unit at its top.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Atom<U> {
    /// All its answers were counted at or below this unit.
    pub top: U,
    /// What is released of it.
    pub tally: Tally,
}

/// What is shown of a unit: sums over the released rows at or below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication {
    answered: u64,
    asked: u64,
    mean: u8,
    at_or_above_cut: Option<u64>,
    stayed: Option<u64>,
}

impl Tally {
    /// A row as the store kept it; `None` if the rule cannot have made it.
    #[must_use]
    pub fn from_row(
        answered: i64,
        mean: i64,
        at_or_above_cut: Option<i64>,
        stayed: i64,
    ) -> Option<Self> {
        let at_or_above_cut = at_or_above_cut.map(u32::try_from).transpose().ok()?;
        let tally = Self {
            answered: u32::try_from(answered).ok()?,
            mean: u8::try_from(mean).ok()?,
            at_or_above_cut,
            stayed: u32::try_from(stayed).ok()?,
        };
        let is_released = tally.answered >= Threshold::LEAST
            && tally.mean <= 100
            && tally.stayed <= tally.answered
            && at_or_above_cut.is_none_or(|cut| (2..=tally.answered - 2).contains(&cut));
        is_released.then_some(tally)
    }

    /// How many answers.
    #[must_use]
    pub const fn answered(&self) -> u32 {
        self.answered
    }

    /// Whole points, 0 to 100; kept away from the ends so that no answer is bounded tightly.
    #[must_use]
    pub const fn mean(&self) -> u8 {
        self.mean
    }

    /// How many at or above the cut, 2 to all but 2: never tells none, one, all but one and all
    /// apart. `None` if the scale has no cut, or if mean and count together would tell too much.
    #[must_use]
    pub const fn at_or_above_cut(&self) -> Option<u32> {
        self.at_or_above_cut
    }

    /// How many of them were counted at the same place in the wave before.
    #[must_use]
    pub const fn stayed(&self) -> u32 {
        self.stayed
    }
}

impl Publication {
    /// How many answers.
    #[must_use]
    pub const fn answered(&self) -> u64 {
        self.answered
    }

    /// How many could have answered: a fact of the roster.
    #[must_use]
    pub const fn asked(&self) -> u64 {
        self.asked
    }

    /// Whole points, 0 to 100.
    #[must_use]
    pub const fn mean(&self) -> u8 {
        self.mean
    }

    /// How many at or above the cut; `None` if that is not released of every group in it.
    #[must_use]
    pub const fn at_or_above_cut(&self) -> Option<u64> {
        self.at_or_above_cut
    }

    /// How many were also counted here in the wave before; `None` unless both are published.
    #[must_use]
    pub const fn stayed(&self) -> Option<u64> {
        self.stayed
    }
}

impl<U: Ord + Clone> Count<'_, U> {
    /// The released rows of this count, by the unit at the top of each. Which there are follows
    /// from the numbers of answers alone, never from their values.
    #[must_use]
    pub fn atoms(&self, threshold: Threshold) -> Vec<Atom<U>> {
        let pools = self.pools(threshold).into_iter();
        pools
            .map(|(top, sums)| Atom {
                top: top.clone(),
                tally: release(&self.rule, &sums),
            })
            .collect()
    }
}

/// The released row of a group; `sums` are those of at least five people.
fn release(rule: &ScaleRule, sums: &Sums) -> Tally {
    let range = i128::from(sums.answered) * i128::from(rule.highest);
    let steps = i128::try_from(sums.steps).unwrap_or(i128::MAX);
    let mean = Fraction::new(100 * steps, range).round_half_up();
    let at_or_above_cut = sums.at_or_above_cut.clamp(2, sums.answered - 2);
    let given_cut = Limits::given_cut(rule, sums.answered, at_or_above_cut);
    let limits = given_cut.unwrap_or_else(|| Limits::without_cut(rule, sums.answered));
    Tally {
        answered: sums.answered,
        mean: whole_points(limits.bring(mean)),
        at_or_above_cut: given_cut.map(|_| at_or_above_cut),
        stayed: sums.stayed,
    }
}

fn whole_points(mean: i128) -> u8 {
    u8::try_from(mean.clamp(0, 100)).expect("a number from 0 to 100 fits into a byte")
}

/// Of every unit of the tree what is shown of it, from released rows alone; `None` says "not
/// enough answers". `asked` counts the settled members directly in each unit, and at the root
/// also all others of the roster. `before` is how many answered in each unit that was published
/// in the wave before.
#[must_use]
pub fn publications<U: Ord + Clone>(
    tree: &Tree<U>,
    atoms: &[Atom<U>],
    asked: &BTreeMap<U, u32>,
    before: &BTreeMap<U, u64>,
) -> BTreeMap<U, Option<Publication>> {
    let mut below: BTreeMap<&U, Below> = BTreeMap::new();
    for atom in atoms {
        for unit in tree.upwards(&atom.top) {
            below.entry(unit).or_default().add(&atom.tally);
        }
    }
    for (unit, members) in asked {
        for unit in tree.upwards(unit) {
            below.entry(unit).or_default().asked += u64::from(*members);
        }
    }
    let published = |unit: &U| below.get(unit)?.publication(before.get(unit).copied());
    tree.units()
        .map(|unit| (unit.clone(), published(unit)))
        .collect()
}

/// Sums over the released rows at or below a unit.
struct Below {
    answered: u64,
    asked: u64,
    /// Sum of the means, each as often as its group has members.
    points: u64,
    at_or_above_cut: Option<u64>,
    stayed: u64,
}

impl Default for Below {
    fn default() -> Self {
        Self {
            answered: 0,
            asked: 0,
            points: 0,
            at_or_above_cut: Some(0),
            stayed: 0,
        }
    }
}

impl Below {
    fn add(&mut self, tally: &Tally) {
        self.answered += u64::from(tally.answered);
        self.points += u64::from(tally.answered) * u64::from(tally.mean);
        let more = tally.at_or_above_cut.map(u64::from);
        self.at_or_above_cut = self.at_or_above_cut.zip(more).map(|(sum, more)| sum + more);
        self.stayed += u64::from(tally.stayed);
    }

    fn publication(&self, before: Option<u64>) -> Option<Publication> {
        if self.answered == 0 {
            return None;
        }
        let mean = Fraction::new(self.points.into(), self.answered.into()).round_half_up();
        Some(Publication {
            answered: self.answered,
            asked: self.asked,
            mean: whole_points(mean),
            at_or_above_cut: self.at_or_above_cut,
            stayed: before.map(|before| self.stayed.min(before)),
        })
    }
}
