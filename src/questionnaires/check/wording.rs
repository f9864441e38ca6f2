//! Q22 and Q23: a text that claims to be the published one is the published one, word for word.

use crate::questionnaires::fingerprints::{Fingerprints, Prints, Verdict, fingerprint, word_count};
use crate::questionnaires::format::Code;
use crate::questionnaires::format::report::Report;
use crate::questionnaires::instrument::Instrument;
use crate::questionnaires::locale::{Choices, Locale, Status};

pub(super) fn check(
    report: &Report,
    instrument: &Instrument,
    locale: &Locale,
    prints: &Fingerprints,
) {
    if locale.status == Status::Draft || report.is_unreadable("status") {
        return;
    }
    if locale.status_source.trim().is_empty() {
        let message = format!(
            "status \"{}\" needs `status_source`: name the study or the publication",
            locale.status.word()
        );
        report.add("status_source", Code::Q23, message);
    }
    let Some(ours) = prints.of_instrument(&instrument.id) else {
        return;
    };
    if locale.lang == "en" {
        english(report, instrument, locale, ours);
    } else {
        other_language(report, instrument, locale, prints);
    }
}

fn english(report: &Report, instrument: &Instrument, locale: &Locale, prints: &Prints) {
    for item in &instrument.items {
        let (Some(text), Some(print)) = (locale.items.get(&item.id), prints.item(&item.id)) else {
            continue;
        };
        for (chosen, rendered) in locale.renderings(text) {
            let what = format!("item \"{}\"{}", item.id, with_words(&chosen));
            let verdict = print.of(&rendered);
            differs(
                report,
                &format!("items/{}", item.id),
                &what,
                verdict,
                || counted(&rendered, print.words),
            );
        }
    }
    for (name, options) in &locale.options {
        for (id, text) in options {
            let Some(print) = prints.option(name, id) else {
                continue;
            };
            let what = format!("option \"{id}\"");
            differs(
                report,
                &format!("options/{name}/{id}"),
                &what,
                print.of(text),
                || counted(text, print.words),
            );
        }
    }
    for (chosen, rendered) in locale.renderings(&locale.instructions) {
        let what = format!("introduction{}", with_words(&chosen));
        let verdict = prints.of_instructions(&rendered);
        differs(report, "instructions", &what, verdict, || {
            counted(&rendered, None)
        });
    }
}

fn differs(
    report: &Report,
    path: &str,
    what: &str,
    verdict: Verdict,
    counted: impl FnOnce() -> String,
) {
    let message = match verdict {
        Verdict::Right => return,
        Verdict::Misprint => format!("{what} is a known misprint: compare with the published form"),
        Verdict::Different => {
            format!(
                "{what} is not the published wording{}: compare word for word",
                counted()
            )
        }
    };
    report.add(path, Code::Q22, message);
}

fn counted(text: &str, expected: Option<usize>) -> String {
    let found = word_count("en", text);
    match expected {
        Some(expected) => format!(" ({found} words, expected {expected})"),
        None => format!(" ({found} words)"),
    }
}

fn with_words(chosen: &Choices) -> String {
    let words: Vec<String> = chosen
        .iter()
        .map(|(name, word)| format!("{name} = {word}"))
        .collect();
    if words.is_empty() {
        String::new()
    } else {
        format!(" with {}", words.join(", "))
    }
}

fn other_language(
    report: &Report,
    instrument: &Instrument,
    locale: &Locale,
    prints: &Fingerprints,
) {
    let lang = &locale.lang;
    let known = |id: &str| prints.in_language(lang, id);
    if !instrument
        .items
        .iter()
        .any(|item| known(&item.id).is_some())
    {
        let message = format!(
            "status \"{}\" needs fingerprints of the authors' form: add them to \
             fingerprints.{lang}.json or write `status = \"draft\"`",
            locale.status.word()
        );
        report.add("status", Code::Q23, message);
        return;
    }
    for item in &instrument.items {
        let Some(text) = locale.items.get(&item.id) else {
            continue;
        };
        for (chosen, rendered) in locale.renderings(text) {
            let print = fingerprint(lang, &rendered);
            if !known(&item.id).is_some_and(|known| known.contains(&print)) {
                let message = format!(
                    "item \"{}\"{} is not the wording of fingerprints.{lang}.json ({} words)",
                    item.id,
                    with_words(&chosen),
                    word_count(lang, &rendered)
                );
                report.add(&format!("items/{}", item.id), Code::Q22, message);
            }
        }
    }
}
