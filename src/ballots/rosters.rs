//! Who may cast where, as this server has read and checked it: a roster never changes while its wave
//! is open, so it is read once and kept. Whoever edits the table and puts it back before the count
//! lets nobody in.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use crate::ids::{AccountId, UnitId, WaveId};

/// A member's unit, and whether she is settled there.
pub type Home = (UnitId, bool);

/// A roster that has the digest of its wave.
#[derive(Debug)]
pub struct Roster {
    /// When the wave closes; it is forgotten then.
    pub until: DateTime<Utc>,
    /// Everyone on it.
    pub members: HashMap<AccountId, Home>,
}

/// The rosters at hand: some forty bytes for each member of an open wave.
#[derive(Debug, Default)]
pub struct Rosters {
    kept: Mutex<HashMap<WaveId, Arc<Roster>>>,
    reading: tokio::sync::Mutex<()>,
}

impl Rosters {
    /// The roster of a wave, if it was read before.
    #[must_use]
    pub fn find(&self, wave: WaveId) -> Option<Arc<Roster>> {
        self.lock().get(&wave).cloned()
    }

    /// One reads at a time: when a wave opens, or a server starts under load, everybody asks for
    /// the same roster. Look again after it was your turn to wait.
    pub async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.reading.lock().await
    }

    /// Keeps one, and forgets those of waves that have closed.
    pub fn keep(&self, wave: WaveId, roster: Arc<Roster>, now: DateTime<Utc>) {
        let mut all = self.lock();
        all.retain(|_, kept| now < kept.until);
        all.insert(wave, roster);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<WaveId, Arc<Roster>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
