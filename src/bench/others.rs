//! Other organisations in the same database: copies of one, with new ids, in every table that a
//! publication reads. The records of their check-ins are there in number, but short: nothing that
//! is measured reads them, and a million of the real length would fill four gigabytes.

use chrono::NaiveDate;
use indicatif::ProgressBar;

use super::ground::Place;
use crate::ids::{OrganisationId, PlanId, WaveId};
use crate::store::{Opening, Store, StoreError, Tx, on};
use crate::vault::random_bytes;

/// Length of a record that nobody reads.
const SHORT: usize = 64;
/// Far enough for no server to remove them.
const KEPT_UNTIL: NaiveDate = NaiveDate::from_ymd_opt(2100, 1, 1).expect("a day");

/// Adds so many copies of an organisation of so many people.
pub async fn add(
    place: &Place,
    (like, number, people): (OrganisationId, usize, usize),
    bar: &ProgressBar,
) -> anyhow::Result<()> {
    const WAVES: &str = "SELECT id FROM waves WHERE organisation = $1 AND state = 'closed'";
    let store = Store::open(&place.database, Opening::AsItIs).await?;
    let mut tx = store.read().await?;
    let waves: Vec<WaveId> =
        on!(&mut tx, conn => sqlx::query_scalar(WAVES).bind(like).fetch_all(conn).await)?;
    drop(tx);
    for _ in 0..number {
        let mut tx = store.write().await?;
        let (organisation, plan) = (OrganisationId::new(), PlanId::new());
        found(&mut tx, like, (organisation, plan)).await?;
        for wave in &waves {
            copy(&mut tx, *wave, (organisation, plan)).await?;
            for _ in 0..people {
                record(&mut tx, organisation).await?;
            }
        }
        tx.commit().await?;
        bar.inc(1);
    }
    store.empty_log().await?;
    store.close().await;
    Ok(())
}

async fn found(
    tx: &mut Tx,
    like: OrganisationId,
    (organisation, plan): (OrganisationId, PlanId),
) -> Result<(), StoreError> {
    const PLACE: &str = "INSERT INTO organisations (id, network, short_name, name, country, zone,
            notification_hour, threshold, hr_sees_units, second_factor_required, words, created_at)
        SELECT $2, network, $3, name, country, zone, notification_hour, threshold,
            hr_sees_units, second_factor_required, words, created_at
        FROM organisations WHERE id = $1";
    // Ended, so that no server opens a wave of it.
    const PLAN: &str = "INSERT INTO check_in_plans (organisation, id, instrument, form,
            every_months, window_days, languages, drafts, first_day, next_number, created_at,
            ended_at)
        SELECT $2, $3, instrument, form, every_months, window_days, languages, drafts, first_day,
            next_number, created_at, created_at
        FROM check_in_plans WHERE organisation = $1";
    on!(&mut *tx, conn => sqlx::query(PLACE)
        .bind(like).bind(organisation).bind(organisation.to_string())
        .execute(conn).await.map(drop))?;
    on!(tx, conn => sqlx::query(PLAN)
        .bind(like).bind(organisation).bind(plan)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// A wave with its tree, roster and released rows.
async fn copy(
    tx: &mut Tx,
    like: WaveId,
    (organisation, plan): (OrganisationId, PlanId),
) -> Result<(), StoreError> {
    const WAVE: &str = "INSERT INTO waves (organisation, id, plan, number, instrument, version,
            form, languages, drafts, scales, threshold, opens_at, closes_at, extended_at, state,
            public_key, digest, tag)
        SELECT $2, $3, $4, number, instrument, version, form, languages, drafts, scales,
            threshold, opens_at, closes_at, extended_at, state, public_key, digest, tag
        FROM waves WHERE id = $1";
    const UNITS: &str = "INSERT INTO wave_units (organisation, wave, unit, parent, asked)
        SELECT $2, $3, unit, parent, asked FROM wave_units WHERE wave = $1";
    const ROSTER: &str = "INSERT INTO roster (organisation, wave, account, unit, settled)
        SELECT $2, $3, account, unit, settled FROM roster WHERE wave = $1";
    const TALLIES: &str = "INSERT INTO tallies
            (organisation, wave, scale, unit, answered, mean, at_or_above_cut, stayed)
        SELECT $2, $3, scale, unit, answered, mean, at_or_above_cut, stayed
        FROM tallies WHERE wave = $1";
    let wave = WaveId::new();
    on!(&mut *tx, conn => sqlx::query(WAVE)
        .bind(like).bind(organisation).bind(wave).bind(plan)
        .execute(conn).await.map(drop))?;
    for sql in [UNITS, ROSTER, TALLIES] {
        on!(&mut *tx, conn => sqlx::query(sql)
            .bind(like).bind(organisation).bind(wave)
            .execute(conn).await.map(drop))?;
    }
    Ok(())
}

async fn record(tx: &mut Tx, organisation: OrganisationId) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO records (locator, organisation, keep_until, ciphertext)
        VALUES ($1, $2, $3, $4)";
    let at: [u8; 32] = random_bytes();
    on!(tx, conn => sqlx::query(SQL)
        .bind(&at[..]).bind(organisation).bind(KEPT_UNTIL).bind(&[0_u8; SHORT][..])
        .execute(conn).await.map(drop))?;
    Ok(())
}
