//! `waves` and `wave_keys`.

use chrono::{DateTime, Utc};

use crate::check_ins::waves::{Earlier, Row, Sequel, State, Wave};
use crate::ids::{OrganisationId, PlanId, UnitId, WaveId};
use crate::store::{StoreError, Tx, on};

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "SELECT organisation, id, plan, number, instrument, version, form, languages, drafts, ",
            "scales, threshold, opens_at, closes_at, extended_at, state, public_key, digest, tag ",
            "FROM waves ",
            $rest
        )
    };
}

/// A wave of this organisation; a damaged row is not found.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    wave: WaveId,
) -> Result<Option<Wave>, StoreError> {
    const SQL: &str = columns!("WHERE organisation = $1 AND id = $2");
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(organisation).bind(wave).fetch_optional(conn).await)?;
    Ok(row.and_then(Row::parse))
}

/// A wave with one that opened before it, if any.
#[derive(sqlx::FromRow)]
struct WithEarlier {
    #[sqlx(flatten)]
    wave: Row,
    earlier: Option<WaveId>,
    earlier_plan: Option<PlanId>,
    earlier_number: Option<i64>,
    earlier_version: Option<String>,
    earlier_state: Option<String>,
}

impl WithEarlier {
    fn earlier(&self) -> Option<Earlier> {
        Some(Earlier {
            id: self.earlier?,
            plan: self.earlier_plan?,
            number: self.earlier_number?,
            version: self.earlier_version.clone()?,
            is_stopped: self.earlier_state.as_deref() == Some(State::Stopped.word()),
        })
    }
}

/// A wave of this organisation with all of the same questionnaire that opened before it, in one
/// statement; a damaged row is not found.
pub async fn sequel(
    tx: &mut Tx,
    organisation: OrganisationId,
    wave: WaveId,
) -> Result<Option<Sequel>, StoreError> {
    const SQL: &str = "SELECT w.organisation, w.id, w.plan, w.number, w.instrument, w.version,
            w.form, w.languages, w.drafts, w.scales, w.threshold, w.opens_at, w.closes_at,
            w.extended_at, w.state, w.public_key, w.digest, w.tag,
            e.id AS earlier, e.plan AS earlier_plan, e.number AS earlier_number,
            e.version AS earlier_version, e.state AS earlier_state
        FROM waves w LEFT JOIN waves e ON e.organisation = w.organisation
            AND e.instrument = w.instrument AND e.opens_at < w.opens_at
        WHERE w.organisation = $1 AND w.id = $2 ORDER BY e.opens_at, e.id";
    let rows: Vec<WithEarlier> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(organisation).bind(wave).fetch_all(conn).await)?;
    let earlier = rows.iter().filter_map(WithEarlier::earlier).collect();
    let wave = rows.into_iter().next().and_then(|row| row.wave.parse());
    Ok(wave.map(|wave| Sequel { wave, earlier }))
}

/// All waves of an organisation, oldest first.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Wave>, StoreError> {
    const SQL: &str = columns!("WHERE organisation = $1 ORDER BY opens_at, id");
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?;
    Ok(rows.into_iter().filter_map(Row::parse).collect())
}

/// All waves of all organisations.
pub async fn all(tx: &mut Tx) -> Result<Vec<Wave>, StoreError> {
    const SQL: &str = columns!("ORDER BY id");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    Ok(rows.into_iter().filter_map(Row::parse).collect())
}

/// Waves of all organisations whose time is over, or whose count was interrupted.
pub async fn to_be_closed(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Wave>, StoreError> {
    const SQL: &str = columns!(
        "WHERE (state = 'open' AND closes_at <= $1) OR state = 'counting' ORDER BY closes_at, id"
    );
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).bind(now).fetch_all(conn).await)?;
    Ok(rows.into_iter().filter_map(Row::parse).collect())
}

/// Whether any wave takes answers or is being counted, in any organisation.
pub async fn any_open(tx: &mut Tx) -> Result<bool, StoreError> {
    const SQL: &str =
        "SELECT EXISTS (SELECT 1 FROM waves WHERE state IN ('open', 'counting')) AS any_open";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await)?)
}

/// Ids of all waves that may never be counted again.
pub async fn ended(tx: &mut Tx) -> Result<Vec<WaveId>, StoreError> {
    const SQL: &str = "SELECT id FROM waves WHERE state IN ('closed', 'stopped')";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).fetch_all(conn).await)?)
}

/// The same of waves whose close lies after an instant.
pub async fn ended_since(tx: &mut Tx, instant: DateTime<Utc>) -> Result<Vec<WaveId>, StoreError> {
    const SQL: &str =
        "SELECT id FROM waves WHERE state IN ('closed', 'stopped') AND closes_at > $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(instant).fetch_all(conn).await)?)
}

/// State and close, as they are at this moment: what a submission checks before it writes.
pub async fn standing(
    tx: &mut Tx,
    wave: WaveId,
) -> Result<Option<(String, DateTime<Utc>, Vec<u8>)>, StoreError> {
    const SQL: &str = "SELECT state, closes_at, public_key FROM waves WHERE id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(wave).fetch_optional(conn).await)?)
}

