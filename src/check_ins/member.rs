//! The person who checks in, with the keys that open what is hers.

use super::casting::Vault;
use super::record::Record;
use super::store;
use crate::ids::WaveId;
use crate::people::permission::Who;
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};
use crate::vault::{Locator, WorkerKey, sealed_len};

/// A signed-in worker.
#[derive(Clone, Copy)]
pub struct Member<'a> {
    /// Her account.
    pub who: Who,
    /// Her keys: the present one first, then those of vaults that she recovered.
    pub keys: &'a [WorkerKey],
    /// Her present vault.
    pub vault: Vault,
    /// Whether she may still check in; who has left or is locked can only read and erase.
    pub standing: Standing,
}

/// What an account's state allows its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Everything.
    Active,
    /// Reading, exporting and erasing her own data.
    ReadOnly,
}

/// A record that was found under one of her locators.
pub struct Found<'a> {
    /// The key that opens it.
    pub key: &'a WorkerKey,
    /// Where it lies.
    pub at: Locator,
    /// The row as it is, for compare-and-set.
    pub sealed: Vec<u8>,
    /// What it says.
    pub record: Record,
}

impl<'a> Member<'a> {
    /// The key under which new rows are written.
    pub fn present_key(&self) -> Result<&'a WorkerKey, Problem> {
        self.keys.first().ok_or_else(|| Kind::SignIn.into())
    }

    /// Refuses who may only read.
    pub fn must_be_active(&self) -> Result<(), Problem> {
        match self.standing {
            Standing::Active => Ok(()),
            Standing::ReadOnly => Err(Kind::ReadOnly.into()),
        }
    }

    /// Her record of an open wave. If a reset left her two, the one that names a ballot is the
    /// one that is replaced; otherwise one with answers, otherwise the newest key's.
    pub async fn open_record(
        &self,
        tx: &mut Tx,
        wave: WaveId,
    ) -> Result<Option<Found<'a>>, StoreError> {
        Ok(best(self.open_records(tx, wave).await?))
    }

    /// Her record of an ended wave, chosen in the same way.
    pub async fn ended_record(
        &self,
        tx: &mut Tx,
        wave: WaveId,
    ) -> Result<Option<Found<'a>>, StoreError> {
        Ok(best(self.ended_records(tx, wave).await?))
    }

    /// Her records of an open wave under all her keys, the present one's first.
    pub async fn open_records(
        &self,
        tx: &mut Tx,
        wave: WaveId,
    ) -> Result<Vec<Found<'a>>, StoreError> {
        let mut found = Vec::new();
        for key in self.keys {
            let at = key.record_locator(wave);
            let sealed = store::own::open_record(tx, &at).await?;
            found.extend(sealed.and_then(|sealed| open(key, at, sealed)));
        }
        Ok(found)
    }

    /// Her records of an ended wave under all her keys, the present one's first.
    pub async fn ended_records(
        &self,
        tx: &mut Tx,
        wave: WaveId,
    ) -> Result<Vec<Found<'a>>, StoreError> {
        let mut found = Vec::new();
        for key in self.keys {
            let at = key.record_locator(wave);
            let sealed = store::own::record(tx, &at).await?;
            found.extend(sealed.and_then(|sealed| open(key, at, sealed)));
        }
        Ok(found)
    }
}

impl Found<'_> {
    /// The length to which its plain text was padded: a changed row keeps it.
    #[must_use]
    pub fn padded_len(&self) -> usize {
        self.sealed.len().saturating_sub(sealed_len(0))
    }
}

/// The first with a ballot, or else the first with answers, or else the first.
fn best(found: Vec<Found<'_>>) -> Option<Found<'_>> {
    let rank = |record: &Record| (record.ballot.is_some(), record.scored.is_some());
    found.into_iter().reduce(|best, next| {
        if rank(&best.record) < rank(&next.record) {
            next
        } else {
            best
        }
    })
}

fn open(key: &WorkerKey, at: Locator, sealed: Vec<u8>) -> Option<Found<'_>> {
    let plain = key.open_record(&at, &sealed).ok()?;
    let record = Record::decode(&plain)?;
    Some(Found {
        key,
        at,
        sealed,
        record,
    })
}
