//! Closing, in three steps, so that no acknowledged ballot is lost and the writer is never held
//! for long: tell everyone that it is closed; count outside a writing transaction; then release,
//! move and destroy in one short transaction, or count again.

use super::counting::{Counted, NotCounted, count};
use super::waves::{State, Wave};
use super::{CountError, store, telling};
use crate::app::App;
use crate::audit::{self, Change};
use crate::ids::WaveId;
use crate::notifications::Event;
use crate::people::permission::Administrator;
use crate::problem::{Kind, Problem};
use crate::rehearsal::point;
use crate::store::{StoreError, Tx};
use crate::{ballots, tallies};

/// How often a count is tried again when ballots change under it; a server that shares the wave
/// cannot do that, so more than a few means that someone writes to the table by hand.
const TRIES: u32 = 5;

/// Closes every wave whose time is over, and finishes counts that a crash interrupted. Returns
/// how many were closed. What is wrong with one wave does not keep the others waiting; a list that
/// cannot be written does.
pub async fn close_due(app: &App) -> Result<u64, CountError> {
    app.remember_ended_waves().await?;
    let mut tx = app.store.read().await?;
    let waves = store::waves::to_be_closed(&mut tx, app.clock.now()).await?;
    drop(tx);
    if !waves.is_empty() {
        app.counted.must_have_room()?;
    }
    let mut closed = 0;
    for wave in waves {
        match close(app, &wave).await {
            Ok(()) => closed += 1,
            Err(CountError::Store(error)) => {
                tracing::error!(wave = %wave.id, cause = %error, "a wave could not be closed");
            }
            Err(error @ CountError::List(_)) => return Err(error),
        }
    }
    if closed > 0 {
        app.empty_log().await?;
        app.remember_ended_waves().await?;
    }
    Ok(closed)
}

/// Closes one wave, whichever step it is at.
async fn close(app: &App, wave: &Wave) -> Result<(), CountError> {
    if wave.state == State::Open {
        let mut tx = app.store.write().await?;
        tx.own(wave.id).await?;
        if !store::waves::turn(&mut tx, wave.id, State::Open, State::Counting).await? {
            return Ok(());
        }
        point("closing.turned-to-counting");
        telling::programs(&mut tx, app, wave, Event::WaveClosed).await?;
        tx.commit().await?;
        point("closing.counting");
    }
    if app.was_counted(wave.id) {
        return end(
            app,
            wave,
            State::Closed,
            Change::RestoredWaveClosed { wave: wave.id },
        )
        .await;
    }
    for _ in 0..TRIES {
        match count(app, wave).await? {
            Ok(counted) => {
                point("closing.counted");
                if finish(app, wave, counted).await? {
                    return Ok(());
                }
            }
            Err(NotCounted::KeyNotHere) => {
                tracing::error!(
                    wave = %wave.id,
                    "a wave waits: it rests on a server key that is not in this server's file"
                );
                return Ok(());
            }
            Err(NotCounted::Tampered(why)) => {
                tracing::error!("a wave is stopped: {why}");
                let change = Change::WaveStopped {
                    wave: wave.id,
                    why: why.to_owned(),
                };
                return end(app, wave, State::Stopped, change).await;
            }
        }
    }
    tracing::error!("the ballots of a wave keep changing while it is counted");
    Ok(())
}

