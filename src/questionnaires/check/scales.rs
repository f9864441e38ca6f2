//! Q10 to Q14 and Q25: scales, their items and what follows from them.

use std::collections::{BTreeMap, BTreeSet};

use crate::questionnaires::format::Code;
use crate::questionnaires::format::report::Report;
use crate::questionnaires::instrument::Instrument;
use crate::questionnaires::scale::Scale;

pub(super) fn check(report: &Report, instrument: &Instrument) {
    for (index, scale) in instrument.scales.iter().enumerate() {
        let path = format!("scales/{index}");
        items(report, instrument, scale, &path);
        reversal(report, instrument, scale, &path);
        ends(report, instrument, scale, &path);
        minimum(report, scale, &path);
        range(report, scale, &path);
    }
    unused_items(report, instrument);
    shared_items(report, instrument);
}

fn items(report: &Report, instrument: &Instrument, scale: &Scale, path: &str) {
    let path = format!("{path}/items");
    if scale.items.is_empty() {
        let message = format!("scale \"{}\" has no item: name some", scale.id);
        report.add(&path, Code::Q10, message);
    }
    let mut seen = BTreeSet::new();
    for (at, id) in scale.items.iter().enumerate() {
        let place = format!("{path}/{at}");
        if instrument.item(id).is_none() && !report.is_unreadable("items") {
            let message = format!("there is no item \"{id}\": add it or take it off the scale");
            report.add(&place, Code::Q10, message);
        }
        if !seen.insert(id) {
            let message = format!("item \"{id}\" stands twice in \"{}\": remove one", scale.id);
            report.add(&place, Code::Q10, message);
        }
    }
}

fn unused_items(report: &Report, instrument: &Instrument) {
    let unknown = |index| report.is_unreadable(&format!("scales/{index}/items"));
    if report.is_unreadable("scales") || (0..instrument.scales.len()).any(unknown) {
        return;
    }
    for (index, item) in instrument.items.iter().enumerate() {
        if !instrument
            .scales
            .iter()
            .any(|scale| scale.items.contains(&item.id))
        {
            let message = format!("item \"{}\" is in no scale: add it to one", item.id);
            report.add(&format!("items/{index}/id"), Code::Q10, message);
        }
    }
}

fn reversal(report: &Report, instrument: &Instrument, scale: &Scale, path: &str) {
    for (at, id) in scale.reversed.iter().enumerate() {
        let place = format!("{path}/reversed/{at}");
        if !scale.items.contains(id) {
            let message = format!("reversed item \"{id}\" is not in scale \"{}\"", scale.id);
            report.add(&place, Code::Q11, message);
            continue;
        }
        let set = instrument
            .item(id)
            .and_then(|item| instrument.response_set_of(item));
        let Some((set, (lowest, highest))) = set.and_then(|set| Some((set, set.ends()?))) else {
            continue;
        };
        let mirrored = |value: i64| set.option_of(lowest + highest - value).is_some();
        if !set.options.iter().all(|option| mirrored(option.value)) {
            let message = format!(
                "item \"{id}\" cannot be reversed: the values of its set are not symmetric \
                 about their middle"
            );
            report.add(&place, Code::Q11, message);
        }
    }
}

fn ends(report: &Report, instrument: &Instrument, scale: &Scale, path: &str) {
    let Some(first) = scale.members.first() else {
        return;
    };
    let other = scale
        .members
        .iter()
        .find(|member| (member.lowest, member.highest) != (first.lowest, first.highest));
    if let Some(other) = other {
        let message = format!(
            "\"{}\" goes from {} to {} but \"{}\" from {} to {}: give the items of a scale \
             the same lowest and highest value",
            instrument.items[first.item].id,
            first.lowest,
            first.highest,
            instrument.items[other.item].id,
            other.lowest,
            other.highest
        );
        report.add(&format!("{path}/items"), Code::Q12, message);
    } else if scale.step_sum_limit() >= i64::from(u16::MAX) {
        let message = format!(
            "scale \"{}\" has {} steps, more than a ballot can hold: use coarser values",
            scale.id,
            scale.step_sum_limit()
        );
        report.add(&format!("{path}/items"), Code::Q12, message);
    }
}

fn minimum(report: &Report, scale: &Scale, path: &str) {
    let highest = i64::try_from(scale.items.len()).unwrap_or(i64::MAX);
    let known = !report.is_unreadable(&format!("{path}/items")) && !scale.items.is_empty();
    if scale.minimum_answered < 1 || (known && scale.minimum_answered > highest) {
        let message = format!(
            "`minimum_answered` is {}: write 1 to {}, the number of items",
            scale.minimum_answered,
            highest.max(1)
        );
        report.add(&format!("{path}/minimum_answered"), Code::Q13, message);
    }
}

fn range(report: &Report, scale: &Scale, path: &str) {
    let path_of = |key: &str| format!("{path}/{key}");
    let complete = scale.members.len() == scale.items.len();
    let same_ends = scale
        .members
        .windows(2)
        .all(|pair| (pair[0].lowest, pair[0].highest) == (pair[1].lowest, pair[1].highest));
    let readable = ["method", "multiply", "items"]
        .iter()
        .all(|k| !report.is_unreadable(&path_of(k)));
    let Some(computed) = scale
        .computed_range()
        .filter(|_| complete && same_ends && readable)
    else {
        return;
    };
    if computed != scale.range {
        let message = format!(
            "`range` is [{}, {}] but options, method and multiply give [{}, {}]",
            shown(scale.range.0),
            shown(scale.range.1),
            shown(computed.0),
            shown(computed.1)
        );
        report.add(&path_of("range"), Code::Q14, message);
    }
}

/// A number as it would be written in the file.
pub(super) fn shown(number: crate::questionnaires::Fraction) -> String {
    if number.bottom() == 1 {
        number.to_string()
    } else {
        format!("{}", number.to_f64())
    }
}

fn shared_items(report: &Report, instrument: &Instrument) {
    let mut owner: BTreeMap<&str, &str> = BTreeMap::new();
    for (index, scale) in instrument
        .scales
        .iter()
        .enumerate()
        .filter(|(_, s)| s.is_released())
    {
        for (at, id) in scale.items.iter().enumerate() {
            match owner.get(id.as_str()) {
                Some(other) if *other != scale.id => {
                    let message = format!(
                        "item \"{id}\" is also in \"{other}\": from two released scales that \
                         share an item an answer can be worked out; set `publish_at = \"never\"` \
                         on one"
                    );
                    report.add(&format!("scales/{index}/items/{at}"), Code::Q25, message);
                }
                _ => {
                    owner.insert(id, &scale.id);
                }
            }
        }
    }
}
