//! Q08 and Q09: response sets can be answered and are used.

use crate::questionnaires::format::Code;
use crate::questionnaires::format::report::Report;
use crate::questionnaires::instrument::{Instrument, ResponseSet};

pub(super) fn check(report: &Report, instrument: &Instrument) {
    for (name, set) in &instrument.response_sets {
        let path = format!("response_sets/{name}");
        if report.is_unreadable(&format!("{path}/options")) {
            continue;
        }
        if set.options.len() < 2 {
            let message = format!("response set \"{name}\" has fewer than two options: add some");
            report.add(&path, Code::Q08, message);
        }
        if let Some(at) = first_turn(set) {
            let message = format!(
                "the values of \"{name}\" must only rise or only fall: {} does neither",
                set.options[at].value
            );
            report.add(&format!("{path}/options/{at}/value"), Code::Q08, message);
        }
        let used = instrument.items.iter().any(|item| item.responses == *name);
        if !used && !report.is_unreadable("items") {
            let message = format!("no item uses response set \"{name}\": remove it or use it");
            report.add(&path, Code::Q09, message);
        }
    }
    for (index, item) in instrument.items.iter().enumerate() {
        if !instrument.response_sets.contains_key(&item.responses)
            && !report.is_unreadable(&format!("response_sets/{}", item.responses))
        {
            let sets: Vec<&str> = instrument
                .response_sets
                .keys()
                .map(String::as_str)
                .collect();
            let message = format!(
                "there is no response set \"{}\": write one of {}",
                item.responses,
                sets.join(", ")
            );
            report.add(&format!("items/{index}/responses"), Code::Q09, message);
        }
    }
}

/// The first option whose value turns back; equal values are reported as duplicates instead.
fn first_turn(set: &ResponseSet) -> Option<usize> {
    let mut direction = 0;
    for (at, pair) in set.options.windows(2).enumerate() {
        let step = (pair[1].value - pair[0].value).signum();
        if step != 0 && direction != 0 && step != direction {
            return Some(at + 1);
        }
        direction = if step == 0 { direction } else { step };
    }
    None
}
