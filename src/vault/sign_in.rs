//! The token of one sign-in on one device. The database keeps its hash and a row sealed under
//! it, so that a reader of the database learns neither who is signed in nor her key.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::derivation::{hmac, subkey};
use super::sealing::{CannotOpen, Row, TooLong, open_padded, seal_padded};
use super::secret::Secret;

/// Longest text of a sign-in row.
pub const SIGN_IN_ROOM: usize = 512;
/// Longest text of a remembered reply.
pub const REPLY_ROOM: usize = 1024;

/// 32 random bytes, sent as a cookie or a bearer token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(Secret<32>);

/// Text that is no token of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a sign-in token")]
pub struct NotAToken;

impl Token {
    /// A token for a new sign-in.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "a token is made on purpose, never by default"
    )]
    pub fn new() -> Self {
        Self(Secret::random())
    }

    /// Under which the sign-in row lies: SHA-256 of the token.
    #[must_use]
    pub fn row_key(&self) -> [u8; 32] {
        Sha256::digest(self.0.bytes()).into()
    }

    /// Seals what the sign-in row holds, at most [`SIGN_IN_ROOM`] bytes, always to one length.
    pub fn seal(&self, plain: &[u8]) -> Result<Vec<u8>, TooLong> {
        let row = Row {
            kind: "sign-in",
            key: &self.row_key(),
        };
        seal_padded(&subkey(&self.0, "sign-in"), row, plain, SIGN_IN_ROOM)
    }

    /// Opens the row that lies under [`row_key`](Self::row_key).
    pub fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let row = Row {
            kind: "sign-in",
            key: &self.row_key(),
        };
        open_padded(&subkey(&self.0, "sign-in"), row, sealed)
    }

    /// Under which the reply to a repeated request is remembered. `route` has no zero byte.
    #[must_use]
    pub fn idempotency_key(&self, route: &str, key: &str) -> [u8; 32] {
        hmac(
            self.0.bytes(),
            &[b"idempotency\0", route.as_bytes(), b"\0", key.as_bytes()],
        )
    }

    /// Seals a reply for its idempotency key, at most [`REPLY_ROOM`] bytes, to one length.
    pub fn seal_reply(&self, key: &[u8; 32], plain: &[u8]) -> Result<Vec<u8>, TooLong> {
        let row = Row {
            kind: "idempotency",
            key,
        };
        seal_padded(&subkey(&self.0, "idempotency"), row, plain, REPLY_ROOM)
    }

    /// Opens the reply that lies under this idempotency key.
    pub fn open_reply(
        &self,
        key: &[u8; 32],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        open_padded(
            &subkey(&self.0, "idempotency"),
            Row {
                kind: "idempotency",
                key,
            },
            sealed,
        )
    }

    /// The value that a form of this sign-in carries, and no other page can know.
    #[must_use]
    pub fn csrf(&self) -> String {
        URL_SAFE_NO_PAD.encode(subkey(&self.0, "csrf").bytes())
    }

    /// Whether a form came from a page of this sign-in.
    #[must_use]
    pub fn csrf_matches(&self, given: &str) -> bool {
        self.csrf().as_bytes().ct_eq(given.as_bytes()).into()
    }
}

impl fmt::Display for Token {
    /// 43 signs of base64url. For the cookie or the reply that hands it over, never for a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Zeroizing::new(URL_SAFE_NO_PAD.encode(self.0.bytes())))
    }
}

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 43 {
            return Err(NotAToken);
        }
        let bytes = Zeroizing::new(URL_SAFE_NO_PAD.decode(text).map_err(|_| NotAToken)?);
        Secret::from_slice(&bytes).map(Self).ok_or(NotAToken)
    }
}
