//! The count of one scale in one wave: whole sums per unit, in memory only. They are never shown
//! and do not print; what may be shown of them, `publication.rs` makes.

use std::collections::BTreeMap;

use super::fraction::Fraction;
use super::tree::Tree;

/// Fewest people of whom anything is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold(u32);

impl Threshold {
    /// No organisation may go below it.
    pub const LEAST: u32 = 5;

    /// `None` below [`LEAST`](Self::LEAST).
    #[must_use]
    pub const fn new(people: u32) -> Option<Self> {
        if people < Self::LEAST {
            None
        } else {
            Some(Self(people))
        }
    }

    /// The number of people.
    #[must_use]
    pub const fn people(self) -> u32 {
        self.0
    }
}

impl Default for Threshold {
    fn default() -> Self {
        Self(Self::LEAST)
    }
}

/// An exact place on the scale from 0 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Points {
    pub(super) numerator: u64,
    pub(super) denominator: u64,
}

impl Points {
    /// Finest denominator: a trillion, twelve decimals.
    pub const FINEST: u64 = 1_000_000_000_000;

    /// `None` outside 0 to 100, and for a denominator of nought or over [`FINEST`](Self::FINEST).
    #[must_use]
    pub const fn new(numerator: u64, denominator: u64) -> Option<Self> {
        let is_fine = denominator > 0 && denominator <= Self::FINEST;
        if is_fine && numerator <= denominator * 100 {
            Some(Self {
                numerator,
                denominator,
            })
        } else {
            None
        }
    }
}

/// Where answers to a scale may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishAt {
    /// At every unit that has enough of them.
    Unit,
    /// At the organisation only: every answer counts as given there.
    Organisation,
}

/// What the publication rule knows of a scale: its range in steps, its cut, where it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScaleRule {
    pub(super) highest: u64,
    pub(super) cut: Option<Points>,
    publish_at: PublishAt,
}

impl ScaleRule {
    /// Most steps of a scale: a range of 0 to 100 with twelve decimals.
    pub const MOST_STEPS: u64 = 100 * Points::FINEST;

    /// A scale whose step sums go from 0 to `highest`; `None` for a range of nothing or over
    /// [`MOST_STEPS`](Self::MOST_STEPS).
    #[must_use]
    pub const fn new(highest: u64, cut: Option<Points>, publish_at: PublishAt) -> Option<Self> {
        if highest == 0 || highest > Self::MOST_STEPS {
            return None;
        }
        Some(Self {
            highest,
            cut,
            publish_at,
        })
    }

    /// The steps on either side of the cut; `None` without a cut. For a cut at nought nothing is
    /// below it, and nought stands for that side too.
    pub(super) fn sides(&self) -> Option<Sides> {
        let cut = self.cut?;
        let place = u128::from(cut.numerator) * u128::from(self.highest);
        let above_from = place.div_ceil(100 * u128::from(cut.denominator));
        let above_from = u64::try_from(above_from).ok()?;
        let before = above_from.saturating_sub(1);
        let counts = self.is_at_or_above_cut(before);
        let above_from = if counts { before } else { above_from };
        Some(Sides {
            below_to: above_from.saturating_sub(1),
            above_from,
        })
    }

    fn is_at_or_above_cut(&self, steps: u64) -> bool {
        self.cut.is_some_and(|cut| {
            let (highest, denominator) = (i128::from(self.highest), i128::from(cut.denominator));
            let above = 100 * i128::from(steps) * denominator - i128::from(cut.numerator) * highest;
            Fraction::new(above, highest * denominator).is_at_least_nought()
        })
    }
}

/// The steps nearest to a cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sides {
    /// The highest below it.
    pub below_to: u64,
    /// The lowest at or above it.
    pub above_from: u64,
}

/// One answer to the scale, from a ballot.
#[derive(Clone, Copy)]
pub struct Answer {
    /// Step sum, 0 to the scale's highest.
    pub steps: u64,
    /// Whether she was counted at the same place in the wave before.
    pub stayed: bool,
}

/// Why an answer was not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Uncountable {
    /// The unit is not part of the wave's tree.
    #[error("the unit is not part of this wave")]
    UnknownUnit,
    /// More steps than the scale has.
    #[error("the answer lies outside the scale")]
    OutsideTheScale,
    /// Four thousand million answers.
    #[error("there are too many answers")]
    TooMany,
}

