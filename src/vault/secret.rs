//! Bytes that wipe themselves when they go, compare in constant time, and never print.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::chance;

/// `N` secret bytes: the inside of every key type of this folder.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub(super) struct Secret<const N: usize>([u8; N]);

impl<const N: usize> Secret<N> {
    pub(super) fn random() -> Self {
        let mut secret = Self([0; N]);
        chance::fill(&mut secret.0);
        secret
    }

    pub(super) const fn new(bytes: [u8; N]) -> Self {
        Self(bytes)
    }

    /// `None` if `bytes` is not exactly `N` long.
    pub(super) fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Lets `write` fill the bytes in place, so that no copy stays behind.
    pub(super) fn filled(write: impl FnOnce(&mut [u8; N])) -> Self {
        let mut secret = Self([0; N]);
        write(&mut secret.0);
        secret
    }

    pub(super) const fn bytes(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> fmt::Debug for Secret<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl<const N: usize> PartialEq for Secret<N> {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl<const N: usize> Eq for Secret<N> {}
