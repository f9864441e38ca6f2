//! The person who checks in, with the keys that open what is hers.

use std::collections::HashMap;

use super::casting::Vault;
use super::choices::Choices;
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

/// What a check-in finds of hers.
pub struct Hers<'a> {
    /// Her record of the open wave.
    pub open: Option<Found<'a>>,
    /// Her record of the wave, if it has ended.
    pub ended: Option<Found<'a>>,
    /// Her record of the wave before.
    pub earlier: Option<Found<'a>>,
    /// Her choices, or the defaults.
    pub choices: Choices,
    /// Whether she has a draft of the wave.
    pub has_draft: bool,
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

    /// Everything of hers that a check-in has to know, one statement a key.
    pub async fn rows(
        &self,
        tx: &mut Tx,
        (wave, earlier): (WaveId, Option<WaveId>),
    ) -> Result<Hers<'a>, StoreError> {
        let (mut open_ones, mut ended, mut before) = (Vec::new(), Vec::new(), Vec::new());
        let mut has_draft = false;
        let mut choices = None;
        for key in self.keys {
            let at = store::own::Places {
                record: key.record_locator(wave),
                earlier: earlier.map(|earlier| key.record_locator(earlier)),
                choices: key.choices_locator(),
                draft: key.draft_key(wave),
            };
            let rows = store::own::rows(tx, &at).await?;
            let found = |at, sealed: Option<_>| sealed.and_then(|sealed| open(key, at, sealed));
            open_ones.extend(found(at.record, rows.open_record));
            ended.extend(found(at.record, rows.ended_record));
            before.extend(
                at.earlier
                    .and_then(|earlier| found(earlier, rows.earlier_record)),
            );
            choices = choices.or_else(|| Choices::open(key, &rows.choices?));
            has_draft |= rows.has_draft;
        }
        Ok(Hers {
            open: best(open_ones),
            ended: best(ended),
            earlier: best(before),
            choices: choices.unwrap_or_default(),
            has_draft,
        })
    }

    /// Her records of many waves, chosen in the same way.
    pub async fn records(
        &self,
        tx: &mut Tx,
        waves: &[WaveId],
    ) -> Result<HashMap<WaveId, Found<'a>>, StoreError> {
        let places: Vec<_> = waves
            .iter()
            .flat_map(|wave| self.keys.iter().map(|key| (*wave, key)))
            .map(|(wave, key)| (wave, key, key.record_locator(wave)))
            .collect();
        let all: Vec<Locator> = places.iter().map(|(_, _, at)| *at).collect();
        let rows = store::own::records(tx, &all).await?;
        let mut sealed: HashMap<Vec<u8>, Vec<u8>> = rows.into_iter().collect();
        let mut found: HashMap<WaveId, Vec<Found<'a>>> = HashMap::new();
        for (wave, key, at) in places {
            let sealed = sealed.remove(&at.as_bytes()[..]);
            let one = sealed.and_then(|sealed| open(key, at, sealed));
            found.entry(wave).or_default().extend(one);
        }
        let best = found
            .into_iter()
            .filter_map(|(wave, found)| Some((wave, best(found)?)));
        Ok(best.collect())
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
