//! What her answers call for. Evaluated while her key is at hand, told to nobody but her.

use super::{Scored, difference};
use crate::questionnaires::fraction::Fraction;
use crate::questionnaires::instrument::{Condition, Instrument, Opening, Safety, Watched};
use crate::questionnaires::scale::{Higher, Scale};

/// The openings that hold, each once, the most urgent first.
pub(super) fn called_for(instrument: &Instrument, now: &Scored, before: &[Scored]) -> Vec<Opening> {
    let mut called: Vec<Opening> = instrument
        .safety
        .iter()
        .filter(|safety| holds(instrument, safety, now, before))
        .map(|safety| safety.opening)
        .collect();
    called.sort_unstable_by(|a, b| b.cmp(a));
    called.dedup();
    called
}

/// Holds in the present record and, where asked, in those right before it.
fn holds(instrument: &Instrument, safety: &Safety, now: &Scored, before: &[Scored]) -> bool {
    let row = usize::try_from(safety.in_a_row).unwrap_or(1).max(1);
    let Some(start) = before.len().checked_sub(row - 1) else {
        return false;
    };
    let same_meaning = |record: &Scored| record.version.major == now.version.major;
    holds_in(instrument, safety, now, before)
        && (start..before.len()).all(|at| {
            same_meaning(&before[at]) && holds_in(instrument, safety, &before[at], &before[..at])
        })
}

fn holds_in(instrument: &Instrument, safety: &Safety, now: &Scored, before: &[Scored]) -> bool {
    match &safety.watched {
        Watched::Item(id) => now
            .answers
            .value(id)
            .is_some_and(|value| is_met(&safety.condition, value.into())),
        Watched::Scale(id) => instrument.scale(id).is_some_and(|scale| {
            if safety.condition == Condition::Rise {
                return rose(instrument, scale, now, before);
            }
            let score = now.score_of(instrument, scale).score;
            score.is_some_and(|score| is_met(&safety.condition, score))
        }),
    }
}

fn is_met(condition: &Condition, value: Fraction) -> bool {
    match condition {
        Condition::AtLeast(at) => value >= *at,
        Condition::AtMost(at) => value <= *at,
        Condition::AnyOf(values) => values.contains(&value),
        Condition::Rise => false,
    }
}

/// A reliable change to the worse.
fn rose(instrument: &Instrument, scale: &Scale, now: &Scored, before: &[Scored]) -> bool {
    let Some(thresholds) = &scale.change else {
        return false;
    };
    let Some(moved) = difference(instrument, scale, now, before) else {
        return false;
    };
    let worse = if scale.higher == Higher::Worse {
        moved
    } else {
        -moved
    };
    worse >= thresholds.changed
}
