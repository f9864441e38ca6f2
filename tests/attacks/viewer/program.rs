//! The linear program: an answer and its side of the cut are a variable each for every ballot, and
//! every released row is a constraint. Its answer is a range outside of which nothing lies; it
//! knows neither steps between the ends of a side nor that people come whole, so the exact ranges
//! of `rule.rs` are the sharper attack, and this one joins all rows.
//!
//! Ballots of one group are interchangeable: any solution stays one when two of them change places.
//! So one question per group and own answer is enough, and those who are neither asked about nor
//! known can be taken together: a sum of m ballots that may each lie in a convex set is any point
//! of m times that set. `one_each` keeps them apart; a test shows that it changes nothing.

use microlp::{ComparisonOp, Error, LinearExpr, OptimizationDirection, Problem, Variable};

use super::rule::{Groups, Scale};

/// A group with everything that its released row leaves possible.
#[derive(Clone, Debug)]
pub struct Block {
    pub n: i64,
    pub groups: Vec<Groups>,
}

/// What the attacker wants to know: the sum of so many members of a group.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    pub group: usize,
    pub targets: i64,
    /// The group that she is a member of, and her own answer.
    pub own: Option<(usize, i64)>,
}

/// All that is released of one scale in one wave.
pub struct Program<'a> {
    pub scale: &'a Scale,
    pub blocks: &'a [Block],
    /// Units that show the sum of several groups.
    pub unions: &'a [Vec<usize>],
    /// A variable for every ballot, instead of one for all that are alike.
    pub one_each: bool,
}

/// Some ballots of a group: the variables of their sum, and of how many are at or above the cut.
struct Bundle {
    group: usize,
    sum: Variable,
    above: Variable,
}

impl Program<'_> {
    /// Least and most of what is asked, in steps; `None` if nothing gives the rows.
    pub fn range(&self, question: &Question) -> Option<(f64, f64)> {
        let least = self.best(question, OptimizationDirection::Minimize)?;
        let most = self.best(question, OptimizationDirection::Maximize)?;
        Some((least, most))
    }

    fn best(&self, question: &Question, direction: OptimizationDirection) -> Option<f64> {
        let mut problem = Problem::new(direction);
        let mut bundles = Vec::new();
        for (group, block) in self.blocks.iter().enumerate() {
            let mut rest = block.n - i64::from(question.own.is_some_and(|(at, _)| at == group));
            if group == question.group {
                rest -= question.targets;
                bundles.push(self.bundle(&mut problem, (group, question.targets, 1.0)));
            }
            let (many, size) = if self.one_each { (rest, 1) } else { (1, rest) };
            for _ in 0..many {
                bundles.push(self.bundle(&mut problem, (group, size, 0.0)));
            }
        }
        for group in 0..self.blocks.len() {
            self.add_row(&mut problem, &bundles, question, &[group]);
        }
        for union in self.unions {
            self.add_row(&mut problem, &bundles, question, union);
        }
        match problem.solve() {
            Ok(outcome) => Some(
                outcome
                    .into_solution()
                    .expect("no limit is set")
                    .objective(),
            ),
            Err(Error::Infeasible) => None,
            Err(error) => panic!("the program was not solved: {error}"),
        }
    }

    /// So many ballots of a group: those above the cut lie in its upper part, the others below.
    fn bundle(&self, problem: &mut Problem, (group, many, weight): (usize, i64, f64)) -> Bundle {
        let (many, highest) = (number(many), number(self.scale.highest));
        let sum = problem.add_var(weight, (0.0, many * highest));
        let above = problem.add_var(0.0, (0.0, many));
        let (below_to, above_from) = (number(self.scale.below_to), number(self.scale.above_from));
        let lower = [(sum, 1.0), (above, -above_from)];
        problem.add_constraint(lower, ComparisonOp::Ge, 0.0);
        let upper = [(sum, 1.0), (above, below_to - highest)];
        problem.add_constraint(upper, ComparisonOp::Le, below_to * many);
        Bundle { group, sum, above }
    }

    /// What a row says of the groups whose sum it shows. A count or a mean at its limit says one
    /// side only: [`Groups`] holds what is left.
    fn add_row(
        &self,
        problem: &mut Problem,
        bundles: &[Bundle],
        question: &Question,
        groups: &[usize],
    ) {
        let (mut sum, mut above) = (LinearExpr::empty(), LinearExpr::empty());
        for bundle in bundles.iter().filter(|one| groups.contains(&one.group)) {
            sum.add(bundle.sum, 1.0);
            above.add(bundle.above, 1.0);
        }
        let own = question.own.filter(|(at, _)| groups.contains(at));
        let own = own.map_or(0, |(_, own)| own);
        let is_own_above = question
            .own
            .is_some_and(|(at, own)| groups.contains(&at) && self.scale.is_above(own));
        let own_above = i64::from(is_own_above);
        let total = |of: fn(&Block) -> Option<i64>| -> i64 {
            let parts = groups.iter().filter_map(|group| of(&self.blocks[*group]));
            parts.sum()
        };
        let least = total(|block| block.groups.iter().map(|one| one.least).min());
        let most = total(|block| block.groups.iter().map(|one| one.most).max());
        let fewest = total(|block| block.groups.iter().map(|one| one.above).min());
        let all = total(|block| block.groups.iter().map(|one| one.above).max());
        problem.add_constraint(sum.clone(), ComparisonOp::Ge, number(least - own));
        problem.add_constraint(sum, ComparisonOp::Le, number(most - own));
        problem.add_constraint(above.clone(), ComparisonOp::Ge, number(fewest - own_above));
        problem.add_constraint(above, ComparisonOp::Le, number(all - own_above));
    }
}

