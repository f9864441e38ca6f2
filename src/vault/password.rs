//! Passwords: which are accepted, and what one becomes. A single slow run (Argon2id, RFC 9106)
//! gives both what proves a sign-in and what unwraps the worker key.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::chance;
use super::derivation::expand;
use super::secret::Secret;
use super::server_key::Pepper;
use super::wraps::WrapKey;

mod common;
pub use super::phrase::suggested_phrase;

/// Fewest characters of a password.
pub const SHORTEST: usize = 10;
/// Most bytes of a password: hashing megabytes would be a way to keep the server busy.
pub const LONGEST: usize = 1024;

/// Why a password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Under [`SHORTEST`] characters.
    #[error("a password has at least {SHORTEST} characters")]
    TooShort,
    /// Over [`LONGEST`] bytes.
    #[error("a password has at most {LONGEST} bytes")]
    TooLong,
    /// Among the first that anybody would try.
    #[error("this password is too easy to guess: many people use it or one like it")]
    Common,
    /// The sign-in name is known to everyone who would try.
    #[error("a password does not contain the sign-in name")]
    ContainsSignIn,
}

/// Whether this may be the password of the person who signs in with `sign_in`.
pub fn check_password(password: &str, sign_in: &str) -> Result<(), PasswordFault> {
    if password.len() > LONGEST {
        return Err(PasswordFault::TooLong);
    }
    if password.chars().count() < SHORTEST {
        return Err(PasswordFault::TooShort);
    }
    let (lower, sign_in) = (
        Zeroizing::new(password.to_lowercase()),
        sign_in.trim().to_lowercase(),
    );
    if sign_in.chars().count() >= 3 && lower.contains(&sign_in) {
        return Err(PasswordFault::ContainsSignIn);
    }
    if common::is_common(&lower) {
        Err(PasswordFault::Common)
    } else {
        Ok(())
    }
}

/// How slow one guess is. Stands in the account row, so that it can be raised later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory of one run, in KiB.
    pub memory_kib: u32,
    /// Passes over that memory.
    pub passes: u32,
    /// Lanes, computed one after another here.
    pub lanes: u32,
}

impl Cost {
    /// The second choice of RFC 9106, section 4: 64 MiB and 3 passes, here with one lane.
    #[must_use]
    pub const fn standard() -> Self {
        Self {
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        }
    }

    /// The least that Argon2 allows: for demonstrations and tests only.
    #[must_use]
    pub const fn cheapest() -> Self {
        Self {
            memory_kib: 8,
            passes: 1,
            lanes: 1,
        }
    }
}

/// A cost that Argon2 does not know, or that would exhaust the server: over 1 GiB, 64 passes or
/// 16 lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no password can be checked at the cost {0:?}")]
pub struct BadCost(pub Cost);

/// Makes equal passwords unequal. Not secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Salt(pub [u8; 16]);

impl Salt {
    /// A salt for a new password.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "a salt is made on purpose, never by default"
    )]
    pub fn new() -> Self {
        Self(chance::random_bytes())
    }
}

/// What a password becomes.
#[derive(Debug)]
pub struct Derived {
    /// Proves the sign-in; stored only as [`stored_verifier`].
    pub verifier: Verifier,
    /// Unwraps the worker key; never stored.
    pub wrap: WrapKey,
}

/// Proves that somebody knew the password.
#[derive(Clone, Debug)]
pub struct Verifier(Secret<32>);

/// Runs Argon2id once. Slow on purpose: call it where waiting harms nobody.
pub fn derive(
    password: &str,
    salt: &Salt,
    cost: Cost,
    pepper: &Pepper,
) -> Result<Derived, BadCost> {
    let slow = stretch(password.as_bytes(), salt, cost).ok_or(BadCost(cost))?;
    Ok(Derived {
        verifier: Verifier(expand(
            pepper.0.bytes(),
            slow.bytes(),
            &[b"sign-in verifier"],
        )),
        wrap: WrapKey(expand(pepper.0.bytes(), slow.bytes(), &[b"wrap"])),
    })
}

fn stretch(password: &[u8], salt: &Salt, cost: Cost) -> Option<Secret<64>> {
    if cost.memory_kib > 1024 * 1024 || cost.passes > 64 || cost.lanes > 16 {
        return None;
    }
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(64)).ok()?;
    let mut memory = Zeroizing::new(vec![Block::default(); params.block_count()]);
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut done = Ok(());
    let slow = Secret::filled(|out: &mut [u8; 64]| {
        done = argon2.hash_password_into_with_memory(password, &salt.0, out, &mut memory[..]);
    });
    done.ok().map(|()| slow)
}

/// What the account row holds of a verifier: a fast hash is enough, because a verifier has 256
/// bits that nobody can search.
#[must_use]
pub fn stored_verifier(verifier: &Verifier) -> [u8; 32] {
    Sha256::new_with_prefix(b"verifier\0")
        .chain_update(verifier.0.bytes())
        .finalize()
        .into()
}

/// Whether the password was right; takes as long either way.
#[must_use]
pub fn matches(verifier: &Verifier, stored: &[u8]) -> bool {
    stored_verifier(verifier).ct_eq(stored).into()
}
