//! The recovery code: printed once, it opens the vault when the password is lost. It has no
//! pepper, so that losing the server key loses nobody's records.

use std::fmt;
use std::str::FromStr;

use super::base32;
use super::derivation::expand;
use super::secret::Secret;
use super::wraps::WrapKey;
use crate::ids::AccountId;

/// 160 random bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecoveryCode(Secret<20>);

/// Text that cannot be a code, whatever it was meant to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has {symbols} letters and digits, in groups of four")]
pub struct NotACode {
    /// How many symbols such a code has, dashes not counted.
    pub symbols: usize,
}

impl RecoveryCode {
    /// A new code.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "a code is made on purpose, never by default"
    )]
    pub fn new() -> Self {
        Self(Secret::random())
    }

    /// The key that wraps this account's worker key.
    #[must_use]
    pub fn wrap_key(&self, account: AccountId) -> WrapKey {
        WrapKey(expand(account.bytes(), self.0.bytes(), &[b"recovery wrap"]))
    }
}

impl fmt::Display for RecoveryCode {
    /// Eight groups of four symbols. For the page that shows it once, and nowhere else.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base32::write(self.0.bytes()))
    }
}

impl FromStr for RecoveryCode {
    type Err = NotACode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        base32::read(text)
            .map(|bytes| Self(Secret::new(*bytes)))
            .ok_or(NotACode { symbols: 32 })
    }
}
