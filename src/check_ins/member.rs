//! The person who checks in, with the keys that open what is hers.

use std::collections::HashMap;

use super::casting::Vault;
use super::choices::Choices;
use super::record::Record;
use super::store;
use super::store::own::{Places, Rows};
use super::waves::Sequel;
use crate::ids::WaveId;
use crate::people::permission::Who;
use crate::problem::{Kind, Problem};
use crate::questionnaires::feedback::Scored;
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
    /// Her record of the wave before, if that has ended.
    pub previous: Option<Found<'a>>,
    /// What she said in earlier waves of the questionnaire, oldest first.
    pub before: Vec<Scored>,
    /// Her choices, or the defaults.
    pub choices: Choices,
    /// Whether she has a draft of the wave.
    pub has_draft: bool,
}

/// Where her record of a wave is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Among {
    Open,
    Ended,
    Both,
}

/// The rows that lie under each of her keys.
struct Lying<'a>(Vec<(&'a WorkerKey, Rows)>);

impl<'a> Lying<'a> {
    /// Her record of a wave. If a reset left her two, the one that names a ballot; otherwise one
    /// with answers, otherwise the newest key's.
    fn record(&self, wave: WaveId, among: Among) -> Option<Found<'a>> {
        let mut found = Vec::new();
        for (key, rows) in &self.0 {
            let at = key.record_locator(wave);
            let tables = [(Among::Open, &rows.open), (Among::Ended, &rows.ended)];
            for (_, table) in tables
                .iter()
                .filter(|(table, _)| among == Among::Both || *table == among)
            {
                let sealed = table.get(&at.as_bytes()[..]).cloned();
                found.extend(sealed.and_then(|sealed| open(key, at, sealed)));
            }
        }
        best(found)
    }
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
    pub async fn hers(&self, tx: &mut Tx, sequel: &Sequel) -> Result<Hers<'a>, StoreError> {
        let wave = sequel.wave.id;
        let mut waves = vec![wave];
        waves.extend(sequel.earlier.iter().map(|earlier| earlier.id));
        let mut lying = Vec::new();
        let mut choices = None;
        for key in self.keys {
            let at = Places {
                records: waves.iter().map(|wave| key.record_locator(*wave)).collect(),
                choices: Some(key.choices_locator()),
                draft: Some(key.draft_key(wave)),
            };
            let rows = store::own::rows(tx, &at).await?;
            choices = choices.or_else(|| Choices::open(key, rows.choices.as_ref()?));
            lying.push((key, rows));
        }
        let lying = Lying(lying);
        let said = |wave: &WaveId| lying.record(*wave, Among::Both)?.record.scored;
        Ok(Hers {
            open: lying.record(wave, Among::Open),
            ended: lying.record(wave, Among::Ended),
            previous: sequel
                .previous()
                .and_then(|previous| lying.record(previous, Among::Ended)),
            before: waves[1..].iter().filter_map(said).collect(),
            choices: choices.unwrap_or_default(),
            has_draft: lying.0.iter().any(|(_, rows)| rows.has_draft),
        })
    }

    /// Her records of many waves, chosen in the same way.
    pub async fn records(
        &self,
        tx: &mut Tx,
        waves: &[WaveId],
    ) -> Result<HashMap<WaveId, Found<'a>>, StoreError> {
        let mut lying = Vec::new();
        for key in self.keys {
            let at = Places {
                records: waves.iter().map(|wave| key.record_locator(*wave)).collect(),
                ..Places::default()
            };
            lying.push((key, store::own::rows(tx, &at).await?));
        }
        let lying = Lying(lying);
        let found = waves
            .iter()
            .filter_map(|wave| Some((*wave, lying.record(*wave, Among::Both)?)));
        Ok(found.collect())
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
