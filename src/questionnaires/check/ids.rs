//! Q04 and Q05: ids are well formed, belong to the instrument and occur once.

use std::collections::BTreeSet;

use crate::questionnaires::format::Code;
use crate::questionnaires::format::report::Report;
use crate::questionnaires::instrument::Instrument;

/// `[a-z][a-z0-9-]*`
pub(crate) fn is_word(id: &str) -> bool {
    id.starts_with(|c: char| c.is_ascii_lowercase()) && is_part(id)
}

/// The same, but a digit may come first.
fn is_part(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 80
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

pub(super) fn check(report: &Report, instrument: &Instrument, file_id: &str) {
    own_id(report, instrument, file_id);
    let mut ids = Ids::new(report, "item");
    for (index, item) in instrument.items.iter().enumerate() {
        ids.add_under(&instrument.id, &item.id, &format!("items/{index}/id"));
        for (at, word) in item.words.iter().enumerate() {
            well_formed(report, word, &format!("items/{index}/words/{at}"), is_word);
        }
    }
    let mut ids = Ids::new(report, "scale");
    for (index, scale) in instrument.scales.iter().enumerate() {
        ids.add_under(&instrument.id, &scale.id, &format!("scales/{index}/id"));
        let mut bands = Ids::new(report, "band");
        for (at, band) in scale.bands.iter().enumerate() {
            bands.add(&band.id, &format!("scales/{index}/bands/{at}/id"));
        }
    }
    let mut ids = Ids::new(report, "form");
    for (index, form) in instrument.forms.iter().enumerate() {
        ids.add(&form.id, &format!("forms/{index}/id"));
    }
    for (name, set) in &instrument.response_sets {
        let path = format!("response_sets/{name}");
        well_formed(report, name, &path, is_word);
        let mut options = Ids::new(report, "option");
        let mut values = BTreeSet::new();
        for (at, option) in set.options.iter().enumerate() {
            options.add(&option.id, &format!("{path}/options/{at}/id"));
            let place = format!("{path}/options/{at}/value");
            if !report.is_unreadable(&place) && !values.insert(option.value) {
                let message = format!(
                    "the value {} stands twice in this set: change one",
                    option.value
                );
                report.add(&place, Code::Q05, message);
            }
        }
    }
}

fn own_id(report: &Report, instrument: &Instrument, file_id: &str) {
    let (id, path) = (&instrument.id, "instrument/id");
    if !is_word(id) {
        well_formed(report, id, path, is_word);
    } else if id != file_id {
        let message = format!(
            "the id is \"{id}\" but the file is named {file_id}.toml: name the file {id}.toml"
        );
        report.add(path, Code::Q04, message);
    }
}

fn well_formed(report: &Report, id: &str, path: &str, is_good: fn(&str) -> bool) {
    if !is_good(id) {
        let message = format!(
            "\"{id}\" is malformed: begin with a letter, then only a-z, 0-9 and hyphens, 80 at most"
        );
        report.add(path, Code::Q04, message);
    }
}

/// The ids of one kind, each allowed once.
struct Ids<'r> {
    report: &'r Report,
    kind: &'static str,
    seen: BTreeSet<String>,
}

impl<'r> Ids<'r> {
    fn new(report: &'r Report, kind: &'static str) -> Self {
        Self {
            report,
            kind,
            seen: BTreeSet::new(),
        }
    }

    fn add(&mut self, id: &str, path: &str) {
        well_formed(self.report, id, path, is_part);
        self.only_once(id, path);
    }

    /// An id that must begin with the instrument's.
    fn add_under(&mut self, instrument: &str, id: &str, path: &str) {
        let below = id
            .strip_prefix(instrument)
            .and_then(|rest| rest.strip_prefix('.'));
        let known = !self.report.is_unreadable("instrument/id");
        if known && below.is_none() {
            let message = format!(
                "{} id \"{id}\" must begin with \"{instrument}.\"",
                self.kind
            );
            self.report.add(path, Code::Q04, message);
        } else if known && !below.is_some_and(|rest| rest.split('.').all(is_part)) {
            let message = format!(
                "{} id \"{id}\" is malformed: only a-z, 0-9, hyphens and points between them",
                self.kind
            );
            self.report.add(path, Code::Q04, message);
        }
        self.only_once(id, path);
    }

    fn only_once(&mut self, id: &str, path: &str) {
        if !self.report.is_unreadable(path) && !self.seen.insert(id.to_owned()) {
            let message = format!("{} id \"{id}\" stands twice: rename one", self.kind);
            self.report.add(path, Code::Q05, message);
        }
    }
}
