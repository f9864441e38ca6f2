//! The input of `respite publish`: every fault is refused with its place in the file.

use std::collections::{BTreeMap, BTreeSet};

use crate::cli::json_place::{FileFault, Part};
use crate::tallies::{Points, PublishAt, ScaleRule, Threshold, Tree, TreeFault};

/// Decimals of scores and cuts that count; beyond them a number is rounded.
const PLACES: u32 = 12;

/// A whole input file.
pub(super) struct Wave {
    pub threshold: Threshold,
    /// By their id.
    pub scales: Vec<Scale>,
    pub tree: Tree<String>,
    /// Settled members directly in each unit.
    pub asked: BTreeMap<String, u32>,
    pub answers: Vec<(String, Scores)>,
}

/// One scale and what the rule knows of it.
pub(super) struct Scale {
    pub id: String,
    pub rule: ScaleRule,
}

/// The scores of one answer by scale, in steps of a trillionth; a scale without answer is left out.
pub(super) type Scores = BTreeMap<String, u64>;

impl Wave {
    pub fn read(root: Part<'_>) -> Result<Self, FileFault> {
        let mut fields = root.fields()?;
        let threshold = threshold(&fields.need("threshold")?)?;
        let scales = scales(&fields.need("scales")?)?;
        let tree = tree(&fields.need("units")?)?;
        let asked = asked(&fields.need("asked")?, &tree)?;
        let answers = fields.need("answers")?.list()?;
        let answers: Result<_, _> = answers
            .into_iter()
            .map(|part| answer(part, &tree, &scales))
            .collect();
        let wave = Self {
            threshold,
            scales,
            tree,
            asked,
            answers: answers?,
        };
        fields.end().map(|()| wave)
    }
}

fn threshold(part: &Part<'_>) -> Result<Threshold, FileFault> {
    let least = Threshold::LEAST;
    Threshold::new(part.whole_number()?)
        .ok_or_else(|| part.fault(format!("the threshold is at least {least}")))
}

fn scales(part: &Part<'_>) -> Result<Vec<Scale>, FileFault> {
    let mut scales: Vec<Scale> = Vec::new();
    for part in part.list()? {
        let mut fields = part.fields()?;
        let id = fields.need("id")?;
        let cut = match fields.find("cut").and_then(Part::or_null) {
            Some(cut) => Points::new(on_the_scale(&cut)?, Points::FINEST),
            None => None,
        };
        let publish_at = match fields.find("publish_at") {
            Some(part) => publish_at(&part)?,
            None => PublishAt::Unit,
        };
        fields.end()?;
        let name = id.text()?;
        if scales.iter().any(|scale| scale.id == name) {
            return Err(id.fault(format!("the scale \"{name}\" is listed twice")));
        }
        let rule = ScaleRule::new(ScaleRule::MOST_STEPS, cut, publish_at)
            .expect("the finest scale is a scale");
        scales.push(Scale { id: name, rule });
    }
    scales.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(scales)
}

fn publish_at(part: &Part<'_>) -> Result<PublishAt, FileFault> {
    match part.text()?.as_str() {
        "unit" => Ok(PublishAt::Unit),
        "organisation" => Ok(PublishAt::Organisation),
        _ => Err(part.fault("\"unit\" or \"organisation\" is wanted here")),
    }
}

fn tree(part: &Part<'_>) -> Result<Tree<String>, FileFault> {
    let mut units = Vec::new();
    let mut places = Vec::new();
    for part in part.list()? {
        let mut fields = part.clone().fields()?;
        let id = fields.need("id")?.text()?;
        let parent = match fields.need("parent")?.or_null() {
            Some(parent) => Some(parent.text()?),
            None => None,
        };
        fields.end()?;
        units.push((id, parent));
        places.push(part);
    }
    Tree::new(&units).map_err(|fault| {
        let at = match fault {
            TreeFault::NoRoot => None,
            TreeFault::TwoRoots { at }
            | TreeFault::Twice { at }
            | TreeFault::UnknownParent { at }
            | TreeFault::Cycle { at } => places.get(at),
        };
        at.unwrap_or(part).fault(fault.to_string())
    })
}

fn asked(part: &Part<'_>, tree: &Tree<String>) -> Result<BTreeMap<String, u32>, FileFault> {
    let members = part.object()?.into_iter().map(|(unit, part)| {
        if tree.contains(&unit) {
            Ok((unit, part.whole_number()?))
        } else {
            Err(part.fault(format!("there is no unit \"{unit}\"")))
        }
    });
    members.collect()
}

fn answer(
    part: Part<'_>,
    tree: &Tree<String>,
    scales: &[Scale],
) -> Result<(String, Scores), FileFault> {
    let mut fields = part.fields()?;
    let place = fields.need("unit")?;
    let unit = place.text()?;
    if !tree.contains(&unit) {
        return Err(place.fault(format!("there is no unit \"{unit}\"")));
    }
    let known: BTreeSet<&str> = scales.iter().map(|scale| scale.id.as_str()).collect();
    let mut scores = Scores::new();
    for (scale, part) in fields.need("scores")?.object()? {
        if !known.contains(scale.as_str()) {
            return Err(part.fault(format!("there is no scale \"{scale}\"")));
        }
        if let Some(score) = part.or_null() {
            scores.insert(scale, on_the_scale(&score)?);
        }
    }
    fields.end()?;
    Ok((unit, scores))
}

/// A number from 0 to 100, in trillionths.
fn on_the_scale(part: &Part<'_>) -> Result<u64, FileFault> {
    u64::try_from(part.decimal(PLACES)?)
        .ok()
        .filter(|steps| *steps <= ScaleRule::MOST_STEPS)
        .ok_or_else(|| part.fault("a number from 0 to 100 is wanted here"))
}