#[expect(clippy::cast_precision_loss, reason = "sums of a wave are small")]
fn number(whole: i64) -> f64 {
    whole as f64
}

/// A scale of `highest` steps with its cut in the middle, and a group with the row of its answers.
#[cfg(test)]
fn example(highest: i64, answers: &[i64]) -> (Scale, Block) {
    let scale = Scale::new("example", highest, Some((50, 1)), true);
    let row = scale.release(answers.iter().map(|steps| (*steps, false)));
    let groups = scale.groups(row.answered, row);
    let n = row.answered;
    (scale, Block { n, groups })
}

#[test]
fn a_variable_for_every_ballot_finds_the_same_as_one_for_all_that_are_alike() {
    let (scale, first) = example(24, &[0, 0, 3, 24, 24, 12, 11]);
    let (_, second) = example(24, &[24, 24, 24, 24, 20]);
    let blocks = [first, second];
    for own in [
        None,
        Some((0, 0)),
        Some((0, 24)),
        Some((1, 24)),
        Some((1, 12)),
    ] {
        for (group, targets) in [(0, 1), (0, 3), (1, 1), (1, 3)] {
            let question = Question {
                group,
                targets,
                own,
            };
            let [together, apart] = [false, true].map(|one_each| {
                let program = Program {
                    scale: &scale,
                    blocks: &blocks,
                    unions: &[vec![0, 1]],
                    one_each,
                };
                program.range(&question).expect("a range")
            });
            let differs = (together.0 - apart.0).abs() + (together.1 - apart.1).abs();
            assert!(differs < 1e-6, "{question:?}: {together:?} and {apart:?}");
        }
    }
}

/// What the rule is there for: with the exact sum and count of five, whoever answered at one end
/// and sees the other end of what is left knows everybody's answer.
#[test]
fn the_program_finds_what_an_exact_mean_would_give_away() {
    let (scale, mut block) = example(24, &[24, 0, 0, 0, 0]);
    let exact = Groups {
        above: 1,
        least: 24,
        most: 24,
    };
    let question = Question {
        group: 0,
        targets: 1,
        own: Some((0, 24)),
    };
    let range_of = |block: Block| {
        let program = Program {
            scale: &scale,
            blocks: &[block],
            unions: &[],
            one_each: false,
        };
        let (least, most) = program.range(&question).expect("a range");
        scale.points(most - least)
    };
    assert!(range_of(block.clone()) >= 50.0);
    block.groups = vec![exact];
    assert!(range_of(block) < 1e-6);
}
