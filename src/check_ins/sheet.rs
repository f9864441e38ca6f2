//! A filled-in form, read against its wave: nothing behind this takes raw answers.

use std::collections::BTreeMap;

use super::casting::Reach;
use super::member::Member;
use super::submit::{instrument_of, sequel};
use super::waves::Sequel;
use crate::app::App;
use crate::ids::WaveId;
use crate::problem::{Fault, Problem};
use crate::questionnaires::feedback::Scored;
use crate::questionnaires::{AnswerFault, Answers};

/// What she hands in.
pub struct Sheet {
    /// The wave that it was read against, a moment ago.
    pub sequel: Sequel,
    /// In range, of the wave's form, in one of its languages ([`read`]).
    pub scored: Scored,
    /// How far she wants to be counted.
    pub reach: Reach,
    /// Whether her answers are kept for herself.
    pub keep: Keep,
}

/// What a form says, before it is read against the wave.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// By item: the option's value before reversal, or `None` for a skipped item.
    pub answers: BTreeMap<String, Option<i64>>,
    /// Language of the form; the wave's first if left out.
    pub language: Option<String>,
}

/// Reads a form: every fault is named by its field, and nothing behind this takes raw answers.
pub async fn read(
    app: &App,
    member: &Member<'_>,
    wave: WaveId,
    filled: &Filled,
) -> Result<(Sequel, Scored), Problem> {
    let mut tx = app.store.read_newest().await?;
    let sequel = sequel(&mut tx, app, member, wave).await?;
    drop(tx);
    let wave = &sequel.wave;
    let instrument = instrument_of(app, wave)?;
    let language = match &filled.language {
        Some(language) => wave.languages.iter().find(|offered| *offered == language),
        None => wave.languages.first(),
    };
    let locale = language
        .and_then(|language| instrument.locale(language))
        .ok_or_else(|| Problem::field("language", "is not offered in this wave"))?;
    let answers = Answers::parse(instrument, Some(&wave.form), &filled.answers)
        .map_err(|faults| Problem::invalid(faults.iter().map(fault).collect()))?;
    let scored = Scored::new(instrument, Some(&wave.form), locale, answers);
    Ok((sequel, scored))
}

fn fault(fault: &AnswerFault) -> Fault {
    let field = match fault {
        AnswerFault::UnknownForm { .. } => "form".to_owned(),
        AnswerFault::UnknownItem { item } | AnswerFault::NotAnOption { item, .. } => {
            format!("answers.{item}")
        }
        AnswerFault::NothingAnswered => "answers".to_owned(),
    };
    Fault::new(field, fault.to_string())
}

/// Whether answers are kept in her record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// For her own history.
    Answers,
    /// Only the ballot is cast; the record says nothing about answers.
    Nothing,
}
