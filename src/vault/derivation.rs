//! One key from another: HKDF-SHA-256 (RFC 5869) and HMAC-SHA-256 (RFC 2104).

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::secret::Secret;

/// Expands `secret` under `label`. Different labels give keys that tell nothing of one another.
pub(super) fn expand<const N: usize>(salt: &[u8], secret: &[u8], label: &[&[u8]]) -> Secret<N> {
    Secret::filled(|out| {
        Hkdf::<Sha256>::new(Some(salt), secret)
            .expand_multi_info(label, out)
            .expect("no key of ours is longer than the 8160 bytes that HKDF can give");
    })
}

/// A key of 32 bytes from a uniformly random one, without salt.
pub(super) fn subkey(secret: &Secret<32>, label: &str) -> Secret<32> {
    expand(&[], secret.bytes(), &[label.as_bytes()])
}

/// A keyed digest that is still being fed.
pub(super) fn mac(key: &[u8], parts: &[&[u8]]) -> Hmac<Sha256> {
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length (RFC 2104)");
    for part in parts {
        mac.update(part);
    }
    mac
}

/// HMAC-SHA-256 over the parts, one after another.
pub(super) fn hmac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    mac(key, parts).finalize().into_bytes().into()
}
