//! The publication rule attacked with what it releases: one member knows her own answer, whatever
//! she chose, and asks how far the released row bounds each other member's. No model of the rule
//! is used: the rows are those of [`release`] for every count and every sum.

use std::collections::BTreeMap;

use super::{Sums, release};
use crate::questionnaires::{Catalogue, Fraction};
use crate::tallies::count::{Points, PublishAt, ScaleRule};

/// What everybody sees of a group.
type Row = (Option<u32>, u8);

/// Groups of `n` that differ only in their sum: so many at or above the cut, sums from, to.
#[derive(Clone, Copy)]
struct Groups {
    above: i64,
    least: i64,
    most: i64,
}

/// A scale of `highest` steps, or of any number between its steps.
#[derive(Clone, Copy)]
struct Scale {
    highest: i64,
    cut: Option<Points>,
    /// Highest answer below the cut.
    below_to: i64,
    /// Lowest answer at or above it.
    above_from: i64,
}

impl Scale {
    /// Answers lie anywhere from 0 to 100; just below the cut is as good as at it.
    fn of_any_number(cut: Option<u64>) -> Self {
        let at = cut.map_or(100, |cut| i64::try_from(cut).unwrap());
        let cut = cut.map(|cut| Points::new(cut, 1).unwrap());
        Self {
            highest: 100,
            cut,
            below_to: at,
            above_from: at,
        }
    }

    /// Answers are whole steps, as in a ballot; the cut stands at halves of a step.
    fn of_steps(highest: i64, halves: Option<i64>) -> Self {
        let cut = halves.map(|halves| {
            Points::new((50 * halves).unsigned_abs(), highest.unsigned_abs()).unwrap()
        });
        let at = halves.map_or(highest + 1, |halves| (halves + 1) / 2);
        Self {
            highest,
            cut,
            below_to: at - 1,
            above_from: at,
        }
    }

    fn rule(self) -> ScaleRule {
        ScaleRule::new(self.highest.unsigned_abs(), self.cut, PublishAt::Unit).unwrap()
    }

    /// What is released of `n` people of whom so many are at or above the cut.
    fn row(self, n: i64, above: i64, sum: i64) -> Row {
        let sums = Sums {
            answered: u32::try_from(n).unwrap(),
            steps: u128::try_from(sum).unwrap(),
            at_or_above_cut: u32::try_from(above).unwrap(),
            ..Sums::default()
        };
        let tally = release(&self.rule(), &sums);
        (tally.at_or_above_cut, tally.mean)
    }

    /// Every row that can be released of `n` people, with the groups that give it.
    fn rows(self, n: i64) -> BTreeMap<Row, Vec<Groups>> {
        let mut rows: BTreeMap<Row, Vec<Groups>> = BTreeMap::new();
        let counts = match self.cut {
            None => 0..=0,
            Some(_) if self.below_to < 0 => n..=n,
            Some(_) => 0..=n,
        };
        for above in counts {
            let end = self.highest * above + self.below_to * (n - above);
            let mut least = self.above_from * above;
            while least <= end {
                let row = self.row(n, above, least);
                let is_same = |sum: i64| sum <= end && self.row(n, above, sum) == row;
                // A greater sum never gives a smaller mean, so equal rows lie together.
                let mut most = least;
                let mut step = n;
                while step > 0 {
                    if is_same(most + step) {
                        most += step;
                    } else {
                        step /= 2;
                    }
                }
                rows.entry(row)
                    .or_default()
                    .push(Groups { above, least, most });
                least = most + 1;
            }
        }
        rows
    }

    /// From where to where another's answer can lie, given one's own and on which side of the cut
    /// it is. `None` if no such group gives the row.
    fn bounds(self, n: i64, groups: &[Groups], own: (i64, bool)) -> Option<(i64, i64)> {
        let (own, own_is_above) = own;
        let mut bounds: Option<(i64, i64)> = None;
        for group in groups {
            let above = group.above - i64::from(own_is_above);
            for other_is_above in [true, false] {
                let rest_above = above - i64::from(other_is_above);
                let rest_below = n - 2 - rest_above;
                if rest_above < 0 || rest_below < 0 {
                    continue;
                }
                let rest_most = self.highest * rest_above + self.below_to * rest_below;
                let rest_least = self.above_from * rest_above;
                let (low, high) = if other_is_above {
                    (self.above_from, self.highest)
                } else {
                    (0, self.below_to)
                };
                let low = low.max(group.least - own - rest_most);
                let high = high.min(group.most - own - rest_least);
                if low <= high {
                    let (lowest, highest) = bounds.unwrap_or((low, high));
                    bounds = Some((lowest.min(low), highest.max(high)));
                }
            }
        }
        bounds
    }

