//! Late answers: to a wave that has closed, for herself only.

use super::casting::RecordOnly;
use super::member::{Found, Member};
use super::record::padded_len;
use super::sheet::Sheet;
use super::store;
use super::submit::{Kept, agreed, instrument_of, record_of, repeated, seal, sequel};
use super::waves::State;
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::rehearsal::point;

/// Keeps answers to a wave that has closed, for herself only.
pub async fn submit(app: &App, member: &Member<'_>, sheet: &Sheet) -> Result<Kept, Problem> {
    member.must_be_active()?;
    let mut tx = app.store.read_newest().await?;
    let sequel = sequel(&mut tx, app, member, sheet.sequel.wave.id).await?;
    let wave = &sequel.wave;
    let instrument = instrument_of(app, wave)?;
    let hers = member.hers(&mut tx, &sequel).await?;
    let (open, ended, before) = (hers.open, hers.ended, hers.before);
    if let Some(record) = repeated(wave, (open.as_ref(), ended.as_ref()), sheet) {
        return Ok(Kept { record, before });
    }
    let has_answered = ended.as_ref().is_some_and(|found| !found.record.is_empty());
    if wave.state == State::Open || open.is_some() || has_answered {
        return Err(Kind::WaveClosed.into());
    }
    let proof = agreed(&hers.choices, instrument)?;
    drop(tx);
    let record = record_of(wave, sheet, proof, (None, Some(RecordOnly::Late)));
    let key = ended
        .as_ref()
        .map_or(member.present_key()?, |found| found.key);
    let at = key.record_locator(wave.id);
    let length = ended
        .as_ref()
        .map_or(padded_len(instrument), Found::padded_len);
    let sealed = seal(key, &at, &record, length)?;
    let mut tx = app.store.write().await?;
    tx.share(wave.id).await?;
    if let Some(empty) = &ended {
        if !store::own::replace_record(&mut tx, &at, &empty.sealed, &sealed).await? {
            return Err(Kind::Changed.into());
        }
    } else {
        let place = (wave.organisation, super::keep_until(wave));
        store::own::insert_late(&mut tx, &at, place, &sealed).await?;
    }
    point("late.record-written");
    tx.commit().await?;
    Ok(Kept { record, before })
}
