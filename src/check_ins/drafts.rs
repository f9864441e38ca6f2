//! Drafts: an unfinished check-in survives a lost connection or a quick exit, sealed like a
//! record, until its wave closes.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};

use super::member::Member;
use super::opening::LONGEST_WAVE_DAYS;
use super::record::padded_len;
use super::store;
use super::submit::consented;
use super::waves::Wave;
use crate::app::App;
use crate::ids::WaveId;
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};

/// Items answered so far, by id.
pub type Draft = BTreeMap<String, Option<i64>>;

/// Her draft of a wave, if any.
pub async fn read(
    tx: &mut Tx,
    member: &Member<'_>,
    wave: WaveId,
) -> Result<Option<Draft>, StoreError> {
    for key in member.keys {
        let at = key.draft_key(wave);
        let Some(sealed) = store::own::draft(tx, &at).await? else {
            continue;
        };
        let Ok(plain) = key.open_draft(&at, &sealed) else {
            continue;
        };
        if let Ok(draft) = serde_json::from_slice(&plain) {
            return Ok(Some(draft));
        }
    }
    Ok(None)
}

/// Keeps a draft of an open wave; items that the instrument does not have are refused.
pub async fn keep(
    app: &App,
    member: &Member<'_>,
    wave: WaveId,
    draft: &Draft,
) -> Result<(), Problem> {
    member.must_be_active()?;
    let mut tx = app.store.read_newest().await?;
    let organisation = member.who.organisation;
    let wave = store::waves::find(&mut tx, organisation, wave)
        .await?
        .ok_or(Kind::NotFound)?;
    if !wave.is_open(app.clock.now()) {
        return Err(Kind::WaveClosed.into());
    }
    let instrument = app.catalogue.find(&wave.instrument).ok_or(Kind::NotFound)?;
    consented(&mut tx, member, instrument).await?;
    drop(tx);
    if let Some(item) = draft.keys().find(|item| instrument.item(item).is_none()) {
        let shown: String = item.chars().take(80).collect();
        return Err(Problem::field(
            format!("answers.{shown}"),
            "is not an item of this form",
        ));
    }
    let key = member.present_key()?;
    let at = key.draft_key(wave.id);
    let plain = serde_json::to_vec(draft).expect("ids and numbers always are JSON");
    let sealed = key
        .seal_draft(&at, &plain, padded_len(instrument))
        .map_err(|_| Problem::field("answers", "are too long for a draft"))?;
    let mut tx = app.store.write().await?;
    store::own::put_draft(&mut tx, &at, &sealed, expires_on(&wave)).await?;
    Ok(tx.commit().await?)
}

/// Drafts go when they are no longer needed; in a transaction of their own, so that nothing ties
/// them to the record that was written.
pub async fn forget(app: &App, member: &Member<'_>, wave: WaveId) -> Result<(), Problem> {
    let mut tx = app.store.write().await?;
    let mut any = false;
    for key in member.keys {
        any |= store::own::forget_draft(&mut tx, &key.draft_key(wave)).await?;
    }
    if any {
        tx.commit().await?;
    }
    Ok(())
}

/// A day that lies after the close even if the wave is extended.
fn expires_on(wave: &Wave) -> NaiveDate {
    (wave.opens_at + Duration::days(LONGEST_WAVE_DAYS + 1)).date_naive()
}
