//! What the released row of a group leaves possible. There is no second copy of the rule here: the
//! program's own is asked, as an attacker can ask it, who has the program too.

use respite::tallies::{Answer, Count, Points, PublishAt, ScaleRule, Threshold, Tree};

/// A released row of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    pub answered: i64,
    pub mean: i64,
    pub at_or_above_cut: Option<i64>,
    pub stayed: i64,
}

/// Groups that differ only in their sum: so many at or above the cut, sums from, to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Groups {
    pub above: i64,
    pub least: i64,
    pub most: i64,
}

/// A scale as a wave was opened with it, in the steps that an answer really has.
#[derive(Clone, Debug)]
pub struct Scale {
    pub id: String,
    pub highest: i64,
    pub has_cut: bool,
    /// Highest answer below the cut; the highest of all without one, -1 if nothing is below.
    pub below_to: i64,
    /// Lowest answer at or above the cut.
    pub above_from: i64,
    pub at_units: bool,
    rule: ScaleRule,
}

impl Scale {
    /// `cut` is a place from 0 to 100, as a fraction.
    pub fn new(id: &str, highest: i64, cut: Option<(i64, i64)>, at_units: bool) -> Self {
        let points = cut.map(|(top, bottom)| {
            Points::new(top.unsigned_abs(), bottom.unsigned_abs()).expect("a place on the scale")
        });
        let above_from = match cut {
            Some((top, bottom)) => (0..=highest)
                .find(|steps| 100 * steps * bottom >= top * highest)
                .expect("the highest answer is at or above any cut"),
            None => highest,
        };
        Self {
            id: id.to_owned(),
            highest,
            has_cut: cut.is_some(),
            below_to: if cut.is_some() {
                above_from - 1
            } else {
                highest
            },
            above_from,
            at_units,
            rule: ScaleRule::new(highest.unsigned_abs(), points, PublishAt::Unit)
                .expect("a scale with steps"),
        }
    }

    pub fn is_above(&self, steps: i64) -> bool {
        self.has_cut && steps >= self.above_from
    }

    /// Points of 100.
    pub fn points(&self, steps: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "steps are few")]
        let highest = self.highest as f64;
        100.0 * steps / highest
    }

    /// What is released of these answers; the second of each says whether she stayed.
    pub fn release(&self, answers: impl IntoIterator<Item = (i64, bool)>) -> Row {
        let tree = Tree::new(&[(0_u8, None)]).expect("one unit");
        let mut count = Count::of(&tree, self.rule);
        for (steps, stayed) in answers {
            let steps = steps.unsigned_abs();
            count
                .add(&0, Answer { steps, stayed })
                .expect("a countable answer");
        }
        let atoms = count.atoms(Threshold::default());
        let tally = &atoms.first().expect("five people or more").tally;
        Row {
            answered: i64::from(tally.answered()),
            mean: i64::from(tally.mean()),
            at_or_above_cut: tally.at_or_above_cut().map(i64::from),
            stayed: i64::from(tally.stayed()),
        }
    }

    /// Every group of `n` that gives the row. Among those with so many at or above the cut, a
    /// greater sum never gives a smaller mean, so they lie together.
    pub fn groups(&self, n: i64, row: Row) -> Vec<Groups> {
        let counts = match (self.has_cut, self.below_to) {
            (false, _) => 0..=0,
            (true, -1) => n..=n,
            (true, _) => 0..=n,
        };
        let mut groups = Vec::new();
        for above in counts {
            let first = self.above_from * above;
            let end = self.highest * above + self.below_to * (n - above) + 1;
            if self.some_row(n, above, first).at_or_above_cut != row.at_or_above_cut {
                continue;
            }
            let mean = |sum: i64| self.some_row(n, above, sum).mean;
            let least = first_of(first, end, |sum| mean(sum) >= row.mean);
            let most = first_of(least, end, |sum| mean(sum) > row.mean) - 1;
            if least <= most {
                groups.push(Groups { above, least, most });
            }
        }
        groups
    }

    /// From where to where the sum of `targets` members can lie, for one who knows her `own`
    /// answer, or for an outsider: on the steps of the scale. `None` if nothing gives the row.
    pub fn range(
        &self,
        (n, groups): (i64, &[Groups]),
        own: Option<i64>,
        targets: i64,
    ) -> Option<(i64, i64)> {
        let known = i64::from(own.is_some());
        let own_above = i64::from(own.is_some_and(|own| self.is_above(own)));
        let own = own.unwrap_or(0);
        let rest = n - known - targets;
        let mut range: Option<(i64, i64)> = None;
        for group in groups {
            for above in 0..=targets {
                let rest_above = group.above - own_above - above;
                if !(0..=rest).contains(&rest_above) || !self.can_be(targets, above) {
                    continue;
                }
                let (rest_least, rest_most) = self.ends(rest, rest_above);
                let (least, most) = self.ends(targets, above);
                let low = least.max(group.least - own - rest_most);
                let high = most.min(group.most - own - rest_least);
                if low <= high {
                    let (lowest, highest) = range.unwrap_or((low, high));
                    range = Some((lowest.min(low), highest.max(high)));
                }
            }
        }
        range
    }

    /// Least and most sum of so many, of whom so many are at or above the cut.
    fn ends(&self, many: i64, above: i64) -> (i64, i64) {
        let most = self.highest * above + self.below_to * (many - above);
        (self.above_from * above, most)
    }

    fn can_be(&self, many: i64, above: i64) -> bool {
        (self.has_cut || above == 0) && (self.below_to >= 0 || above == many)
    }

    /// The row of some group of `n` with this count and sum.
    fn some_row(&self, n: i64, above: i64, sum: i64) -> Row {
        let mut rest = sum - self.above_from * above;
        let answers = (0..n).map(|number| {
            let (low, high) = if number < above {
                (self.above_from, self.highest)
            } else {
                (0, self.below_to)
            };
            let more = rest.min(high - low);
            rest -= more;
            (low + more, false)
        });
        self.release(answers.collect::<Vec<_>>())
    }
}

/// The first number from `low` on that is so, or `end`; whatever follows it is so too.
fn first_of(mut low: i64, mut end: i64, is_so: impl Fn(i64) -> bool) -> i64 {
    while low < end {
        let middle = i64::midpoint(low, end);
        if is_so(middle) {
            end = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
