//! What lies under her own locators: records, choices, drafts. No row here names anyone.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::check_ins::waves::Wave;
use crate::ids::OrganisationId;
use crate::store::{StoreError, Tx, on};
use crate::vault::Locator;

/// What lies under locators, by locator.
#[derive(Default)]
pub struct Rows {
    /// Records of open and counting waves.
    pub open: HashMap<Vec<u8>, Vec<u8>>,
    /// Records of ended waves.
    pub ended: HashMap<Vec<u8>, Vec<u8>>,
    /// Choices.
    pub choices: Option<Vec<u8>>,
    /// Whether there is a draft.
    pub has_draft: bool,
}

/// Where to look.
#[derive(Default)]
pub struct Places {
    /// Of records.
    pub records: Vec<Locator>,
    /// Of choices.
    pub choices: Option<Locator>,
    /// Of a draft.
    pub draft: Option<Locator>,
}

/// Records of eight waves with choices and draft in one statement, because a visit to the database
/// costs more than a row.
const ROWS: &str = "SELECT 'open' AS lies, locator, ciphertext FROM open_records
        WHERE locator IN ($1, $2, $3, $4, $5, $6, $7, $8)
    UNION ALL SELECT 'ended', locator, ciphertext FROM records
        WHERE locator IN ($1, $2, $3, $4, $5, $6, $7, $8)
    UNION ALL SELECT 'choices', locator, ciphertext FROM choices WHERE locator = $9
    UNION ALL SELECT 'draft', locator, locator FROM drafts WHERE locator = $10";

/// What lies at these places; of more than eight records in more statements than one.
pub async fn rows(tx: &mut Tx, at: &Places) -> Result<Rows, StoreError> {
    let mut all = Rows::default();
    let bytes = |at: &Locator| at.as_bytes().to_vec();
    let mut others = (at.choices.as_ref().map(bytes), at.draft.as_ref().map(bytes));
    for some in at.records.chunks(8) {
        // Where there are fewer, the last one fills the places that are left.
        let place = |number: usize| some.get(number).or(some.last()).map(bytes);
        let (choices, draft) = std::mem::take(&mut others);
        let rows: Vec<(String, Vec<u8>, Vec<u8>)> = on!(&mut *tx, conn => sqlx::query_as(ROWS)
            .bind(place(0)).bind(place(1)).bind(place(2)).bind(place(3))
            .bind(place(4)).bind(place(5)).bind(place(6)).bind(place(7))
            .bind(choices).bind(draft)
            .fetch_all(conn).await)?;
        for (lies, at, sealed) in rows {
            match &*lies {
                "open" => drop(all.open.insert(at, sealed)),
                "ended" => drop(all.ended.insert(at, sealed)),
                "choices" => all.choices = Some(sealed),
                _ => all.has_draft = true,
            }
        }
    }
    Ok(all)
}

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

/// The first record under a locator, if the wave is open under this key and closes after `now`;
/// whether it is. A second record is a duplicate: this is what makes a check-in happen exactly once.
pub async fn insert_open(
    tx: &mut Tx,
    at: &Locator,
    (wave, now): (&Wave, DateTime<Utc>),
    ciphertext: &[u8],
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO open_records (locator, wave, ciphertext)
        SELECT $1, id, $3 FROM waves
        WHERE id = $2 AND state = 'open' AND closes_at > $4 AND public_key = $5";
    let inserted = on!(tx, conn => sqlx::query(SQL)
        .bind(&at.as_bytes()[..]).bind(wave.id).bind(ciphertext)
        .bind(now).bind(&wave.public_key[..])
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(inserted == 1)
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
