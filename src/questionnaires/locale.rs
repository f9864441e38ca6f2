//! The wording of an instrument in one language, with the words that an organisation may choose
//! between, such as "clients" or "residents".

use std::collections::{BTreeMap, BTreeSet};

use super::version::Version;
use super::words::words;

words! {
    /// How well a wording is known to work.
    Status {
        /// A published psychometric study of this very text.
        Validated = "validated",
        /// Official or approved by the authors, no such study known.
        Published = "published",
        /// Anything else, ours included.
        Draft = "draft",
    }
}

/// Which choice was made for each placeholder; the default where none was made.
pub type Choices = BTreeMap<String, String>;

/// The choices for one placeholder, each with the forms that the language needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// One of the choices.
    pub default: String,
    /// Choice to form to text.
    pub choices: BTreeMap<String, BTreeMap<String, String>>,
}

/// The names of a scale and its bands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScaleText {
    /// For a page.
    pub name: String,
    /// Band id to words.
    pub bands: BTreeMap<String, String>,
}

/// An instrument's wording in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locale {
    /// Id of the instrument.
    pub instrument: String,
    /// Version of the instrument it belongs to.
    pub version: Version,
    /// BCP 47 tag.
    pub lang: String,
    /// How well it is known to work.
    pub status: Status,
    /// The study or publication; empty only for drafts.
    pub status_source: String,
    /// Who wrote a draft.
    pub written_by: String,
    /// The native speaker who read a draft; may be empty.
    pub read_by: String,
    /// Title of the form.
    pub title: String,
    /// Printed above the items.
    pub instructions: String,
    /// Response set to option to label.
    pub options: BTreeMap<String, BTreeMap<String, String>>,
    /// Item id to text with placeholders.
    pub items: BTreeMap<String, String>,
    /// Placeholder to choices.
    pub words: BTreeMap<String, Words>,
    /// Scale id to names.
    pub scales: BTreeMap<String, ScaleText>,
    /// Read from `restricted/`, under a licence of its own.
    pub restricted: bool,
}

impl Locale {
    /// The item's text with the chosen words; `None` for an unknown item.
    #[must_use]
    pub fn item(&self, id: &str, chosen: &Choices) -> Option<String> {
        self.items.get(id).map(|text| self.with_words(text, chosen))
    }

    /// The instructions with the chosen words.
    #[must_use]
    pub fn instructions(&self, chosen: &Choices) -> String {
        self.with_words(&self.instructions, chosen)
    }

    /// An option's label.
    #[must_use]
    pub fn option(&self, set: &str, option: &str) -> Option<&str> {
        self.options.get(set)?.get(option).map(String::as_str)
    }

    /// A scale's name; its id where the locale has none.
    #[must_use]
    pub fn scale_name<'t>(&'t self, scale: &'t str) -> &'t str {
        self.scales.get(scale).map_or(scale, |text| &text.name)
    }

    /// A band's words.
    #[must_use]
    pub fn band(&self, scale: &str, band: &str) -> Option<&str> {
        self.scales.get(scale)?.bands.get(band).map(String::as_str)
    }

    /// Every text that the choices of words make of `text`, with the choices that make it.
    #[must_use]
    pub fn renderings(&self, text: &str) -> Vec<(Choices, String)> {
        let used: BTreeSet<String> = pieces(text)
            .filter_map(Piece::placeholder)
            .map(|(name, _)| name)
            .collect();
        let mut all = vec![Choices::new()];
        for name in used {
            let Some(words) = self.words.get(&name) else {
                continue;
            };
            all = all
                .iter()
                .flat_map(|chosen| {
                    words.choices.keys().map(|choice| {
                        let mut chosen = chosen.clone();
                        chosen.insert(name.clone(), choice.clone());
                        chosen
                    })
                })
                .collect();
        }
        all.into_iter()
            .map(|chosen| {
                let rendered = self.with_words(text, &chosen);
                (chosen, rendered)
            })
            .collect()
    }

    fn with_words(&self, text: &str, chosen: &Choices) -> String {
        let mut out = String::with_capacity(text.len());
        for piece in pieces(text) {
            let word = piece.placeholder().and_then(|(name, form)| {
                let words = self.words.get(&name)?;
                let choice = chosen.get(&name).unwrap_or(&words.default);
                words
                    .choices
                    .get(choice)
                    .or(words.choices.get(&words.default))?
                    .get(&form)
            });
            out.push_str(word.map_or(piece.text(), String::as_str));
        }
        out
    }
}

/// A stretch of a text: plain, or between braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece<'t> {
    Plain(&'t str),
    Braced(&'t str),
    /// A brace without its partner.
    Stray(&'t str),
}

impl<'t> Piece<'t> {
    fn text(self) -> &'t str {
        let (Self::Plain(text) | Self::Braced(text) | Self::Stray(text)) = self;
        text
    }

    /// Placeholder and form of `{name.form}`.
    pub(crate) fn placeholder(self) -> Option<(String, String)> {
        let Self::Braced(text) = self else {
            return None;
        };
        let (name, form) = text.strip_prefix('{')?.strip_suffix('}')?.split_once('.')?;
        let is_word = |word: &str| {
            word.starts_with(|c: char| c.is_ascii_lowercase())
                && word
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        (is_word(name) && is_word(form)).then(|| (name.to_owned(), form.to_owned()))
    }
}

/// Cuts a text into plain stretches and placeholders.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, length) = match rest.find(['{', '}']) {
            None => (Piece::Plain(rest), rest.len()),
            Some(0) => match rest.find('}') {
                Some(end) if end > 0 => (Piece::Braced(&rest[..=end]), end + 1),
                _ => (Piece::Stray(&rest[..1]), 1),
            },
            Some(start) => (Piece::Plain(&rest[..start]), start),
        };
        rest = &rest[length..];
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_cut_at_its_braces() {
        let cut: Vec<_> = pieces("to {client.many}} or {").collect();
        let expected = [
            Piece::Plain("to "),
            Piece::Braced("{client.many}"),
            Piece::Stray("}"),
            Piece::Plain(" or "),
            Piece::Stray("{"),
        ];
        assert_eq!(cut, expected);
        assert_eq!(cut[1].placeholder(), Some(("client".into(), "many".into())));
    }

    proptest! {
        #[test]
        fn cutting_loses_nothing(text in "[a{}.ж ]{0,20}") {
            let joined: String = pieces(&text).map(Piece::text).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
