//! Q16 and Q17: forms, norms, safety conditions and changes name what is there, and nothing gives
//! a verdict where none may be given.

use super::scales::shown;
use crate::questionnaires::Fraction;
use crate::questionnaires::format::Code;
use crate::questionnaires::format::report::Report;
use crate::questionnaires::instrument::{Condition, Instrument, Opening, Safety, Watched};
use crate::questionnaires::scale::Scale;

pub(super) fn check(report: &Report, instrument: &Instrument) {
    let is_unknown = |index| report.is_unreadable(&format!("scales/{index}/range"));
    if !report.is_unreadable("scales") {
        forms(report, instrument);
    }
    if !report.is_unreadable("scales") && !(0..instrument.scales.len()).any(is_unknown) {
        norms(report, instrument);
        for (index, scale) in instrument.scales.iter().enumerate() {
            change(report, scale, &format!("scales/{index}/change"));
        }
        for (index, safety) in instrument.safety.iter().enumerate() {
            condition(report, instrument, safety, &format!("safety/{index}"));
        }
    }
    verdicts(report, instrument);
}

fn verdicts(report: &Report, instrument: &Instrument) {
    for (index, safety) in instrument.safety.iter().enumerate() {
        let path = format!("safety/{index}");
        if !instrument.individual_feedback && safety.opening != Opening::Reporting {
            let message = format!(
                "`individual_feedback = false` gives no verdict: opening \"{}\" is one; only \
                 \"reporting\" may stand here",
                safety.opening.word()
            );
            report.add(&format!("{path}/opening"), Code::Q17, message);
        }
    }
    for (index, scale) in instrument.scales.iter().enumerate() {
        if !instrument.individual_feedback && !scale.bands.is_empty() {
            let message = "`individual_feedback = false` gives no verdict: write `bands = []`";
            report.add(&format!("scales/{index}/bands"), Code::Q17, message);
        }
    }
}

fn forms(report: &Report, instrument: &Instrument) {
    for (index, form) in instrument.forms.iter().enumerate() {
        let path = format!("forms/{index}/scales");
        if form.scales.is_empty() {
            report.add(
                &path,
                Code::Q16,
                format!("form \"{}\" has no scale: name one", form.id),
            );
        }
        for (at, id) in form.scales.iter().enumerate() {
            let place = format!("{path}/{at}");
            if instrument.scale(id).is_none() {
                report.add(&place, Code::Q16, unknown("scale", id));
            } else if form.scales[..at].contains(id) {
                report.add(
                    &place,
                    Code::Q16,
                    format!("scale \"{id}\" stands twice: remove one"),
                );
            }
        }
    }
}

fn norms(report: &Report, instrument: &Instrument) {
    for (index, norm) in instrument.norms.iter().enumerate() {
        let path = format!("norms/{index}");
        let Some(scale) = instrument.scale(&norm.scale) else {
            report.add(
                &format!("{path}/scale"),
                Code::Q16,
                unknown("scale", &norm.scale),
            );
            continue;
        };
        if norm.n < 1 {
            report.add(&format!("{path}/n"), Code::Q16, "`n` must be 1 or more");
        }
        if norm.sd < Fraction::ZERO {
            report.add(&format!("{path}/sd"), Code::Q16, "`sd` cannot be below 0");
        }
        in_range(report, norm.mean, scale, &format!("{path}/mean"));
    }
}

fn change(report: &Report, scale: &Scale, path: &str) {
    let Some(change) = &scale.change else { return };
    let width = scale.range.1 - scale.range.0;
    if change.changed <= Fraction::ZERO || change.changed > width {
        let message = format!("`changed` must be above 0 and at most {}", shown(width));
        report.add(&format!("{path}/changed"), Code::Q16, message);
    }
    if change
        .possibly
        .is_some_and(|at| at <= Fraction::ZERO || at >= change.changed)
    {
        let message = format!(
            "`possibly` must be above 0 and below {}",
            shown(change.changed)
        );
        report.add(&format!("{path}/possibly"), Code::Q16, message);
    }
}

fn condition(report: &Report, instrument: &Instrument, safety: &Safety, path: &str) {
    if ["scale", "item", "condition"]
        .iter()
        .any(|k| report.is_unreadable(&format!("{path}/{k}")))
    {
        return;
    }
    match &safety.watched {
        Watched::Scale(id) => match instrument.scale(id) {
            Some(scale) => scale_condition(report, scale, &safety.condition, path),
            None if report.is_unreadable("scales") => (),
            None => report.add(&format!("{path}/scale"), Code::Q16, unknown("scale", id)),
        },
        Watched::Item(id) => match instrument.item(id) {
            Some(item) => {
                if let Some(set) = instrument.response_set_of(item) {
                    let values: Vec<i64> = set.options.iter().map(|o| o.value).collect();
                    item_condition(report, &values, &safety.condition, path);
                }
            }
            None if report.is_unreadable("items") => (),
            None => report.add(&format!("{path}/item"), Code::Q16, unknown("item", id)),
        },
    }
}

fn scale_condition(report: &Report, scale: &Scale, condition: &Condition, path: &str) {
    match condition {
        Condition::AtLeast(at) => in_range(report, *at, scale, &format!("{path}/at_least")),
        Condition::AtMost(at) => in_range(report, *at, scale, &format!("{path}/at_most")),
        Condition::AnyOf(values) => {
            let place = format!("{path}/any_of");
            not_empty(report, values, &place);
            for value in values {
                in_range(report, *value, scale, &place);
            }
        }
        Condition::Rise if scale.change.is_none() => {
            let message = format!("`rise` needs a `change` on scale \"{}\": add it", scale.id);
            report.add(&format!("{path}/rise"), Code::Q16, message);
        }
        Condition::Rise => (),
    }
}

fn item_condition(report: &Report, values: &[i64], condition: &Condition, path: &str) {
    let known: Vec<Fraction> = values.iter().map(|value| Fraction::from(*value)).collect();
    let given = match condition {
        Condition::AtLeast(at) | Condition::AtMost(at) => std::slice::from_ref(at),
        Condition::AnyOf(values) => {
            not_empty(report, values, &format!("{path}/any_of"));
            values
        }
        Condition::Rise => {
            let message = "`rise` looks at a scale's change: write `scale`, not `item`";
            return report.add(&format!("{path}/rise"), Code::Q16, message);
        }
    };
    let key = match condition {
        Condition::AtLeast(_) => "at_least",
        Condition::AtMost(_) => "at_most",
        _ => "any_of",
    };
    for value in given.iter().filter(|value| !known.contains(value)) {
        let shown_values: Vec<String> = values.iter().map(ToString::to_string).collect();
        let message = format!(
            "{} is no value of this item: write one of {}",
            shown(*value),
            shown_values.join(", ")
        );
        report.add(&format!("{path}/{key}"), Code::Q16, message);
    }
}

fn not_empty(report: &Report, values: &[Fraction], place: &str) {
    if values.is_empty() {
        report.add(
            place,
            Code::Q16,
            "`any_of` is empty and never holds: name values",
        );
    }
}

fn in_range(report: &Report, value: Fraction, scale: &Scale, place: &str) {
    let (lowest, highest) = scale.range;
    if value < lowest || value > highest {
        let message = format!(
            "{} is outside the range of \"{}\", {} to {}",
            shown(value),
            scale.id,
            shown(lowest),
            shown(highest)
        );
        report.add(place, Code::Q16, message);
    }
}

fn unknown(kind: &str, id: &str) -> String {
    format!("there is no {kind} \"{id}\": name one of this file")
}