/// Whether some wave of the organisation had closed by an instant; an earlier one that was stopped
/// counts, whenever that was, so that the answer cannot turn in a new vault's favour.
pub async fn any_closed_by(
    tx: &mut Tx,
    organisation: OrganisationId,
    instant: DateTime<Utc>,
) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT EXISTS (SELECT 1 FROM waves WHERE organisation = $1
        AND opens_at < $2 AND (closes_at <= $2 OR state = 'stopped')) AS any_closed";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(organisation).bind(instant).fetch_one(conn).await)?)
}

/// A new wave with the sealed half of its key.
pub async fn insert(tx: &mut Tx, wave: &Wave, sealed_key: &[u8]) -> Result<(), StoreError> {
    const WAVE: &str = "INSERT INTO waves (organisation, id, plan, number, instrument, version,
            form, languages, drafts, scales, threshold, opens_at, closes_at, extended_at, state,
            public_key, digest, tag)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    let languages = serde_json::to_string(&wave.languages).expect("texts always are JSON");
    let scales = serde_json::to_string(&wave.scales).expect("scales always are JSON");
    on!(tx, conn => sqlx::query(WAVE)
        .bind(wave.organisation).bind(wave.id).bind(wave.plan).bind(wave.number)
        .bind(&wave.instrument).bind(&wave.version).bind(&wave.form).bind(languages)
        .bind(wave.drafts).bind(scales).bind(wave.threshold).bind(wave.opens_at)
        .bind(wave.closes_at).bind(wave.extended_at).bind(wave.state.word())
        .bind(&wave.public_key[..]).bind(&wave.digest).bind(&wave.tag)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    put_key(tx, wave, sealed_key).await
}

/// The sealed private half of a wave's key.
pub async fn put_key(tx: &mut Tx, wave: &Wave, sealed: &[u8]) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO wave_keys (organisation, wave, sealed) VALUES ($1, $2, $3)";
    on!(tx, conn => sqlx::query(SQL).bind(wave.organisation).bind(wave.id).bind(sealed)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// The sealed private half; gone once the wave has been counted or stopped.
pub async fn key(tx: &mut Tx, wave: WaveId) -> Result<Option<Vec<u8>>, StoreError> {
    const SQL: &str = "SELECT sealed FROM wave_keys WHERE wave = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL).bind(wave).fetch_optional(conn).await)?)
}

/// Compare and set of a sealed private half; whether this call made the change.
pub async fn replace_key(
    tx: &mut Tx,
    wave: WaveId,
    old: &[u8],
    new: &[u8],
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE wave_keys SET sealed = $3 WHERE wave = $1 AND sealed = $2";
    let changed = on!(tx, conn => sqlx::query(SQL).bind(wave).bind(old).bind(new)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// Compare and set of a row tag; whether this call made the change.
pub async fn replace_tag(
    tx: &mut Tx,
    wave: WaveId,
    old: &[u8],
    new: &[u8],
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE waves SET tag = $3 WHERE id = $1 AND tag = $2";
    let changed = on!(tx, conn => sqlx::query(SQL).bind(wave).bind(old).bind(new)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// Destroys the private half.
pub async fn destroy_key(tx: &mut Tx, wave: WaveId) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM wave_keys WHERE wave = $1";
    Ok(on!(tx, conn => sqlx::query(SQL).bind(wave)
        .execute(conn).await.map(|done| done.rows_affected()))?)
}

/// Compare and set; whether this call made the change.
pub async fn turn(tx: &mut Tx, wave: WaveId, from: State, to: State) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE waves SET state = $3 WHERE id = $1 AND state = $2";
    let changed = on!(tx, conn => sqlx::query(SQL).bind(wave).bind(from.word()).bind(to.word())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// A later close, with its new tag; whether the wave was open and not yet extended.
pub async fn extend(tx: &mut Tx, wave: &Wave) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE waves SET closes_at = $2, extended_at = $3, tag = $4
        WHERE id = $1 AND state = 'open' AND extended_at IS NULL";
    let changed = on!(tx, conn => sqlx::query(SQL)
        .bind(wave.id).bind(wave.closes_at).bind(wave.extended_at).bind(&wave.tag)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// A new public key and tag, after a restore.
pub async fn rekey(tx: &mut Tx, wave: &Wave) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE waves SET public_key = $2, tag = $3 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(wave.id).bind(&wave.public_key[..]).bind(&wave.tag)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// The two newest waves whose tree holds this unit, the newest first.
pub async fn latest_of_unit(tx: &mut Tx, unit: UnitId) -> Result<Vec<Wave>, StoreError> {
    const SQL: &str = columns!(
        "WHERE state <> 'stopped' AND id IN (SELECT wave FROM wave_units WHERE unit = $1)
         ORDER BY opens_at DESC, id LIMIT 2"
    );
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).bind(unit).fetch_all(conn).await)?;
    Ok(rows.into_iter().filter_map(Row::parse).collect())
}
