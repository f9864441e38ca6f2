//! Whether an instrument and its locales keep every rule of the format. All faults are found in
//! one run; the catalogue takes nothing that has one.

mod bands;
mod conditions;
mod examples;
pub mod files;
mod ids;
mod locales;
mod scales;
mod sets;
mod versions;
mod wording;
mod words;

use std::path::Path;

use super::fingerprints::Fingerprints;
use super::format::report::Report;
use super::format::{Code, Fault, read_locale, read_structure};
use super::instrument::Instrument;
use super::locale::Locale;

/// What a file's name says about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FileName {
    /// Id of the instrument.
    pub(crate) id: String,
    /// Language of a locale; `None` for a structure file.
    pub(crate) lang: Option<String>,
    /// Does it lie in a folder `restricted`?
    pub(crate) restricted: bool,
}

impl FileName {
    /// `<id>.toml`, `<id>.<lang>.toml` or `restricted/<id>.<lang>.toml`; `None` for anything else.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let stem = path.file_name()?.to_str()?.strip_suffix(".toml")?;
        let restricted = path
            .parent()
            .and_then(Path::file_name)
            .is_some_and(|n| n == "restricted");
        Some(match stem.split_once('.') {
            Some((id, lang)) => Self {
                id: id.into(),
                lang: Some(lang.into()),
                restricted,
            },
            None => Self {
                id: stem.into(),
                lang: None,
                restricted,
            },
        })
    }
}

/// A file with its name and contents.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// How messages name it.
    pub(crate) shown: String,
    /// What its name says.
    pub(crate) name: FileName,
    /// As read.
    pub(crate) text: Vec<u8>,
}

/// Reads and checks a structure file, without its locales.
pub(crate) fn structure(
    source: &Source,
    published: Option<&Instrument>,
) -> (Option<Instrument>, Vec<Fault>) {
    let report = Report::new(&source.shown, &source.text);
    let Some(instrument) = read_structure(&report, &source.text) else {
        return (None, report.into_faults());
    };
    ids::check(&report, &instrument, &source.name.id);
    sets::check(&report, &instrument);
    scales::check(&report, &instrument);
    bands::check(&report, &instrument);
    conditions::check(&report, &instrument);
    if let Some(published) = published {
        versions::check(&report, &instrument, published);
    }
    examples::check(&report, &instrument);
    (Some(instrument), report.into_faults())
}

/// Reads and checks a locale file against its instrument.
pub(crate) fn locale(
    source: &Source,
    instrument: &Instrument,
    prints: &Fingerprints,
) -> (Option<Locale>, Vec<Fault>) {
    let report = Report::new(&source.shown, &source.text);
    let Some(locale) = read_locale(&report, &source.text, source.name.restricted) else {
        return (None, report.into_faults());
    };
    locales::check(&report, instrument, &locale, &source.name);
    words::check(&report, instrument, &locale);
    wording::check(&report, instrument, &locale, prints);
    (Some(locale), report.into_faults())
}

/// Reads and checks a structure file with its locales; the instrument is given only without
/// faults.
pub(crate) fn instrument(
    source: &Source,
    locales: &[Source],
    published: Option<&Instrument>,
    prints: &Fingerprints,
) -> (Option<Instrument>, Vec<Fault>) {
    let (read, mut faults) = structure(source, published);
    let Some(mut instrument) = read else {
        return (None, faults);
    };
    faults.extend(add_locales(&mut instrument, locales, prints));
    if faults.is_empty() {
        (Some(instrument), faults)
    } else {
        (None, faults)
    }
}

/// Checks locales and puts them into their instrument.
pub(crate) fn add_locales(
    instrument: &mut Instrument,
    locales: &[Source],
    prints: &Fingerprints,
) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut seen: Vec<(String, String)> = Vec::new();
    for source in locales {
        let (read, found) = locale(source, instrument, prints);
        faults.extend(found);
        let Some(locale) = read else { continue };
        if let Some((_, other)) = seen.iter().find(|(lang, _)| *lang == locale.lang) {
            let message = format!("{other} is in the same language: remove one of the two");
            faults.push(Fault {
                file: source.shown.clone(),
                line: 1,
                code: Code::Q20,
                message,
            });
        }
        seen.push((locale.lang.clone(), source.shown.clone()));
        instrument.locales.insert(locale.lang.clone(), locale);
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STRUCTURE: &str = include_str!("../../../tests/cases/questionnaires/doorbell.toml");
    const LOCALE: &str = include_str!("../../../tests/cases/questionnaires/doorbell.en.toml");

    /// The text with a stretch of it replaced, cut at the nearest borders of characters.
    fn spoilt(text: &str, from: usize, length: usize, by: &str) -> Vec<u8> {
        let from = text.floor_char_boundary(from % text.len());
        let to = text.floor_char_boundary((from + length).min(text.len()));
        [&text[..from], by, &text[to.max(from)..]]
            .concat()
            .into_bytes()
    }

    fn source(name: &str, text: Vec<u8>) -> Source {
        let name_read = FileName::of(Path::new(name)).expect("the name is a good one");
        Source {
            shown: name.to_owned(),
            name: name_read,
            text,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn no_spoilt_file_makes_the_check_panic(
            at in 0_usize..10_000, length in 0_usize..12,
            by in "[0-9a-z=\"\\[\\]{},. -]{0,6}|999999|-1|0|true|\"\"|\\[\\]",
            in_locale in any::<bool>(),
        ) {
            let keep = |text: &str| text.as_bytes().to_vec();
            let (structure, locale) = if in_locale {
                (keep(STRUCTURE), spoilt(LOCALE, at, length, &by))
            } else {
                (spoilt(STRUCTURE, at, length, &by), keep(LOCALE))
            };
            let locales = [source("doorbell.en.toml", locale)];
            let prints = super::super::Catalogue::fingerprints();
            let structure = source("doorbell.toml", structure);
            let (read, faults) = instrument(&structure, &locales, None, &prints);
            prop_assert_eq!(read.is_some(), faults.is_empty());
        }
    }
}
