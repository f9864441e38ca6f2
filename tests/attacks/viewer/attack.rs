//! The attack: from everything that was fetched, how far is each answer bounded, and each sum over
//! fewer than k people?

use std::collections::BTreeMap;

use uuid::Uuid;

use super::program::{Block, Program, Question};
use super::released::Wave;
use super::rule::Scale;
use super::shown::Shown;
use super::town::{Ballot, Town};

/// What rounding of the solver may cost.
const TOLERANCE: f64 = 1e-6;
/// Nobody's answer is bounded to less, in points of 100.
const HALF: f64 = 50.0;

/// What an attack found, in points of 100.
#[derive(Clone, Copy, Debug)]
pub struct Found {
    pub waves: usize,
    pub groups: usize,
    pub answers: i64,
    /// Ranges looked at, on the steps and by the program.
    pub ranges: usize,
    pub programs: usize,
    /// The narrowest that an answer was bounded to, and a sum over fewer than k people.
    pub answer: f64,
    pub sum: f64,
    pub answer_by_program: f64,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            waves: 0,
            groups: 0,
            answers: 0,
            ranges: 0,
            programs: 0,
            answer: 100.0,
            sum: f64::INFINITY,
            answer_by_program: 100.0,
        }
    }
}

/// Attacks everything that was shown of an organisation.
pub fn attack(waves: &[Wave], shown: &Shown, found: &mut Found) {
    for (place, wave) in waves.iter().enumerate() {
        let before = waves[..place]
            .iter()
            .rfind(|before| before.plan == wave.plan);
        found.waves += 1;
        for scale in &wave.scales {
            shown.must_differ_by_groups(wave, &scale.id);
            shown.must_be_sums(wave, before, &scale.id);
            let rows = wave.groups_of(&scale.id);
            let blocks: Vec<Block> = rows
                .iter()
                .map(|(_, row)| Block {
                    n: row.answered,
                    groups: scale.groups(row.answered, *row),
                })
                .collect();
            let unions = wave.unions(&scale.id);
            let program = Program {
                scale,
                blocks: &blocks,
                unions: &unions,
                one_each: false,
            };
            for (group, block) in blocks.iter().enumerate() {
                assert!(
                    !block.groups.is_empty(),
                    "no answers give {:?}",
                    rows[group]
                );
                found.groups += 1;
                found.answers += block.n;
                found.on_the_steps((scale, block), wave.threshold);
                found.by_program((&program, group), wave.threshold);
            }
        }
    }
}

impl Found {
    /// Whatever she answered herself, every other answer keeps half of the scale, and so does every
    /// sum over fewer than k that leaves somebody out: the sum of all others of a group of k is
    /// known to a member of it, and users are told.
    fn on_the_steps(&mut self, (scale, block): (&Scale, &Block), k: i64) {
        let owns = (0..=scale.highest).map(Some).chain([None]);
        for own in owns {
            let others = block.n - i64::from(own.is_some());
            for targets in 1..k.min(others) {
                let range = scale.range((block.n, &block.groups), own, targets);
                let Some((least, most)) = range else { continue };
                self.ranges += 1;
                #[expect(clippy::cast_precision_loss, reason = "steps are few")]
                let points = scale.points((most - least) as f64);
                let narrowest = if targets == 1 {
                    &mut self.answer
                } else {
                    &mut self.sum
                };
                *narrowest = narrowest.min(points);
                assert!(
                    points >= HALF,
                    "{targets} of {} lie within {points} points of {} for one who answered {own:?}",
                    block.n,
                    scale.id,
                );
            }
        }
    }

    fn by_program(&mut self, (program, group): (&Program<'_>, usize), k: i64) {
        let (scale, block) = (program.scale, &program.blocks[group]);
        let ends = [0, scale.below_to.max(0), scale.above_from, scale.highest];
        let mut owns: Vec<Option<i64>> = ends.into_iter().map(Some).collect();
        owns.dedup();
        owns.push(None);
        for own in owns {
            let others = block.n - i64::from(own.is_some());
            for targets in [1, k.min(others) - 1] {
                let exact = scale.range((block.n, &block.groups), own, targets);
                let Some((least, most)) = exact else { continue };
                let question = Question {
                    group,
                    targets,
                    own: own.map(|own| (group, own)),
                };
                let range = program.range(&question);
                let (low, high) = range.expect("what is possible on the steps is possible");
                self.programs += 2;
                let points = scale.points(high - low);
                if targets == 1 {
                    self.answer_by_program = self.answer_by_program.min(points);
                }
                assert!(
                    points >= HALF - TOLERANCE,
                    "{question:?} of {}: {points}",
                    scale.id
                );
                #[expect(clippy::cast_precision_loss, reason = "steps are few")]
                let is_outside = low <= least as f64 + TOLERANCE && high >= most as f64 - TOLERANCE;
                assert!(
                    is_outside,
                    "{question:?}: {low} to {high} is not around {exact:?}"
                );
            }
        }
    }
}

/// The rows are those of the answers that were given, where their owners wanted them counted. So
/// the attacker's equations are true ones, and nothing was counted that should not be.
pub fn must_be_of_the_answers(town: &Town, waves: &[Wave]) {
    assert_eq!(town.waves.len(), waves.len(), "every wave was counted");
    for (place, wave) in waves.iter().enumerate() {
        let ballots = &town.waves[place];
        let before = place.checked_sub(1).map(|before| &town.waves[before]);
        for scale in &wave.scales {
            let mut groups = groups(wave, scale, ballots);
            groups.sort_by_key(|(top, _)| *top);
            let expected: Vec<_> = groups
                .into_iter()
                .map(|(top, people)| {
                    let answers = people.iter().map(|person| {
                        let ballot = &ballots[person];
                        let stayed =
                            before
                                .and_then(|before| before.get(person))
                                .is_some_and(|before| {
                                    before.unit == ballot.unit
                                        && before.steps.contains_key(&scale.id)
                                });
                        (ballot.steps[&scale.id], stayed)
                    });
                    (top, scale.release(answers.collect::<Vec<_>>()))
                })
                .collect();
            let mut rows = wave.groups_of(&scale.id).to_vec();
            rows.sort_by_key(|(top, _)| *top);
            assert_eq!(
                rows, expected,
                "{} in wave {} of town {}",
                scale.id, wave.number, town.seed
            );
        }
    }
}

/// The groups as the rule says: from the leaves up, what is too few is passed up.
fn groups(
    wave: &Wave,
    scale: &Scale,
    ballots: &BTreeMap<usize, Ballot>,
) -> Vec<(Uuid, Vec<usize>)> {
    let mut pools: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
    for (person, ballot) in ballots {
        if ballot.steps.contains_key(&scale.id) {
            let unit = if scale.at_units {
                ballot.unit
            } else {
                wave.root()
            };
            pools.entry(unit).or_default().push(*person);
        }
    }
    let mut units: Vec<Uuid> = wave.tree.iter().map(|place| place.unit).collect();
    units.sort_by_key(|unit| std::cmp::Reverse(wave.upwards(*unit).len()));
    let mut groups = Vec::new();
    for unit in units {
        let pool = pools.remove(&unit).unwrap_or_default();
        if i64::try_from(pool.len()).unwrap() >= wave.threshold {
            groups.push((unit, pool));
        } else if let Some(parent) = wave.parent(unit) {
            pools.entry(parent).or_default().extend(pool);
        }
    }
    groups
}
