//! Fingerprints of the published wording: a text is right when its fingerprint is known, and no
//! text of a restricted instrument has to be stored to know it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// One known text.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Print {
    #[serde(default)]
    id: String,
    sha256: String,
    #[serde(default = "accepted")]
    accept: bool,
    /// Words of the normalised text.
    pub(crate) words: Option<usize>,
    #[serde(default)]
    variants: Vec<Print>,
}

fn accepted() -> bool {
    true
}

/// What is known about one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is the published wording.
    Right,
    /// It is a misprint seen in other copies.
    Misprint,
    /// It is neither.
    Different,
}

/// The English fingerprints of one instrument.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Prints {
    instrument: String,
    items: Vec<Print>,
    #[serde(default)]
    instructions: Vec<Print>,
    response_sets: BTreeMap<String, Vec<Print>>,
}

impl Prints {
    /// The fingerprints of an item.
    pub(crate) fn item(&self, id: &str) -> Option<&Print> {
        self.items.iter().find(|print| print.id == id)
    }

    /// The fingerprints of an option's label.
    pub(crate) fn option(&self, set: &str, option: &str) -> Option<&Print> {
        self.response_sets
            .get(set)?
            .iter()
            .find(|print| print.id == option)
    }

    /// What is known about the instructions; `Right` where nothing is.
    pub(crate) fn of_instructions(&self, text: &str) -> Verdict {
        let print = fingerprint("en", text);
        let is_known = |known: &Print| known.accept && known.sha256 == print;
        if self.instructions.is_empty() || self.instructions.iter().any(is_known) {
            Verdict::Right
        } else {
            Verdict::Different
        }
    }
}

impl Print {
    /// What is known about a rendering of this text in English.
    pub(crate) fn of(&self, text: &str) -> Verdict {
        let print = fingerprint("en", text);
        let known = std::iter::once(self)
            .chain(&self.variants)
            .find(|p| p.sha256 == print);
        match known {
            Some(known) if known.accept => Verdict::Right,
            Some(_) => Verdict::Misprint,
            None => Verdict::Different,
        }
    }
}

/// Every fingerprint at hand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fingerprints {
    english: Vec<Prints>,
    others: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl Fingerprints {
    /// Reads `item_hashes.json`; entries that are no instrument are its notes.
    pub(crate) fn from_item_hashes(json: &[u8]) -> Result<Self, serde_json::Error> {
        let all: BTreeMap<String, serde_json::Value> = serde_json::from_slice(json)?;
        let english = all
            .into_values()
            .filter(serde_json::Value::is_object)
            .map(serde_json::from_value)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            english,
            others: BTreeMap::new(),
        })
    }

    /// Adds `fingerprints.<lang>.json`: item id to fingerprints.
    pub(crate) fn add_language(
        &mut self,
        lang: &str,
        json: &[u8],
    ) -> Result<(), serde_json::Error> {
        let read: BTreeMap<String, Vec<String>> = serde_json::from_slice(json)?;
        self.others.entry(lang.to_owned()).or_default().extend(read);
        Ok(())
    }

    /// The English fingerprints of an instrument of ours; `None` for anyone else's.
    pub(crate) fn of_instrument(&self, id: &str) -> Option<&Prints> {
        self.english.iter().find(|prints| prints.instrument == id)
    }

    /// The fingerprints of an item in another language than English.
    pub(crate) fn in_language(&self, lang: &str, item: &str) -> Option<&[String]> {
        self.others.get(lang)?.get(item).map(Vec::as_slice)
    }
}

/// SHA-256 of the normalised text, in hexadecimal.
pub(crate) fn fingerprint(lang: &str, text: &str) -> String {
    Sha256::digest(normalised(lang, text).as_bytes())
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// Number of words of the normalised text.
pub(crate) fn word_count(lang: &str, text: &str) -> usize {
    normalised(lang, text)
        .split(' ')
        .filter(|word| !word.is_empty())
        .count()
}

/// The text without case, punctuation and repeated spaces. English keeps a-z and digits; other
/// languages keep letters, marks and decimal digits after NFKC.
fn normalised(lang: &str, text: &str) -> String {
    let kept: String = if lang == "en" {
        let is_kept = |c: &char| c.is_ascii_alphanumeric() || *c == ' ';
        text.to_lowercase().chars().filter(is_kept).collect()
    } else {
        let lower = text.nfkc().collect::<String>().to_lowercase();
        lower
            .chars()
            .filter(|c| *c == ' ' || is_letter_mark_or_digit(*c))
            .collect()
    };
    kept.split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_letter_mark_or_digit(c: char) -> bool {
    c.general_category() == GeneralCategory::DecimalNumber
        || matches!(
            c.general_category_group(),
            GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_deletes_what_is_not_a_letter_digit_or_space() {
        assert_eq!(
            normalised("en", " \"I can't\"  take-it [any] more… "),
            "i cant takeit any more"
        );
        assert_eq!(word_count("en", "Can't  stop."), 2);
    }

    #[test]
    fn other_scripts_keep_letters_marks_and_digits() {
        assert_eq!(normalised("ru", "Ёлка – № 5?  Да"), "ёлка no 5 да");
        assert_eq!(fingerprint("ru", "Да!"), fingerprint("ru", " да"));
    }
}
