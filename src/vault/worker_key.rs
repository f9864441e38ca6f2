//! The worker key: what only she has. Where her rows lie and what is in them both follow from
//! it, so a reader of the database can neither find nor open them. It never rests unwrapped.

use std::fmt;

use hpke::{Kem as _, Serializable};
use zeroize::Zeroizing;

use super::derivation::{hmac, subkey};
use super::sealing::{CannotOpen, Row, TooLong, open_padded, seal_padded};
use super::secret::Secret;
use super::wave_key::Kem;
use crate::ids::{AccountId, WaveId};

/// Longest text of the row that holds her choices.
pub const CHOICES_ROOM: usize = 4096;
/// Longest secret of a second factor.
pub const TOTP_ROOM: usize = 64;
/// Most earlier keys that a key ring holds; every ring is as long as a full one.
pub const KEY_RING_SLOTS: usize = 8;

/// `Kw` of the threat model: 32 random bytes, made when an account is activated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerKey(Secret<32>);

/// Where a row of hers lies: a value that only her key can compute, and that tells nothing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locator([u8; 32]);

/// Bytes that are no locator, because a locator has 32.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a locator has 32 bytes, not {0}")]
pub struct LocatorLength(pub usize);

/// Why a key ring was not sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key ring holds {KEY_RING_SLOTS} keys, not {keys}")]
pub struct SealRingError {
    /// How many keys were to go into it.
    pub keys: usize,
}

impl Locator {
    /// The bytes, as the database keeps them.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The bytes as a value that can be bound to a statement.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl TryFrom<&[u8]> for Locator {
    type Error = LocatorLength;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes
            .try_into()
            .map(Self)
            .map_err(|_| LocatorLength(bytes.len()))
    }
}

impl fmt::Debug for Locator {
    /// Prints nothing of it: a locator in a log beside a name would tie a record to a person.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Locator")
    }
}

