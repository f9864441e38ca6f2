//! Versions of instruments: items, options or scoring change the first number, wording the second.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `major.minor.patch`. Scores of the same `major` may be compared with one another.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    /// Changes with items, options or scoring.
    pub major: u32,
    /// Changes with wording.
    pub minor: u32,
    /// Changes with anything else.
    pub patch: u32,
}

/// The text is not three whole numbers with points between them.
#[derive(Debug, thiserror::Error)]
#[error("a version is three whole numbers, such as 1.0.0")]
pub struct NotAVersion;

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let mut parts = text.split('.').map(|part| {
            let canonical = part == "0" || !part.starts_with(['0', '+']);
            part.parse::<u32>()
                .ok()
                .filter(|_| canonical)
                .ok_or(NotAVersion)
        });
        let mut next = || parts.next().ok_or(NotAVersion)?;
        let version = Self {
            major: next()?,
            minor: next()?,
            patch: next()?,
        };
        if parts.next().is_some() {
            Err(NotAVersion)
        } else {
            Ok(version)
        }
    }
}

impl TryFrom<String> for Version {
    type Error = NotAVersion;
    fn try_from(text: String) -> Result<Self, NotAVersion> {
        text.parse()
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_plain_numbers_make_a_version() {
        assert_eq!("1.20.3".parse::<Version>().unwrap().to_string(), "1.20.3");
        for text in [
            "", "1", "1.0", "1.0.0.0", "1.0.x", "01.0.0", "+1.0.0", "1..0", "-1.0.0",
        ] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }
}
