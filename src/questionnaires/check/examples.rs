//! Q18: the worked examples come out as they say.

use std::collections::BTreeMap;

use crate::questionnaires::answers::Answers;
use crate::questionnaires::format::Code;
use crate::questionnaires::format::report::Report;
use crate::questionnaires::fraction::Fraction;
use crate::questionnaires::instrument::{Example, Expected, Instrument};
use crate::questionnaires::score::Score;

/// Run last, on an instrument that is otherwise sound.
pub(super) fn check(report: &Report, instrument: &Instrument) {
    if instrument.examples.is_empty() {
        let message = "there is no example: add one worked out by hand, `check` recomputes it";
        report.add("examples", Code::Q18, message);
    }
    if !report.is_clean() {
        return;
    }
    for (index, example) in instrument.examples.iter().enumerate() {
        recompute(report, instrument, example, &format!("examples/{index}"));
    }
}

fn recompute(report: &Report, instrument: &Instrument, example: &Example, path: &str) {
    let ids = example
        .answers
        .iter()
        .map(|(id, value)| (id.clone(), Some(*value)));
    let given: BTreeMap<String, Option<i64>> = ids.collect();
    let answers = match Answers::parse_all(instrument, &given) {
        Ok(answers) => answers,
        Err(faults) => {
            for fault in faults {
                report.add(
                    &format!("{path}/answers"),
                    Code::Q18,
                    format!("example: {fault}"),
                );
            }
            return;
        }
    };
    if example.expect.is_empty() {
        report.add(
            path,
            Code::Q18,
            "this example expects nothing: name a scale and its score",
        );
    }
    for (at, expected) in example.expect.iter().enumerate() {
        let place = format!("{path}/expect/{at}");
        let Some(scale) = instrument.scale(&expected.scale) else {
            let message = format!("example: there is no scale \"{}\"", expected.scale);
            report.add(&place, Code::Q18, message);
            continue;
        };
        let value_of = |item: usize| answers.value(&instrument.items.get(item)?.id);
        let score = Score::of(scale, value_of);
        if !agrees(&score, expected) {
            let message = format!(
                "example: {} should give {}, but the file gives {}",
                expected.scale,
                told(expected.score, expected.answered, expected.band.as_deref()),
                told(
                    score.score.map(Fraction::to_f64),
                    i64::try_from(score.answered).unwrap_or(i64::MAX),
                    score.band.map(|band| &*band.id)
                )
            );
            report.add(&place, Code::Q18, message);
        }
    }
}

fn agrees(score: &Score<'_>, expected: &Expected) -> bool {
    let same_score = match (score.score, expected.score) {
        (None, None) => true,
        (Some(score), Some(expected)) => (score.to_f64() - expected).abs() <= 1e-9,
        _ => false,
    };
    same_score
        && i64::try_from(score.answered) == Ok(expected.answered)
        && score.band.map(|band| &*band.id) == expected.band.as_deref()
}

fn told(score: Option<f64>, answered: i64, band: Option<&str>) -> String {
    let score = score.map_or("no score".to_owned(), |score| format!("score {score}"));
    let band = band.map_or("no band".to_owned(), |band| format!("band \"{band}\""));
    format!("{score}, {answered} answered, {band}")
}
