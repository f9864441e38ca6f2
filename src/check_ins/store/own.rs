//! What lies under her own locators: records, choices, drafts. No row here names anyone.

use chrono::NaiveDate;

use crate::ids::{OrganisationId, WaveId};
use crate::rehearsal::point;
use crate::store::{StoreError, Tx, on};
use crate::vault::Locator;

/// A record of an open or counting wave.
pub async fn open_record(tx: &mut Tx, at: &Locator) -> Result<Option<Vec<u8>>, StoreError> {
    const SQL: &str = "SELECT ciphertext FROM open_records WHERE locator = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(&at.as_bytes()[..]).fetch_optional(conn).await)?)
}

/// A record of an ended wave.
pub async fn record(tx: &mut Tx, at: &Locator) -> Result<Option<Vec<u8>>, StoreError> {
    const SQL: &str = "SELECT ciphertext FROM records WHERE locator = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(&at.as_bytes()[..]).fetch_optional(conn).await)?)
}

/// The first record under a locator. A second one is a duplicate: this is what makes a check-in
/// happen exactly once.
pub async fn insert_open(
    tx: &mut Tx,
    at: &Locator,
    wave: WaveId,
    ciphertext: &[u8],
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO open_records (locator, wave, ciphertext) VALUES ($1, $2, $3)";
    on!(tx, conn => sqlx::query(SQL).bind(&at.as_bytes()[..]).bind(wave).bind(ciphertext)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// Compare and set; whether the old ciphertext was still there.
pub async fn replace_open(
    tx: &mut Tx,
    at: &Locator,
    old: &[u8],
    new: &[u8],
) -> Result<bool, StoreError> {
    const SQL: &str =
        "UPDATE open_records SET ciphertext = $3 WHERE locator = $1 AND ciphertext = $2";
    let changed = on!(tx, conn => sqlx::query(SQL)
        .bind(&at.as_bytes()[..]).bind(old).bind(new)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// A late answer goes here directly.
pub async fn insert_late(
    tx: &mut Tx,
    at: &Locator,
    (organisation, keep_until): (OrganisationId, NaiveDate),
    ciphertext: &[u8],
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO records (locator, organisation, keep_until, ciphertext)
        VALUES ($1, $2, $3, $4)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(&at.as_bytes()[..]).bind(organisation).bind(keep_until).bind(ciphertext)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// Compare and set on a record of an ended wave.
pub async fn replace_record(
    tx: &mut Tx,
    at: &Locator,
    old: &[u8],
    new: &[u8],
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE records SET ciphertext = $3 WHERE locator = $1 AND ciphertext = $2";
    let changed = on!(tx, conn => sqlx::query(SQL)
        .bind(&at.as_bytes()[..]).bind(old).bind(new)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(changed == 1)
}

/// Moves all records of a wave, in locator order, to those of ended waves.
pub async fn move_records(
    tx: &mut Tx,
    (organisation, wave): (OrganisationId, WaveId),
    keep_until: NaiveDate,
) -> Result<u64, StoreError> {
    const MOVE: &str = "INSERT INTO records (locator, organisation, keep_until, ciphertext)
        SELECT locator, $2, $3, ciphertext FROM open_records WHERE wave = $1 ORDER BY locator";
    const CLEAR: &str = "DELETE FROM open_records WHERE wave = $1";
    let moved = on!(tx, conn => sqlx::query(MOVE)
        .bind(wave).bind(organisation).bind(keep_until)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    point("ending.records-copied");
    on!(tx, conn => sqlx::query(CLEAR).bind(wave)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(moved)
}

/// Records whose date has come.
pub async fn forget_records(tx: &mut Tx, today: NaiveDate) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM records WHERE keep_until < $1";
    Ok(on!(tx, conn => sqlx::query(SQL).bind(today)
        .execute(conn).await.map(|done| done.rows_affected()))?)
}

/// Her sealed choices.
pub async fn choices(tx: &mut Tx, at: &Locator) -> Result<Option<Vec<u8>>, StoreError> {
    const SQL: &str = "SELECT ciphertext FROM choices WHERE locator = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(&at.as_bytes()[..]).fetch_optional(conn).await)?)
}

/// Writes her sealed choices.
pub async fn put_choices(tx: &mut Tx, at: &Locator, ciphertext: &[u8]) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO choices (locator, ciphertext) VALUES ($1, $2)
        ON CONFLICT (locator) DO UPDATE SET ciphertext = excluded.ciphertext";
    on!(tx, conn => sqlx::query(SQL).bind(&at.as_bytes()[..]).bind(ciphertext)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// The sealed draft of an unfinished check-in.
pub async fn draft(tx: &mut Tx, at: &Locator) -> Result<Option<Vec<u8>>, StoreError> {
    const SQL: &str = "SELECT ciphertext FROM drafts WHERE locator = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(&at.as_bytes()[..]).fetch_optional(conn).await)?)
}

/// Keeps a draft until a day.
pub async fn put_draft(
    tx: &mut Tx,
    at: &Locator,
    ciphertext: &[u8],
    expires_on: NaiveDate,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO drafts (locator, ciphertext, expires_on) VALUES ($1, $2, $3)
        ON CONFLICT (locator) DO UPDATE
        SET ciphertext = excluded.ciphertext, expires_on = excluded.expires_on";
    on!(tx, conn => sqlx::query(SQL)
        .bind(&at.as_bytes()[..]).bind(ciphertext).bind(expires_on)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// Forgets one draft; whether it was there.
pub async fn forget_draft(tx: &mut Tx, at: &Locator) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM drafts WHERE locator = $1";
    let gone = on!(tx, conn => sqlx::query(SQL).bind(&at.as_bytes()[..])
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(gone > 0)
}

/// Drafts whose wave has closed.
pub async fn forget_drafts(tx: &mut Tx, today: NaiveDate) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM drafts WHERE expires_on < $1";
    Ok(on!(tx, conn => sqlx::query(SQL).bind(today)
        .execute(conn).await.map(|done| done.rows_affected()))?)
}
