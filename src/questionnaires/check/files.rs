//! `questionnaires check FILE…`: files on disk, each with what belongs to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::{FileName, Source};
use crate::questionnaires::catalogue::Catalogue;
use crate::questionnaires::fingerprints::Fingerprints;
use crate::questionnaires::format::{Code, Fault};
use crate::questionnaires::instrument::Instrument;

/// Every fault of these files and of the locales of the structure files among them, in the order
/// of files and lines. A locale is checked against the structure file beside it, else against
/// the catalogue.
#[must_use]
pub fn check(paths: &[PathBuf], catalogue: &Catalogue) -> Vec<Fault> {
    let mut faults = BTreeSet::new();
    for path in paths {
        match source(path) {
            Ok(source) if is_locale(&source) => faults.extend(locale(path, &source, catalogue)),
            Ok(source) => faults.extend(structure(path, &source, catalogue)),
            Err(fault) => {
                faults.insert(fault);
            }
        }
    }
    faults.into_iter().collect()
}

fn structure(path: &Path, source: &Source, catalogue: &Catalogue) -> Vec<Fault> {
    let published = catalogue
        .find(&source.name.id)
        .map(|published| &**published);
    if source.name.lang.is_some() {
        let message = "a structure file is named <id>.toml: take the language out of the name";
        return vec![fault(&source.shown, Code::Q04, message)];
    }
    let (locales, mut faults) = locales_beside(path, &source.name.id);
    let prints = prints_beside(path, &mut faults);
    let (_, found) = super::instrument(source, &locales, published, &prints);
    faults.extend(found);
    faults
}

fn locale(path: &Path, source: &Source, catalogue: &Catalogue) -> Vec<Fault> {
    let mut faults = Vec::new();
    let folder = home(path, source.name.restricted);
    // A locale may lie alone: then it is checked against the published instrument below.
    let beside = super::files::source(&folder.join(format!("{}.toml", source.name.id))).ok();
    let read = beside.and_then(|source| super::structure(&source, None).0);
    let published = || {
        catalogue
            .find(&source.name.id)
            .map(|found| Instrument::clone(found))
    };
    let Some(mut instrument) = read.or_else(published) else {
        let message = format!(
            "there is no instrument \"{}\": put its structure file beside this one",
            source.name.id
        );
        return vec![fault(&source.shown, Code::Q20, &message)];
    };
    instrument.locales.clear();
    let structure = folder.join(format!("{}.toml", source.name.id));
    let prints = prints_beside(&structure, &mut faults);
    let twins = locales_beside(&structure, &source.name.id).0;
    let twin = twins.into_iter().find(|twin| {
        twin.name.lang == source.name.lang && twin.name.restricted != source.name.restricted
    });
    let both: Vec<Source> = twin.into_iter().chain([source.clone()]).collect();
    let found = super::add_locales(&mut instrument, &both, &prints);
    faults.extend(found.into_iter().filter(|fault| fault.file == source.shown));
    faults
}

/// Reads a file; a fault says why it cannot be read.
fn source(path: &Path) -> Result<Source, Fault> {
    let shown = path.display().to_string();
    let Some(name) = FileName::of(path) else {
        let message = "a questionnaire file is named <id>.toml or <id>.<lang>.toml";
        return Err(fault(&shown, Code::Q04, message));
    };
    match fs::read(path) {
        Ok(text) => Ok(Source { shown, name, text }),
        Err(why) => Err(fault(&shown, Code::Q01, &format!("cannot be read: {why}"))),
    }
}

fn fault(file: &str, code: Code, message: &str) -> Fault {
    Fault {
        file: file.to_owned(),
        line: 1,
        code,
        message: message.to_owned(),
    }
}

/// A locale names its instrument, a structure file describes it; a file that does neither is
/// taken for what its name says.
fn is_locale(source: &Source) -> bool {
    let by_name = source.name.lang.is_some();
    let Ok(text) = std::str::from_utf8(&source.text) else {
        return by_name;
    };
    let Ok(table) = DeTable::parse(text) else {
        return by_name;
    };
    match table
        .get_ref()
        .get("instrument")
        .map(toml::Spanned::get_ref)
    {
        Some(DeValue::String(_)) => true,
        Some(DeValue::Table(_)) => false,
        _ => by_name,
    }
}

/// The folder of the structure file.
fn home(path: &Path, restricted: bool) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new(""));
    let up = if restricted { folder.parent() } else { None };
    up.unwrap_or(folder).to_owned()
}

/// The locales of an instrument in the folder of its structure file and in `restricted/`.
fn locales_beside(structure: &Path, id: &str) -> (Vec<Source>, Vec<Fault>) {
    let folder = structure.parent().unwrap_or(Path::new(""));
    let mut found = BTreeMap::new();
    let mut faults = Vec::new();
    for folder in [folder.to_owned(), folder.join("restricted")] {
        for path in entries(&folder) {
            let is_ours =
                FileName::of(&path).is_some_and(|name| name.id == id && name.lang.is_some());
            if is_ours {
                match source(&path) {
                    Ok(source) => drop(found.insert(path, source)),
                    Err(fault) => faults.push(fault),
                }
            }
        }
    }
    (found.into_values().collect(), faults)
}

/// The files of a folder; none when it cannot be read.
pub(crate) fn entries(folder: &Path) -> Vec<PathBuf> {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let Ok(listing) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let in_cwd = |path: PathBuf| path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
    let mut paths: Vec<PathBuf> = listing
        .flatten()
        .map(|entry| in_cwd(entry.path()))
        .collect();
    paths.sort();
    paths
}

/// The embedded fingerprints and those in `fingerprints.<lang>.json` beside a structure file.
pub(crate) fn prints_beside(structure: &Path, faults: &mut Vec<Fault>) -> Fingerprints {
    let mut prints = Catalogue::fingerprints();
    for path in entries(structure.parent().unwrap_or(Path::new(""))) {
        let lang = path
            .file_name()
            .and_then(|name| name.to_str())
            .and_then(|name| name.strip_prefix("fingerprints.")?.strip_suffix(".json"));
        let Some(lang) = lang else { continue };
        let read = fs::read(&path)
            .map_err(|why| why.to_string())
            .and_then(|json| {
                prints
                    .add_language(lang, &json)
                    .map_err(|why| why.to_string())
            });
        if let Err(why) = read {
            let message = format!("fingerprints cannot be read: {why}");
            faults.push(fault(&path.display().to_string(), Code::Q01, &message));
        }
    }
    prints
}
