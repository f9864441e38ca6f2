//! What a worker may be told about her own answers. Pure: it reads her records and nothing else,
//! is stored nowhere and counted nowhere. It never names a diagnosis and never praises.

mod sentences;
mod triggers;

use serde::{Deserialize, Serialize};

use super::answers::Answers;
use super::fraction::Fraction;
use super::instrument::{Instrument, Kind, Opening};
use super::locale::{Locale, Status};
use super::scale::Scale;
use super::score::{Score, score};
use super::version::Version;

/// One record of hers, as much of it as feedback needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// Version of the instrument that was answered.
    pub version: Version,
    /// Language of the wording that was answered.
    pub lang: String,
    /// Status of that wording then.
    pub status: Status,
    /// The form that was asked; `None` for the instrument's first.
    pub form: Option<String>,
    /// Her answers.
    pub answers: Answers,
}

impl Scored {
    /// A record of answers to this instrument in this wording.
    #[must_use]
    pub fn new(
        instrument: &Instrument,
        form: Option<&str>,
        locale: &Locale,
        answers: Answers,
    ) -> Self {
        Self {
            version: instrument.version,
            lang: locale.lang.clone(),
            status: locale.status,
            form: form.map(str::to_owned),
            answers,
        }
    }

    /// Only then do two scores measure the same.
    fn is_comparable_with(&self, other: &Self) -> bool {
        self.version.major == other.version.major
            && self.lang == other.lang
            && self.status == other.status
    }

    fn score_of<'i>(&self, instrument: &'i Instrument, scale: &'i Scale) -> Score<'i> {
        let value_of = |item: usize| self.answers.value(&instrument.items.get(item)?.id);
        Score::of(scale, value_of)
    }
}

/// Everything that a result page says. Each page has the same blocks: only the opening sentences
/// and the order inside the support block change.
#[derive(Clone, Debug, PartialEq)]
pub struct Feedback<'i> {
    /// The first of what her answers call for.
    pub opening: Opening,
    /// The opening sentences, in order, at least one.
    pub sentences: Vec<&'static str>,
    /// Her results; empty for an instrument that gives no verdict.
    pub results: Vec<ScaleFeedback<'i>>,
    /// Printed with bands: they are no diagnosis.
    pub caveat: Option<&'static str>,
    /// For an instrument that gives no verdict: what her answers are for.
    pub purpose: Option<&'static str>,
    /// A short step back into the present, after questions about distressing work.
    pub grounding: Option<&'static str>,
    /// Printed with form and result.
    pub notice: &'i str,
}

/// What is said before the first question of an instrument about distressing work.
#[must_use]
pub fn before_the_questions(instrument: &Instrument) -> Option<&'static str> {
    (instrument.kind == Kind::Trauma).then_some(sentences::BEFORE)
}

/// What a result page says about one scale. The words come first, the number under "details".
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleFeedback<'i> {
    /// The exact score behind the words.
    pub score: Score<'i>,
    /// The scale's name.
    pub name: String,
    /// The band's words, or for a scale of one item the statement that she chose.
    pub words: Option<String>,
    /// How it compares with last time; `None` where no threshold is known or no score is given.
    pub change: Option<ChangeFeedback>,
}

/// A comparison with her last comparable record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeFeedback {
    /// How far it moved.
    pub movement: Movement,
    /// In words.
    pub sentence: String,
}

/// How far a score moved since last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Movement {
    /// There is nothing to compare with.
    First,
    /// Within the ordinary ups and downs.
    Same,
    /// Perhaps moving.
    Possibly,
    /// Higher by a reliable change.
    Higher,
    /// Lower by a reliable change.
    Lower,
}

/// What may be said about `now`; `before` are her earlier records of this instrument, oldest
/// first. Texts are in `lang` where there is such a locale, else in English.
#[must_use]
pub fn read<'i>(
    instrument: &'i Instrument,
    lang: &str,
    now: &Scored,
    before: &[Scored],
) -> Feedback<'i> {
    let called = triggers::called_for(instrument, now, before);
    let opening = called.iter().copied().max().unwrap_or(Opening::Plain);
    let gives_verdict = instrument.individual_feedback;
    let locale = instrument.locale(lang).or_else(|| instrument.locale("en"));
    let results = score(instrument, now.form.as_deref(), &now.answers)
        .into_iter()
        .filter(|_| gives_verdict)
        .map(|score| scale_feedback(instrument, locale, score, (now, before)))
        .collect();
    let has_bands = instrument
        .scales
        .iter()
        .any(|scale| !scale.bands.is_empty());
    Feedback {
        opening,
        sentences: sentences::opening(instrument.kind, &called),
        results,
        caveat: (gives_verdict && has_bands).then_some(sentences::CAVEAT),
        purpose: (!gives_verdict).then_some(sentences::PURPOSE),
        grounding: (instrument.kind == Kind::Trauma).then_some(sentences::GROUNDING),
        notice: &instrument.licence.notice,
    }
}

fn scale_feedback<'i>(
    instrument: &'i Instrument,
    locale: Option<&Locale>,
    score: Score<'i>,
    (now, before): (&Scored, &[Scored]),
) -> ScaleFeedback<'i> {
    let scale = score.scale;
    let name = locale
        .map_or(&*scale.id, |locale| locale.scale_name(&scale.id))
        .to_owned();
    ScaleFeedback {
        name,
        words: words(instrument, locale, &score, &now.answers),
        change: change(instrument, scale, now, before),
        score,
    }
}

/// A scale of one item reads back the statement itself, never a verdict on it.
fn words(
    instrument: &Instrument,
    locale: Option<&Locale>,
    score: &Score<'_>,
    answers: &Answers,
) -> Option<String> {
    let (locale, band) = (locale?, score.band?);
    if let [only] = &score.scale.items[..] {
        let item = instrument.item(only)?;
        let option = instrument
            .response_set_of(item)?
            .option_of(answers.value(only)?)?;
        return locale
            .option(&item.responses, &option.id)
            .map(str::to_owned);
    }
    locale.band(&score.scale.id, &band.id).map(str::to_owned)
}

fn change(
    instrument: &Instrument,
    scale: &Scale,
    now: &Scored,
    before: &[Scored],
) -> Option<ChangeFeedback> {
    let thresholds = scale.change.as_ref()?;
    now.score_of(instrument, scale).score?;
    let Some(difference) = difference(instrument, scale, now, before) else {
        let sentence = sentences::FIRST.to_owned();
        return Some(ChangeFeedback {
            movement: Movement::First,
            sentence,
        });
    };
    let movement = if difference.abs() >= thresholds.changed {
        if difference > Fraction::ZERO {
            Movement::Higher
        } else {
            Movement::Lower
        }
    } else if thresholds.possibly.is_some_and(|at| difference.abs() >= at) {
        Movement::Possibly
    } else {
        Movement::Same
    };
    Some(ChangeFeedback {
        movement,
        sentence: sentences::change(movement, difference),
    })
}

/// Score points since her last record that may be compared and has this scale; exact.
fn difference(
    instrument: &Instrument,
    scale: &Scale,
    now: &Scored,
    before: &[Scored],
) -> Option<Fraction> {
    let present = now.score_of(instrument, scale).score?;
    let comparable = before
        .iter()
        .rev()
        .filter(|record| record.is_comparable_with(now));
    let mut scores = comparable.filter_map(|record| record.score_of(instrument, scale).score);
    let last = scores.next()?;
    Some(present - last)
}

#[cfg(test)]
mod tests;
