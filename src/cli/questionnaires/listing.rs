//! `respite questionnaires list`

use std::io::{self, Write};

use serde::Serialize;

use crate::questionnaires::instrument::{Evidence, Instrument, Kind, TextPlace};
use crate::questionnaires::{Catalogue, Version};

/// Prints the catalogue, a line each, or as an array of objects.
pub(super) fn print(catalogue: &Catalogue, as_json: bool) -> anyhow::Result<()> {
    let listed: Vec<Listed<'_>> = catalogue.iter().map(|i| Listed::from(&**i)).collect();
    let mut out = io::stdout().lock();
    if as_json {
        writeln!(out, "{}", serde_json::to_string(&listed)?)?;
        return Ok(());
    }
    writeln!(
        out,
        "{:<10} {:<8} {:>5}  {:<10} title",
        "id", "version", "items", "languages"
    )?;
    for one in listed {
        let languages = one.languages.join(",");
        let languages = if languages.is_empty() {
            "none yet"
        } else {
            &languages
        };
        let version = one.version.to_string();
        writeln!(
            out,
            "{:<10} {version:<8} {:>5}  {languages:<10} {}",
            one.id, one.items, one.title
        )?;
    }
    Ok(())
}

/// One line of `questionnaires list`.
#[derive(Debug, Serialize)]
struct Listed<'i> {
    /// Id of the instrument.
    id: &'i str,
    /// Its version.
    version: Version,
    /// What it measures.
    kind: Kind,
    /// English title if there is one, else the source.
    title: &'i str,
    /// Number of items.
    items: usize,
    /// Ids of its scales.
    scales: Vec<&'i str>,
    /// Ids of its forms.
    forms: Vec<&'i str>,
    /// Language tags of the wordings at hand.
    languages: Vec<&'i str>,
    /// Name of the licence.
    licence: &'i str,
    /// Where the wording lies.
    text: TextPlace,
    /// How the licence is known.
    evidence: Evidence,
}

impl<'i> From<&'i Instrument> for Listed<'i> {
    fn from(instrument: &'i Instrument) -> Self {
        Self {
            id: &instrument.id,
            version: instrument.version,
            kind: instrument.kind,
            title: instrument
                .locale("en")
                .map_or(&*instrument.source, |locale| &*locale.title),
            items: instrument.items.len(),
            scales: instrument.scales.iter().map(|scale| &*scale.id).collect(),
            forms: instrument.forms.iter().map(|form| &*form.id).collect(),
            languages: instrument.locales.keys().map(|lang| &**lang).collect(),
            licence: &instrument.licence.name,
            text: instrument.licence.text,
            evidence: instrument.licence.evidence,
        }
    }
}
