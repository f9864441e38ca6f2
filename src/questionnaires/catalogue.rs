//! The instruments at hand: those compiled in, and those that an administrator puts into a
//! folder. Wording under a restricted licence is never compiled in, and read only when accepted.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::check::files::{entries, prints_beside};
use super::check::{self, FileName, Source};
use super::fingerprints::Fingerprints;
use super::format::{Code, Fault};
use super::instrument::Instrument;

/// Structure files, free locales and fingerprints; the folder `restricted` stays out.
#[derive(rust_embed::Embed)]
#[folder = "questionnaires/"]
#[include = "*.toml"]
#[include = "*.json"]
#[exclude = "restricted/*"]
struct Embedded;

/// Instruments by id; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    instruments: BTreeMap<String, Arc<Instrument>>,
}

impl Catalogue {
    /// What is compiled in: six instruments, four of them with their English wording.
    ///
    /// # Panics
    /// Never in a tested build: a test reads every embedded file.
    #[must_use]
    pub fn embedded() -> Self {
        let sources = Embedded::iter().filter_map(|path| {
            let text = Embedded::get(&path)?.data.into_owned();
            let name = FileName::of(Path::new(&*path))?;
            Some(Source {
                shown: format!("questionnaires/{path}"),
                name,
                text,
            })
        });
        let empty = Self::default();
        match empty.extended(sources.collect(), &Self::fingerprints()) {
            Ok(catalogue) => catalogue,
            Err(faults) => panic!("the embedded questionnaires are tested, yet: {}", faults[0]),
        }
    }

    /// What is compiled in and what lies in a folder (`<id>.toml`, `<id>.<lang>.toml`,
    /// `restricted/<id>.<lang>.toml`, `fingerprints.<lang>.json`). `accepted` are the ids of the
    /// instruments whose restricted licence the administrator accepted.
    pub fn with_folder(folder: &Path, accepted: &[String]) -> Result<Self, Vec<Fault>> {
        let (mut sources, mut faults) = (Vec::new(), Vec::new());
        if let Err(why) = fs::read_dir(folder) {
            let message = format!("this folder of questionnaires cannot be read: {why}");
            faults.push(fault(folder, message));
        }
        for path in entries(folder)
            .into_iter()
            .chain(entries(&folder.join("restricted")))
        {
            let Some(name) = FileName::of(&path) else {
                continue;
            };
            if name.restricted && !accepted.contains(&name.id) {
                continue;
            }
            match fs::read(&path) {
                Ok(text) => {
                    sources.push(Source {
                        shown: path.display().to_string(),
                        name,
                        text,
                    });
                }
                Err(why) => faults.push(fault(&path, format!("cannot be read: {why}"))),
            }
        }
        let prints = prints_beside(&folder.join("any.toml"), &mut faults);
        match Self::embedded().extended(sources, &prints) {
            Ok(catalogue) if faults.is_empty() => Ok(catalogue),
            Ok(_) => Err(faults),
            Err(found) => Err(faults.into_iter().chain(found).collect()),
        }
    }