impl WorkerKey {
    /// A new key for a new vault.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "a key is made on purpose, never by default"
    )]
    pub fn new() -> Self {
        Self(Secret::random())
    }

    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        Secret::from_slice(bytes).map(Self)
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        self.0.bytes()
    }

    /// Where her record of this wave lies, in the open and in the kept records alike.
    #[must_use]
    pub fn record_locator(&self, wave: WaveId) -> Locator {
        self.locator("locator", wave.bytes())
    }

    /// Where her choices (consent, how far she is counted) lie.
    #[must_use]
    pub fn choices_locator(&self) -> Locator {
        self.locator("choices locator", &[])
    }

    /// Where the draft of her unfinished check-in lies.
    #[must_use]
    pub fn draft_key(&self, wave: WaveId) -> Locator {
        self.locator("draft", wave.bytes())
    }

    /// What all her ballots of this wave have in common, and nobody else's; sealed inside them.
    #[must_use]
    pub fn ballot_mark(&self, wave: WaveId) -> [u8; 16] {
        let Locator(full) = self.locator("ballot mark", wave.bytes());
        let mut mark = [0; 16];
        mark.copy_from_slice(&full[..16]);
        mark
    }

    fn locator(&self, label: &str, of: &[u8]) -> Locator {
        Locator(hmac(subkey(&self.0, label).bytes(), &[of]))
    }

    /// Seals a record, padded to the one length of its wave; an empty one has the same length.
    pub fn seal_record(
        &self,
        at: &Locator,
        plain: &[u8],
        padded_len: usize,
    ) -> Result<Vec<u8>, TooLong> {
        seal_padded(&subkey(&self.0, "record"), record(at), plain, padded_len)
    }

    /// Opens a record that lies at this locator.
    pub fn open_record(
        &self,
        at: &Locator,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        open_padded(&subkey(&self.0, "record"), record(at), sealed)
    }

    /// Where it lies up to when she has read notices: a row among those of choices, and as long.
    #[must_use]
    pub fn news_locator(&self) -> Locator {
        self.locator("news locator", &[])
    }

    /// Seals up to when she has read notices; the same length as [`seal_choices`](Self::seal_choices).
    pub fn seal_news(&self, plain: &[u8]) -> Result<Vec<u8>, TooLong> {
        let at = self.news_locator();
        seal_padded(&subkey(&self.0, "news"), news(&at), plain, CHOICES_ROOM)
    }

    /// Opens the row at her [`news_locator`](Self::news_locator).
    pub fn open_news(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let at = self.news_locator();
        open_padded(&subkey(&self.0, "news"), news(&at), sealed)
    }

    /// Seals her choices, at most [`CHOICES_ROOM`] bytes, always to one length.
    pub fn seal_choices(&self, plain: &[u8]) -> Result<Vec<u8>, TooLong> {
        let at = self.choices_locator();
        seal_padded(
            &subkey(&self.0, "choices"),
            choices(&at),
            plain,
            CHOICES_ROOM,
        )
    }

    /// Opens the row at her [`choices_locator`](Self::choices_locator).
    pub fn open_choices(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        let at = self.choices_locator();
        open_padded(&subkey(&self.0, "choices"), choices(&at), sealed)
    }

    /// Seals a draft, padded to the one length of its wave.
    pub fn seal_draft(
        &self,
        at: &Locator,
        plain: &[u8],
        padded_len: usize,
    ) -> Result<Vec<u8>, TooLong> {
        seal_padded(&subkey(&self.0, "draft text"), draft(at), plain, padded_len)
    }

    /// Opens a draft that lies at this key.
    pub fn open_draft(
        &self,
        at: &Locator,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        open_padded(&subkey(&self.0, "draft text"), draft(at), sealed)
    }

    /// Seals the secret of her second factor, at most [`TOTP_ROOM`] bytes.
    pub fn seal_totp(&self, account: AccountId, secret: &[u8]) -> Result<Vec<u8>, TooLong> {
        seal_padded(&subkey(&self.0, "totp"), totp(&account), secret, TOTP_ROOM)
    }

    /// Opens the secret of her second factor.
    pub fn open_totp(
        &self,
        account: AccountId,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
        open_padded(&subkey(&self.0, "totp"), totp(&account), sealed)
    }

    /// Seals the keys of her earlier vaults, found again with their recovery codes.
    pub fn seal_key_ring(
        &self,
        account: AccountId,
        earlier: &[Self],
    ) -> Result<Vec<u8>, SealRingError> {
        let keys = Zeroizing::new(
            earlier
                .iter()
                .flat_map(|key| *key.bytes())
                .collect::<Vec<u8>>(),
        );
        seal_padded(
            &subkey(&self.0, "key ring"),
            key_ring(&account),
            &keys,
            KEY_RING_SLOTS * 32,
        )
        .map_err(|_| SealRingError {
            keys: earlier.len(),
        })
    }

    /// The keys of her earlier vaults, in the order in which they were sealed.
    pub fn open_key_ring(
        &self,
        account: AccountId,
        sealed: &[u8],
    ) -> Result<Vec<Self>, CannotOpen> {
        let keys = open_padded(&subkey(&self.0, "key ring"), key_ring(&account), sealed)?;
        let (keys, []) = keys.as_chunks::<32>() else {
            return Err(CannotOpen);
        };
        Ok(keys.iter().map(|key| Self(Secret::new(*key))).collect())
    }

    /// The public half (X25519) of her key pair: what others seal to her is sealed to this.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        let (_, public) = Kem::derive_keypair(subkey(&self.0, "key pair").bytes());
        public.to_bytes().into()
    }
}

fn record(at: &Locator) -> Row<'_> {
    Row {
        kind: "record",
        key: at.as_bytes(),
    }
}

fn choices(at: &Locator) -> Row<'_> {
    Row {
        kind: "choices",
        key: at.as_bytes(),
    }
}

fn news(at: &Locator) -> Row<'_> {
    Row {
        kind: "news",
        key: at.as_bytes(),
    }
}

fn draft(at: &Locator) -> Row<'_> {
    Row {
        kind: "draft",
        key: at.as_bytes(),
    }
}

fn totp(account: &AccountId) -> Row<'_> {
    Row {
        kind: "totp",
        key: account.bytes(),
    }
}

fn key_ring(account: &AccountId) -> Row<'_> {
    Row {
        kind: "key-ring",
        key: account.bytes(),
    }
}
