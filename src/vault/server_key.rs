//! The server's own keys, numbered, in a file beside the database and never in it. They keep
//! wave keys, pepper, row tags and addresses from whoever has only the database; nobody's
//! answers depend on them once a wave is closed.

use std::collections::BTreeMap;
use std::path::Path;

use zeroize::Zeroizing;

use super::derivation::{expand, hmac};
use super::sealing::{CannotOpen, FORMAT, Row, open, seal};
use super::secret::Secret;
use crate::ids::AccountId;

mod file;
pub use file::ServerKeyError;

/// Every key of this server by its number. The highest number is the current key; the others
/// are kept for what still rests on them.
#[derive(Clone, Debug)]
pub struct ServerKeys {
    keys: BTreeMap<u32, Secret<32>>,
}

/// What makes a stolen database useless for guessing passwords.
#[derive(Clone, Debug)]
pub struct Pepper(pub(super) Secret<32>);

impl ServerKeys {
    /// Reads the key file.
    pub fn load(path: &Path) -> Result<Self, ServerKeyError> {
        file::read(path).map(|keys| Self { keys })
    }

    /// Writes a new file with key number 1, readable by its owner alone. Refuses to overwrite.
    pub fn create(path: &Path) -> Result<Self, ServerKeyError> {
        let keys = BTreeMap::from([(1, Secret::random())]);
        file::create(path, &keys)?;
        Ok(Self { keys })
    }

    /// Adds a key, which is the current one from now on; the file is replaced in one step.
    pub fn rotate(path: &Path) -> Result<Self, ServerKeyError> {
        let mut keys = file::read(path)?;
        let last = keys.last_key_value().map_or(0, |(number, _)| *number);
        let next = last.checked_add(1).ok_or(ServerKeyError::NoNumberLeft)?;
        keys.insert(next, Secret::random());
        file::replace(path, &keys)?;
        Ok(Self { keys })
    }

    /// Removes an old key that nothing rests on any more. The current key stays.
    pub fn retire(path: &Path, number: u32) -> Result<Self, ServerKeyError> {
        let mut keys = file::read(path)?;
        let is_current = keys
            .last_key_value()
            .is_some_and(|(last, _)| *last == number);
        if is_current || keys.remove(&number).is_none() {
            return Err(ServerKeyError::NotRetirable { number });
        }
        file::replace(path, &keys)?;
        Ok(Self { keys })
    }

    /// Whether nobody but its owner can read the key file.
    pub fn is_private(path: &Path) -> Result<bool, ServerKeyError> {
        file::is_private(path)
    }

    /// A single key with number 1, for tests and demonstrations.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self {
            keys: BTreeMap::from([(1, Secret::new(bytes))]),
        }
    }

    /// The number of the current key, which seals and tags everything new.
    #[must_use]
    pub fn number(&self) -> u32 {
        self.current().0
    }

    /// All numbers, lowest first.
    pub fn numbers(&self) -> impl Iterator<Item = u32> {
        self.keys.keys().copied()
    }

    pub(super) fn current(&self) -> (u32, &Secret<32>) {
        let (number, key) = self
            .keys
            .last_key_value()
            .expect("every constructor puts at least one key in");
        (*number, key)
    }

    pub(super) fn key(&self, number: u32) -> Option<&Secret<32>> {
        self.keys.get(&number)
    }

    /// The pepper of one account under the key that her row names; `None` if that key is gone.
    #[must_use]
    pub fn pepper(&self, number: u32, account: AccountId) -> Option<Pepper> {
        let key = self.key(number)?;
        Some(Pepper(Secret::new(hmac(
            key.bytes(),
            &[b"pepper", account.bytes()],
        ))))
    }

    /// Under which a used one-time code is remembered, without saying whose it was.
    #[must_use]
    pub fn used_code_key(&self, account: AccountId, step: u64) -> [u8; 32] {
        let (_, key) = self.current();
        hmac(
            key.bytes(),
            &[b"used code", account.bytes(), &step.to_be_bytes()],
        )
    }

    /// Seals `plain` under the current key: format version, key number, then the ciphertext.
    /// `purpose` is a constant; `of` says which row it is.
    #[must_use]
    pub fn seal(&self, purpose: &'static str, of: &[u8], plain: &[u8]) -> Vec<u8> {
        let (number, key) = self.current();
        seal(
            &header(number),
            &sealing_key(key, purpose),
            Row {
                kind: purpose,
                key: of,
            },
            plain,
        )
    }

    /// Opens what [`seal`](Self::seal) sealed under any key that is still in the file.
    pub fn open(
        &self,
        purpose: &'static str,
        of: &[u8],
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let number = Self::number_of(sealed).ok_or(CannotOpen)?;
        let key = sealing_key(self.key(number).ok_or(CannotOpen)?, purpose);
        open(
            &header(number),
            &key,
            Row {
                kind: purpose,
                key: of,
            },
            sealed,
        )
    }

    /// The number of the key that a ciphertext or a row tag rests on; `None` if it is neither.
    #[must_use]
    pub fn number_of(sealed: &[u8]) -> Option<u32> {
        let (format, rest) = sealed.split_first()?;
        let number = rest.first_chunk()?;
        (*format == FORMAT).then(|| u32::from_be_bytes(*number))
    }
}

/// The first five bytes of everything under a server key.
pub(super) fn header(number: u32) -> [u8; 5] {
    let [a, b, c, d] = number.to_be_bytes();
    [FORMAT, a, b, c, d]
}

fn sealing_key(key: &Secret<32>, purpose: &str) -> Secret<32> {
    expand(&[], key.bytes(), &[b"seal ", purpose.as_bytes()])
}
