//! Networks, organisations and the tree of units.

use chrono::{DateTime, Utc};

use super::super::organisations::Organisation;
use super::super::tree::Unit;
use crate::ids::{NetworkId, OrganisationId, UnitId};
use crate::store::{StoreError, Tx, on};

/// Adds a network.
pub async fn insert_network(tx: &mut Tx, id: NetworkId, name: &str) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO networks (id, name) VALUES ($1, $2)";
    on!(tx, conn => sqlx::query(SQL).bind(id).bind(name).execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Every network, in no order.
pub async fn networks(tx: &mut Tx) -> Result<Vec<(NetworkId, String)>, StoreError> {
    const SQL: &str = "SELECT id, name FROM networks";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// Adds an organisation; its short name must be free in the whole installation.
pub async fn insert_organisation(tx: &mut Tx, new: &Organisation) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO organisations (id, network, short_name, name, country, zone,
            notification_hour, threshold, hr_sees_units, second_factor_required, words, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(new.id).bind(new.network).bind(&new.short_name).bind(&new.name)
        .bind(&new.country).bind(&new.zone).bind(new.notification_hour).bind(new.threshold)
        .bind(new.hr_sees_units).bind(new.second_factor_required).bind(&new.words)
        .bind(new.created_at)
        .execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// One organisation.
pub async fn organisation(
    tx: &mut Tx,
    id: OrganisationId,
) -> Result<Option<Organisation>, StoreError> {
    const SQL: &str = "SELECT * FROM organisations WHERE id = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_optional(conn).await)?)
}

/// The organisation whose address carries this short name.
pub async fn organisation_named(
    tx: &mut Tx,
    short_name: &str,
) -> Result<Option<Organisation>, StoreError> {
    const SQL: &str = "SELECT * FROM organisations WHERE short_name = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(short_name).fetch_optional(conn).await)?)
}

/// Every organisation of the installation, in no order.
pub async fn organisations(tx: &mut Tx) -> Result<Vec<Organisation>, StoreError> {
    const SQL: &str = "SELECT * FROM organisations";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

/// Writes everything that may change about an organisation.
pub async fn update_organisation(tx: &mut Tx, to: &Organisation) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE organisations SET name = $2, country = $3, zone = $4,
            notification_hour = $5, threshold = $6, hr_sees_units = $7,
            second_factor_required = $8, words = $9
        WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(to.id).bind(&to.name).bind(&to.country).bind(&to.zone)
        .bind(to.notification_hour).bind(to.threshold).bind(to.hr_sees_units)
        .bind(to.second_factor_required).bind(&to.words)
        .execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Every unit of an organisation, closed ones too, in no order.
pub async fn units(tx: &mut Tx, organisation: OrganisationId) -> Result<Vec<Unit>, StoreError> {
    const SQL: &str = "SELECT * FROM units WHERE organisation = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?)
}

/// Adds a unit.
pub async fn insert(tx: &mut Tx, new: &Unit) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO units
            (organisation, id, parent, kind, name, successor_of, opened_at, closed_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(new.organisation).bind(new.id).bind(new.parent).bind(new.kind.word())
        .bind(&new.name).bind(new.successor_of).bind(new.opened_at).bind(new.closed_at)
        .execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Writes name and place of a unit.
pub async fn update(tx: &mut Tx, to: &Unit) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE units SET name = $3, parent = $4 WHERE organisation = $1 AND id = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(to.organisation).bind(to.id).bind(&to.name).bind(to.parent)
        .execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Closes a unit.
pub async fn close(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: UnitId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE units SET closed_at = $3 WHERE organisation = $1 AND id = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(organisation).bind(id).bind(at).execute(conn).await.map(|_| ()))?;
    Ok(())
}
