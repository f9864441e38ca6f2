//! How the means of one unit vary together if nothing changes (A4): lasting differences, ordinary
//! movement, and that two means rest on the same people, as far as the counts tell.

use super::plug_ins::PlugIns;
use super::series::Cadence;
use super::window::{MOST, Rows};

/// a: how much of two answers' lasting part is shared by the people who gave both.
const SHARED: f64 = 0.85;
/// Variance that rounding to whole points adds.
const ROUNDING: f64 = 1.0 / 12.0;
/// Variance of the yearly cycle that an absolute series allows for: a standard deviation of 4.
const YEARLY: f64 = 16.0;

/// A symmetric matrix over the places of a window; nought where a row is missing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Square(pub [[f64; MOST]; MOST]);

/// phi to the power of each distance.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rhythm {
    lasting: f64,
    /// By the distance of two waves.
    phi: [f64; MOST],
    /// The yearly cycle, by the distance of two waves.
    yearly: [f64; MOST],
}

impl Rhythm {
    pub fn of(cadence: Cadence) -> Self {
        let mut rhythm = Self {
            lasting: cadence.lasting(),
            phi: [1.0; MOST],
            yearly: [YEARLY; MOST],
        };
        let turn = std::f64::consts::TAU / f64::from(cadence.waves_a_year());
        for distance in 1..MOST {
            rhythm.phi[distance] = rhythm.phi[distance - 1] * cadence.phi();
            rhythm.yearly[distance] = YEARLY * (turn * super::plug_ins::count(distance)).cos();
        }
        rhythm
    }
}

impl Square {
    pub const NOUGHT: Self = Self([[0.0; MOST]; MOST]);

    /// Sigma: `tau2 + q2 phi^|i-j|`, the shared people, and for i = j what differs within persons
    /// and rounding.
    pub fn sigma(rows: &Rows, known: &PlugIns, rhythm: &Rhythm) -> Self {
        let mut sigma = Self::NOUGHT;
        let (between, within) = (known.between_persons(), known.within_person());
        let overlaps = overlaps(rows, rhythm.lasting);
        let roots = rows.0.map(|row| row.map_or(0.0, |row| 1.0 / row.n.sqrt()));
        for (i, row) in rows.0.iter().enumerate() {
            let Some(row) = row else { continue };
            sigma.0[i][i] = known.tau2 + known.q2 + (between + within) / row.n + ROUNDING;
            // R: the product of the overlaps on the way from i to j.
            let mut way = 1.0;
            for (j, (later, overlap)) in rows.0.iter().zip(&overlaps).enumerate().skip(i + 1) {
                way *= overlap;
                if later.is_some() {
                    let people = between * SHARED * way * roots[i] * roots[j];
                    sigma.0[i][j] = known.tau2 + known.q2 * rhythm.phi[j - i] + people;
                    sigma.0[j][i] = sigma.0[i][j];
                }
            }
        }
        sigma
    }

    /// The yearly cycle on top, for a series that is compared with its own past.
    pub fn with_yearly_cycle(mut self, rhythm: &Rhythm) -> Self {
        for (i, line) in self.0.iter_mut().enumerate() {
            for (j, value) in line.iter_mut().enumerate() {
                *value += rhythm.yearly[i.abs_diff(j)];
            }
        }
        self
    }
}

/// g of each place: how much of what lasts goes over from the wave before.
fn overlaps(rows: &Rows, lasting: f64) -> [f64; MOST] {
    let mut overlaps = [lasting; MOST];
    for (pair, overlap) in rows.0.windows(2).zip(&mut overlaps[1..]) {
        if let [Some(before), Some(now)] = pair
            && let Some(stayed) = now.stayed
        {
            let share = stayed / (SHARED * (now.n * before.n).sqrt());
            *overlap = (lasting * share.min(1.0)).sqrt();
        }
    }
    overlaps
}
