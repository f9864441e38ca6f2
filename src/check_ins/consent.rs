//! The page that everyone reads before her first check-in of an instrument. Its text, version and
//! hash are the proof of what was agreed to; her sealed choices hold version and hash.

use sha2::{Digest, Sha256};

use crate::questionnaires::Instrument;

/// Date of the present text; a changed text is a new version and is asked again.
pub const VERSION: &str = "2026-11-24";

const ENGLISH: &str = include_str!("../../dashboards/consent/en.txt");

/// A consent text, filled in for one instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Date of the wording.
    pub version: &'static str,
    /// Language of the wording.
    pub language: &'static str,
    /// The wording itself, with blank lines between its parts.
    pub wording: String,
    /// SHA-256 of the wording, hexadecimal.
    pub hash: String,
}

impl Text {
    /// The text for an instrument. The title is that of its English locale, or its id.
    #[must_use]
    pub fn of(instrument: &Instrument) -> Self {
        let title = instrument
            .locale("en")
            .map_or(instrument.id.as_str(), |text| &text.title);
        let wording = ENGLISH
            .replace("{title}", title)
            .replace("{notice}", &instrument.licence.notice);
        let hash = Sha256::digest(wording.as_bytes());
        Self {
            version: VERSION,
            language: "en",
            hash: hex(&hash),
            wording,
        }
    }

    /// What a record and her choices keep: `version hash`.
    #[must_use]
    pub fn proof(&self) -> String {
        format!("{} {}", self.version, self.hash)
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
