//! Casting again: a wave that was restored from a backup has a new key and no ballots.

use super::casting::Casting;
use super::member::Member;
use super::record::Record;
use super::submit::{Writing, fill_in, instrument_of, stayed};
use super::waves::Wave;
use crate::app::App;
use crate::problem::Problem;
use crate::vault::public_key_digest;

/// Casts her ballot again from her record, after the wave was restored from a backup and has a
/// new key. Nothing to do is the usual case; whether something was cast.
pub async fn cast(app: &App, member: &Member<'_>, wave: &Wave) -> Result<bool, Problem> {
    let mut tx = app.store.read_newest().await?;
    if !wave.is_open(app.clock.now()) || !wave.is_genuine(&app.keys) {
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
    let stayed = stayed(&mut tx, member, wave, Casting::At(lost.counted_at)).await?;
    drop(tx);
    let (cast, ballot) = fill_in(
        app,
        wave,
        (instrument, &scored.answers),
        (lost.counted_at, &stayed),
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
    writing.write(app, instrument).await?;
    Ok(true)
}
