//! How far a released mean is kept from the ends, so that whoever knows her own answer still leaves
//! every other member half of the scale. All is counted in the steps that the scale really has:
//! what lies between two steps nobody can answer, and it protects nobody. Why these limits are
//! enough: `docs/decisions/0003-the-publication-rule.md`.

use crate::tallies::count::{Points, ScaleRule};
use crate::tallies::fraction::Fraction;

/// Between which whole points a released mean lies.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    least: i128,
    most: i128,
}

impl Limits {
    /// Of a group of which no count at the cut is released. One member can account for a whole
    /// scale, and half of one must be left.
    pub fn without_cut(rule: &ScaleRule, answered: u32) -> Self {
        let highest = i128::from(rule.highest);
        let slack = highest + half(highest);
        let range = i128::from(answered) * highest;
        Self::of_sums(slack, range - slack, range)
    }

    /// Of a group of which so many are said to be at or above the cut. `None` if the scale has no
    /// cut, or if there is no mean between the limits.
    pub fn given_cut(rule: &ScaleRule, answered: u32, at_or_above_cut: u32) -> Option<Self> {
        let (cut, sides) = rule.cut.zip(rule.sides())?;
        let highest = i128::from(rule.highest);
        let (below_to, above_from) = (i128::from(sides.below_to), i128::from(sides.above_from));
        let above = i128::from(at_or_above_cut);
        let below = i128::from(answered) - above;
        // What one member can account for within her side of the cut, and what is missing to half
        // of the scale when another is known to be at the nearer end of the farther side.
        let own = below_to.max(highest - above_from);
        let half = half(highest);
        let missing = (half - above_from).max(below_to + half - highest).max(0);
        let slack = (own + missing).max(written_slack(cut, highest));
        let limits = Self::of_sums(
            above * above_from + slack,
            above * highest + below * below_to - slack,
            i128::from(answered) * highest,
        );
        (limits.least <= limits.most).then_some(limits)
    }

    /// From a least and a most sum of steps to whole points of their mean.
    fn of_sums(least: i128, most: i128, range: i128) -> Self {
        Self {
            least: Fraction::new(100 * least, range).ceil(),
            most: Fraction::new(100 * most, range).floor(),
        }
    }

    /// The nearest mean within the limits.
    pub fn bring(self, mean: i128) -> i128 {
        mean.max(self.least).min(self.most)
    }
}

/// The slack of the rule as it is written down, 50 + 2 |50 - cut| points, in whole steps. Where
/// answers can lie anywhere it is just what is needed; on a coarse scale it can be more or less.
fn written_slack(cut: Points, highest: i128) -> i128 {
    let (cut, whole) = (i128::from(cut.numerator), i128::from(cut.denominator));
    let slack = 50 * whole + 2 * (50 * whole - cut).abs();
    -(-slack * highest).div_euclid(100 * whole)
}

/// Fewest steps that are half of the scale.
const fn half(highest: i128) -> i128 {
    (highest + 1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tallies::count::PublishAt;

    /// The formula for scores that lie anywhere from 0 to 100.
    fn written_down(cut: i128, n: i128, above: i128) -> Option<(i128, i128)> {
        const FINE: i128 = 1000;
        let slack = 50 * FINE + 2 * (50 * FINE - cut).abs();
        let least = Fraction::new(above * cut + slack, n * FINE).ceil();
        let most = 100 * FINE * above + cut * (n - above) - slack;
        let most = Fraction::new(most, n * FINE).floor();
        (least <= most).then_some((least, most))
    }

    #[test]
    fn for_scores_with_decimals_the_limits_are_those_written_down() {
        for cut in (0..=100_000_u32).step_by(125) {
            let place = Points::new(cut.into(), 1000);
            let rule = ScaleRule::new(ScaleRule::MOST_STEPS, place, PublishAt::Unit).unwrap();
            for n in 5..=30 {
                for above in 2..=n - 2 {
                    let found = Limits::given_cut(&rule, n, above);
                    let found = found.map(|limits| (limits.least, limits.most));
                    let expected = written_down(cut.into(), n.into(), above.into());
                    assert_eq!(found, expected, "cut {cut}, {above} of {n}");
                }
            }
        }
    }

    /// proqol5.cs: 40 steps, the cut at the 23rd; nobody can answer between 55 and 57.5 points.
    #[test]
    fn on_a_coarse_scale_the_limits_are_stricter() {
        let cut = Points::new(115, 2);
        for (highest, least, most) in [(ScaleRule::MOST_STEPS, 30, 68), (40, 30, 66)] {
            let rule = ScaleRule::new(highest, cut, PublishAt::Unit).unwrap();
            let limits = Limits::given_cut(&rule, 10, 4).unwrap();
            assert_eq!((limits.least, limits.most), (least, most), "{highest}");
        }
    }
}
