//! The count itself: reads, checks and opens the ballots of a closed wave, outside any writing
//! transaction. Sums live in memory only; what of them may be released, `tallies` decides.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::waves::{Wave, WaveScale};
use super::{roster, store, trust};
use crate::app::App;
use crate::audit::Change;
use crate::ballots::{self, Ballot, BallotContent, BallotMark};
use crate::ids::{BallotId, UnitId, WaveId};
use crate::rehearsal::point;
use crate::store::{StoreError, Tx};
use crate::tallies::{Answer, Atom, Count, Points, PublishAt, ScaleRule, Threshold, Tree};
use crate::vault::{WaveKeyPair, open_ballot};

/// Ballots read at a time: bounds the memory of a count.
const PAGE: i64 = 1000;

/// Why a wave is not counted.
pub(super) enum NotCounted {
    /// Someone without the server key has changed it: it is stopped.
    Tampered(&'static str),
    /// Another key file is needed before anyone can tell: it waits, and nothing is destroyed.
    KeyNotHere,
}

impl NotCounted {
    /// What does not verify was changed only if its key is known to be the right one.
    async fn because(
        tx: &mut Tx,
        app: &App,
        (sealed, why): (&[u8], &'static str),
    ) -> Result<Self, StoreError> {
        Ok(if app.has_key_of(tx, sealed).await? {
            Self::Tampered(why)
        } else {
            Self::KeyNotHere
        })
    }
}

/// What a count found; released or dropped as a whole.
pub(super) struct Counted {
    pub ballots: u64,
    pub by_scale: Vec<(String, Vec<Atom<UnitId>>)>,
    pub left_out: Vec<Change>,
}

/// What a look at all ballots gives.
#[derive(Default)]
struct Seen {
    ballots: u64,
    by_unit: BTreeMap<UnitId, u64>,
    unreadable: u64,
    /// Left out because their marks are barred.
    doubled: u64,
    marks: HashSet<BallotMark>,
    /// Marks that more than one ballot bears.
    twice: Vec<BallotMark>,
    /// Made by a server whose key is not here.
    by_others: u64,
}

/// What is left out of a count: found by a look, and left out by the next.
#[derive(Default)]
struct Barred {
    units: BTreeSet<UnitId>,
    marks: HashSet<BallotMark>,
}

/// Step 2: reads, checks and opens the ballots in pages; sums live in memory only.
pub(super) async fn count(
    app: &App,
    wave: &Wave,
) -> Result<Result<Counted, NotCounted>, StoreError> {
    let mut tx = app.store.read_newest().await?;
    let places = store::rosters::tree(&mut tx, wave.id).await?;
    let asked = store::rosters::all(&mut tx, wave.id).await?;
    let sealed_key = store::waves::key(&mut tx, wave.id).await?;
    if !wave.is_genuine(&app.keys) {
        let why = (&wave.tag[..], "its row was changed");
        return Ok(Err(NotCounted::because(&mut tx, app, why).await?));
    }
    if roster::digest(wave.threshold, &places, &asked)[..] != wave.digest[..] {
        return Ok(Err(NotCounted::Tampered("its roster or tree was changed")));
    }
    let Some(sealed_key) = sealed_key else {
        return Ok(Err(NotCounted::Tampered("its key is missing")));
    };
    let Ok(pair) = WaveKeyPair::open(&app.keys, wave.id, &sealed_key) else {
        let why = (&sealed_key[..], "its key does not open");
        return Ok(Err(NotCounted::because(&mut tx, app, why).await?));
    };
    if pair.public() != wave.public_key {
        return Ok(Err(NotCounted::Tampered("its key is not its own")));
    }
    let tree = Tree::new(
        &places
            .iter()
            .map(|at| (at.unit, at.parent))
            .collect::<Vec<_>>(),
    );
    let (Ok(tree), Some(rules)) = (
        tree,
        wave.scales.iter().map(rule).collect::<Option<Vec<_>>>(),
    ) else {
        return Ok(Err(NotCounted::Tampered("its tree or scales are damaged")));
    };
    let mut barred = Barred::default();
    loop {
        let mut counts: Vec<_> = rules.iter().map(|rule| Count::of(&tree, *rule)).collect();
        let seen = look(&mut tx, app, (wave, &pair), (&mut counts, &barred)).await?;
        if seen.by_others > 0 {
            return Ok(Err(NotCounted::KeyNotHere));
        }
        if !seen.twice.is_empty() {
            barred.marks.extend(seen.twice);
            continue;
        }
        let overfull = overfull(&seen, &asked, &tree);
        if overfull.is_subset(&barred.units) {
            return Ok(Ok(Counted::of(wave, counts, &seen, &overfull)));
        }
        barred.units.extend(overfull);
    }
}

/// The rule of a scale as the wave was opened with it.
fn rule(scale: &WaveScale) -> Option<ScaleRule> {
    let cut = match scale.cut {
        Some((top, bottom)) => Some(Points::new(
            u64::try_from(top).ok()?,
            u64::try_from(bottom).ok()?,
        )?),
        None => None,
    };
    let publish_at = if scale.at_units {
        PublishAt::Unit
    } else {
        PublishAt::Organisation
    };
    ScaleRule::new(u64::from(scale.highest), cut, publish_at)
}

/// Reads every ballot once, and adds those that may be counted.
async fn look(
    tx: &mut Tx,
    app: &App,
    (wave, pair): (&Wave, &WaveKeyPair),
    (counts, barred): (&mut [Count<'_, UnitId>], &Barred),
) -> Result<Seen, StoreError> {
    let mut seen = Seen::default();
    let mut after: Option<BallotId> = None;
    loop {
        let page = ballots::page(tx, wave.id, after, PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(seen);
        };
        after = Some(last.id);
        point("count.page-read");
        for ballot in &page {
            seen.ballots += 1;
            seen.by_others += u64::from(trust::names_a_missing_key(&app.keys, &ballot.tag));
            let Some(content) = open(app, (wave, pair), ballot) else {
                seen.unreadable += 1;
                continue;
            };
            if barred.marks.contains(&content.mark) {
                seen.doubled += 1;
                continue;
            }
            if !seen.marks.insert(content.mark) {
                seen.twice.push(content.mark);
            }
            *seen.by_unit.entry(content.counted_at).or_default() += 1;
            if !barred.units.contains(&content.counted_at) {
                add(counts, &content);
            }
        }
    }
}

fn open(app: &App, (wave, pair): (&Wave, &WaveKeyPair), ballot: &Ballot) -> Option<BallotContent> {
    if !ballot.is_genuine(&app.keys) {
        return None;
    }
    let plain = open_ballot(pair, wave.id, ballot.id, &ballot.sealed).ok()?;
    BallotContent::decode(&plain, wave.scales.len()).ok()
}

fn add(counts: &mut [Count<'_, UnitId>], content: &BallotContent) {
    for (count, scale) in counts.iter_mut().zip(&content.scales) {
        let Some(steps) = scale.steps else { continue };
        let answer = Answer {
            steps: u64::from(steps),
            stayed: scale.stayed,
        };
        if let Err(refused) = count.add(&content.counted_at, answer) {
            tracing::error!("an answer was not counted: {refused}");
        }
    }
}

/// Units with more ballots than settled members, units that are not in the tree, and the whole
/// organisation if there are more ballots than people on the roster.
fn overfull(seen: &Seen, asked: &[roster::Asked], tree: &Tree<UnitId>) -> BTreeSet<UnitId> {
    let total: u64 = seen.by_unit.values().sum();
    if total > asked.len() as u64 {
        return seen.by_unit.keys().copied().collect();
    }
    let mut settled: BTreeMap<UnitId, u64> = BTreeMap::new();
    for row in asked.iter().filter(|row| row.settled) {
        *settled.entry(row.unit).or_default() += 1;
    }
    seen.by_unit
        .iter()
        .filter(|(unit, _)| *unit != tree.root())
        .filter(|(unit, ballots)| {
            !tree.contains(unit) || **ballots > settled.get(unit).copied().unwrap_or(0)
        })
        .map(|(unit, _)| *unit)
        .collect()
}

impl Counted {
    fn of(
        wave: &Wave,
        counts: Vec<Count<'_, UnitId>>,
        seen: &Seen,
        overfull: &BTreeSet<UnitId>,
    ) -> Self {
        // `wave.threshold` is at least 5 by the table's own check and by the tag.
        let threshold = u32::try_from(wave.threshold)
            .ok()
            .and_then(Threshold::new)
            .unwrap_or_default();
        let by_scale = wave
            .scales
            .iter()
            .zip(counts)
            .map(|(scale, count)| (scale.id.clone(), count.atoms(threshold)))
            .collect();
        Self {
            ballots: seen.ballots,
            by_scale,
            left_out: left_out(wave.id, seen, overfull),
        }
    }
}

fn left_out(wave: WaveId, seen: &Seen, overfull: &BTreeSet<UnitId>) -> Vec<Change> {
    let mut changes: Vec<Change> = overfull
        .iter()
        .map(|unit| Change::BallotsLeftOut {
            wave,
            unit: Some(*unit),
            why: "more ballots than members".to_owned(),
        })
        .collect();
    if seen.doubled > 0 {
        changes.push(Change::BallotsLeftOut {
            wave,
            unit: None,
            why: "several by one person".to_owned(),
        });
    }
    if seen.unreadable > 0 {
        changes.push(Change::BallotsLeftOut {
            wave,
            unit: None,
            why: "not put there by this server".to_owned(),
        });
    }
    changes
}
