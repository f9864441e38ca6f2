//! Texts that people write about people and places, parsed once at the door: trimmed, bounded,
//! printable. Nothing behind takes a `String` for meaning.

use std::collections::BTreeMap;
use std::fmt;

use crate::problem::Fault;
use crate::zones;

/// The longest name of a person, unit or organisation, in characters.
pub const LONGEST_NAME: usize = 200;
/// The longest sign-in name, in characters.
pub const LONGEST_SIGN_IN: usize = 100;
/// The longest reason that is told to someone, in characters.
pub const LONGEST_REASON: usize = 500;

/// What a text must be instead: one sentence for the person who wrote it.
pub type Wrong = &'static str;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident by $rule:ident;)*) => { $(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// The only way to make one; says what is wrong otherwise.
            pub fn parse(text: &str) -> Result<Self, Wrong> {
                $rule(text).map(Self)
            }

            /// The same, naming the field that the text came in.
            pub fn of_field(field: &str, text: &str) -> Result<Self, Fault> {
                Self::parse(text).map_err(|wrong| Fault::new(field, wrong))
            }

            /// As it is stored and shown.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )* };
}

texts! {
    /// The name of a person, unit or organisation, as she or it is called.
    Name by name;
    /// The name of a unit: a [`Name`] that a path `Site / Team` can hold.
    UnitName by unit_name;
    /// What someone types to sign in: lower case, unique within the organisation.
    SignInName by sign_in_name;
    /// The organisation's part of the address (`/o/<name>`).
    ShortName by short_name;
    /// A language tag (BCP 47), such as `en` or `pt-BR`.
    Language by language;
    /// Two capital letters (ISO 3166-1).
    Country by country;
    /// A time zone of the IANA database, such as `Europe/Madrid`.
    Zone by zone;
    /// Why an account is locked; she is shown it.
    Reason by reason;
}

/// Whether a character may stand in a text of one line. Letters of every script may; what moves,
/// hides or reorders other characters may not.
fn is_plain(c: char) -> bool {
    let reorders = matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}');
    !c.is_control() && !reorders
}

fn line(text: &str, most: usize, too_long: Wrong) -> Result<String, Wrong> {
    let text = text.trim();
    if text.is_empty() {
        return Err("must not be empty");
    }
    if text.chars().nth(most).is_some() {
        return Err(too_long);
    }
    if !text.chars().all(is_plain) {
        return Err("must be one line without control characters");
    }
    Ok(text.to_owned())
}

fn name(text: &str) -> Result<String, Wrong> {
    line(text, LONGEST_NAME, "must have at most 200 characters")
}

fn reason(text: &str) -> Result<String, Wrong> {
    line(text, LONGEST_REASON, "must have at most 500 characters")
}

fn unit_name(text: &str) -> Result<String, Wrong> {
    let name = name(text)?;
    if name.contains(" / ") {
        return Err("must not contain ' / ', which separates a site from a team");
    }
    Ok(name)
}

fn sign_in_name(text: &str) -> Result<String, Wrong> {
    let text = line(text, LONGEST_SIGN_IN, "must have at most 100 characters")?.to_lowercase();
    // Lower case can be longer than upper case: 'İ' becomes two characters.
    if text.chars().count() > LONGEST_SIGN_IN {
        return Err("must have at most 100 characters");
    }
    if text
        .chars()
        .all(|c| c.is_alphanumeric() || "._-@+'".contains(c))
    {
        Ok(text)
    } else {
        Err("may hold letters, digits and . _ - @ + ' only, and no spaces")
    }
}

fn short_name(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    let is_fit = (2..=40).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !text.starts_with('-')
        && !text.ends_with('-');
    if is_fit {
        Ok(text.to_owned())
    } else {
        Err("must be 2 to 40 characters of a-z, 0-9 and - (not at either end)")
    }
}

fn language(text: &str) -> Result<String, Wrong> {
    const WRONG: Wrong = "must be a language tag such as 'en', 'fr' or 'pt-BR'";
    let text = text.trim();
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let is_fit = (2..=3).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_lowercase())
        && text.len() <= 35
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        });
    is_fit.then(|| text.to_owned()).ok_or(WRONG)
}

fn country(text: &str) -> Result<String, Wrong> {
    let text = text.trim();
    if text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()) {
        Ok(text.to_owned())
    } else {
        Err("must be two capital letters (ISO 3166-1), such as 'ES'")
    }
}

