//! Names, zones, tags, ids, codes and tokens, as people type them and programs send them.

use std::fmt::Display;
use std::str::FromStr;

use proptest::prelude::*;
use respite::auth::access_tokens::AccessToken;
use respite::ids::WaveId;
use respite::people::names::{
    self, Country, Language, Name, Reason, ShortName, SignInName, UnitName, Words, Zone,
};
use respite::vault::{ActivationCode, RecoveryCode, Token};

use super::inputs;
use super::mutations::damaged_text;

const GOOD: [&str; 16] = [
    "Aida Bekova",
    "Ana María",
    "ana.lópez@example.org",
    "o'neill+night",
    "North house / Night shift",
    "Asia/Almaty",
    "Europe/Madrid",
    "America/Argentina/Buenos_Aires",
    "Etc/GMT+12",
    "pt-BR",
    "zh-Hant-TW",
    "casa-norte",
    "KZ",
    "İSTANBUL",
    "ﬀ\u{345}ΐ",
    "ab",
];

/// What is accepted is accepted again and is the same; a refusal says something.
fn comes_back<T: PartialEq + std::fmt::Debug + Display>(
    text: &str,
    parse: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<(), TestCaseError> {
    match parse(text) {
        Ok(once) => prop_assert_eq!(parse(&once.to_string()), Ok(once)),
        Err(wrong) => prop_assert!(wrong.len() > 10, "{}", wrong),
    }
    Ok(())
}

/// The same for secrets, which are compared by what they print.
fn reads_itself<T: FromStr + Display>(text: &str) -> Result<(), TestCaseError> {
    if let Ok(once) = text.parse::<T>() {
        let written = once.to_string();
        let again = written.parse::<T>().map(|again| again.to_string());
        prop_assert_eq!(again.ok(), Some(written));
    }
    Ok(())
}

proptest! {
    #![proptest_config(inputs(4000, file!()))]

    #[test]
    fn a_name_that_is_accepted_is_accepted_again_unchanged(
        text in prop_oneof![damaged_text(&GOOD), any::<String>()],
    ) {
        comes_back(&text, Name::parse)?;
        comes_back(&text, UnitName::parse)?;
        comes_back(&text, SignInName::parse)?;
        comes_back(&text, ShortName::parse)?;
        comes_back(&text, Language::parse)?;
        comes_back(&text, Country::parse)?;
        comes_back(&text, Zone::parse)?;
        comes_back(&text, Reason::parse)?;
    }

    #[test]
    fn no_name_holds_what_hides_or_breaks_a_line(text in damaged_text(&GOOD)) {
        let accepted = [
            Name::parse(&text).map(|name| name.to_string()),
            SignInName::parse(&text).map(|name| name.to_string()),
            Reason::parse(&text).map(|name| name.to_string()),
        ];
        for name in accepted.into_iter().flatten() {
            let hides = name.contains(['\0', '\n', '\r', '\u{202e}', '\u{2028}', '\u{feff}']);
            prop_assert!(!hides, "{}", name.escape_debug());
            prop_assert!(!name.is_empty() && name.chars().count() <= names::LONGEST_REASON);
            prop_assert_eq!(name.trim(), &name);
        }
    }

    #[test]
    fn chosen_words_come_back_and_each_fault_names_its_place(
        text in damaged_text(&[r#"{"en": {"client": "resident", "help": "support"}, "ru": {}}"#]),
    ) {
        let Ok(given) = serde_json::from_str::<Words>(&text) else { return Ok(()) };
        match names::words("words", &given) {
            Ok(kept) => prop_assert_eq!(names::words("words", &kept), Ok(kept)),
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                prop_assert!(faults.iter().all(|fault| fault.field.starts_with("words")));
            }
        }
    }

    #[test]
    fn a_token_code_or_id_that_is_read_is_written_alike(
        text in damaged_text(&[
            "x0GcMWSE_MeU_SEhpqpxh7oKBK5JHk6fZu-7i_KGZwY",
            "respite_x0GcMWSE_MeU_SEhpqpxh7oKBK5JHk6fZu-7i_KGZwY",
            "ABCD-EFGH-JKMN-PQRS",
            "abcd efgh jkmn pqrs",
            "0OIL-1ABC-DEFG-HJKM-NPQR-STVW-XYZ0-1234",
            "5b6962dd-3f90-4c93-8f61-eabfa4a803e2",
            "{5b6962dd-3f90-4c93-8f61-eabfa4a803e2}",
            "urn:uuid:5b6962dd-3f90-4c93-8f61-eabfa4a803e2",
        ]),
    ) {
        reads_itself::<Token>(&text)?;
        reads_itself::<AccessToken>(&text)?;
        reads_itself::<ActivationCode>(&text)?;
        reads_itself::<RecoveryCode>(&text)?;
        reads_itself::<WaveId>(&text)?;
        let token = Token::new();
        prop_assert!(!token.csrf_matches(&text), "nobody guesses it");
    }
}
