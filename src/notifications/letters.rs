//! The wording of letters, one file per language in `dashboards/letters/`. All messages have one
//! wording, so that neither a mailbox nor a mail server learns which it was; only the letter with
//! the code differs.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The language that is used where another is missing.
pub const FALLBACK: &str = "en";

#[derive(rust_embed::Embed)]
#[folder = "dashboards/letters/"]
#[include = "*.toml"]
struct Embedded;

/// The letters of one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letters {
    /// Whether somebody who speaks it as her own has read it.
    pub status: Status,
    /// The subject of every letter.
    pub subject: String,
    /// There is something new.
    pub news: String,
    /// The letter with the code.
    pub confirmation: String,
}

/// How far a language has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Read by somebody who speaks it.
    Checked,
    /// Not yet.
    Draft,
}

static LETTERS: LazyLock<BTreeMap<String, Letters>> = LazyLock::new(|| {
    let languages = Embedded::iter().filter_map(|file| {
        let language = file.strip_suffix(".toml")?.to_owned();
        let text = String::from_utf8(Embedded::get(&file)?.data.into_owned()).ok()?;
        Some((language, toml::from_str(&text).ok()?))
    });
    languages.collect()
});

/// Every language that there are letters in.
pub fn languages() -> impl Iterator<Item = &'static str> {
    LETTERS.keys().map(String::as_str)
}

/// The letters of a language tag: of itself, of its first part, or in English.
#[must_use]
pub fn of(language: &str) -> &'static Letters {
    let first = language.split('-').next().unwrap_or_default();
    let found = [language, first, FALLBACK]
        .into_iter()
        .find_map(|tag| LETTERS.get(tag));
    found.expect("English is built in, and a test reads it")
}

impl Letters {
    /// The body of a letter: with a code, or that there is something new.
    #[must_use]
    pub fn body(&self, code: Option<&str>, url: &str) -> String {
        let text = match code {
            Some(code) => self.confirmation.replace("{code}", code),
            None => self.news.clone(),
        };
        text.replace("{url}", url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_whole_and_names_what_it_must() {
        for file in Embedded::iter() {
            let text = Embedded::get(&file).unwrap().data.into_owned();
            let text = String::from_utf8(text).unwrap();
            let letters: Letters = toml::from_str(&text).unwrap_or_else(|e| panic!("{file}: {e}"));
            assert_eq!(letters.subject, "Respite", "{file}");
            assert!(letters.news.contains("{url}"), "{file}");
            assert!(!letters.news.contains("{code}"), "{file}");
            for must in ["{url}", "{code}"] {
                assert!(letters.confirmation.contains(must), "{file}: {must}");
            }
        }
        assert_eq!(languages().collect::<Vec<_>>(), ["en", "ru"]);
    }

    #[test]
    fn no_letter_names_what_respite_asks_about() {
        let telling = [
            "burnout",
            "exhaust",
            "questionnaire",
            "result",
            "score",
            "alert",
            "wave",
        ];
        for language in languages() {
            let letters = of(language);
            let text = format!(
                "{}{}{}",
                letters.subject, letters.news, letters.confirmation
            );
            for word in telling
                .iter()
                .chain(&["выгоран", " опрос", "результат", "тревог"])
            {
                assert!(!text.to_lowercase().contains(word), "{language}: {word}");
            }
        }
    }

    #[test]
    fn a_language_that_is_missing_is_english() {
        assert_eq!(of("kk").news, of("en").news);
        assert_eq!(of("ru-KZ").news, of("ru").news);
        assert_ne!(of("ru").news, of("en").news);
        assert_eq!(of("ru").status, Status::Draft);
    }

    #[test]
    fn a_body_holds_the_address_and_only_the_letter_with_a_code_the_code() {
        let letters = of("en");
        let news = letters.body(None, "https://respite.example.org");
        assert!(news.contains("https://respite.example.org\n") && !news.contains('{'));
        let code = letters.body(Some("012345"), "https://respite.example.org");
        assert!(code.contains("\n012345\n") && !code.contains('{'));
    }
}
