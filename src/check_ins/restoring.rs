//! What becomes of waves when a backup is restored. It holds no ballots and no keys, so an open
//! wave gets a new key, and each worker's ballot is cast again from her record (`again.rs`); a
//! wave that may have been counted after the backup is never counted again.

use super::store;
use super::waves::{State, Wave};
use crate::audit::{self, Change, Seal};
use crate::ids::WaveId;
use crate::notifications::{self, Event};
use crate::rehearsal::point;
use crate::store::{StoreError, Tx};
use crate::tallies::CountedWaves;
use crate::vault::WaveKeyPair;

/// What became of the waves that had not ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settled {
    /// Open with a new key and no ballots.
    pub open: Vec<WaveId>,
    /// Closed without tallies, because they had been counted after the backup.
    pub closed: Vec<WaveId>,
    /// Stopped: nobody can say whether they were counted, or the row was changed.
    pub stopped: Vec<WaveId>,
}

/// Goes through the waves that the backup calls open or counting. Without a list all are stopped.
pub async fn settle(
    tx: &mut Tx,
    by: &Seal<'_>,
    counted: Option<&CountedWaves>,
) -> Result<Settled, StoreError> {
    let mut settled = Settled::default();
    point("restore.rows-copied");
    for mut wave in all_waves(tx).await? {
        if !matches!(wave.state, State::Open | State::Counting) {
            continue;
        }
        let why = match counted {
            Some(list) if list.contains(wave.id) => {
                let change = Change::RestoredWaveClosed { wave: wave.id };
                end(tx, by, &wave, (State::Closed, change)).await?;
                settled.closed.push(wave.id);
                continue;
            }
            None => "restored without the list of counted waves",
            Some(_) if !wave.is_genuine(by.keys) => "its row was changed",
            Some(_) => {
                rekey(tx, by, &mut wave).await?;
                point("restore.wave-rekeyed");
                settled.open.push(wave.id);
                continue;
            }
        };
        let change = Change::WaveStopped {
            wave: wave.id,
            why: why.to_owned(),
        };
        let news = (Event::WaveStopped, wave.id);
        notifications::announce(tx, wave.organisation, news, by.now).await?;
        end(tx, by, &wave, (State::Stopped, change)).await?;
        settled.stopped.push(wave.id);
    }
    tx.rebuild_open_tables().await?;
    point("restore.settled");
    Ok(settled)
}

async fn rekey(tx: &mut Tx, by: &Seal<'_>, wave: &mut Wave) -> Result<(), StoreError> {
    let pair = WaveKeyPair::new();
    wave.public_key = pair.public();
    wave.seal(by.keys);
    store::waves::rekey(tx, wave).await?;
    store::waves::put_key(tx, wave, &pair.seal(by.keys, wave.id)).await
}

async fn end(
    tx: &mut Tx,
    by: &Seal<'_>,
    wave: &Wave,
    (to, change): (State, Change),
) -> Result<(), StoreError> {
    store::waves::turn(tx, wave.id, wave.state, to).await?;
    let place = (wave.organisation, wave.id);
    tx.move_records(place, super::keep_until(wave)).await?;
    audit::enter(tx, by, wave.organisation, None, change).await
}

/// The waves of all organisations, in id order; damaged rows are left out.
pub async fn all_waves(tx: &mut Tx) -> Result<Vec<Wave>, StoreError> {
    store::waves::all(tx).await
}

/// Waves that may never be counted again.
pub async fn ended(tx: &mut Tx) -> Result<Vec<WaveId>, StoreError> {
    store::waves::ended(tx).await
}