    /// The instrument with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Arc<Instrument>> {
        self.instruments.get(id)
    }

    /// Every instrument, in the order of the ids.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Instrument>> {
        self.instruments.values()
    }

    /// The ids for a message: "cbi, psi, who5".
    #[must_use]
    pub fn ids(&self) -> String {
        self.instruments
            .keys()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The fingerprints that are compiled in.
    pub(crate) fn fingerprints() -> Fingerprints {
        let json = Embedded::get("item_hashes.json")
            .map(|file| file.data)
            .unwrap_or_default();
        let mut prints = Fingerprints::from_item_hashes(&json)
            .expect("item_hashes.json is embedded and a test reads it");
        for path in Embedded::iter() {
            let lang = path
                .strip_prefix("fingerprints.")
                .and_then(|p| p.strip_suffix(".json"));
            if let (Some(lang), Some(file)) = (lang, Embedded::get(&path)) {
                prints
                    .add_language(lang, &file.data)
                    .expect("embedded fingerprints are read by a test");
            }
        }
        prints
    }

    /// Adds structure files with their locales, and locales of instruments already there.
    fn extended(mut self, sources: Vec<Source>, prints: &Fingerprints) -> Result<Self, Vec<Fault>> {
        let (locales, structures): (Vec<Source>, Vec<Source>) = sources
            .into_iter()
            .partition(|source| source.name.lang.is_some());
        let mut by_id: BTreeMap<String, Vec<Source>> = BTreeMap::new();
        for locale in locales {
            by_id
                .entry(locale.name.id.clone())
                .or_default()
                .push(locale);
        }
        let mut faults = Vec::new();
        for source in structures {
            let locales = by_id.remove(&source.name.id).unwrap_or_default();
            let published = self.find(&source.name.id).cloned();
            let (read, found) = check::instrument(&source, &locales, published.as_deref(), prints);
            faults.extend(found);
            let Some(mut instrument) = read else { continue };
            if let Some(published) = published.filter(|p| p.version == instrument.version) {
                for (lang, locale) in &published.locales {
                    instrument
                        .locales
                        .entry(lang.clone())
                        .or_insert_with(|| locale.clone());
                }
            }
            self.instruments
                .insert(instrument.id.clone(), Arc::new(instrument));
        }
        for (id, locales) in by_id {
            let Some(published) = self.find(&id) else {
                faults.extend(locales.iter().map(|locale| Fault {
                    file: locale.shown.clone(),
                    line: 1,
                    code: Code::Q20,
                    message: format!("there is no instrument \"{id}\": add {id}.toml"),
                }));
                continue;
            };
            let mut instrument = Instrument::clone(published);
            faults.extend(check::add_locales(&mut instrument, &locales, prints));
            self.instruments.insert(id, Arc::new(instrument));
        }
        if faults.is_empty() {
            Ok(self)
        } else {
            Err(faults)
        }
    }
}

fn fault(path: &Path, message: String) -> Fault {
    Fault {
        file: path.display().to_string(),
        line: 1,
        code: Code::Q01,
        message,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/questionnaires"))
    }

    #[test]
    fn six_instruments_are_compiled_in_and_no_restricted_wording() {
        let catalogue = Catalogue::embedded();
        assert_eq!(catalogue.ids(), "burnout1, cbi, hseit, proqol5, psi, who5");
        assert!(Embedded::iter().all(|path| !path.contains("restricted")));
        for instrument in catalogue.iter() {
            let separate = ["proqol5", "who5"].contains(&&*instrument.id);
            assert_eq!(
                instrument.locale("en").is_none(),
                separate,
                "{}",
                instrument.id
            );
        }
    }

    #[test]
    fn restricted_wording_is_read_only_after_its_licence_was_accepted() {
        let languages = |accepted: &[String]| {
            let catalogue = Catalogue::with_folder(shipped(), accepted).unwrap();
            ["proqol5", "who5"].map(|id| catalogue.find(id).unwrap().locales.len())
        };
        assert_eq!(languages(&[]), [0, 0]);
        assert_eq!(languages(&["who5".to_owned()]), [0, 1]);
        assert_eq!(
            languages(&["who5".to_owned(), "proqol5".to_owned()]),
            [1, 1]
        );
    }

    #[test]
    fn a_folder_with_a_fault_gives_no_catalogue() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("mine.toml"), "format = 1\n").unwrap();
        let faults = Catalogue::with_folder(folder.path(), &[]).unwrap_err();
        assert!(
            faults.iter().any(|fault| fault.code == Code::Q06),
            "{faults:?}"
        );
        assert!(Catalogue::with_folder(&folder.path().join("nowhere"), &[]).is_err());
    }

    #[test]
    fn ballot_values_have_the_documented_ranges() {
        let catalogue = Catalogue::embedded();
        let table = [
            ("cbi", "cbi.personal", 24),
            ("cbi", "cbi.work", 28),
            ("cbi", "cbi.client", 24),
            ("proqol5", "proqol5.sts", 40),
            ("who5", "who5.wellbeing", 25),
            ("burnout1", "burnout1.burnout", 4),
            ("hseit", "hseit.demands", 32),
            ("psi", "psi.index", 32),
        ];
        for (instrument, scale, highest) in table {
            let scale = catalogue.find(instrument).unwrap().scale(scale).unwrap();
            assert_eq!(scale.highest_step(), highest, "{}", scale.id);
        }
    }
}
