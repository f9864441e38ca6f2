//! One made-up organisation, from its people to what was seen of its teams.

use super::people::Organisation;
use super::release::Releases;
use super::watching::{LEVELS, Noticed, Seen, alarms, noticed, starts};
use super::world::{Change, Whom, World};
use crate::trends::{Finding, Memory, Moment, OfUnit, Replay, Status};

/// How many waves after a change it is looked which flags are false.
const FLAGS_AFTER: usize = 4;

/// What is counted of one organisation. Arrays are by level: watch, elevated, high.
pub(super) struct Sample {
    /// Teams in which nothing changed.
    pub calm_teams: u32,
    /// p alone: no other condition, no memory.
    pub alone: Channel,
    /// With the conditions on size and on the other teams.
    pub whole: Channel,
    /// The organisation as one series.
    pub organisation: Channel,
    pub team_waves: u32,
    pub published: u32,
    /// Counted waves of calm teams that show at least this status, memory included.
    pub shown: [u32; 3],
    /// Calm teams in alarm at elevated by p alone, by wave.
    pub in_alarm: Vec<u32>,
    /// The changed team when it was first flagged.
    pub flagged: Option<Flagged>,
    /// Share of false ones among the flags at elevated, conditions included; mean of the waves from
    /// the change on. A wave without a flag has no false one.
    pub false_share: f64,
}

/// One way of raising alarms.
#[derive(Default)]
pub(super) struct Channel {
    /// Alarms that began in units where nothing changed.
    pub starts: [u32; 3],
    /// `None` if there is no change.
    pub noticed: [Option<Noticed>; 3],
}

/// Sizes in points.
pub(super) struct Flagged {
    pub raw: f64,
    pub shown: f64,
    pub covers: bool,
}

impl Sample {
    /// Runs one organisation; the key is seed and number.
    pub fn of(world: &World, change: Option<Change>, key: (u64, u32)) -> Self {
        let mut organisation = Organisation::of(world, change, key);
        let mut releases = Releases::of(world);
        for wave in 1..=world.waves() {
            releases.add(wave, &organisation.wave(wave));
        }
        let moments: Vec<Moment> = Replay::of(&releases.series()).collect();
        Self::seen(world, change, &moments)
    }

    fn seen(world: &World, change: Option<Change>, moments: &[Moment]) -> Self {
        let teams = world.sizes.len();
        let is_changed =
            |team: usize| change.is_some_and(|change| team == 0 || change.whom == Whom::Everyone);
        let calm: Vec<usize> = (0..teams).filter(|team| !is_changed(*team)).collect();
        let whole = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let mut sample = Self {
            calm_teams: whole(calm.len()),
            alone: Channel::default(),
            whole: Channel::default(),
            organisation: Channel::default(),
            team_waves: whole(teams * moments.len()),
            published: 0,
            shown: [0; 3],
            in_alarm: vec![0; moments.len()],
            flagged: None,
            false_share: false_share(moments, change, &calm),
        };
        for team in 0..teams {
            let changed = change.filter(|_| is_changed(team));
            sample.published += whole(published(moments, team));
            let alone = alone(world, moments, team);
            let gated = gated(moments, team);
            let noticed = (changed.is_some() && team == 0)
                .then_some(changed)
                .flatten();
            sample
                .alone
                .add(world, &alone, (changed.is_none(), noticed));
            sample
                .whole
                .add(world, &gated, (changed.is_none(), noticed));
            if let Some(change) = noticed {
                sample.flagged = flagged(world, moments, change);
            }
            if changed.is_none() {
                sample.add_calm(world, moments, (team, &alone));
            }
        }
        let seen = organisation(world, moments);
        let changes = change.filter(|change| change.whom == Whom::Everyone);
        sample
            .organisation
            .add(world, &seen, (change.is_none(), changes));
        sample
    }

    fn add_calm(&mut self, world: &World, moments: &[Moment], (team, alone): (usize, &[Seen])) {
        let on = alarms(alone, Status::Elevated);
        for (sum, on) in self.in_alarm.iter_mut().zip(on) {
            *sum += u32::from(on);
        }
        for moment in moments.iter().skip(world.first_counted() as usize - 1) {
            let status = moment.units[team].memory.status();
            for (sum, level) in self.shown.iter_mut().zip(LEVELS) {
                *sum += u32::from(status >= Some(level));
            }
        }
    }
}

impl Channel {
    fn add(&mut self, world: &World, seen: &[Seen], (is_calm, change): (bool, Option<Change>)) {
        for (at, level) in LEVELS.into_iter().enumerate() {
            let on = alarms(seen, level);
            if is_calm {
                self.starts[at] += starts(&on, world.first_counted());
            }
            if let Some(change) = change {
                self.noticed[at] = Some(noticed(&on, change.at));
            }
        }
    }
}

fn published(moments: &[Moment], team: usize) -> usize {
    let rows = moments.iter().map(|moment| &moment.units[team].memory);
    rows.filter(|memory| memory.is_of_this_wave()).count()
}

/// What a unit showed: `level` is that of its finding.
fn seen(memory: &Memory, level: Option<Status>) -> Seen {
    match level {
        Some(level) => Seen::Level(level),
        None if memory.is_of_this_wave() => Seen::First,
        None => Seen::Nothing,
    }
}

fn alone(world: &World, moments: &[Moment], team: usize) -> Vec<Seen> {
    let units = moments.iter().map(|moment| &moment.units[team]);
    units
        .map(|unit| seen(&unit.memory, unit.p.map(|p| world.cadence.level_of(p))))
        .collect()
}

fn gated(moments: &[Moment], team: usize) -> Vec<Seen> {
    let units = moments.iter().map(|moment| &moment.units[team]);
    units.map(|unit| seen(&unit.memory, unit.level)).collect()
}

fn organisation(world: &World, moments: &[Moment]) -> Vec<Seen> {
    let level = |found: &Finding| world.cadence.level_of(found.p);
    let scales = moments.iter().flat_map(|moment| &moment.organisation);
    scales
        .map(|(found, memory)| seen(memory, found.as_ref().map(level)))
        .collect()
}

/// The changed team's finding when it was first flagged at elevated, within the last horizon.
fn flagged(world: &World, moments: &[Moment], change: Change) -> Option<Flagged> {
    let on = alarms(&alone(world, moments, 0), Status::Elevated);
    let Noticed::In(waves) = noticed(&on, change.at) else {
        return None;
    };
    let [.., longest] = world.horizons();
    let moment = moments.get((change.at + waves).checked_sub(2)? as usize)?;
    let found = moment
        .units
        .first()?
        .leading()
        .filter(|_| waves <= longest)?;
    let [low, high] = found.interval;
    Some(Flagged {
        raw: found.size,
        shown: found.shown_size,
        covers: (low..=high).contains(&change.size),
    })
}

fn false_share(moments: &[Moment], change: Option<Change>, calm: &[usize]) -> f64 {
    let after = change.map_or(0, |change| change.at.saturating_sub(1) as usize);
    let waves = moments.iter().skip(after).take(FLAGS_AFTER);
    let share = |moment: &Moment| {
        let is_flagged = |unit: &OfUnit| unit.level >= Some(Status::Elevated);
        let all = moment.units.iter().filter(|unit| is_flagged(unit)).count();
        let wrong = calm
            .iter()
            .filter(|team| is_flagged(&moment.units[**team]))
            .count();
        count(wrong) / count(all.max(1))
    };
    waves.map(share).sum::<f64>() / count(FLAGS_AFTER)
}

fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}
