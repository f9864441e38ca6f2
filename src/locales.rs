//! What Respite says to people, in their language: one folder of Fluent files per language under
//! `dashboards/locales/`. Questionnaires have their own files, because their wording is published.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The language that has every text.
pub const FALLBACK: &str = "en";

#[derive(rust_embed::Embed)]
#[folder = "dashboards/locales"]
#[include = "*.ftl"]
struct Embedded;

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<BTreeMap<String, Bundle>> = LazyLock::new(bundles);

/// The wording of one language; what it lacks is said in English.
#[derive(Clone, Copy)]
pub struct Wording {
    chosen: &'static Bundle,
    fallback: &'static Bundle,
    language: &'static str,
}

/// The languages that there are texts in, in alphabetical order.
pub fn languages() -> impl Iterator<Item = &'static str> {
    BUNDLES.keys().map(String::as_str)
}

impl Wording {
    /// The wording for a BCP 47 tag: of this language, of its first part, or in English.
    #[must_use]
    pub fn of(language: &str) -> Self {
        let first = language.split('-').next().unwrap_or_default();
        let (english, fallback) = BUNDLES
            .get_key_value(FALLBACK)
            .expect("English is built in, and a test reads it");
        let (language, chosen) = [language, first]
            .into_iter()
            .find_map(|tag| BUNDLES.get_key_value(tag))
            .unwrap_or((english, fallback));
        Self {
            chosen,
            fallback,
            language,
        }
    }

    /// The BCP 47 tag of the language that is really spoken.
    #[must_use]
    pub const fn language(&self) -> &'static str {
        self.language
    }

    /// A text without anything to fill in.
    #[must_use]
    pub fn say(&self, key: &str) -> String {
        self.tell(key, &[])
    }

    /// A text with what is to be filled in. A key that no language has is said as it is: a test
    /// finds those.
    #[must_use]
    pub fn tell(&self, key: &str, with: &[(&str, Filling)]) -> String {
        let args: FluentArgs<'_> = with
            .iter()
            .map(|(name, filling)| (*name, FluentValue::from(filling)))
            .collect();
        let said = [self.chosen, self.fallback].into_iter().find_map(|bundle| {
            let pattern = bundle.get_message(key)?.value()?;
            let mut faults = Vec::new();
            let text = bundle.format_pattern(pattern, Some(&args), &mut faults);
            faults.is_empty().then(|| text.into_owned())
        });
        said.unwrap_or_else(|| key.to_owned())
    }

    /// The lines of a text, each a sentence or two.
    #[must_use]
    pub fn lines(&self, key: &str, with: &[(&str, Filling)]) -> Vec<String> {
        self.tell(key, with).lines().map(str::to_owned).collect()
    }
}

/// What is filled in.
#[derive(Clone, Debug)]
pub enum Filling {
    /// A whole number; it chooses the plural form.
    Number(i64),
    /// A name, or a number that is not counted.
    Text(String),
}

impl From<&Filling> for FluentValue<'_> {
    fn from(filling: &Filling) -> Self {
        match filling {
            Filling::Number(number) => (*number).into(),
            Filling::Text(text) => text.clone().into(),
        }
    }
}

/// Every file of every language; a file that cannot be read as Fluent is found by a test.
fn bundles() -> BTreeMap<String, Bundle> {
    let mut bundles: BTreeMap<String, Bundle> = BTreeMap::new();
    for path in Embedded::iter() {
        let Some((tag, _)) = path.split_once('/') else {
            continue;
        };
        let (Ok(language), Some(file)) = (tag.parse::<LanguageIdentifier>(), Embedded::get(&path))
        else {
            continue;
        };
        let text = String::from_utf8_lossy(&file.data).into_owned();
        let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, _)| resource);
        let bundle = bundles.entry(tag.to_owned()).or_insert_with(|| {
            let mut bundle = Bundle::new_concurrent(vec![language]);
            // Invisible marks around every filling would break copying.
            bundle.set_use_isolating(false);
            bundle
        });
        bundle.add_resource_overriding(resource);
    }
    bundles
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(tag: &str) -> BTreeSet<String> {
        let files = Embedded::iter().filter(|path| path.starts_with(&format!("{tag}/")));
        let mut keys = BTreeSet::new();
        for path in files {
            let file = Embedded::get(&path).unwrap();
            let text = String::from_utf8(file.data.into_owned()).unwrap();
            let resource = FluentResource::try_new(text);
            let resource = resource.unwrap_or_else(|(_, faults)| panic!("{path}: {faults:?}"));
            for entry in resource.entries() {
                keys.extend(key_of(entry));
            }
        }
        keys
    }

    fn key_of(entry: &fluent_syntax::ast::Entry<&str>) -> Option<String> {
        match entry {
            fluent_syntax::ast::Entry::Message(message) => Some(message.id.name.to_owned()),
            _ => None,
        }
    }

    #[test]
    fn every_language_has_every_text() {
        let english = keys(FALLBACK);
        assert!(english.len() > 40, "{}", english.len());
        for tag in languages() {
            assert_eq!(keys(tag), english, "{tag}");
        }
    }

    #[test]
    fn a_language_that_is_not_there_is_said_in_english() {
        assert_eq!(Wording::of("xx").language(), "en");
        assert_eq!(Wording::of("ru-KZ").language(), "ru");
        assert_eq!(Wording::of("xx").say("locale-status"), "published");
    }

    #[test]
    fn what_no_language_has_is_said_as_its_key() {
        assert_eq!(Wording::of("ru").say("no-such-text"), "no-such-text");
    }
}
