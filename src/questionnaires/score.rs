//! The scores of one person, scale by scale, exact.

use super::answers::Answers;
use super::fraction::Fraction;
use super::instrument::Instrument;
use super::scale::{Band, Counted, Method, Scale};

/// What one person's answers give on one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Score<'i> {
    /// The scale.
    pub scale: &'i Scale,
    /// In score points; `None` where too few items were answered.
    pub score: Option<Fraction>,
    /// The score's place in the range, 0 to 100.
    pub score100: Option<Fraction>,
    /// Number of answered items.
    pub answered: usize,
    /// The band; `None` without a score or bands.
    pub band: Option<&'i Band>,
    /// A sum prorated from fewer than all items.
    pub estimated: bool,
    /// Ballot value, 0 to the scale's highest step; `None` = missing.
    pub steps: Option<u16>,
}

impl<'i> Score<'i> {
    /// Scores one scale from `value_of(item index)`, values before reversal.
    pub fn of(scale: &'i Scale, value_of: impl Fn(usize) -> Option<i64>) -> Self {
        let Counted {
            score,
            answered,
            steps,
        } = scale.count(value_of);
        Self {
            scale,
            score,
            score100: score.map(|score| scale.score100(score)),
            answered,
            band: score.and_then(|score| scale.band_of(score)),
            estimated: score.is_some()
                && scale.method == Method::Sum
                && answered < scale.members.len(),
            steps,
        }
    }
}

/// Scores every scale of the form, in the instrument's order, also those without an answer.
/// `form` as in [`Answers::parse`].
#[must_use]
pub fn score<'i>(
    instrument: &'i Instrument,
    form: Option<&str>,
    answers: &Answers,
) -> Vec<Score<'i>> {
    let value_of = |item: usize| answers.value(&instrument.items.get(item)?.id);
    instrument
        .scales_of(form)
        .map(|scale| Score::of(scale, value_of))
        .collect()
}
