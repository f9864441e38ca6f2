//! Row tags: what a writer of the database without the server key cannot forge. They stand on
//! wave rows, public keys, ballots and audit entries.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::derivation::{mac, subkey};
use super::secret::Secret;
use super::server_key::{ServerKeys, header};

/// Length of every tag: format version, key number, HMAC-SHA-256.
pub const TAG_LEN: usize = 37;

impl ServerKeys {
    /// The tag of a row: `kind` is a constant, `parts` are its columns in a fixed order.
    #[must_use]
    pub fn tag(&self, kind: &'static str, parts: &[&[u8]]) -> Vec<u8> {
        let (number, key) = self.current();
        let digest = digest(key, kind, parts).finalize().into_bytes();
        [&header(number)[..], &digest].concat()
    }

    /// Whether the row still is what was tagged, under any key that is in the file.
    #[must_use]
    pub fn check(&self, kind: &'static str, parts: &[&[u8]], tag: &[u8]) -> bool {
        let Some(key) = Self::number_of(tag).and_then(|number| self.key(number)) else {
            return false;
        };
        tag.get(5..)
            .is_some_and(|given| digest(key, kind, parts).verify_slice(given).is_ok())
    }
}

/// Each part goes in with its length, so that no byte can move from one column to the next.
fn digest(key: &Secret<32>, kind: &str, parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut digest = mac(subkey(key, "rows").bytes(), &[]);
    for part in [&[kind.as_bytes()], parts].concat() {
        digest.update(&(part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest
}
