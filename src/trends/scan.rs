//! The scan (A5): which step or ramp in the window fits best, and how well.

use super::covariance::Square;
use super::finding::{Finding, Fit, Form, Shape};
use super::plug_ins::count;
use super::window::{MOST, Window};

/// One unit's series, ready to be scanned.
pub(super) struct Sequence {
    /// Places of the waves that are kept, upwards; the last is the judged wave.
    kept: [usize; MOST],
    rows: usize,
    /// What is left of the mean at each kept wave once the comparison is taken off.
    values: [f64; MOST],
    /// V over the kept waves.
    v: Square,
}

/// A vector over the kept waves.
type Line = [f64; MOST];

/// K with V = K K'.
struct Root(Square);

impl Sequence {
    /// From the waves for which there is a value, with V over the places of the window.
    pub fn of(values: &[Option<f64>; MOST], v: impl Fn(usize, usize) -> f64) -> Self {
        let mut sequence = Self {
            kept: [0; MOST],
            rows: 0,
            values: [0.0; MOST],
            v: Square::NOUGHT,
        };
        for (place, value) in values.iter().enumerate() {
            if let Some(value) = value {
                sequence.kept[sequence.rows] = place;
                sequence.values[sequence.rows] = *value;
                sequence.rows += 1;
            }
        }
        for i in 0..sequence.rows {
            for j in 0..=i {
                let value = v(sequence.kept[i], sequence.kept[j]);
                sequence.v.0[i][j] = value;
            }
        }
        sequence
    }

    /// The best fit. `None` of fewer than two waves.
    pub fn scan(&self, window: Window, form: Form) -> Option<Finding> {
        let rows = self.rows;
        if rows < 2 {
            return None;
        }
        let root = Root::of(&self.v, rows)?;
        let e = root.solve(&self.values, rows);
        let wave = |at: usize| window.first + u32::try_from(self.kept[at]).unwrap_or(0);
        let steps = (1..rows).map(|at| (Shape::Step, at));
        let ramps = (1..rows - 1).map(|at| (Shape::Gradual, at));
        let mut best: Option<Fit> = None;
        let mut late_step_se = None;
        for (shape, at) in steps.chain(ramps) {
            let b = root.solve(&self.template(shape, at), rows);
            let information: f64 = b[..rows].iter().map(|b| b * b).sum();
            let product: f64 = b[..rows].iter().zip(&e).map(|(b, e)| b * e).sum();
            let fit = Fit {
                z: product / information.sqrt(),
                size: product / information,
                se: 1.0 / information.sqrt(),
                since_wave: wave(at),
                shape,
            };
            if shape == Shape::Step && rows > 2 && at == rows - 2 {
                late_step_se = Some(fit.se);
            }
            if best.is_none_or(|best| fit.z > best.z) {
                best = Some(fit);
            }
        }
        let finding = Finding::of(form, u32::try_from(rows).ok()?, &best?);
        Some(Finding {
            late_step_se,
            ..finding
        })
    }

    /// h: nought before the start; then 1, or along a ramp that is 1 at the judged wave. Real wave
    /// numbers, so that gaps count.
    fn template(&self, shape: Shape, at: usize) -> Line {
        let mut template = [0.0; MOST];
        let (start, end) = (self.kept[at], self.kept[self.rows - 1]);
        for (h, place) in template.iter_mut().zip(&self.kept[..self.rows]).skip(at) {
            *h = match shape {
                Shape::Step => 1.0,
                Shape::Gradual => count(place - start + 1) / count(end - start + 1),
            };
        }
        template
    }
}

impl Root {
    /// Cholesky's decomposition. V is a sum of covariances with something on its diagonal, so no
    /// pivoting is needed; `None` says that rounding has eaten it.
    fn of(v: &Square, rows: usize) -> Option<Self> {
        let mut k = Square::NOUGHT;
        for i in 0..rows {
            for j in 0..=i {
                let known: f64 = (0..j).map(|at| k.0[i][at] * k.0[j][at]).sum();
                let left = v.0[i][j] - known;
                k.0[i][j] = if i > j {
                    left / k.0[j][j]
                } else if left > 0.0 && left.is_finite() {
                    left.sqrt()
                } else {
                    return None;
                };
            }
        }
        Some(Self(k))
    }

    /// x with K x = `of`.
    fn solve(&self, of: &Line, rows: usize) -> Line {
        let mut x = [0.0; MOST];
        for i in 0..rows {
            let known: f64 = (0..i).map(|at| self.0.0[i][at] * x[at]).sum();
            x[i] = (of[i] - known) / self.0.0[i][i];
        }
        x
    }
}
