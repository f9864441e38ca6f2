//! Answers of a wave become released rows by the publication rule itself; nothing else of them goes
//! on to the trend method.

use std::collections::BTreeMap;

use super::people::Answered;
use super::world::{Spread, World};
use crate::tallies::{
    Answer, Count, Points, Publication, PublishAt, ScaleRule, Threshold, Tree, publications,
};
use crate::trends;
use crate::trends::{Direction, Released, Row, Scale, Series, Unit};

/// The one scale.
const SCALE: &str = "strain";
/// Its cut, and its reliability as far as the level rule is told.
const CUT: u32 = 50;
/// The organisation's own place in the tree; teams are numbered from 1.
const ROOT: u32 = 0;
/// Fewest answers for a variance, and its floor times its degrees of freedom.
const LEAST_FOR_SPREAD: u32 = 30;
const FLOOR: f64 = 3125.0;

/// Rows released so far.
pub(super) struct Releases<'a> {
    world: &'a World,
    tree: Tree<u32>,
    rule: ScaleRule,
    asked: BTreeMap<u32, u32>,
    /// How many answered in each unit that was published in the wave before.
    before: BTreeMap<u32, u64>,
    released: Released,
}

impl<'a> Releases<'a> {
    /// Before the first wave.
    pub fn of(world: &'a World) -> Self {
        let teams: Vec<u32> = (1..).zip(&world.sizes).map(|(number, _)| number).collect();
        let below = teams.iter().map(|team| (*team, Some(ROOT)));
        let units: Vec<_> = [(ROOT, None)].into_iter().chain(below).collect();
        let cut = Points::new(CUT.into(), 1);
        let scale = Scale {
            id: SCALE.to_owned(),
            direction: Direction::HigherIsWorse,
            cut: Some(CUT.into()),
            alpha: trends::DEFAULT_ALPHA,
        };
        Self {
            world,
            tree: Tree::new(&units).expect("teams below one root are a tree"),
            rule: ScaleRule::new(highest(world).into(), cut, PublishAt::Unit)
                .expect("a scale of some items is one"),
            asked: teams
                .iter()
                .copied()
                .zip(world.sizes.iter().copied())
                .collect(),
            before: BTreeMap::new(),
            released: Released {
                cadence: world.cadence,
                waves: world.waves(),
                scales: vec![scale],
                organisation: Vec::new(),
                spread: Vec::new(),
                units: teams.iter().map(|team| unit(*team)).collect(),
            },
        }
    }

    /// Releases a wave; who answered is given by team.
    pub fn add(&mut self, wave: u32, teams: &[Vec<Answered>]) {
        let mut count = Count::of(&self.tree, self.rule);
        for (team, answers) in (1_u32..).zip(teams) {
            for answered in answers {
                let answer = Answer {
                    steps: answered.steps.into(),
                    stayed: answered.stayed,
                };
                let counted = count.add(&team, answer);
                counted.expect("a team of the tree, and no more steps than the scale has");
            }
        }
        let atoms = count.atoms(Threshold::default());
        let shown = publications(&self.tree, &atoms, &self.asked, &self.before);
        self.before.clear();
        for (unit, publication) in shown {
            let Some(publication) = publication else {
                continue;
            };
            self.before.insert(unit, publication.answered());
            let row = row(wave, &publication);
            match unit.checked_sub(1) {
                None => self.released.organisation.push(row),
                Some(team) => self.released.units[team as usize].rows.push(row),
            }
        }
        if self.world.spread == Spread::Released {
            self.released.spread.extend(self.spread(wave, teams));
        }
    }

    /// Pooled over the teams that are published.
    fn spread(&self, wave: u32, teams: &[Vec<Answered>]) -> Option<trends::Spread> {
        let least = Threshold::default().people();
        let (mut answered, mut df, mut squares) = (0, 0, 0.0);
        for answers in teams {
            let n = u32::try_from(answers.len()).unwrap_or(u32::MAX);
            if n < least {
                continue;
            }
            let scores = || answers.iter().map(|one| self.score(one.steps));
            let mean = scores().sum::<f64>() / f64::from(n);
            squares += scores().map(|score| (score - mean).powi(2)).sum::<f64>();
            answered += n;
            df += n - 1;
        }
        let floor = (FLOOR / f64::from(df)).ceil();
        (answered >= LEAST_FOR_SPREAD).then(|| trends::Spread {
            wave,
            scale: SCALE.to_owned(),
            s2: Some((squares / f64::from(df) + 0.5).floor().max(floor)),
            s2_df: Some(df),
        })
    }

    /// 0 to 100.
    fn score(&self, steps: u32) -> f64 {
        100.0 * f64::from(steps) / f64::from(highest(self.world))
    }

    /// All that is known of the organisation.
    pub fn series(&self) -> Series {
        Series::new(&self.released).expect("released rows fit together")
    }
}

/// Most steps of the scale.
const fn highest(world: &World) -> u32 {
    4 * world.items
}

fn unit(team: u32) -> Unit {
    Unit {
        id: team.to_string(),
        rows: Vec::new(),
    }
}

fn row(wave: u32, publication: &Publication) -> Row {
    // Numbers of people of a made-up organisation.
    let people = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    Row {
        wave,
        scale: SCALE.to_owned(),
        answered: people(publication.answered()),
        asked: people(publication.asked()),
        mean: publication.mean().into(),
        stayed: publication.stayed().map(people),
    }
}
