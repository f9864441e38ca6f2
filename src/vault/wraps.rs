//! The worker key at rest: wrapped by a key from her password and by one from her recovery code.

use super::sealing::{CannotOpen, FORMAT, Row, open, seal};
use super::secret::Secret;
use super::worker_key::WorkerKey;
use crate::ids::AccountId;

/// A key that wraps worker keys; made from a password or a recovery code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrapKey(pub(super) Secret<32>);

/// What the wrapping key was made from. A wrap of one kind does not open as the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrapKind {
    /// Her password, with the pepper of the server key.
    Password,
    /// Her printed recovery code, without pepper.
    Recovery,
}

impl WrapKind {
    fn row(self, account: &AccountId) -> Row<'_> {
        let kind = match self {
            Self::Password => "wrap-password",
            Self::Recovery => "wrap-recovery",
        };
        Row {
            kind,
            key: account.bytes(),
        }
    }
}

/// Wraps a worker key for her account row. The length is always the same.
#[must_use]
pub fn wrap(with: &WrapKey, key: &WorkerKey, account: AccountId, kind: WrapKind) -> Vec<u8> {
    seal(&[FORMAT], &with.0, kind.row(&account), key.bytes())
}

/// Opens a wrap; a wrong password or code gives the same error as a changed row.
pub fn unwrap(
    with: &WrapKey,
    wrapped: &[u8],
    account: AccountId,
    kind: WrapKind,
) -> Result<WorkerKey, CannotOpen> {
    let key = open(&[FORMAT], &with.0, kind.row(&account), wrapped)?;
    WorkerKey::from_slice(&key).ok_or(CannotOpen)
}
