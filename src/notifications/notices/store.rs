//! The SQL of notices.

use chrono::{DateTime, Utc};

use super::{Audience, Notice, NoticeKind, Posted};
use crate::ids::{AlertId, NoticeId, OrganisationId, UnitId, WaveId};
use crate::store::{StoreError, Tx, on};

pub async fn insert(tx: &mut Tx, notice: &Notice, now: DateTime<Utc>) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO notices
            (organisation, id, at, kind, unit, audience, wave, alert)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(notice.organisation).bind(NoticeId::new()).bind(now).bind(notice.kind.word())
        .bind(notice.unit).bind(notice.audience.word()).bind(notice.wave).bind(notice.alert)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: NoticeId,
    at: DateTime<Utc>,
    kind: String,
    unit: UnitId,
    audience: String,
    wave: Option<WaveId>,
    alert: Option<AlertId>,
}

pub async fn since(
    tx: &mut Tx,
    organisation: OrganisationId,
    from: DateTime<Utc>,
) -> Result<Vec<Posted>, StoreError> {
    const SQL: &str = "SELECT id, at, kind, unit, audience, wave, alert FROM notices
        WHERE organisation = $1 AND at >= $2 ORDER BY at DESC, kind, unit, id";
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).bind(organisation).bind(from)
        .fetch_all(conn).await)?;
    let posted = |row: Row| {
        Some(Posted {
            id: row.id,
            at: row.at,
            kind: NoticeKind::from_word(&row.kind)?,
            unit: row.unit,
            audience: if row.audience == Audience::Everyone.word() {
                Audience::Everyone
            } else {
                Audience::Supervisors
            },
            wave: row.wave,
            alert: row.alert,
        })
    };
    Ok(rows.into_iter().filter_map(posted).collect())
}

pub async fn forget(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM notices WHERE at < $1";
    on!(tx, conn => sqlx::query(SQL).bind(before)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}
