//! What one person tells us: plans, waves, rosters, answers, records. A record is hers alone; what
//! leaves her hands towards the organisation is a ballot without a name. There is no table of who
//! took part, and no function here can make one.

pub mod again;
mod candidates;
pub mod casting;
pub mod choices;
pub mod closing;
pub mod cohort;
pub mod consent;
mod counting;
pub mod drafts;
pub mod erase;
pub mod erasure;
pub mod history;
pub mod keys;
pub mod late;
pub mod member;
pub mod news;
pub mod opening;
mod overlaps;
pub mod plans;
pub mod record;
pub mod reminding;
pub mod restoring;
pub mod roster;
mod rosters;
pub mod row_order;
pub mod schedule;
pub mod sheet;
pub mod submit;
mod telling;
pub mod trust;
pub mod wall_notice;
pub mod waves;

mod store;

use std::io;

use chrono::{Duration, Months, NaiveDate};

use crate::app::App;
use crate::ids::WaveId;
use crate::store::StoreError;
use waves::Wave;

/// Years that records are kept, unless their owner erases them before.
const RECORD_YEARS: u32 = 10;

/// One date for all records of a wave.
#[must_use]
pub fn keep_until(wave: &Wave) -> NaiveDate {
    let closed = wave.closes_at.date_naive();
    closed
        .checked_add_months(Months::new(12 * RECORD_YEARS))
        .unwrap_or(NaiveDate::MAX)
}

/// Why a count did not go on.
#[derive(Debug, thiserror::Error)]
pub enum CountError {
    /// Without the list a restored wave could be counted twice, so nothing is counted.
    #[error("the list of counted waves cannot be written: {0}")]
    List(#[from] io::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Puts every wave that the database calls ended on the list of counted waves. Every server
    /// does this at start and in each run of the wave job.
    pub async fn remember_ended_waves(&self) -> Result<(), CountError> {
        let mut tx = self.store.read().await?;
        let ended = store::waves::ended(&mut tx).await?;
        drop(tx);
        Ok(self.counted.add(&ended)?)
    }

    /// The same for waves of the last days, whichever server has ended them. Each server does it at
    /// every turn of its jobs: somebody who sets a wave back in the database must not find one that
    /// has not heard of its end.
    pub async fn remember_waves_ended_lately(&self) -> Result<(), CountError> {
        let mut tx = self.store.read().await?;
        let since = self.clock.now() - Duration::days(2);
        let ended = store::waves::ended_since(&mut tx, since).await?;
        drop(tx);
        if ended.iter().all(|wave| self.was_counted(*wave)) {
            return Ok(());
        }
        Ok(self.counted.add(&ended)?)
    }

    /// Destroyed rows leave the write-ahead log too. If a long reader is in the way, the row order
    /// job tries again.
    async fn empty_log(&self) -> Result<bool, StoreError> {
        let is_empty = self.store.empty_log().await?;
        if !is_empty {
            tracing::warn!("the write-ahead log could not be emptied; it is tried again");
        }
        Ok(is_empty)
    }

    fn was_counted(&self, wave: WaveId) -> bool {
        self.counted.contains(wave)
    }
}
