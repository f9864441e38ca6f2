//! Random bytes for keys, salts and codes, from the operating system.

/// Fills `bytes` with chance that nobody can guess.
pub(super) fn fill(bytes: &mut [u8]) {
    getrandom::fill(bytes)
        .expect("the operating system gives random bytes: without them no key may be made");
}

/// `N` random bytes that are not secret by themselves, for a salt or a nonce.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    fill(&mut bytes);
    bytes
}
