//! Erasing one check-in: her ballot is taken back and her record emptied, under every key that she
//! has; an empty row stays, like any other. It needs neither consent nor the instrument.

use super::drafts;
use super::member::{Found, Member};
use super::record::Record;
use super::store;
use super::submit::{Writing, load, seal};
use super::waves::Wave;
use crate::app::App;
use crate::ids::WaveId;
use crate::problem::{Kind, Problem};
use crate::rehearsal::point;

/// While the wave is open, one operation a key; later only the record. Nothing to erase is a
/// success.
pub async fn erase(app: &App, member: &Member<'_>, wave: WaveId) -> Result<(), Problem> {
    let mut tx = app.store.read_newest().await?;
    let wave = load(&mut tx, app, member, wave).await?;
    let open = member.open_records(&mut tx, wave.id).await?;
    let ended = member.ended_records(&mut tx, wave.id).await?;
    drop(tx);
    for old in open.iter().filter(|old| !old.record.is_empty()) {
        empty_open(app, &wave, old).await?;
    }
    for old in ended.iter().filter(|old| !old.record.is_empty()) {
        empty_ended(app, &wave, old).await?;
    }
    point("erase.records-emptied");
    drafts::forget(app, member, wave.id).await
}

async fn empty_open(app: &App, wave: &Wave, old: &Found<'_>) -> Result<(), Problem> {
    let record = Record::erased(wave.id);
    let (key, at) = (old.key, old.at);
    let writing = Writing {
        wave,
        key,
        at,
        old: Some(old),
        record,
        ballot: None,
    };
    writing.write(app, None).await.map(|_| ())
}

async fn empty_ended(app: &App, wave: &Wave, old: &Found<'_>) -> Result<(), Problem> {
    let record = Record::erased(wave.id);
    let sealed = seal(old.key, &old.at, &record, old.padded_len())?;
    let mut tx = app.store.write().await?;
    tx.share(wave.id).await?;
    if !store::own::replace_record(&mut tx, &old.at, &old.sealed, &sealed).await? {
        return Err(Kind::Changed.into());
    }
    point("erase.late-record-emptied");
    Ok(tx.commit().await?)
}
