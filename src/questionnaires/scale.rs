//! A scale and its exact arithmetic: the score of one person, its band and its ballot value.
//! Bands and ballot values are taken from exact fractions, never from rounded numbers.

use super::fraction::Fraction;
use super::words::words;

words! {
    /// How the answers of a scale become a score.
    Method {
        /// Mean of the answered items.
        Mean = "mean",
        /// Sum, prorated to all items.
        Sum = "sum",
    }
    /// Which way is worse.
    Higher {
        /// A higher score is worse.
        Worse = "worse",
        /// A higher score is better.
        Better = "better",
    }
    /// How far down the tree a scale may be published.
    PublishAt {
        /// From the team upwards.
        Unit = "unit",
        /// For the organisation only.
        Organisation = "organisation",
        /// Not at all.
        Never = "never",
    }
}

/// A stretch of the range with a name, from its start up to the next band's start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// Unique in the scale.
    pub id: String,
    /// First score that belongs to it.
    pub from: Fraction,
}

/// From how many score points on two scores of one person differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// More than the ordinary ups and downs.
    pub changed: Fraction,
    /// Perhaps.
    pub possibly: Option<Fraction>,
    /// Where the thresholds come from.
    pub source: String,
}

/// Reliability as published.
#[derive(Clone, Debug, PartialEq)]
pub struct Alpha {
    /// 0 to 1.
    pub value: Fraction,
    /// Where it was published.
    pub source: String,
    /// Only then shown on a page.
    pub verified: bool,
}

/// One item's place in a scale, resolved from the ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member {
    /// Index into the instrument's items.
    pub item: usize,
    /// Counted as `lowest + highest - value`.
    pub reversed: bool,
    /// Smallest value of its options.
    pub lowest: i64,
    /// Largest value of its options.
    pub highest: i64,
}

impl Member {
    /// The value after reversal.
    #[must_use]
    pub fn counted(&self, value: i64) -> i64 {
        if self.reversed {
            self.lowest + self.highest - value
        } else {
            value
        }
    }
}

/// A scale of an instrument.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Starts with the instrument's id.
    pub id: String,
    /// Ids of its items.
    pub items: Vec<String>,
    /// Ids of those whose value is reversed.
    pub reversed: Vec<String>,
    /// Mean or sum.
    pub method: Method,
    /// Factor of the result.
    pub multiply: Fraction,
    /// Fewer answered items than this give no score.
    pub minimum_answered: i64,
    /// Smallest and largest score.
    pub range: (Fraction, Fraction),
    /// Which way is worse.
    pub higher: Higher,
    /// How far down it may be published.
    pub publish_at: PublishAt,
    /// Does it feed trends and alerts?
    pub scan: bool,
    /// Start of a band, in score points: how many are at or above it is released.
    pub cut: Option<Fraction>,
    /// Published reliability.
    pub alpha: Option<Alpha>,
    /// Reliable change of one person.
    pub change: Option<Change>,
    /// Rising; empty where the scale has none.
    pub bands: Vec<Band>,
    /// Where the bands come from.
    pub bands_source: Option<String>,
    /// The items resolved; as many as `items` in a checked instrument.
    pub members: Vec<Member>,
    /// The largest step by which every option of every item can be reached from the lowest.
    pub step: i64,
}

/// A score with what the missing-data rule left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// In score points; `None` where too few items were answered.
    pub score: Option<Fraction>,
    /// Number of answered items.
    pub answered: usize,
    /// Ballot value, 0 to [`Scale::highest_step`]; `None` with the score.
    pub steps: Option<u16>,
}

impl Scale {
    /// Does a ballot carry it?
    #[must_use]
    pub fn is_released(&self) -> bool {
        self.publish_at != PublishAt::Never
    }

    /// The largest ballot value; the smallest is 0.
    #[must_use]
    pub fn highest_step(&self) -> u16 {
        u16::try_from(self.step_sum_limit()).unwrap_or(u16::MAX - 1)
    }

    /// The largest step sum, before it is known to fit a ballot.
    pub(crate) fn step_sum_limit(&self) -> i64 {
        let width: i64 = self
            .members
            .iter()
            .map(|member| member.highest - member.lowest)
            .sum();
        width / self.step.max(1)
    }

    /// The score from `value_of(item index)`, which gives the option's value before reversal.
    pub fn count(&self, value_of: impl Fn(usize) -> Option<i64>) -> Counted {
        let (mut answered, mut sum, mut steps) = (0_usize, 0_i64, 0_i64);
        for member in &self.members {
            if let Some(value) = value_of(member.item) {
                let counted = member.counted(value);
                answered += 1;
                sum += counted;
                steps += (counted - member.lowest) / self.step.max(1);
            }
        }
        let minimum = usize::try_from(self.minimum_answered).unwrap_or(usize::MAX);
        if answered == 0 || answered < minimum {
            return Counted {
                score: None,
                answered,
                steps: None,
            };
        }
        let (all, answered_items) = (whole(self.members.len()), whole(answered));
        let times = match self.method {
            Method::Mean => 1,
            Method::Sum => all,
        };
        // Written out, so that a file of a million rows reduces one fraction for each score.
        let score = Fraction::new(
            self.multiply.top() * i128::from(sum) * times,
            self.multiply.bottom() * answered_items,
        );
        let prorated = (2 * i128::from(steps) * all + answered_items) / (2 * answered_items);
        Counted {
            score: Some(score),
            answered,
            steps: u16::try_from(prorated).ok(),
        }
    }

    /// Where a score lies in the scale's range, 0 to 100.
    #[must_use]
    pub fn score100(&self, score: Fraction) -> Fraction {
        let (lowest, highest) = self.range;
        (score - lowest) / (highest - lowest) * Fraction::from(100_i64)
    }

    /// The cut as a place in the range, 0 to 100.
    #[must_use]
    pub fn cut100(&self) -> Option<Fraction> {
        self.cut.map(|cut| self.score100(cut))
    }

    /// The band that a score belongs to.
    #[must_use]
    pub fn band_of(&self, score: Fraction) -> Option<&Band> {
        self.bands.iter().rev().find(|band| band.from <= score)
    }

    /// The range that options, method and multiply give.
    pub(crate) fn computed_range(&self) -> Option<(Fraction, Fraction)> {
        let member = self.members.first()?;
        let items = match self.method {
            Method::Mean => Fraction::from(1_i64),
            Method::Sum => Fraction::from(self.members.len()),
        };
        let end = |value: i64| self.multiply * items * Fraction::from(value);
        Some((end(member.lowest), end(member.highest)))
    }
}

/// A count as the number it is.
fn whole(count: usize) -> i128 {
    i128::try_from(count).unwrap_or(i128::MAX)
}
