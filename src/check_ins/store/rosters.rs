//! `wave_units` and `roster`: the copies that a wave keeps. Also the members that an opening
//! finds, read from the tables of people.

use chrono::{DateTime, NaiveDate, Utc};

use crate::check_ins::roster::{self, Asked, Place};
use crate::ids::{AccountId, OrganisationId, UnitId, WaveId};
use crate::store::{StoreError, Tx, on};

/// A member's place, as the tables of people have it.
pub type Home = (
    AccountId,
    UnitId,
    DateTime<Utc>,
    Option<NaiveDate>,
    Option<NaiveDate>,
);

/// The homes of everyone who may be asked: members whose account is invited or active.
pub async fn homes(
    tx: &mut Tx,
    organisation: OrganisationId,
    now: DateTime<Utc>,
) -> Result<Vec<Home>, StoreError> {
    const SQL: &str = "SELECT m.account, m.unit, m.since, m.away_from, m.away_until
        FROM members m JOIN accounts a ON a.id = m.account
        WHERE m.organisation = $1
            AND (a.state IN ('invited', 'active') OR (a.state = 'locked' AND a.state_until <= $2))";
    Ok(
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).bind(now)
        .fetch_all(conn).await)?,
    )
}

/// The organisation's units that are not closed.
pub async fn open_units(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Place>, StoreError> {
    const SQL: &str = "SELECT id, parent FROM units WHERE organisation = $1 AND closed_at IS NULL";
    let rows: Vec<(UnitId, Option<UnitId>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?;
    Ok(rows
        .into_iter()
        .map(|(unit, parent)| Place { unit, parent })
        .collect())
}

/// Copies tree and roster into the wave.
pub async fn insert(
    tx: &mut Tx,
    (organisation, wave): (OrganisationId, WaveId),
    tree: &[Place],
    asked: &[Asked],
) -> Result<(), StoreError> {
    const UNIT: &str = "INSERT INTO wave_units (organisation, wave, unit, parent, asked)
        VALUES ($1, $2, $3, $4, $5)";
    const MEMBER: &str = "INSERT INTO roster (organisation, wave, account, unit, settled)
        VALUES ($1, $2, $3, $4, $5)";
    for place in tree {
        on!(tx, conn => sqlx::query(UNIT)
            .bind(organisation).bind(wave).bind(place.unit).bind(place.parent)
            .bind(roster::asked_at(place, asked))
            .execute(conn).await.map(|done| done.rows_affected()))?;
    }
    for row in asked {
        on!(tx, conn => sqlx::query(MEMBER)
            .bind(organisation).bind(wave).bind(row.account).bind(row.unit).bind(row.settled)
            .execute(conn).await.map(|done| done.rows_affected()))?;
    }
    Ok(())
}

/// The copied tree.
pub async fn tree(tx: &mut Tx, wave: WaveId) -> Result<Vec<Place>, StoreError> {
    const SQL: &str = "SELECT unit, parent FROM wave_units WHERE wave = $1";
    let rows: Vec<(UnitId, Option<UnitId>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(wave).fetch_all(conn).await)?;
    Ok(rows
        .into_iter()
        .map(|(unit, parent)| Place { unit, parent })
        .collect())
}

/// The whole roster.
pub async fn all(tx: &mut Tx, wave: WaveId) -> Result<Vec<Asked>, StoreError> {
    const SQL: &str = "SELECT account, unit, settled FROM roster WHERE wave = $1";
    let rows: Vec<(AccountId, UnitId, bool)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(wave).fetch_all(conn).await)?;
    Ok(rows
        .into_iter()
        .map(|(account, unit, settled)| Asked {
            account,
            unit,
            settled,
        })
        .collect())
}

/// One person's row of a roster.
pub async fn of(
    tx: &mut Tx,
    wave: WaveId,
    account: AccountId,
) -> Result<Option<Asked>, StoreError> {
    const SQL: &str = "SELECT unit, settled FROM roster WHERE wave = $1 AND account = $2";
    let row: Option<(UnitId, bool)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(wave).bind(account).fetch_optional(conn).await)?;
    Ok(row.map(|(unit, settled)| Asked {
        account,
        unit,
        settled,
    }))
}

/// The waves of an organisation that ask somebody.
pub async fn asking(
    tx: &mut Tx,
    organisation: OrganisationId,
    account: AccountId,
) -> Result<Vec<WaveId>, StoreError> {
    const SQL: &str = "SELECT roster.wave FROM waves
        JOIN roster ON roster.wave = waves.id AND roster.account = $2
        WHERE waves.organisation = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(organisation).bind(account).fetch_all(conn).await)?)
}

/// The accounts on the roster of a unit, and whether each is settled there.
pub async fn of_unit(
    tx: &mut Tx,
    wave: WaveId,
    unit: UnitId,
) -> Result<Vec<(AccountId, bool)>, StoreError> {
    const SQL: &str = "SELECT account, settled FROM roster WHERE wave = $1 AND unit = $2";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(wave).bind(unit).fetch_all(conn).await)?)
}
