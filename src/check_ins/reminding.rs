//! The second letter of a wave, three days before its close. The first is written when it opens.

use chrono::{DateTime, Duration, Utc};

use super::store;
use super::telling;
use super::waves::Wave;
use crate::app::App;
use crate::notifications::Message;
use crate::store::StoreError;

/// So long before the close.
const BEFORE: Duration = Duration::days(3);
/// In a shorter window the first letter is not long ago.
const SHORTEST: Duration = Duration::days(7);

/// Tells the roster of every open wave, once, that it ends soon. Returns of how many waves it was
/// time to say so.
pub async fn remind_due(app: &App) -> Result<u64, StoreError> {
    let now = app.clock.now();
    let mut tx = app.store.read().await?;
    let waves = store::waves::all(&mut tx).await?;
    drop(tx);
    let mut due = 0;
    for wave in waves.iter().filter(|wave| ends_soon(wave, now)) {
        let mut tx = app.store.write().await?;
        tx.share(wave.id).await?;
        let found = store::waves::find(&mut tx, wave.organisation, wave.id).await?;
        let Some(wave) = found.filter(|wave| ends_soon(wave, now)) else {
            continue;
        };
        let message = Message::WaveEndsSoon { wave: wave.id };
        telling::roster(&mut tx, app, &wave, message).await?;
        tx.commit().await?;
        due += 1;
    }
    Ok(due)
}

fn ends_soon(wave: &Wave, now: DateTime<Utc>) -> bool {
    let is_long = wave.closes_at - wave.opens_at >= SHORTEST;
    is_long && wave.is_open(now) && wave.closes_at - BEFORE <= now
}
