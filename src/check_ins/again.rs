//! Casting again: a wave that was restored from a backup has a new key and no ballots.

use super::member::Member;
use super::record::Record;
use super::store;
use super::submit::{Writing, fill_in, instrument_of, sequel, stayed};
use super::waves::Wave;
use crate::app::App;
use crate::problem::Problem;
use crate::vault::public_key_digest;

/// Casts again whatever was lost in waves that are open. It never hinders what she came for: a
/// failure is tried again with her next sign-in or request.
pub async fn cast_all(app: &App, member: &Member<'_>) {
    if let Err(problem) = try_all(app, member).await {
        tracing::warn!(
            kind = problem.kind.slug(),
            "a ballot could not be cast again"
        );
    }
}

async fn try_all(app: &App, member: &Member<'_>) -> Result<(), Problem> {
    let mut tx = app.store.read_newest().await?;
    let waves = store::waves::of_organisation(&mut tx, member.who.organisation).await?;
    drop(tx);
    for wave in waves.iter().filter(|wave| wave.is_open(app.clock.now())) {
        cast(app, member, wave).await?;
    }
    Ok(())
}

/// Casts her ballot again from her record, after the wave was restored from a backup and has a
/// new key. Nothing to do is the usual case; whether something was cast.
async fn cast(app: &App, member: &Member<'_>, wave: &Wave) -> Result<bool, Problem> {
    let mut tx = app.store.read_newest().await?;
    if !wave.is_open(app.clock.now()) || app.was_counted(wave.id) || !wave.is_genuine(&app.keys) {
        return Ok(false);
    }
    let Some(old) = member.open_record(&mut tx, wave.id).await? else {
        return Ok(false);
    };
    let lost = old
        .record
        .ballot
        .as_ref()
        .filter(|cast| cast.key_digest != public_key_digest(&wave.public_key));
    let (Some(lost), Some(scored)) = (lost, old.record.scored.as_ref()) else {
        return Ok(false);
    };
    let instrument = instrument_of(app, wave)?;
    let sequel = sequel(&mut tx, app, member, wave.id).await?;
    let earlier = match sequel.previous() {
        Some(earlier) => member.ended_record(&mut tx, earlier).await?,
        None => None,
    };
    let stayed = stayed(earlier, lost.counted_at);
    drop(tx);
    let (cast, ballot) = fill_in(
        app,
        wave,
        (instrument, &scored.answers),
        (old.key, lost.counted_at, &stayed),
    )?;
    let record = Record {
        ballot: Some(cast),
        ..old.record.clone()
    };
    let writing = Writing {
        wave,
        key: old.key,
        at: old.at,
        old: Some(&old),
        record,
        ballot: Some(ballot),
    };
    writing.write(app, Some(instrument)).await?;
    Ok(true)
}
