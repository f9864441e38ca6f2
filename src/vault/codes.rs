//! One-time codes on paper or screen: an invitation, or a reset by an administrator. The
//! database keeps only their hash.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::base32;
use super::recovery::NotACode;
use super::secret::Secret;

/// 80 random bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivationCode(Secret<10>);

impl ActivationCode {
    /// A new code.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "a code is made on purpose, never by default"
    )]
    pub fn new() -> Self {
        Self(Secret::random())
    }

    /// What the database keeps; a code is looked up by it. 80 bits cannot be searched through.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::new_with_prefix(b"activation code\0")
            .chain_update(self.0.bytes())
            .finalize()
            .into()
    }
}

impl fmt::Display for ActivationCode {
    /// Four groups of four symbols.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base32::write(self.0.bytes()))
    }
}

impl FromStr for ActivationCode {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        base32::read(text)
            .map(|bytes| Self(Secret::new(*bytes)))
            .ok_or(NotACode { symbols: 16 })
    }
}
