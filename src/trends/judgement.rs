//! The whole result for the last wave, in the shape in which `respite trends` prints it.

use serde::Serialize;

use super::finding::Finding;
use super::level::{Level, Looked};
use super::memory::Memory;
use super::plug_ins::PlugIns;
use super::replay::{Moment, OfUnit, Replay};
use super::series::Series;
use super::severity::Status;
use super::table::Table;

/// What is concluded about a set of units at the last wave of a series. Final: it is kept with its
/// wave and not computed anew when later rows arrive (A15).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgement {
    /// The wave that was judged.
    pub wave: u32,
    /// One a scale, in the order of the series.
    pub plug_ins: Vec<ScalePlugIns>,
    /// The organisation as one series, one a scale.
    pub organisation: Vec<OrganisationScale>,
    /// In the order of the series.
    pub units: Vec<UnitJudgement>,
}

/// What was assumed of a scale.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScalePlugIns {
    /// The scale's id.
    pub scale: String,
    /// Variance of answers within a team.
    #[serde(rename = "S2")]
    pub s2: f64,
    /// Mean of all answers, mirrored where higher is better.
    #[serde(rename = "M")]
    pub m: f64,
    /// Variance of the lasting differences between teams.
    pub tau2: f64,
    /// Variance of the ordinary movement of a team.
    pub q2: f64,
    /// Whether results have to say "based on typical values" (A11).
    #[serde(skip)]
    pub is_typical: bool,
}

/// The organisation on one scale.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OrganisationScale {
    /// The scale's id.
    pub scale: String,
    /// Whether it has a row at this wave.
    pub published: bool,
    /// What was found, where there was something to compare with.
    #[serde(flatten)]
    pub finding: Option<Finding>,
    /// `None` says "not enough answers".
    pub status: Option<Status>,
    /// Whether the status is from the wave before (A10).
    #[serde(skip)]
    pub has_no_new_information: bool,
}

/// One unit over all scales.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitJudgement {
    /// The unit's id.
    pub unit: String,
    /// Whether it has a row at this wave on some scale.
    pub published: bool,
    /// The chance of at least this much in a stable team, over all scales (A12).
    pub p: Option<f64>,
    /// The scale with the smallest p.
    pub leading_scale: Option<String>,
    /// Change channel, with its memory; `None` says "not enough answers".
    pub change_status: Option<Status>,
    /// The worst level over the scales; `None` without a row or a cut.
    pub level_status: Option<Status>,
    /// Both together.
    pub status: Option<Status>,
    /// One a scale, in the order of the series.
    pub scales: Vec<UnitScale>,
    /// Whether the change status is from the wave before (A10).
    #[serde(skip)]
    pub has_no_new_information: bool,
}

/// One unit on one scale.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UnitScale {
    /// The scale's id.
    pub scale: String,
    /// Whether it has a row at this wave.
    pub published: bool,
    /// What was found, where there was something to compare with.
    #[serde(flatten)]
    pub finding: Option<Finding>,
    /// The unit's change status, as far as this scale bears it out (A9); `None` without a finding.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// Of the present mean; `None` without a row or a cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
}

/// Judges the last wave of a series; statuses come from replaying all waves.
#[must_use]
pub fn judge(series: &Series) -> Judgement {
    let last = Replay::of(series).last();
    let moment = last.expect("a series has at least one wave");
    Judgement {
        wave: moment.wave,
        plug_ins: plug_ins(series, &moment),
        organisation: organisation(series, &moment),
        units: series
            .units
            .iter()
            .zip(&moment.units)
            .enumerate()
            .map(|(at, (id, unit))| UnitJudgement::of(series, &moment, (at, id), unit))
            .collect(),
    }
}

fn plug_ins(series: &Series, moment: &Moment) -> Vec<ScalePlugIns> {
    let scales = series.tables.iter().zip(&moment.plug_ins);
    scales
        .map(|(table, known)| ScalePlugIns {
            scale: table.id.clone(),
            s2: known.s2,
            m: known.m,
            tau2: known.tau2,
            q2: known.q2,
            is_typical: known.is_typical(),
        })
        .collect()
}

fn organisation(series: &Series, moment: &Moment) -> Vec<OrganisationScale> {
    let scales = series.tables.iter().zip(&moment.organisation);
    let scale =
        |(table, (finding, memory)): (&Table, &(Option<Finding>, Memory))| OrganisationScale {
            scale: table.id.clone(),
            published: table.organisation.at(moment.wave).is_some(),
            finding: finding.clone(),
            status: memory.status(),
            has_no_new_information: memory.has_no_new_information(),
        };
    scales.map(scale).collect()
}

impl UnitJudgement {
    fn of(series: &Series, moment: &Moment, (at, id): (usize, &str), unit: &OfUnit) -> Self {
        let change = unit.memory.status();
        let scales: Vec<UnitScale> = series
            .tables
            .iter()
            .zip(&moment.plug_ins)
            .zip(&unit.findings)
            .map(|((table, known), finding)| UnitScale {
                scale: table.id.clone(),
                published: table.units[at].at(moment.wave).is_some(),
                finding: finding.clone(),
                status: finding.as_ref().and_then(|finding| {
                    change.map(|change| change.min(series.cadence.level_kept(finding.p)))
                }),
                level: level(table, known, (at, moment.wave)),
            })
            .collect();
        let levels = scales.iter().filter_map(|scale| scale.level);
        let level = levels.map(|level| level.status).max();
        Self {
            unit: id.to_owned(),
            published: scales.iter().any(|scale| scale.published),
            p: unit.p,
            leading_scale: unit
                .leading
                .map(|leading| series.tables[leading].id.clone()),
            change_status: change,
            level_status: level,
            status: together(change, level),
            scales,
            has_no_new_information: unit.memory.has_no_new_information(),
        }
    }
}

/// The worse of change and level; both elevated is high (A9).
fn together(change: Option<Status>, level: Option<Status>) -> Option<Status> {
    let both_elevated = change.min(level) >= Some(Status::Elevated);
    let worse = change.max(level);
    worse.map(|worse| if both_elevated { Status::High } else { worse })
}

fn level(table: &Table, known: &PlugIns, (unit, wave): (usize, u32)) -> Option<Level> {
    let row = table.units[unit].at(wave)?;
    let looked = Looked {
        mean: row.y,
        answered: row.n,
        asked: row.asked,
        cut: table.cut?,
        alpha: table.alpha,
    };
    Some(Level::of(&looked, known))
}