    /// What she may have answered herself, and whether it is at or above the cut: on a coarse
    /// scale everything, on a finer one the ends and the middle of either side.
    fn own_answers(self) -> Vec<(i64, bool)> {
        let some = [
            0,
            self.below_to / 2,
            self.below_to,
            self.above_from,
            i64::midpoint(self.above_from, self.highest),
            self.highest,
        ];
        let every = 0..=self.highest;
        let own: Vec<i64> = if self.highest <= 12 {
            every.collect()
        } else {
            some.into_iter().filter(|own| every.contains(own)).collect()
        };
        // Just below the cut and at it can be the same number, of a scale of any number.
        let sides = own.into_iter().flat_map(|own| {
            let below = (own <= self.below_to).then_some((own, false));
            let above = (own >= self.above_from).then_some((own, true));
            below.into_iter().chain(above)
        });
        sides.collect()
    }

    /// The fewest steps that any row leaves any other member.
    fn narrowest(self, n: i64) -> i64 {
        let own = self.own_answers();
        let rows = self.rows(n);
        let ranges = rows.values().flat_map(|groups| {
            own.iter()
                .filter_map(|own| self.bounds(n, groups, *own))
                .map(|(low, high)| high - low)
        });
        ranges.min().unwrap()
    }

    /// Attacks every group of so many people.
    fn must_leave_half(self, name: &str, sizes: impl Iterator<Item = i64>) {
        for n in sizes {
            let range = self.narrowest(n);
            assert!(
                2 * range >= self.highest,
                "{name}: {n} answers leave {range} of {} steps",
                self.highest
            );
        }
    }
}

fn whole(number: i64) -> Fraction {
    Fraction::new(number.into(), 1)
}

#[test]
fn whoever_knows_her_own_answer_leaves_every_other_member_half_of_the_scale() {
    for cut in 28..=72 {
        let scale = Scale::of_any_number(Some(cut));
        for n in 5..=30 {
            let range = scale.narrowest(n);
            assert!(range >= 52, "{n} answers, cut {cut}: {range}");
        }
    }
}

#[test]
fn a_scale_without_a_cut_leaves_half_of_the_scale() {
    for n in 5..=120 {
        let range = Scale::of_any_number(None).narrowest(n);
        assert!(range >= 52, "{n} answers: {range}");
    }
}

/// The scales of every instrument, with the cut as a wave takes it over.
#[test]
fn every_shipped_scale_leaves_half_of_the_scale() {
    let mut attacked = 0;
    for instrument in Catalogue::embedded().iter() {
        for scale in instrument.scales.iter().filter(|scale| scale.is_released()) {
            let highest = i64::from(scale.highest_step());
            let (low, high) = scale.range;
            let halves = scale.cut.map(|cut| {
                let halves = (cut - low) / (high - low) * whole(2 * highest);
                assert_eq!(halves.bottom(), 1, "{}: a cut between half steps", scale.id);
                i64::try_from(halves.top()).unwrap()
            });
            let attack = Scale::of_steps(highest, halves);
            attack.must_leave_half(&scale.id, (5..=30).chain([40, 60, 100]));
            attacked += 1;
        }
    }
    assert!(attacked >= 15, "{attacked} scales");
}

/// On a coarse scale a range is what lies between the lowest and the highest answer that is still
/// possible, so of three steps two are left, and of one step that one.
#[test]
fn a_coarse_scale_with_any_cut_leaves_half_of_the_scale() {
    for highest in 1..=6 {
        for halves in (0..=2 * highest).map(Some).chain([None]) {
            let scale = Scale::of_steps(highest, halves);
            scale.must_leave_half(&format!("cut {halves:?}"), 5..=30);
        }
    }
    for highest in [8, 20, 25, 28, 33, 40] {
        for halves in (0..=2 * highest).step_by(5) {
            let scale = Scale::of_steps(highest, Some(halves));
            scale.must_leave_half(&format!("cut {halves}"), (5..=8).chain([13]));
        }
    }
}
