//! The key pair of a wave: ballots are sealed to its public half (HPKE, RFC 9180), and the
//! private half is destroyed with them when they have been counted.

use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{
    Deserializable, Kem as _, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal,
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::sealing::{CannotOpen, FORMAT};
use super::secret::Secret;
use super::server_key::ServerKeys;
use crate::ids::{BallotId, WaveId};

/// The one key encapsulation of this product.
pub(super) type Kem = X25519HkdfSha256;
type Public = <Kem as hpke::Kem>::PublicKey;
type Private = <Kem as hpke::Kem>::PrivateKey;
type Encapsulated = <Kem as hpke::Kem>::EncappedKey;

const ABOUT: &[u8] = b"respite ballot v1";
const PURPOSE: &str = "wave-key";
const ENCAPSULATED: usize = 32;
const TAG: usize = 16;

/// Bytes that are no public key to which anything may be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not a public key")]
pub struct NotAPublicKey;

/// Both halves. The private one leaves this type only sealed under the server key.
#[derive(Clone)]
pub struct WaveKeyPair {
    private: Private,
    public: [u8; 32],
}

impl WaveKeyPair {
    /// A pair for a new wave, or for a wave that was restored.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "a key is made on purpose, never by default"
    )]
    pub fn new() -> Self {
        let (private, public) = Kem::derive_keypair(Secret::<32>::random().bytes());
        Self {
            private,
            public: public.to_bytes().into(),
        }
    }

    /// The public half, as it stands in the wave row.
    #[must_use]
    pub const fn public(&self) -> [u8; 32] {
        self.public
    }

    /// The private half for the table of wave keys.
    #[must_use]
    pub fn seal(&self, keys: &ServerKeys, wave: WaveId) -> Vec<u8> {
        let private = Zeroizing::new(<[u8; 32]>::from(self.private.to_bytes()));
        keys.seal(PURPOSE, wave.bytes(), &*private)
    }

    /// Opens what [`seal`](Self::seal) made for the same wave.
    pub fn open(keys: &ServerKeys, wave: WaveId, sealed: &[u8]) -> Result<Self, CannotOpen> {
        let private = keys.open(PURPOSE, wave.bytes(), sealed)?;
        let private = Private::from_bytes(&private).map_err(|_| CannotOpen)?;
        let public = Kem::sk_to_pk(&private).to_bytes().into();
        Ok(Self { private, public })
    }
}

impl std::fmt::Debug for WaveKeyPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WaveKeyPair")
    }
}

/// What a record keeps of the wave's key, to know whether its ballot still exists.
#[must_use]
pub fn public_key_digest(public: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(public).into()
}

/// Length of a sealed ballot whose content is `content_len` long.
#[must_use]
pub const fn sealed_ballot_len(content_len: usize) -> usize {
    1 + ENCAPSULATED + content_len + TAG
}

/// Seals a ballot to a wave. Only this wave's key opens it, and only as this ballot.
pub fn seal_ballot(
    public: &[u8; 32],
    wave: WaveId,
    ballot: BallotId,
    content: &[u8],
) -> Result<Vec<u8>, NotAPublicKey> {
    let public = Public::from_bytes(public).map_err(|_| NotAPublicKey)?;
    let (encapsulated, sealed) = single_shot_seal::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeS::Base,
        &public,
        ABOUT,
        content,
        &place(wave, ballot),
    )
    .map_err(|_| NotAPublicKey)?;
    Ok([&[FORMAT], &encapsulated.to_bytes()[..], &sealed].concat())
}

/// Opens a ballot of this wave.
pub fn open_ballot(
    with: &WaveKeyPair,
    wave: WaveId,
    ballot: BallotId,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    let rest = sealed.strip_prefix(&[FORMAT]).ok_or(CannotOpen)?;
    let (encapsulated, sealed) = rest.split_at_checked(ENCAPSULATED).ok_or(CannotOpen)?;
    let encapsulated = Encapsulated::from_bytes(encapsulated).map_err(|_| CannotOpen)?;
    single_shot_open::<ChaCha20Poly1305, HkdfSha256, Kem>(
        &OpModeR::Base,
        &with.private,
        &encapsulated,
        ABOUT,
        sealed,
        &place(wave, ballot),
    )
    .map(Zeroizing::new)
    .map_err(|_| CannotOpen)
}

fn place(wave: WaveId, ballot: BallotId) -> [u8; 32] {
    let mut place = [0; 32];
    place[..16].copy_from_slice(wave.bytes());
    place[16..].copy_from_slice(ballot.bytes());
    place
}
