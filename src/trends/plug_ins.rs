//! The quantities that are estimated from all rows up to a wave, with priors that carry the method
//! while there are few (A2). Variances are in squared points.

use super::series::Cadence;
use super::table::{Column, Pair, Table};

/// Variance within teams that is assumed before any is released (a standard deviation of 17), and
/// how many degrees of freedom that is worth.
const PRIOR_S2: f64 = 289.0;
const PRIOR_S2_DF: f64 = 30.0;
/// Stable differences between teams before there are any: a standard deviation of 4.5, worth 8.
const PRIOR_TAU2: f64 = 20.25;
const PRIOR_TAU2_DF: f64 = 8.0;
/// Ordinary movement of teams before any is seen: a standard deviation of 2, worth 5.
const PRIOR_Q2: f64 = 4.0;
const PRIOR_Q2_DF: f64 = 5.0;

/// What is assumed of a set of units on one scale at one wave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlugIns {
    /// S2: variance of answers within a team.
    pub s2: f64,
    /// M: mean of all answers.
    pub m: f64,
    /// tau2: variance of the lasting differences between teams.
    pub tau2: f64,
    /// q2: variance of the ordinary movement of a team.
    pub q2: f64,
    /// Degrees of freedom of the released variances; below 30 a result is "based on typical
    /// values" (A11).
    pub spread_df: f64,
}

impl PlugIns {
    /// From all waves up to `wave` and all units of the set.
    pub(super) fn of(table: &Table, cadence: Cadence, wave: u32) -> Self {
        let (s2, spread_df) = s2(table, wave);
        let mut known = Self {
            s2,
            m: 50.0,
            tau2: PRIOR_TAU2,
            q2: PRIOR_Q2,
            spread_df,
        };
        let columns = table.columns_to(wave);
        let rows = || {
            columns
                .iter()
                .flat_map(|column| &column.rows)
                .map(|pair| pair.now)
        };
        let answers: f64 = rows().map(|row| row.n).sum();
        if answers > 0.0 {
            known.m = rows().map(|row| row.n * row.y).sum::<f64>() / answers;
        }
        known.tau2 = tau2(columns, s2);
        known.q2 = known.movement(columns, cadence);
        known
    }

    /// The same for the organisation as one series (A7): it differs from M by as much as
    /// organisations differ (a standard deviation of 15), and moves as a team is assumed to.
    pub(super) const fn for_organisation(self) -> Self {
        Self {
            tau2: 225.0,
            q2: 4.0,
            ..self
        }
    }

    /// sb: variance of the lasting differences between persons. A retest correlation of .75 is
    /// assumed.
    pub(super) const fn between_persons(&self) -> f64 {
        0.75 * self.s2
    }

    /// sw: variance of a person's answers from wave to wave.
    pub(super) const fn within_person(&self) -> f64 {
        self.s2 / 4.0
    }

    /// Whether priors say more than this organisation's own rows do (A11).
    #[must_use]
    pub const fn is_typical(&self) -> bool {
        self.spread_df < PRIOR_S2_DF
    }

    /// q2, from differences between neighbouring waves of one unit against the others: squares are
    /// cut off, so that a team that really changes counts little, and weighted by how much of them
    /// movement makes up.
    fn movement(&self, columns: &[Column], cadence: Cadence) -> f64 {
        let left = 1.0 - cadence.phi();
        let (mut weights, mut sum) = (0.0, 0.0);
        for column in columns {
            let moved: Vec<(f64, f64)> = column
                .rows
                .iter()
                .filter_map(|pair| self.moved(pair))
                .collect();
            let pairs = count(moved.len());
            if moved.len() < 3 {
                continue;
            }
            let mean = moved.iter().map(|(change, _)| change).sum::<f64>() / pairs;
            let all: f64 = moved.iter().map(|(_, variance)| variance).sum();
            let c = 2.0 * left * (1.0 - 1.0 / pairs);
            for (change, variance) in moved {
                let chance = (1.0 - 2.0 / pairs) * variance + all / (pairs * pairs);
                let usual = chance + PRIOR_Q2 * c;
                let square = (change - mean).powi(2).min(6.25 * usual);
                let weight = (PRIOR_Q2 * c / usual).powi(2);
                weights += weight;
                sum += weight * (square / 0.945 - chance) / c;
            }
        }
        ((PRIOR_Q2_DF * PRIOR_Q2 + sum) / (PRIOR_Q2_DF + weights)).clamp(1.0, 16.0)
    }

    /// The difference between two neighbouring rows, and the variance that people and rounding give
    /// it. `None` without both rows or without `stayed`.
    fn moved(&self, Pair { before, now }: &Pair) -> Option<(f64, f64)> {
        let before = before.as_ref()?;
        let stayed = now.stayed?;
        let people = 1.0 / now.n + 1.0 / before.n;
        let others = (people - 2.0 * stayed / (now.n * before.n)).max(0.0);
        let variance = self.between_persons() * others + self.within_person() * people + 1.0 / 6.0;
        Some((now.y - before.y, variance))
    }
}

/// S2 and the degrees of freedom of what it rests on, without the prior's.
fn s2(table: &Table, wave: u32) -> (f64, f64) {
    let known = || table.spread.iter().filter(|(at, ..)| *at <= wave);
    let df: f64 = known().map(|(.., df)| df).sum();
    let sum: f64 = known().map(|(_, s2, df)| s2 * df).sum();
    let s2 = (sum + PRIOR_S2_DF * PRIOR_S2) / (df + PRIOR_S2_DF);
    (s2, df)
}

/// tau2: what the means of a wave differ by beyond what their sizes explain, over all waves.
fn tau2(columns: &[Column], s2: f64) -> f64 {
    let (mut df, mut waves, mut beyond) = (0.0, 0.0, 0.0);
    for column in columns {
        let rows = &column.rows;
        if rows.len() < 2 {
            continue;
        }
        let k = count(rows.len());
        let mean = rows.iter().map(|row| row.now.y).sum::<f64>() / k;
        let squares: f64 = rows.iter().map(|row| (row.now.y - mean).powi(2)).sum();
        let chance = rows.iter().map(|row| 1.0 / row.now.n).sum::<f64>() / k;
        beyond += squares - (k - 1.0) * s2 * chance;
        df += k - 1.0;
        waves += 1.0;
    }
    if waves < 1.0 {
        return PRIOR_TAU2;
    }
    let (found, usual_df) = (beyond / df, df / waves);
    let mixed = (PRIOR_TAU2_DF * PRIOR_TAU2 + usual_df * found) / (PRIOR_TAU2_DF + usual_df);
    mixed.max(1.0)
}

/// A number of rows as a number to compute with.
pub(super) fn count(rows: usize) -> f64 {
    u32::try_from(rows).map_or(f64::from(u32::MAX), f64::from)
}
