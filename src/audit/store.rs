//! The rows of the chains.

use chrono::{DateTime, Utc};

use super::chain::{Entry, Head};
use crate::ids::OrganisationId;
use crate::store::{StoreError, Tx, on};
use crate::vault::ServerKeys;

/// Reads the head and keeps it until the commit, so that two changes cannot follow the same entry.
pub(super) async fn take_head(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Head, StoreError> {
    const BEGIN: &str = "INSERT INTO audit_head (organisation, number, head) VALUES ($1, 0, $2)
        ON CONFLICT (organisation) DO NOTHING";
    const TAKE: &str = "UPDATE audit_head SET number = number WHERE organisation = $1
        RETURNING number, head";
    let nothing = Head::of_nothing();
    on!(tx, conn => sqlx::query(BEGIN).bind(organisation).bind(&nothing.digest)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    let (number, digest): (i64, Vec<u8>) =
        on!(tx, conn => sqlx::query_as(TAKE).bind(organisation).fetch_one(conn).await)?;
    Ok(Head { number, digest })
}

pub(super) async fn set_head(
    tx: &mut Tx,
    organisation: OrganisationId,
    head: &Head,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE audit_head SET number = $2, head = $3 WHERE organisation = $1";
    on!(tx, conn => sqlx::query(SQL).bind(organisation).bind(head.number).bind(&head.digest)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

pub(super) async fn insert(tx: &mut Tx, entry: &Entry) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO audit (organisation, number, at, actor, change, previous, tag)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(entry.organisation).bind(entry.number).bind(entry.at).bind(entry.actor)
        .bind(&entry.change).bind(&entry.previous).bind(&entry.tag)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// The head as it is stored; `None` for an organisation without entries.
pub async fn stored_head(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Option<Head>, StoreError> {
    const SQL: &str = "SELECT number, head FROM audit_head WHERE organisation = $1";
    let row: Option<(i64, Vec<u8>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_optional(conn).await)?;
    Ok(row.map(|(number, digest)| Head { number, digest }))
}

/// One entry.
pub(super) async fn entry(
    tx: &mut Tx,
    organisation: OrganisationId,
    number: i64,
) -> Result<Option<Entry>, StoreError> {
    const SQL: &str = "SELECT organisation, number, at, actor, change, previous, tag FROM audit
        WHERE organisation = $1 AND number = $2";
    Ok(
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).bind(number)
        .fetch_optional(conn).await)?,
    )
}

/// Number of the first entry that was made at or after an instant.
pub(super) async fn first_since(
    tx: &mut Tx,
    organisation: OrganisationId,
    instant: DateTime<Utc>,
) -> Result<Option<i64>, StoreError> {
    const SQL: &str = "SELECT number FROM audit WHERE organisation = $1 AND at >= $2
        ORDER BY number LIMIT 1";
    Ok(
        on!(tx, conn => sqlx::query_scalar(SQL).bind(organisation).bind(instant)
        .fetch_optional(conn).await)?,
    )
}

/// Removes all entries up to a number; how many.
pub(super) async fn remove_to(
    tx: &mut Tx,
    organisation: OrganisationId,
    number: i64,
) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM audit WHERE organisation = $1 AND number <= $2";
    Ok(
        on!(tx, conn => sqlx::query(SQL).bind(organisation).bind(number)
        .execute(conn).await.map(|done| done.rows_affected()))?,
    )
}

/// The last entry of every chain.
pub async fn newest(tx: &mut Tx) -> Result<Vec<Entry>, StoreError> {
    const SQL: &str = "SELECT a.organisation, a.number, a.at, a.actor, a.change, a.previous, a.tag
        FROM audit a JOIN audit_head h ON h.organisation = a.organisation AND h.number = a.number
        ORDER BY a.organisation";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// How many entries carry a tag of which server key.
pub async fn resting(tx: &mut Tx) -> Result<Vec<(u32, u64)>, StoreError> {
    const SQL: &str = "SELECT SUBSTR(tag, 1, 5) AS heading, COUNT(*) AS tags FROM audit
        GROUP BY SUBSTR(tag, 1, 5)";
    let rows: Vec<(Vec<u8>, i64)> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    let numbered = rows.into_iter().filter_map(|(heading, tags)| {
        Some((ServerKeys::number_of(&heading)?, u64::try_from(tags).ok()?))
    });
    Ok(numbered.collect())
}

/// Which part of a chain to read.
#[derive(Clone, Copy, Debug)]
pub struct Page {
    /// Entries after this number.
    pub after: i64,
    /// At most so many.
    pub most: i64,
}

/// Entries in the order of the chain.
pub async fn page(
    tx: &mut Tx,
    organisation: OrganisationId,
    page: Page,
) -> Result<Vec<Entry>, StoreError> {
    const SQL: &str = "SELECT organisation, number, at, actor, change, previous, tag FROM audit
        WHERE organisation = $1 AND number > $2 ORDER BY number LIMIT $3";
    Ok(
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).bind(page.after).bind(page.most)
        .fetch_all(conn).await)?,
    )
}
