//! What of the waves rests on a server key, and how it moves to a new one.

use std::collections::BTreeMap;

use super::store;
use crate::store::{StoreError, Tx};
use crate::vault::{ServerKeys, WaveKeyPair};

/// How much of the waves rests on one server key, or was moved to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resting {
    /// Sealed keys of waves that take answers or are being counted.
    pub wave_keys: u64,
    /// Tags of wave rows.
    pub tags: u64,
}

/// What rests on which server key, by its number.
pub async fn resting(tx: &mut Tx) -> Result<BTreeMap<u32, Resting>, StoreError> {
    let mut resting: BTreeMap<u32, Resting> = BTreeMap::new();
    for wave in store::waves::all(tx).await? {
        if let Some(number) = ServerKeys::number_of(&wave.tag) {
            resting.entry(number).or_default().tags += 1;
        }
        let sealed = store::waves::key(tx, wave.id).await?;
        if let Some(number) = sealed.as_deref().and_then(ServerKeys::number_of) {
            resting.entry(number).or_default().wave_keys += 1;
        }
    }
    Ok(resting)
}

/// Wraps every wave key again and tags every genuine wave row again, under the current key. What
/// another server changes at the same time is left to the next rotation.
pub async fn rewrap(tx: &mut Tx, keys: &ServerKeys) -> Result<Resting, StoreError> {
    let mut moved = Resting::default();
    let is_old = |sealed: &[u8]| ServerKeys::number_of(sealed) != Some(keys.number());
    for mut wave in store::waves::all(tx).await? {
        if let Some(old) = store::waves::key(tx, wave.id)
            .await?
            .filter(|key| is_old(key))
            && let Ok(pair) = WaveKeyPair::open(keys, wave.id, &old)
            && store::waves::replace_key(tx, wave.id, &old, &pair.seal(keys, wave.id)).await?
        {
            moved.wave_keys += 1;
        }
        if is_old(&wave.tag) && wave.is_genuine(keys) {
            let old = wave.tag.clone();
            wave.seal(keys);
            if store::waves::replace_tag(tx, wave.id, &old, &wave.tag).await? {
                moved.tags += 1;
            }
        }
    }
    Ok(moved)
}
