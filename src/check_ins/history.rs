//! Her own history: every wave of her organisation that she answered, opened with her keys. The
//! server forgets it with the request.

use std::collections::BTreeMap;

use super::member::Member;
use super::record::Record;
use super::store;
use super::waves::{State, Wave};
use crate::app::App;
use crate::ids::WaveId;
use crate::problem::{Kind, Problem};
use crate::questionnaires::feedback::{self, Feedback, Scored};
use crate::questionnaires::fhir;
use crate::store::{StoreError, Tx};

/// One wave as she sees it.
#[derive(Clone, Debug)]
pub struct Own {
    /// The wave.
    pub wave: Wave,
    /// Her record; `None` if there is none, or it was erased.
    pub record: Option<Record>,
    /// Whether she is on its roster.
    pub is_asked: bool,
}

/// All waves of the organisation, oldest first, with what is hers.
pub async fn all(app: &App, member: &Member<'_>) -> Result<Vec<Own>, Problem> {
    let mut tx = app.store.read_newest().await?;
    let waves = store::waves::of_organisation(&mut tx, member.who.organisation).await?;
    let who = member.who;
    let asking = store::rosters::asking(&mut tx, who.organisation, who.account).await?;
    let ids: Vec<WaveId> = waves.iter().map(|wave| wave.id).collect();
    let mut records = member.records(&mut tx, &ids).await?;
    let own = waves.into_iter().map(|wave| Own {
        record: records
            .remove(&wave.id)
            .map(|found| found.record)
            .filter(|record| !record.is_empty()),
        is_asked: asking.contains(&wave.id),
        wave,
    });
    Ok(own.collect())
}

/// One wave with what is hers.
pub async fn one(app: &App, member: &Member<'_>, wave: WaveId) -> Result<Own, Problem> {
    let mut tx = app.store.read_newest().await?;
    let organisation = member.who.organisation;
    let wave = store::waves::find(&mut tx, organisation, wave)
        .await?
        .ok_or(Kind::NotFound)?;
    Ok(of_wave(&mut tx, member, wave).await?)
}

async fn of_wave(tx: &mut Tx, member: &Member<'_>, wave: Wave) -> Result<Own, StoreError> {
    let open = match wave.state {
        State::Open | State::Counting => member.open_record(tx, wave.id).await?,
        State::Closed | State::Stopped => None,
    };
    let found = match open {
        Some(open) => Some(open),
        None => member.ended_record(tx, wave.id).await?,
    };
    let record = found
        .map(|found| found.record)
        .filter(|record| !record.is_empty());
    let is_asked = store::rosters::of(tx, wave.id, member.who.account)
        .await?
        .is_some();
    Ok(Own {
        wave,
        record,
        is_asked,
    })
}

/// What may be said about a record, read against her earlier ones of the same instrument.
/// `None` if it holds no answers.
#[must_use]
pub fn feedback<'a>(app: &'a App, all: &[Own], of: &Own) -> Option<Feedback<'a>> {
    let before: Vec<Scored> = all
        .iter()
        .filter(|own| own.wave.instrument == of.wave.instrument)
        .filter(|own| own.wave.opens_at < of.wave.opens_at)
        .filter_map(|own| own.record.as_ref()?.scored.clone())
        .collect();
    read_against(app, of.record.as_ref()?, &before)
}

/// The same, where her earlier answers are at hand, oldest first.
#[must_use]
pub fn read_against<'a>(app: &'a App, record: &Record, before: &[Scored]) -> Option<Feedback<'a>> {
    let instrument = app.catalogue.find(&record.instrument)?;
    let now = record.scored.as_ref()?;
    Some(feedback::read(instrument, &now.lang, now, before))
}

/// Everything of hers that lies under her own keys, for her export.
pub async fn export(app: &App, member: &Member<'_>) -> Result<serde_json::Value, Problem> {
    let own = all(app, member).await?;
    let mut tx = app.store.read_newest().await?;
    let choices = super::choices::read(&mut tx, member).await?;
    let read_until = super::news::read_until(&mut tx, member).await?;
    let mut drafts = BTreeMap::new();
    for own in &own {
        if let Some(draft) = super::drafts::read(&mut tx, member, own.wave.id).await? {
            drafts.insert(own.wave.id.to_string(), draft);
        }
    }
    let waves: Vec<_> = own.iter().map(|own| exported(app, own)).collect();
    Ok(serde_json::json!({
        "format": "respite-export-1",
        "choices": choices,
        "notices_read_until": read_until,
        "drafts": drafts,
        "waves": waves,
    }))
}

fn exported(app: &App, own: &Own) -> serde_json::Value {
    let base = app
        .settings
        .public_url
        .as_deref()
        .unwrap_or("http://localhost");
    let day = own.wave.opens_at.date_naive().to_string();
    let response = app
        .catalogue
        .find(&own.wave.instrument)
        .and_then(|instrument| {
            fhir::response(
                instrument,
                base,
                own.record.as_ref()?.scored.as_ref()?,
                &day,
            )
        });
    serde_json::json!({
        "fhir": response,
        "wave": own.wave.id,
        "instrument": own.wave.instrument,
        "version": own.wave.version,
        "number": own.wave.number,
        "opened": own.wave.opens_at.date_naive(),
        "closes": own.wave.closes_at.date_naive(),
        "asked": own.is_asked,
        "record": own.record,
    })
}
