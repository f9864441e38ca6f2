//! The sealed row: format version, nonce, XChaCha20-Poly1305. The kind of row and its key are
//! authenticated, so that no row can be put in another's place; padding hides what is inside.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::chance;
use super::secret::Secret;

/// The version of every sealed format of this folder.
pub(super) const FORMAT: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;
/// A padded text starts with its own length.
const LENGTH: usize = 4;

/// Sealed bytes that this key does not open: another key, another row, or changed on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed bytes cannot be opened with this key")]
pub struct CannotOpen;

/// What was to be sealed is longer than the length that all rows of its kind share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{len} bytes do not fit into a row of {room}")]
pub struct TooLong {
    /// Length of the text.
    pub len: usize,
    /// Longest text that fits.
    pub room: usize,
}

/// Length of a sealed row whose text was padded to `padded_len` bytes.
#[must_use]
pub const fn sealed_len(padded_len: usize) -> usize {
    1 + NONCE + LENGTH + padded_len + TAG
}

/// Which row is sealed: its kind (a constant without a zero byte) and its key.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub kind: &'static str,
    pub key: &'a [u8],
}

impl Row<'_> {
    fn associated_data(&self) -> Vec<u8> {
        [self.kind.as_bytes(), &[0], self.key].concat()
    }
}

/// Seals `plain` padded to `padded_len`: the result is [`sealed_len`] long whatever is inside.
pub(super) fn seal_padded(
    key: &Secret<32>,
    row: Row<'_>,
    plain: &[u8],
    padded_len: usize,
) -> Result<Vec<u8>, TooLong> {
    let too_long = TooLong {
        len: plain.len(),
        room: padded_len,
    };
    if plain.len() > padded_len {
        return Err(too_long);
    }
    let len = u32::try_from(plain.len()).map_err(|_| too_long)?;
    let mut padded = Zeroizing::new(Vec::with_capacity(LENGTH + padded_len));
    padded.extend_from_slice(&len.to_be_bytes());
    padded.extend_from_slice(plain);
    padded.resize(LENGTH + padded_len, 0);
    Ok(seal(&[FORMAT], key, row, &padded))
}

/// Opens what [`seal_padded`] sealed and takes the padding off.
pub(super) fn open_padded(
    key: &Secret<32>,
    row: Row<'_>,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    let mut padded = open(&[FORMAT], key, row, sealed)?;
    let (len, text) = padded.split_first_chunk::<LENGTH>().ok_or(CannotOpen)?;
    let len = usize::try_from(u32::from_be_bytes(*len)).map_err(|_| CannotOpen)?;
    let padding = text.get(len..).ok_or(CannotOpen)?;
    if padding.iter().any(|byte| *byte != 0) {
        return Err(CannotOpen);
    }
    padded.drain(..LENGTH);
    padded.truncate(len);
    Ok(padded)
}

/// `header`, then a fresh nonce, then the ciphertext with its tag.
pub(super) fn seal(header: &[u8], key: &Secret<32>, row: Row<'_>, plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE] = chance::random_bytes();
    let sealed = seal_with(&nonce, key, &row.associated_data(), plain);
    [header, &nonce, &sealed].concat()
}

/// Opens what [`seal`] sealed with the same header.
pub(super) fn open(
    header: &[u8],
    key: &Secret<32>,
    row: Row<'_>,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, CannotOpen> {
    let rest = sealed.strip_prefix(header).ok_or(CannotOpen)?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(CannotOpen)?;
    let text = Payload {
        msg: sealed,
        aad: &row.associated_data(),
    };
    XChaCha20Poly1305::new(key.bytes().into())
        .decrypt(&XNonce::from(*nonce), text)
        .map(Zeroizing::new)
        .map_err(|_| CannotOpen)
}

/// The bare cipher: for [`seal`] and the published test vector only.
pub(super) fn seal_with(
    nonce: &[u8; NONCE],
    key: &Secret<32>,
    associated_data: &[u8],
    plain: &[u8],
) -> Vec<u8> {
    XChaCha20Poly1305::new(key.bytes().into())
        .encrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: plain,
                aad: associated_data,
            },
        )
        .expect("a text under 256 GB is within the cipher's limit")
}
