//! Reads `<id>.toml`: everything about an instrument but its wording.

use std::collections::BTreeMap;

use super::extras;
use super::reading::{Day, Table};
use super::report::Code;
use super::scales;
use crate::questionnaires::fraction::greatest_common_divisor;
use crate::questionnaires::instrument::{
    AnswerOption, Evidence, Form, Instrument, Item, ItemOrder, Kind, Licence, Recall, ResponseSet,
    TextPlace,
};
use crate::questionnaires::scale::{Member, Scale};
use crate::questionnaires::version::Version;

/// Reads the whole file; what could not be read has been reported and holds a default.
pub(crate) fn read(file: &Table<'_>) -> Instrument {
    let mut instrument = file
        .required_table("instrument", Code::Q03, header)
        .unwrap_or_else(blank);
    if let Some(licence) = file.required_table("licence", Code::Q06, licence) {
        instrument.licence = licence;
    }
    if file.has("response_sets") {
        instrument.response_sets = file.map("response_sets", |entry, path| {
            entry.table(path, response_set)
        });
    } else {
        let message = "`[response_sets.…]` is missing: add at least one";
        file.report()
            .add_unreadable("response_sets", Code::Q03, message);
    }
    for key in ["items", "scales"] {
        if !file.has(key) {
            let message = format!("`{key}` is missing: add at least one");
            file.report().add_unreadable(key, Code::Q03, message);
        }
    }
    instrument.items = file.array("items", item);
    instrument.scales = file.array("scales", scales::read);
    instrument.norms = file.array("norms", extras::norm);
    instrument.safety = file.array("safety", extras::safety);
    instrument.examples = file.array("examples", extras::example);
    instrument.fhir_codes = file.array("fhir_codes", extras::fhir_code);
    instrument.forms = file.array("forms", form);
    if instrument.forms.is_empty() {
        let scales = instrument
            .scales
            .iter()
            .map(|scale| scale.id.clone())
            .collect();
        instrument.forms = vec![Form {
            id: "full".to_owned(),
            scales,
        }];
    }
    resolve(&mut instrument);
    instrument
}

fn header(table: &Table<'_>) -> Instrument {
    Instrument {
        id: table.required("id"),
        version: version(table),
        kind: table.word("kind", Kind::ALL, Kind::word),
        authors: table.required("authors"),
        year: table.required("year"),
        source: table.required("source"),
        citation: table.required("citation"),
        recall: table.word("recall", Recall::ALL, Recall::word),
        minutes: at_least_one(table, "minutes"),
        order: table.word("order", ItemOrder::ALL, ItemOrder::word),
        max_per_year: at_least_one(table, "max_per_year"),
        individual_feedback: table.required("individual_feedback"),
        ..blank()
    }
}

/// An instrument of which nothing is known yet.
fn blank() -> Instrument {
    Instrument {
        id: String::new(),
        version: Version::default(),
        kind: Kind::Strain,
        authors: Vec::new(),
        year: 0,
        source: String::new(),
        citation: String::new(),
        recall: Recall::None,
        minutes: 1,
        order: ItemOrder::Printed,
        max_per_year: 1,
        individual_feedback: true,
        licence: Licence {
            name: String::new(),
            url: String::new(),
            notice: String::new(),
            text: TextPlace::Embedded,
            commercial: false,
            derivatives: false,
            evidence: Evidence::Recalled,
            checked: String::new(),
        },
        response_sets: BTreeMap::new(),
        items: Vec::new(),
        scales: Vec::new(),
        forms: Vec::new(),
        norms: Vec::new(),
        safety: Vec::new(),
        examples: Vec::new(),
        fhir_codes: Vec::new(),
        locales: BTreeMap::new(),
    }
}

/// The `version` of a structure or locale file.
pub(crate) fn version(table: &Table<'_>) -> Version {
    let Some(text) = table.required_as::<String>("version", Code::Q03) else {
        return Version::default();
    };
    text.parse().unwrap_or_else(|fault| {
        let message = format!("`version` is \"{text}\": {fault}");
        table
            .report()
            .add_unreadable(&table.below("version"), Code::Q03, message);
        Version::default()
    })
}

fn at_least_one(table: &Table<'_>, key: &'static str) -> i64 {
    let number: i64 = table.required(key);
    if number < 1 {
        let message = format!("`{key}` must be 1 or more");
        table
            .report()
            .add_unreadable(&table.below(key), Code::Q03, message);
    }
    number.max(1)
}

fn licence(table: &Table<'_>) -> Licence {
    let filled = |key: &'static str| {
        let text: String = table.required_as(key, Code::Q06).unwrap_or_default();
        if text.trim().is_empty() {
            let message = format!("`{key}` is empty: without it nobody knows what may be done");
            table
                .report()
                .add_unreadable(&table.below(key), Code::Q06, message);
        }
        text
    };
    let evidence = Some(filled("evidence")).filter(|text| !text.trim().is_empty());
    Licence {
        name: filled("name"),
        url: table.required("url"),
        notice: filled("notice"),
        text: table.word("text", TextPlace::ALL, TextPlace::word),
        commercial: table.required("commercial"),
        derivatives: table.required("derivatives"),
        evidence: table.choose("evidence", evidence, Evidence::ALL, Evidence::word),
        checked: table
            .required_as::<Day>("checked", Code::Q06)
            .unwrap_or_default()
            .0,
    }
}

fn response_set(table: &Table<'_>) -> ResponseSet {
    if !table.has("options") {
        let message = "`options` is missing: add at least two options";
        table
            .report()
            .add_unreadable(&table.below("options"), Code::Q03, message);
    }
    let options = table.array("options", |option| AnswerOption {
        id: option.required("id"),
        value: option.required("value"),
    });
    ResponseSet { options }
}

fn item(table: &Table<'_>) -> Item {
    Item {
        id: table.required("id"),
        responses: table.required("responses"),
        words: table.optional("words").unwrap_or_default(),
    }
}

fn form(table: &Table<'_>) -> Form {
    Form {
        id: table.required("id"),
        scales: table.required("scales"),
    }
}

/// Finds the items, ends and steps of every scale; what is not there is left out.
fn resolve(instrument: &mut Instrument) {
    let ends: Vec<Option<(i64, i64)>> = instrument
        .items
        .iter()
        .map(|item| instrument.response_sets.get(&item.responses)?.ends())
        .collect();
    for scale in &mut instrument.scales {
        scale.members = members(scale, &instrument.items, &ends);
    }
    let steps: Vec<i64> = instrument
        .scales
        .iter()
        .map(|scale| step(scale, instrument))
        .collect();
    for (scale, step) in instrument.scales.iter_mut().zip(steps) {
        scale.step = step;
    }
}

fn members(scale: &Scale, items: &[Item], ends: &[Option<(i64, i64)>]) -> Vec<Member> {
    let of = |id: &String| {
        let item = items.iter().position(|item| item.id == *id)?;
        let (lowest, highest) = ends[item]?;
        Some(Member {
            item,
            reversed: scale.reversed.contains(id),
            lowest,
            highest,
        })
    };
    scale.items.iter().filter_map(of).collect()
}

/// The largest number that divides every distance from the lowest option, over all the items.
fn step(scale: &Scale, instrument: &Instrument) -> i64 {
    let mut divisor = 0;
    for member in &scale.members {
        let set = instrument.response_set_of(&instrument.items[member.item]);
        for option in set.into_iter().flat_map(|set| &set.options) {
            let distance = i128::from(option.value - member.lowest);
            divisor = greatest_common_divisor(divisor, distance);
        }
    }
    i64::try_from(divisor).unwrap_or(1).max(1)
}
