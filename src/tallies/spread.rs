//! How far apart the members of one team usually answer, over the whole organisation: what the
//! trend method measures a change of a team against. Released from thirty answers on.

use super::count::{Count, Sums, Threshold};
use super::fraction::Fraction;

/// Fewest answers in teams that are released by themselves.
const LEAST_ANSWERS: u32 = 30;
/// The variance is never below this over the degrees of freedom: less would tell that answers
/// hardly differ, and so what each of them is.
const LEAST_SUM_OF_SQUARES: i128 = 3125;
/// Digits that are kept of a remainder.
const FINE: i128 = 1_000_000_000_000_000;

/// The pooled variance within teams, released for the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    variance: u32,
    degrees_of_freedom: u32,
}

impl Spread {
    /// A row as the store kept it; `None` if it cannot have been released.
    #[must_use]
    pub fn from_row(variance: i64, degrees_of_freedom: i64) -> Option<Self> {
        let variance = u32::try_from(variance).ok()?;
        let degrees_of_freedom = u32::try_from(degrees_of_freedom).ok()?;
        let is_released = degrees_of_freedom >= LEAST_ANSWERS / Threshold::LEAST * 4
            && i128::from(variance) >= least_variance(degrees_of_freedom);
        is_released.then_some(Self {
            variance,
            degrees_of_freedom,
        })
    }

    /// Square points of the scale from 0 to 100, whole.
    #[must_use]
    pub const fn variance(&self) -> u32 {
        self.variance
    }

    /// Answers less teams.
    #[must_use]
    pub const fn degrees_of_freedom(&self) -> u32 {
        self.degrees_of_freedom
    }
}

impl<U: Ord + Clone> Count<'_, U> {
    /// Pooled over the released groups whose top is a leaf of the tree; `None` for fewer than
    /// thirty answers in them, and for scales finer than a ballot's 65,534 steps.
    #[must_use]
    pub fn spread(&self, threshold: Threshold) -> Option<Spread> {
        if self.rule.highest >= u64::from(u16::MAX) {
            return None;
        }
        let pools = self.pools(threshold).into_iter();
        let teams: Vec<Sums> = pools
            .filter(|(top, _)| self.tree.is_leaf(top))
            .map(|(_, sums)| sums)
            .collect();
        let answered = teams
            .iter()
            .try_fold(0_u32, |sum, team| sum.checked_add(team.answered))?;
        if answered < LEAST_ANSWERS {
            return None;
        }
        let degrees_of_freedom = answered - u32::try_from(teams.len()).ok()?;
        let squares = teams
            .iter()
            .try_fold(0, |sum: i128, team| sum.checked_add(about_mean(team)?))?;
        let highest = i128::from(self.rule.highest);
        let divisor = FINE * highest * highest * i128::from(degrees_of_freedom);
        let variance = Fraction::new(squares.checked_mul(10_000)?, divisor).round_half_up();
        let variance = u32::try_from(variance.max(least_variance(degrees_of_freedom))).ok()?;
        Some(Spread {
            variance,
            degrees_of_freedom,
        })
    }
}

/// The least variance that may be released.
fn least_variance(degrees_of_freedom: u32) -> i128 {
    Fraction::new(LEAST_SUM_OF_SQUARES, degrees_of_freedom.into()).ceil()
}

/// Sum of squared distances from the team's own mean, in square steps times [`FINE`].
fn about_mean(team: &Sums) -> Option<i128> {
    let n = i128::from(team.answered);
    let (steps, squares) = (
        i128::try_from(team.steps).ok()?,
        i128::try_from(team.squares).ok()?,
    );
    let times_n = n
        .checked_mul(squares)?
        .checked_sub(steps.checked_mul(steps)?)?;
    let (whole, rest) = (times_n.div_euclid(n), times_n.rem_euclid(n));
    whole.checked_mul(FINE)?.checked_add(rest * FINE / n)
}
