//! Keys and sealed rows: what `docs/threat-model.md` promises rests on this folder. Pure: no
//! database, no clock; chance comes from `chance.rs` alone. No key prints, and every key wipes
//! itself.

pub mod codes;
pub mod password;
pub mod recovery;
pub mod row_tag;
pub mod server_key;
pub mod sign_in;
pub mod wave_key;

mod base32;
mod chance;
mod derivation;
#[cfg(test)]
mod known_answers;
mod phrase;
mod sealing;
mod secret;
mod worker_key;
mod wraps;

pub use chance::random_bytes;
pub use codes::ActivationCode;
pub use recovery::RecoveryCode;
pub use sealing::{CannotOpen, TooLong, sealed_len};
pub use server_key::{ServerKeyError, ServerKeys};
pub use sign_in::Token;
pub use wave_key::{WaveKeyPair, open_ballot, public_key_digest, seal_ballot, sealed_ballot_len};
pub use worker_key::{
    CHOICES_ROOM, KEY_RING_SLOTS, Locator, LocatorLength, SealRingError, TOTP_ROOM, WorkerKey,
};
pub use wraps::{WrapKey, WrapKind, unwrap, wrap};