/// Sums over a group of answers.
#[derive(Clone, Copy, Default)]
pub(super) struct Sums {
    pub answered: u32,
    pub steps: u128,
    pub at_or_above_cut: u32,
    pub stayed: u32,
}

impl Sums {
    fn plus(self, other: Self) -> Option<Self> {
        Some(Self {
            answered: self.answered.checked_add(other.answered)?,
            steps: self.steps + other.steps,
            at_or_above_cut: self.at_or_above_cut + other.at_or_above_cut,
            stayed: self.stayed + other.stayed,
        })
    }
}

/// All answers to one scale in one wave.
pub struct Count<'a, U> {
    pub(super) tree: &'a Tree<U>,
    pub(super) rule: ScaleRule,
    everyone: Sums,
    by_unit: BTreeMap<&'a U, Sums>,
}

impl<'a, U: Ord + Clone> Count<'a, U> {
    /// A count of nothing so far.
    #[must_use]
    pub fn of(tree: &'a Tree<U>, rule: ScaleRule) -> Self {
        Self {
            tree,
            rule,
            everyone: Sums::default(),
            by_unit: BTreeMap::new(),
        }
    }

    /// Adds an answer that is counted at `unit`. A refused one changes nothing.
    pub fn add(&mut self, unit: &U, answer: Answer) -> Result<(), Uncountable> {
        let unit = self.tree.own(unit).ok_or(Uncountable::UnknownUnit)?;
        if answer.steps > self.rule.highest {
            return Err(Uncountable::OutsideTheScale);
        }
        let at = match self.rule.publish_at {
            PublishAt::Unit => unit,
            PublishAt::Organisation => self.tree.root(),
        };
        let steps = u128::from(answer.steps);
        let one = Sums {
            answered: 1,
            steps,
            at_or_above_cut: u32::from(self.rule.is_at_or_above_cut(answer.steps)),
            stayed: u32::from(answer.stayed),
        };
        self.everyone = self.everyone.plus(one).ok_or(Uncountable::TooMany)?;
        let sums = self.by_unit.entry(at).or_default();
        // Never more than everyone, so the sum exists.
        *sums = sums.plus(one).unwrap_or(*sums);
        Ok(())
    }

    /// The groups of at least the threshold, each with the unit at its top. What is left at the
    /// root below the threshold is left out.
    pub(super) fn pools(&self, threshold: Threshold) -> Vec<(&'a U, Sums)> {
        let mut passed_up: BTreeMap<&U, Sums> = self.by_unit.clone();
        let mut pools = Vec::new();
        for unit in self.tree.leaves_first() {
            let Some(pool) = passed_up.remove(unit) else {
                continue;
            };
            if pool.answered >= threshold.people() {
                pools.push((unit, pool));
            } else if let Some(parent) = self.tree.parent(unit) {
                let above = passed_up.entry(parent).or_default();
                *above = above.plus(pool).unwrap_or(*above);
            }
        }
        pools.sort_by_key(|(top, _)| *top);
        pools
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sides_of_a_cut_are_the_steps_nearest_to_it() {
        for (highest, numerator, denominator, below_to, above_from) in [
            (40, 115, 2, 22, 23),
            (40, 57, 1, 22, 23),
            (40, 58, 1, 23, 24),
            (4, 50, 1, 1, 2),
            (1, 50, 1, 0, 1),
            (7, 0, 1, 0, 0),
            (7, 100, 1, 6, 7),
            (3, 333_333_333_333, 10_000_000_000, 0, 1),
            (3, 333_333_333_334, 10_000_000_000, 0, 1),
            (3, 333_334, 10_000, 1, 2),
        ] {
            let cut = Points::new(numerator, denominator).unwrap();
            let rule = ScaleRule::new(highest, Some(cut), PublishAt::Unit).unwrap();
            let sides = rule.sides().unwrap();
            let found = (sides.below_to, sides.above_from);
            assert_eq!(found, (below_to, above_from), "{cut:?} of {highest}");
            let counted: Vec<u64> = (0..=highest)
                .filter(|steps| rule.is_at_or_above_cut(*steps))
                .collect();
            assert_eq!(counted.first(), Some(&above_from), "{cut:?} of {highest}");
        }
    }
}
