//! Q21: every placeholder has words, every choice has the forms, and nothing is left over.

use std::collections::{BTreeMap, BTreeSet};

use super::ids::is_word;
use crate::questionnaires::format::Code;
use crate::questionnaires::format::report::Report;
use crate::questionnaires::instrument::Instrument;
use crate::questionnaires::locale::{Locale, Piece, Words, pieces};

pub(super) fn check(report: &Report, instrument: &Instrument, locale: &Locale) {
    let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let declared: BTreeSet<&str> = instrument
        .items
        .iter()
        .flat_map(|i| &i.words)
        .map(|w| &**w)
        .collect();
    let mut look = |text: &str, path: &str, allowed: &BTreeSet<&str>| {
        let found = placeholders(report, text, path, allowed);
        for (name, form) in &found {
            used.entry(name.clone()).or_default().insert(form.clone());
        }
        found
            .into_iter()
            .map(|(name, _)| name)
            .collect::<BTreeSet<_>>()
    };
    look(&locale.instructions, "instructions", &declared);
    for item in &instrument.items {
        let Some(text) = locale.items.get(&item.id) else {
            continue;
        };
        let path = format!("items/{}", item.id);
        let allowed = item.words.iter().map(String::as_str).collect();
        let found = look(text, &path, &allowed);
        // A language that has no words for a placeholder at all does without it.
        let is_forgotten =
            |word: &&String| !found.contains(*word) && locale.words.contains_key(*word);
        for word in item.words.iter().filter(is_forgotten) {
            let message = format!(
                "the structure file gives this item the words \"{word}\": write {{{word}.form}} \
                 in its text"
            );
            report.add(&path, Code::Q21, message);
        }
    }
    for (name, forms) in &used {
        if let Some(words) = locale.words.get(name) {
            choices(report, name, words, forms);
        } else {
            let message = format!("{{{name}.…}} has no words: add [words.{name}]");
            report.add(&format!("words/{name}"), Code::Q21, message);
        }
    }
    for name in locale.words.keys().filter(|name| !used.contains_key(*name)) {
        let message = format!("no text holds {{{name}.…}}: remove [words.{name}]");
        report.add(&format!("words/{name}"), Code::Q21, message);
    }
}

/// The placeholders of a text; malformed ones and those that the structure file does not allow
/// are reported.
fn placeholders(
    report: &Report,
    text: &str,
    path: &str,
    allowed: &BTreeSet<&str>,
) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for piece in pieces(text) {
        match (piece, piece.placeholder()) {
            (Piece::Plain(_), _) => (),
            (_, Some((name, form))) => {
                if !allowed.contains(name.as_str()) {
                    let message = format!(
                        "the structure file allows no words \"{name}\" here: add them to its \
                         `words` or write the word itself"
                    );
                    report.add(path, Code::Q21, message);
                }
                found.insert((name, form));
            }
            (Piece::Braced(text) | Piece::Stray(text), None) => {
                let message = format!("\"{text}\" is no placeholder such as {{visitor.one}}");
                report.add(path, Code::Q21, message);
            }
        }
    }
    found
}

fn choices(report: &Report, name: &str, words: &Words, forms: &BTreeSet<String>) {
    let path = format!("words/{name}");
    if !words.choices.contains_key(&words.default) {
        let message = format!("the default \"{}\" is none of the choices", words.default);
        report.add(&format!("{path}/default"), Code::Q21, message);
    }
    for (choice, given) in &words.choices {
        let path = format!("{path}/choices/{choice}");
        if !is_word(choice) {
            let message = format!("choice \"{choice}\" is malformed: only a-z, 0-9 and hyphens");
            report.add(&path, Code::Q21, message);
        }
        for form in forms {
            if given.get(form).is_none_or(|text| text.trim().is_empty()) {
                let message = format!("choice \"{choice}\" lacks the form \"{form}\": add it");
                report.add(&format!("{path}/{form}"), Code::Q21, message);
            }
        }
    }
}
