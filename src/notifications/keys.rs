//! What of the letters rests on a server key, and how it moves to a new one.

use std::collections::BTreeMap;

use super::address::Contact;
use super::channels::Secret;
use super::store;
use crate::store::{StoreError, Tx};
use crate::vault::ServerKeys;

/// How much rests on one server key, or was moved to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resting {
    /// Addresses of people.
    pub addresses: u64,
    /// Secrets of webhooks.
    pub secrets: u64,
}

/// What rests on which server key, by its number.
pub async fn resting(tx: &mut Tx) -> Result<BTreeMap<u32, Resting>, StoreError> {
    let mut resting: BTreeMap<u32, Resting> = BTreeMap::new();
    for row in store::reminders::all(tx).await? {
        if let Some(number) = ServerKeys::number_of(&row.sealed) {
            resting.entry(number).or_default().addresses += 1;
        }
    }
    for row in store::webhooks::all(tx).await? {
        if let Some(number) = ServerKeys::number_of(&row.secret) {
            resting.entry(number).or_default().secrets += 1;
        }
    }
    Ok(resting)
}

/// Seals every address and secret again under the current key; after a rotation.
pub async fn rewrap(tx: &mut Tx, keys: &ServerKeys) -> Result<Resting, StoreError> {
    let mut moved = Resting::default();
    let is_old = |sealed: &[u8]| ServerKeys::number_of(sealed) != Some(keys.number());
    for row in store::reminders::all(tx).await? {
        if is_old(&row.sealed)
            && let Ok(contact) = Contact::open(keys, row.account, &row.sealed)
        {
            let new = contact.seal(keys, row.account);
            let done = store::reminders::reseal(tx, row.account, (&row.sealed, &new)).await?;
            moved.addresses += u64::from(done);
        }
    }
    for row in store::webhooks::all(tx).await? {
        if is_old(&row.secret)
            && let Ok(secret) = Secret::open(keys, row.id, &row.secret)
        {
            let new = secret.seal(keys, row.id);
            let done = store::webhooks::reseal(tx, row.id, (&row.secret, &new)).await?;
            moved.secrets += u64::from(done);
        }
    }
    Ok(moved)
}
