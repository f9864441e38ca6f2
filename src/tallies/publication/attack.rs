//! The publication rule attacked with what it releases: one member knows her own answer, whatever
//! she chose, and asks how far the released row bounds each other member's. No model of the rule
//! is used: the rows are those of [`release`] for every count and every sum.

use std::collections::BTreeMap;

use super::{Sums, release};
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

    /// Answers are whole steps, as in a ballot.
    fn of_steps(highest: i64, first: Option<i64>) -> Self {
        let cut = first.map(|first| {
            Points::new((100 * first).unsigned_abs(), highest.unsigned_abs()).unwrap()
        });
        let at = first.unwrap_or(highest + 1);
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
        for above in 0..=if self.cut.is_some() { n } else { 0 } {
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

    /// The narrowest range, in hundredths of the scale, that any row leaves any other member.
    fn narrowest(self, n: i64) -> i64 {
        let below = [0, self.below_to / 2, self.below_to].map(|own| (own, false));
        let halfway = i64::midpoint(self.above_from, self.highest);
        let above = [self.above_from, halfway, self.highest].map(|own| (own, true));
        let own: Vec<(i64, bool)> = below
            .into_iter()
            .chain(above)
            .take(if self.cut.is_some() { 6 } else { 3 })
            .collect();
        let rows = self.rows(n);
        let ranges = rows.values().flat_map(|groups| {
            own.iter()
                .filter_map(|own| self.bounds(n, groups, *own))
                .map(|(low, high)| high - low)
        });
        ranges.min().unwrap() * 100 / self.highest
    }
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

/// Answers are whole steps, so the bounds are whole steps too: half of the scale is what is left.
#[test]
fn the_steps_of_a_ballot_leave_half_of_the_scale() {
    for (scale, highest, first) in [
        ("cbi.personal, cbi.client", 24, 12),
        ("cbi.work", 28, 14),
        ("proqol5.sts", 40, 11),
        ("proqol5.bo", 40, 17),
        ("who5.wellbeing", 25, 13),
        ("burnout1.burnout", 4, 2),
    ] {
        for n in (5..=30).chain([40, 60, 100]) {
            let range = Scale::of_steps(highest, Some(first)).narrowest(n);
            assert!(range >= 50, "{scale}, {n} answers: {range}");
        }
    }
    for (scale, highest) in [("hseit.role", 20), ("hseit.demands", 32), ("psi", 32)] {
        for n in 5..=60 {
            let range = Scale::of_steps(highest, None).narrowest(n);
            assert!(range >= 50, "{scale}, {n} answers: {range}");
        }
    }
}

/// The limits of the rule allow for the cut, not for the step below it. Above the middle that
/// step is lower than half: who is known to be between it and the top is known too well. The one
/// shipped scale with such a cut keeps this much; a new instrument should not put its cut there.
#[test]
fn a_cut_above_the_middle_of_a_coarse_scale_leaves_a_little_less() {
    let compassion = Scale::of_steps(40, Some(23));
    let narrowest = (5..=30).map(|n| compassion.narrowest(n)).min();
    assert_eq!(narrowest, Some(45), "proqol5.cs");
}