/// Step 3: one short transaction. Whether the wave is closed now; if not, ballots have changed
/// since they were read, and the count starts again.
async fn finish(app: &App, wave: &Wave, counted: Counted) -> Result<bool, CountError> {
    let mut tx = app.store.write_alone().await?;
    tx.own(wave.id).await?;
    if !store::waves::turn(&mut tx, wave.id, State::Counting, State::Closed).await? {
        return Ok(true);
    }
    point("closing.turned-to-closed");
    // Whatever was found: that it is said tells nothing.
    telling::programs(&mut tx, app, wave, Event::ResultsReady).await?;
    let place = (wave.organisation, wave.id);
    for (scale, atoms) in &counted.by_scale {
        tallies::store::release(&mut tx, place, scale, atoms).await?;
        point("closing.scale-released");
    }
    if !destroy(&mut tx, wave, Some(counted.ballots)).await? {
        return Ok(false);
    }
    for change in counted.left_out {
        audit::enter(&mut tx, &app.seal(), wave.organisation, None, change).await?;
    }
    let change = Change::WaveClosed { wave: wave.id };
    audit::enter(&mut tx, &app.seal(), wave.organisation, None, change).await?;
    point("closing.audited");
    tx.commit().await?;
    point("closing.committed");
    app.counted.add(&[wave.id])?;
    point("closing.listed");
    Ok(true)
}

/// Moves the records, destroys key and ballots, and writes the open tables anew. Whether there
/// were exactly as many ballots as expected. Everyone else waits from here to the commit.
async fn destroy(tx: &mut Tx, wave: &Wave, expected: Option<u64>) -> Result<bool, StoreError> {
    let place = (wave.organisation, wave.id);
    tx.lock_wave_keys().await?;
    tx.lock_open_tables().await?;
    point("ending.tables-locked");
    tx.move_records(place, super::keep_until(wave)).await?;
    point("ending.records-moved");
    store::waves::destroy_key(tx, wave.id).await?;
    tx.rebuild_wave_keys().await?;
    point("ending.key-destroyed");
    let destroyed = ballots::destroy(tx, wave.id).await?;
    point("ending.ballots-destroyed");
    if expected.is_some_and(|expected| expected != destroyed) {
        return Ok(false);
    }
    tx.rebuild_open_tables().await?;
    point("ending.tables-rebuilt");
    Ok(true)
}

/// Ends a wave that is being counted, releasing nothing.
async fn end(app: &App, wave: &Wave, to: State, change: Change) -> Result<(), CountError> {
    let mut tx = app.store.write_alone().await?;
    tx.own(wave.id).await?;
    if !store::waves::turn(&mut tx, wave.id, State::Counting, to).await? {
        return Ok(());
    }
    if to == State::Stopped {
        telling::stopped(&mut tx, app, wave).await?;
    }
    destroy(&mut tx, wave, None).await?;
    audit::enter(&mut tx, &app.seal(), wave.organisation, None, change).await?;
    point("ending.audited");
    tx.commit().await?;
    point("ending.committed");
    Ok(app.counted.add(&[wave.id])?)
}

/// An administrator stops an open wave: ballots and key are destroyed, nothing is released,
/// records stay their owners'.
pub async fn stop(app: &App, administrator: &Administrator, wave: WaveId) -> Result<(), Problem> {
    administrator.must_cover_all()?;
    let who = administrator.who;
    let mut tx = app.store.write_alone().await?;
    tx.own(wave).await?;
    let wave = store::waves::find(&mut tx, who.organisation, wave)
        .await?
        .ok_or(Kind::NotFound)?;
    if !store::waves::turn(&mut tx, wave.id, State::Open, State::Stopped).await? {
        return Err(Kind::WaveClosed.into());
    }
    point("stopping.turned");
    telling::stopped(&mut tx, app, &wave).await?;
    destroy(&mut tx, &wave, None).await?;
    let change = Change::WaveStopped {
        wave: wave.id,
        why: "by an administrator".to_owned(),
    };
    audit::enter(
        &mut tx,
        &app.seal(),
        who.organisation,
        Some(who.account),
        change,
    )
    .await?;
    point("stopping.audited");
    tx.commit().await?;
    point("stopping.committed");
    if let Err(error) = app.counted.add(&[wave.id]) {
        // It is stopped all the same; nothing is counted before the list can be written again.
        tracing::error!(cause = %error, "the list of counted waves cannot be written");
    }
    point("stopping.listed");
    app.empty_log().await?;
    Ok(())
}
