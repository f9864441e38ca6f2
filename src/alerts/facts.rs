//! What the sentences about a unit are filled in with, kept with its finding. Taken from what the
//! method concluded and from released rows; pure.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::comparison::History;
use crate::ids::UnitId;
use crate::tallies::Publication;
use crate::trends::{
    Direction, Finding, Form, Judgement, Level, OrganisationScale, Scale, Shape, Status,
    UnitJudgement, turnover_note,
};

/// Whether a wave has brought numbers of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum News {
    /// It has.
    Published,
    /// It has not, and the status is kept from the wave before.
    Kept,
    /// It has not.
    Nothing,
}

impl News {
    const fn of(is_published: bool, is_kept: bool) -> Self {
        match (is_published, is_kept) {
            (true, _) => Self::Published,
            (false, true) => Self::Kept,
            (false, false) => Self::Nothing,
        }
    }
}

/// Everything that is said about a unit at a wave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Whether there are numbers of this wave.
    pub news: News,
    /// Whether the method still rests on typical values.
    pub typical: bool,
    /// Whether the organisation as a whole has risen too.
    pub organisation_worse: bool,
    /// Of the scale that leads, or of the first that was published.
    pub answered: Option<u64>,
    /// The same.
    pub asked: Option<u64>,
    /// The best-fitting change on the scale that leads.
    pub change: Option<Change>,
    /// Levels of `watch` and above, in the order of the scales.
    pub levels: Vec<LevelFact>,
}

/// A change as it may be shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The status of the change alone: quiet, watch, elevated or high.
    pub status: String,
    /// Which scale leads.
    pub scale: String,
    /// Whether a fall is what is worse.
    pub higher_is_better: bool,
    /// Points of 100, positive is worse; drawn towards nought.
    pub shown_size: f64,
    /// The 80 % interval.
    pub interval: [f64; 2],
    /// When the first wave of the change opened.
    pub since: DateTime<Utc>,
    /// Whether it came little by little.
    pub gradual: bool,
    /// Whether it is compared with its own past only.
    pub absolute: bool,
    /// The chance of at least this in a unit where nothing changed.
    pub p: f64,
    /// What would have been noticed by now in half of cases, in points.
    pub noticeable: Option<f64>,
    /// Who had not answered here the time before, and how many answered, where they are many.
    pub newcomers: Option<(u32, u32)>,
}

/// A level that is worth a sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LevelFact {
    /// Which scale.
    pub scale: String,
    /// Whether low is bad.
    pub higher_is_better: bool,
    /// As released.
    pub mean: u8,
    /// As the instrument has it, 0 to 100.
    pub cut: f64,
    /// That the true mean is beyond the cut.
    pub probability: f64,
}

impl Facts {
    /// About a unit of a set.
    #[must_use]
    pub fn of_unit(
        history: &History<'_>,
        judgement: &Judgement,
        (unit, found): (UnitId, &UnitJudgement),
    ) -> Self {
        let leading = found.leading_scale.as_deref();
        let scale = found
            .scales
            .iter()
            .find(|scale| Some(&*scale.scale) == leading);
        let change = scale
            .and_then(|scale| scale.finding.as_ref().map(|finding| (scale, finding)))
            .and_then(|(scale, finding)| {
                let status = found.change_status?;
                change(history, (&scale.scale, finding), (status, found.p?))
            });
        let first = found.scales.iter().find(|scale| scale.published);
        let counted = leading.or(first.map(|scale| &*scale.scale));
        let row = counted.and_then(|scale| history.judged().publication(unit, scale));
        let levels = found.scales.iter().filter_map(|scale| {
            let row = history.judged().publication(unit, &scale.scale)?;
            level(history, (&scale.scale, scale.level?), row)
        });
        Self {
            news: News::of(found.published, found.has_no_new_information),
            typical: is_typical(judgement, counted),
            organisation_worse: judgement
                .organisation
                .iter()
                .any(|scale| scale.status >= Some(Status::Elevated)),
            answered: row.map(|row| row.answered()),
            asked: row.map(|row| row.asked()),
            change,
            levels: levels.collect(),
        }
    }

    /// About the organisation, which is compared with its own past.
    #[must_use]
    pub fn of_organisation(history: &History<'_>, judgement: &Judgement) -> Self {
        let root = *history.judged().tree.root();
        let leading = leading(&judgement.organisation);
        let change = leading.and_then(|scale| {
            let finding = scale.finding.as_ref()?;
            change(history, (&scale.scale, finding), (scale.status?, finding.p))
        });
        let published = judgement.organisation.iter().find(|scale| scale.published);
        let counted = leading.or(published).map(|scale| &*scale.scale);
        let mut scales = judgement.organisation.iter();
        let is_kept = scales.all(|scale| scale.has_no_new_information);
        let row = counted.and_then(|scale| history.judged().publication(root, scale));
        Self {
            news: News::of(published.is_some(), is_kept),
            typical: is_typical(judgement, counted),
            organisation_worse: false,
            answered: row.map(|row| row.answered()),
            asked: row.map(|row| row.asked()),
            change,
            levels: Vec::new(),
        }
    }
}

/// The scale on which the organisation is worst: by status, then by chance.
fn leading(scales: &[OrganisationScale]) -> Option<&OrganisationScale> {
    let found = scales.iter().filter(|scale| scale.finding.is_some());
    found.reduce(|best, scale| {
        let p = |scale: &OrganisationScale| scale.finding.as_ref().map_or(1.0, |found| found.p);
        let is_worse =
            scale.status > best.status || (scale.status == best.status && p(scale) < p(best));
        if is_worse { scale } else { best }
    })
}

/// The worst status over the scales; `None`: not enough answers on any.
#[must_use]
pub fn organisation_status(judgement: &Judgement) -> Option<Status> {
    let statuses = judgement
        .organisation
        .iter()
        .filter_map(|scale| scale.status);
    statuses.max()
}

fn is_typical(judgement: &Judgement, scale: Option<&str>) -> bool {
    let of_scale =
        |known: &&crate::trends::ScalePlugIns| scale.is_none_or(|scale| scale == known.scale);
    let found = judgement.plug_ins.iter().find(of_scale);
    found.is_none_or(|known| known.is_typical)
}

fn scale_of<'a>(history: &'a History<'_>, id: &str) -> Option<&'a Scale> {
    history.scales().iter().find(|scale| scale.id == id)
}

fn change(
    history: &History<'_>,
    (scale, finding): (&str, &Finding),
    (status, p): (Status, f64),
) -> Option<Change> {
    let direction = scale_of(history, scale)?.direction;
    Some(Change {
        status: status.word().to_owned(),
        scale: scale.to_owned(),
        higher_is_better: direction == Direction::HigherIsBetter,
        shown_size: finding.shown_size,
        interval: finding.interval,
        since: history.wave(finding.since_wave)?.wave.opens_at,
        gradual: finding.shape == Shape::Gradual,
        absolute: finding.form == Form::Absolute,
        p,
        noticeable: finding.least_noticeable_rise(history.cadence()),
        newcomers: turnover_note(finding).map(|note| (note.joined, note.answered)),
    })
}

fn level(
    history: &History<'_>,
    (scale, level): (&str, Level),
    row: Publication,
) -> Option<LevelFact> {
    let known = scale_of(history, scale)?;
    (level.status > Status::Quiet).then_some(LevelFact {
        scale: scale.to_owned(),
        higher_is_better: known.direction == Direction::HigherIsBetter,
        mean: row.mean(),
        cut: known.cut?,
        probability: level.p,
    })
}
