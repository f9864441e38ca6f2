//! What was found about a unit, wave by wave: read back, never computed anew.

use std::collections::HashMap;

use super::facts::Facts;
use super::store::{self, FindingRow};
use crate::ids::{OrganisationId, PlanId, UnitId, WaveId};
use crate::problem::Problem;
use crate::store::{StoreError, Tx};
use crate::tallies::released::{self, CountedWave};
use crate::tallies::sight::Sight;
use crate::trends::Status;

/// A finding about a unit, with the wave that it was found in.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The unit.
    pub unit: UnitId,
    /// The wave.
    pub wave: CountedWave,
    /// `None`: not enough answers.
    pub status: Option<Status>,
    /// What `respite trends` prints of the unit, byte for byte; of the organisation its scales.
    pub document: String,
    /// What its sentences are filled in with.
    pub facts: Facts,
}

/// Every finding about a unit, by plan and then oldest first.
pub async fn of_unit(
    tx: &mut Tx,
    sight: &Sight,
    unit: UnitId,
) -> Result<Vec<(PlanId, Vec<Finding>)>, Problem> {
    sight.must_cover(unit)?;
    let waves = waves(tx, sight.organisation()).await?;
    let rows = store::findings_of(tx, sight.organisation(), unit).await?;
    let mut findings: Vec<Finding> = rows
        .into_iter()
        .filter_map(|row| parsed(&waves, row))
        .collect();
    findings.sort_by_key(|finding| (finding.wave.plan, finding.wave.number));
    let mut by_plan: Vec<(PlanId, Vec<Finding>)> = Vec::new();
    for finding in findings {
        match by_plan
            .last_mut()
            .filter(|(plan, _)| *plan == finding.wave.plan)
        {
            Some((_, of_plan)) => of_plan.push(finding),
            None => by_plan.push((finding.wave.plan, vec![finding])),
        }
    }
    Ok(by_plan)
}

/// The finding about a unit at one wave. The caller has found that the viewer may read about it.
pub async fn at(
    tx: &mut Tx,
    organisation: OrganisationId,
    (wave, unit): (WaveId, UnitId),
) -> Result<Option<Finding>, StoreError> {
    let waves = waves(tx, organisation).await?;
    let row = store::finding(tx, wave, unit).await?;
    Ok(row
        .filter(|row| row.organisation == organisation)
        .and_then(|row| parsed(&waves, row)))
}

async fn waves(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<HashMap<WaveId, CountedWave>, StoreError> {
    let waves = released::waves(tx, organisation).await?;
    Ok(waves.into_iter().map(|wave| (wave.id, wave)).collect())
}

/// A damaged row counts as none.
fn parsed(waves: &HashMap<WaveId, CountedWave>, row: FindingRow) -> Option<Finding> {
    Some(Finding {
        unit: row.unit,
        wave: waves.get(&row.wave)?.clone(),
        status: row.status.as_deref().and_then(Status::from_word),
        facts: serde_json::from_str(&row.facts).ok()?,
        document: row.document,
    })
}
