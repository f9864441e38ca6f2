//! Q07, Q19 and Q20: a locale is complete, belongs to its instrument and lies where its licence
//! wants it.

use std::collections::{BTreeMap, BTreeSet};

use super::FileName;
use crate::questionnaires::format::Code;
use crate::questionnaires::format::report::Report;
use crate::questionnaires::instrument::{Instrument, TextPlace};
use crate::questionnaires::locale::{Locale, Status};
use crate::questionnaires::version::Version;

pub(super) fn check(report: &Report, instrument: &Instrument, locale: &Locale, name: &FileName) {
    place(report, instrument, locale);
    belonging(report, instrument, locale, name);
    texts(report, instrument, locale);
    scales(report, instrument, locale);
}

fn place(report: &Report, instrument: &Instrument, locale: &Locale) {
    let message = match (instrument.licence.text, locale.restricted) {
        (TextPlace::Separate, false) => {
            "the licence says `text = \"separate\"`: move this file to restricted/"
        }
        (TextPlace::Embedded, true) => {
            "the licence says `text = \"embedded\"`: move this file out of restricted/"
        }
        _ => "",
    };
    if !message.is_empty() {
        report.add("", Code::Q07, message);
    }
    if !instrument.licence.derivatives && locale.status == Status::Draft {
        let message = "the licence forbids translations of ours (`derivatives = false`): remove \
                       this draft";
        report.add("status", Code::Q07, message);
    }
}

fn belonging(report: &Report, instrument: &Instrument, locale: &Locale, name: &FileName) {
    if locale.instrument != instrument.id {
        let message = format!(
            "`instrument` is \"{}\" but the structure file is \"{}\"",
            locale.instrument, instrument.id
        );
        report.add("instrument", Code::Q20, message);
    } else if name.id != locale.instrument {
        let message = format!(
            "the file name begins with \"{}\": name it {}.{}.toml",
            name.id, locale.instrument, locale.lang
        );
        report.add("instrument", Code::Q20, message);
    }
    let is_known = instrument.version != Version::default();
    if is_known && locale.version != instrument.version {
        let message = format!(
            "`version` is {} but the structure file has {}: compare the texts, then write the same",
            locale.version, instrument.version
        );
        report.add("version", Code::Q20, message);
    }
    if !is_language_tag(&locale.lang) {
        let message = format!("\"{}\" is no language tag such as en or ru", locale.lang);
        report.add("lang", Code::Q04, message);
    } else if name.lang.as_deref() != Some(&locale.lang) {
        let message = format!(
            "`lang` is \"{}\" but the file is named otherwise: name it {}.{}.toml",
            locale.lang, instrument.id, locale.lang
        );
        report.add("lang", Code::Q20, message);
    }
}

/// BCP 47, its shape only.
fn is_language_tag(tag: &str) -> bool {
    let first = tag.split('-').next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && tag.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        })
}

fn texts(report: &Report, instrument: &Instrument, locale: &Locale) {
    filled(report, &locale.title, "title");
    filled(report, &locale.instructions, "instructions");
    let items: BTreeSet<&str> = instrument.items.iter().map(|item| &*item.id).collect();
    same_keys(report, &items, &locale.items, "items", "item");
    let sets: BTreeSet<&str> = instrument
        .response_sets
        .keys()
        .map(String::as_str)
        .collect();
    for extra in locale
        .options
        .keys()
        .filter(|set| !sets.contains(set.as_str()))
    {
        let message = format!("the structure file has no response set \"{extra}\": remove it");
        report.add(&format!("options/{extra}"), Code::Q19, message);
    }
    let none = BTreeMap::new();
    for (name, set) in &instrument.response_sets {
        let options: BTreeSet<&str> = set.options.iter().map(|option| &*option.id).collect();
        let given = locale.options.get(name).unwrap_or(&none);
        same_keys(
            report,
            &options,
            given,
            &format!("options/{name}"),
            "option",
        );
    }
}

fn scales(report: &Report, instrument: &Instrument, locale: &Locale) {
    for extra in locale
        .scales
        .keys()
        .filter(|id| instrument.scale(id).is_none())
    {
        let message = format!("the structure file has no scale \"{extra}\": remove it");
        report.add(&format!("scales/{extra}"), Code::Q19, message);
    }
    for scale in &instrument.scales {
        let path = format!("scales/{}", scale.id);
        let Some(text) = locale.scales.get(&scale.id) else {
            let message = format!("scale \"{}\" has no name: add [scales.\"{0}\"]", scale.id);
            report.add(&path, Code::Q19, message);
            continue;
        };
        filled(report, &text.name, &format!("{path}/name"));
        let bands: BTreeSet<&str> = scale.bands.iter().map(|band| &*band.id).collect();
        same_keys(
            report,
            &bands,
            &text.bands,
            &format!("{path}/bands"),
            "band",
        );
    }
}

fn same_keys(
    report: &Report,
    wanted: &BTreeSet<&str>,
    given: &BTreeMap<String, String>,
    path: &str,
    kind: &str,
) {
    for id in wanted {
        let below = format!("{path}/{id}");
        match given.get(*id) {
            Some(text) => filled(report, text, &below),
            None => report.add(
                &below,
                Code::Q19,
                format!("{kind} \"{id}\" has no text: add it"),
            ),
        }
    }
    for id in given.keys().filter(|id| !wanted.contains(id.as_str())) {
        let message = format!("the structure file has no {kind} \"{id}\": remove it");
        report.add(&format!("{path}/{id}"), Code::Q19, message);
    }
}

fn filled(report: &Report, text: &str, path: &str) {
    if text.trim().is_empty() {
        let key = path.rsplit('/').next().unwrap_or(path);
        report.add(
            path,
            Code::Q19,
            format!("the text of `{key}` is empty: write it"),
        );
    }
}
