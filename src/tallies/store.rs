//! The tables of released rows, and what of a wave is public: its tree, how many were asked, when
//! it closed. Nothing here can reach a ballot or a record.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};

use super::{Atom, Tally};
use crate::ids::{OrganisationId, PlanId, UnitId, WaveId};
use crate::store::{StoreError, Tx, on};

/// What of a counted wave is public.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedWave {
    /// The wave.
    pub id: WaveId,
    /// Its plan.
    pub plan: PlanId,
    /// Counts from 1 within the plan.
    pub number: i64,
    /// What was asked.
    pub instrument: String,
    /// In which version.
    pub version: String,
    /// Whether untested translations were offered.
    pub drafts: bool,
    /// Ids of the released scales, in the instrument's order.
    pub scales: Vec<String>,
    /// The cut of each of them as it was opened with: a place of 0 to 100, as a fraction.
    pub cuts: Vec<Option<(i64, i64)>>,
    /// When it opened.
    pub opens_at: DateTime<Utc>,
    /// When it closed.
    pub closes_at: DateTime<Utc>,
}

impl CountedWave {
    /// The cut of a scale, 0 to 100; `None` without one.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "a place of 0 to 100 in steps of a questionnaire"
    )]
    pub fn cut(&self, scale: &str) -> Option<f64> {
        let place = self.scales.iter().position(|id| id == scale)?;
        let (top, bottom) = (*self.cuts.get(place)?)?;
        Some(top as f64 / bottom as f64)
    }
}

#[derive(sqlx::FromRow)]
struct WaveRow {
    id: WaveId,
    plan: PlanId,
    number: i64,
    instrument: String,
    version: String,
    drafts: bool,
    scales: String,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
}

/// The part of a wave's scales that is public.
#[derive(serde::Deserialize)]
struct PublicScale {
    id: String,
    cut: Option<(i64, i64)>,
}

/// The counted waves of an organisation, oldest first.
pub async fn counted_waves(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<CountedWave>, StoreError> {
    const SQL: &str = "SELECT id, plan, number, instrument, version, drafts, scales, opens_at,
            closes_at
        FROM waves WHERE organisation = $1 AND state = 'closed' ORDER BY opens_at, id";
    let rows: Vec<WaveRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?;
    let counted = |row: WaveRow| {
        let scales: Vec<PublicScale> = serde_json::from_str(&row.scales).ok()?;
        Some(CountedWave {
            id: row.id,
            plan: row.plan,
            number: row.number,
            instrument: row.instrument,
            version: row.version,
            drafts: row.drafts,
            cuts: scales.iter().map(|scale| scale.cut).collect(),
            scales: scales.into_iter().map(|scale| scale.id).collect(),
            opens_at: row.opens_at,
            closes_at: row.closes_at,
        })
    };
    Ok(rows.into_iter().filter_map(counted).collect())
}

/// One unit of the tree that a wave was counted with: its parent, and how many were asked directly
/// at it.
pub type Place = (UnitId, Option<UnitId>, i64);

/// The trees of all counted waves of an organisation.
pub async fn trees(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<HashMap<WaveId, Vec<Place>>, StoreError> {
    const SQL: &str = "SELECT wave_units.wave, wave_units.unit, wave_units.parent, wave_units.asked
        FROM waves JOIN wave_units ON wave_units.wave = waves.id
        WHERE waves.organisation = $1 AND waves.state = 'closed'";
    let rows: Vec<(WaveId, UnitId, Option<UnitId>, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?;
    let mut trees: HashMap<WaveId, Vec<Place>> = HashMap::new();
    for (wave, unit, parent, asked) in rows {
        trees.entry(wave).or_default().push((unit, parent, asked));
    }
    Ok(trees)
}

#[derive(sqlx::FromRow)]
struct Row {
    wave: WaveId,
    scale: String,
    unit: UnitId,
    answered: i64,
    mean: i64,
    at_or_above_cut: Option<i64>,
    stayed: i64,
}

/// The released rows of a wave by scale.
pub type Atoms = BTreeMap<String, Vec<Atom<UnitId>>>;

/// The released rows of all counted waves of an organisation; a row that the rule cannot have made
/// is left out.
pub async fn atoms(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<HashMap<WaveId, Atoms>, StoreError> {
    const SQL: &str = "SELECT tallies.wave, tallies.scale, tallies.unit, tallies.answered,
            tallies.mean, tallies.at_or_above_cut, tallies.stayed
        FROM waves JOIN tallies ON tallies.wave = waves.id
        WHERE waves.organisation = $1 AND waves.state = 'closed'
        ORDER BY tallies.wave, tallies.scale, tallies.unit";
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?;
    let mut waves: HashMap<WaveId, Atoms> = HashMap::new();
    for row in rows {
        let by_scale = waves.entry(row.wave).or_default();
        let tally = Tally::from_row(row.answered, row.mean, row.at_or_above_cut, row.stayed);
        if let Some(tally) = tally {
            by_scale.entry(row.scale).or_default().push(Atom {
                top: row.unit,
                tally,
            });
        }
    }
    Ok(waves)
}

/// Releases the rows of one scale.
pub async fn release(
    tx: &mut Tx,
    (organisation, wave): (OrganisationId, WaveId),
    scale: &str,
    atoms: &[Atom<UnitId>],
) -> Result<(), StoreError> {
    const TALLY: &str = "INSERT INTO tallies
            (organisation, wave, scale, unit, answered, mean, at_or_above_cut, stayed)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    for atom in atoms {
        let tally = &atom.tally;
        on!(tx, conn => sqlx::query(TALLY)
            .bind(organisation).bind(wave).bind(scale).bind(atom.top)
            .bind(i64::from(tally.answered())).bind(i64::from(tally.mean()))
            .bind(tally.at_or_above_cut().map(i64::from)).bind(i64::from(tally.stayed()))
            .execute(conn).await.map(|done| done.rows_affected()))?;
    }
    Ok(())
}

/// Released rows of waves that closed before an instant are forgotten.
pub async fn forget(tx: &mut Tx, closed_before: DateTime<Utc>) -> Result<u64, StoreError> {
    const TALLIES: &str = "DELETE FROM tallies
        WHERE wave IN (SELECT id FROM waves WHERE state = 'closed' AND closes_at < $1)";
    Ok(on!(tx, conn => sqlx::query(TALLIES).bind(closed_before)
        .execute(conn).await.map(|done| done.rows_affected()))?)
}