fn zone(text: &str) -> Result<String, Wrong> {
    const WRONG: Wrong = "must be a time zone such as 'Europe/Madrid'";
    let text = text.trim();
    if text.is_empty() || text.len() > 64 || !text.is_ascii() {
        return Err(WRONG);
    }
    zones::name(text).ok_or(WRONG)
}

/// The organisation's choices of words: language -> word -> chosen form
/// (`en` -> `client` -> `resident`).
pub type Words = BTreeMap<String, BTreeMap<String, String>>;

/// Checks a table of chosen words; every fault names its place (`words.en.client`).
pub fn words(field: &str, given: &Words) -> Result<Words, Vec<Fault>> {
    const MOST: usize = 100;
    let mut faults = Vec::new();
    let mut kept = Words::new();
    if given.values().map(BTreeMap::len).sum::<usize>() > MOST || given.len() > MOST {
        return Err(vec![Fault::new(field, "must hold at most 100 choices")]);
    }
    for (tag, choices) in given {
        let tag = match Language::parse(tag) {
            Ok(tag) => tag,
            Err(wrong) => {
                faults.push(Fault::new(field, wrong));
                continue;
            }
        };
        let kept = kept.entry(tag.to_string()).or_default();
        for (word, choice) in choices {
            match (
                line(word, 40, "is too long"),
                line(choice, 40, "must have at most 40 characters"),
            ) {
                (Ok(word), Ok(choice)) => drop(kept.insert(word, choice)),
                (Err(wrong), _) => faults.push(Fault::new(format!("{field}.{tag}"), wrong)),
                (Ok(word), Err(wrong)) => {
                    faults.push(Fault::new(format!("{field}.{tag}.{word}"), wrong));
                }
            }
        }
    }
    if faults.is_empty() {
        Ok(kept)
    } else {
        Err(faults)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_one_printable_line_of_at_most_200_characters() {
        assert_eq!(Name::parse("  Ana María  ").unwrap().as_str(), "Ana María");
        assert!(Name::parse(&"é".repeat(200)).is_ok());
        for wrong in ["", "   ", "a\nb", "a\u{0}b", "a\u{202e}b", &"é".repeat(201)] {
            assert!(Name::parse(wrong).is_err(), "{wrong:?}");
        }
        assert!(Name::parse(&"x".repeat(10_000)).is_err());
    }

    #[test]
    fn a_sign_in_name_is_lower_case_and_has_no_spaces() {
        assert_eq!(
            SignInName::parse(" Ana.López ").unwrap().as_str(),
            "ana.lópez"
        );
        assert!(SignInName::parse("a@b.org").is_ok());
        for wrong in ["a b", "a/b", "a,b", "=a", "", "<a>"] {
            assert!(SignInName::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn zones_languages_countries_and_short_names_are_checked() {
        assert!(Zone::parse("Europe/Madrid").is_ok());
        assert!(Zone::parse("Europe/Atlantis").is_err());
        assert!(Zone::parse("../../etc/passwd").is_err());
        for tag in ["en", "pt-BR", "sr-Latn", "tgk"] {
            assert!(Language::parse(tag).is_ok(), "{tag}");
        }
        for tag in ["", "english", "e", "en_GB", "en-", "EN", "日本"] {
            assert!(Language::parse(tag).is_err(), "{tag}");
        }
        assert!(Country::parse("ES").is_ok());
        assert!(Country::parse("es").is_err());
        assert!(ShortName::parse("casa-norte").is_ok());
        for wrong in ["a", "-a", "A-b", "casa norte", &"a".repeat(41)] {
            assert!(ShortName::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_wrong_word_is_named_by_its_place() {
        let given: Words =
            serde_json::from_str(r#"{"en": {"client": "a\nb", "help": "support"}}"#).unwrap();
        assert_eq!(
            words("words", &given).unwrap_err()[0].field,
            "words.en.client"
        );
    }

    proptest! {
        #[test]
        fn parsing_what_was_parsed_changes_nothing(text in ".{0,220}") {
            if let Ok(once) = Name::parse(&text) {
                prop_assert_eq!(Name::parse(once.as_str()), Ok(once.clone()));
                prop_assert!(once.as_str().chars().count() <= LONGEST_NAME);
            }
            if let Ok(once) = SignInName::parse(&text) {
                prop_assert_eq!(SignInName::parse(once.as_str()), Ok(once));
            }
        }
    }
}
