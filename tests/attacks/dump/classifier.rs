//! A classifier of pairs, and the test whether it does better than chance. Trained on half of the
//! true pairs (logistic regression on everything that is known of both sides), it ranks all
//! partners of the other half.

use std::cmp::Ordering;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// People and as many rows: row `i` belongs to person `i`, which the classifier is not told.
/// Under the promise every other assignment would be as likely.
pub struct Stratum {
    pub size: usize,
    /// What is known of person `i` and row `j`, always as many numbers.
    pub features: Vec<Vec<Vec<f64>>>,
}

/// How far the other half was guessed.
#[derive(Clone, Copy, Debug)]
pub struct Verdict {
    /// True pairs in the other half.
    pub pairs: usize,
    /// Mean rank of the true row among the candidates: 0.5 is chance, 1 is certainty.
    #[expect(dead_code, reason = "printed with the others")]
    pub rank: f64,
    /// The same in standard deviations of a random assignment.
    pub sigmas: f64,
    /// True rows that came first, and how many would by chance.
    pub hits: f64,
    pub hits_by_chance: f64,
}

/// A normal variable is beyond this once in a thousand million; sums of bounded ranks less often.
const MOST_SIGMAS: f64 = 6.0;
/// The same likelihood for the number of first places.
const LEAST_LIKELY: f64 = 1e-9;

impl Verdict {
    pub fn is_chance(&self) -> bool {
        self.sigmas < MOST_SIGMAS && poisson_tail(self.hits_by_chance, self.hits) > LEAST_LIKELY
    }
}

/// The likelihood of at least so many, if so many are expected.
fn poisson_tail(expected: f64, at_least: f64) -> f64 {
    let mut term = (-expected).exp();
    let mut below = 0.0;
    let mut count = 0.0;
    while count < at_least.ceil() {
        below += term;
        count += 1.0;
        term *= expected / count;
    }
    1.0 - below
}

/// Weights for standardised features.
struct Model {
    mean: Vec<f64>,
    scale: Vec<f64>,
    weights: Vec<f64>,
}

/// Wrong pairs to learn from, for each right one.
const WRONG_PAIRS: usize = 5;
const ROUNDS: usize = 100;

impl Model {
    #[expect(clippy::cast_precision_loss, reason = "counts of pairs are small")]
    fn fit(pairs: &[(&[f64], f64)]) -> Self {
        let width = pairs[0].0.len();
        let count = pairs.len() as f64;
        let mut mean = vec![0.0; width];
        let mut scale = vec![0.0; width];
        for (features, _) in pairs {
            for (sum, value) in mean.iter_mut().zip(*features) {
                *sum += value / count;
            }
        }
        for (features, _) in pairs {
            for ((sum, value), mean) in scale.iter_mut().zip(*features).zip(&mean) {
                *sum += (value - mean).powi(2) / count;
            }
        }
        let scale: Vec<f64> = scale.iter().map(|v: &f64| v.sqrt().max(1e-9)).collect();
        let mut model = Self {
            mean,
            scale,
            weights: vec![0.0; width],
        };
        let known: Vec<(Vec<f64>, f64)> = pairs
            .iter()
            .map(|(features, is_true)| (model.standard(features), *is_true))
            .collect();
        let right = known.iter().map(|(_, is_true)| is_true).sum::<f64>() / count;
        let mut pace = vec![0.0; width];
        for _ in 0..ROUNDS {
            let mut slope = vec![0.0; width];
            for (features, is_true) in &known {
                let guess = 1.0 / (1.0 + (-model.sum(features)).exp());
                // Right and wrong pairs weigh the same as wholes.
                let weight = is_true * 0.5 / right + (1.0 - is_true) * 0.5 / (1.0 - right);
                let error = (is_true - guess) * weight / count;
                for (sum, value) in slope.iter_mut().zip(features) {
                    *sum += error * value;
                }
            }
            for ((weight, pace), slope) in model.weights.iter_mut().zip(&mut pace).zip(slope) {
                // Slow enough for sixty features that say the same.
                *pace = 0.9 * *pace + 0.1 * (slope - 0.002 * *weight);
                *weight += *pace;
            }
        }
        model
    }

    fn standard(&self, features: &[f64]) -> Vec<f64> {
        features
            .iter()
            .zip(self.mean.iter().zip(&self.scale))
            .map(|(value, (mean, scale))| ((value - mean) / scale).clamp(-6.0, 6.0))
            .collect()
    }

    /// For features that are standardised already.
    fn sum(&self, features: &[f64]) -> f64 {
        self.weights.iter().zip(features).map(|(w, v)| w * v).sum()
    }

    fn score(&self, features: &[f64]) -> f64 {
        self.sum(&self.standard(features))
    }
}

/// Trains on one half of the pairs and judges by the other; `None` if there are too few.
pub fn judge(strata: &[Stratum], seed: u64) -> Option<Verdict> {
    let mut chance = StdRng::seed_from_u64(seed);
    let halves: Vec<(Vec<usize>, Vec<usize>)> = strata
        .iter()
        .map(|stratum| (0..stratum.size).partition(|_| chance.random_bool(0.5)))
        .collect();
    let mut pairs: Vec<(&[f64], f64)> = Vec::new();
    for (stratum, (learn, _)) in strata.iter().zip(&halves) {
        for person in learn {
            pairs.push((&stratum.features[*person][*person], 1.0));
            for _ in 0..WRONG_PAIRS {
                let row = learn[chance.random_range(0..learn.len())];
                if row != *person {
                    pairs.push((&stratum.features[*person][row], 0.0));
                }
            }
        }
    }
    if !pairs.iter().any(|(_, is_true)| *is_true < 0.5) {
        return None;
    }
    let model = Model::fit(&pairs);
    let mut sums = Sums::default();
    for (stratum, (_, other)) in strata.iter().zip(&halves) {
        if other.len() >= 2 {
            let row = |person: &usize| -> Vec<f64> {
                let of = &stratum.features[*person];
                other.iter().map(|row| model.score(&of[*row])).collect()
            };
            sums.add(&other.iter().map(row).collect::<Vec<_>>());
        }
    }
    sums.verdict()
}

/// Sums over strata: the statistics, and what a random assignment would give.
#[derive(Default)]
struct Sums {
    pairs: usize,
    ranks: f64,
    ranks_by_chance: f64,
    variance: f64,
    hits: f64,
    hits_by_chance: f64,
}

impl Sums {
    /// One stratum: `scores[i][j]` for person `i` and row `j`.
    #[expect(clippy::cast_precision_loss, reason = "counts of people are small")]
    fn add(&mut self, scores: &[Vec<f64>]) {
        let size = scores.len();
        let n = size as f64;
        let ranks: Vec<Vec<f64>> = scores.iter().map(|row| ranks(row)).collect();
        let total: f64 = ranks.iter().flatten().sum();
        let of_row = |at: usize| ranks.iter().map(|row| row[at]).sum::<f64>() / n;
        let columns: Vec<f64> = (0..size).map(of_row).collect();
        for (person, row) in ranks.iter().enumerate() {
            let mean = row.iter().sum::<f64>() / n;
            for (value, column) in row.iter().zip(&columns) {
                // Hoeffding's variance of a sum over a random assignment.
                self.variance += (value - mean - column + total / (n * n)).powi(2) / (n - 1.0);
            }
            self.ranks += row[person];
            self.hits += first_place(&scores[person], person);
        }
        self.ranks_by_chance += total / n;
        self.hits_by_chance += 1.0;
        self.pairs += size;
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of pairs are small")]
    fn verdict(&self) -> Option<Verdict> {
        (self.pairs > 0).then(|| Verdict {
            pairs: self.pairs,
            rank: self.ranks / self.pairs as f64,
            sigmas: (self.ranks - self.ranks_by_chance) / self.variance.sqrt().max(1e-9),
            hits: self.hits,
            hits_by_chance: self.hits_by_chance,
        })
    }
}

/// 0 for the smallest, 1 for the largest; equal values share the mean of their places.
#[expect(clippy::cast_precision_loss, reason = "counts of people are small")]
pub fn ranks<T: PartialOrd>(values: &[T]) -> Vec<f64> {
    let most = (values.len().max(2) - 1) as f64;
    let mut order: Vec<usize> = (0..values.len()).collect();
    let compare = |a: &usize, b: &usize| values[*a].partial_cmp(&values[*b]);
    order.sort_by(|a, b| compare(a, b).unwrap_or(Ordering::Equal));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let equal = order[from..]
            .iter()
            .take_while(|at| values[**at] == values[order[from]])
            .count();
        let place = from as f64 + (equal as f64 - 1.0) / 2.0;
        for at in &order[from..from + equal] {
            ranks[*at] = place / most;
        }
        from += equal;
    }
    ranks
}

/// 1 if the right one is first; shared if others are first with it.
#[expect(clippy::cast_precision_loss, reason = "counts of people are small")]
fn first_place(scores: &[f64], right: usize) -> f64 {
    let best = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let first = scores.iter().filter(|score| **score >= best).count();
    if scores[right] >= best {
        1.0 / first as f64
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten groups of thirty people; each pair has twenty numbers of which one tells, to a degree.
    fn groups(tells: impl Fn(usize, usize, &mut StdRng) -> f64) -> Vec<Stratum> {
        let mut chance = StdRng::seed_from_u64(7);
        let stratum = |_| Stratum {
            size: 30,
            features: (0..30)
                .map(|person| {
                    (0..30)
                        .map(|row| {
                            let mut all: Vec<f64> = (0..20).map(|_| chance.random()).collect();
                            all[11] = tells(person, row, &mut chance);
                            all
                        })
                        .collect()
                })
                .collect(),
        };
        (0..10).map(stratum).collect()
    }

    #[test]
    fn chance_is_called_chance() {
        for seed in 0..20 {
            let verdict = judge(&groups(|_, _, chance| chance.random()), seed).unwrap();
            assert!(verdict.is_chance(), "{seed}: {verdict:?}");
            assert!(
                verdict.pairs > 100 && verdict.sigmas.abs() < 4.5,
                "{verdict:?}"
            );
        }
    }

    #[test]
    fn an_order_that_two_tables_share_is_found_although_it_is_blurred() {
        let shared = |person: usize, row: usize, chance: &mut StdRng| {
            let blur = chance.random_range(0..12_u32);
            f64::from(u32::try_from(person.abs_diff(row)).unwrap()) + f64::from(blur)
        };
        let verdict = judge(&groups(shared), 1).unwrap();
        assert!(!verdict.is_chance(), "{verdict:?}");
    }

    #[test]
    fn certainty_about_one_person_in_five_is_found() {
        let few = |person: usize, row: usize, _: &mut StdRng| {
            f64::from(u8::from(person == row && person.is_multiple_of(5)))
        };
        let verdict = judge(&groups(few), 1).unwrap();
        assert!(!verdict.is_chance(), "{verdict:?}");
    }
}
