//! The scan (A5): which step or ramp in the window fits best, and how well.

use std::ops::Range;

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

/// K with V = K K', and one over its diagonal.
struct Root {
    k: Square,
    inverse: Line,
}

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
        let e = root.solve(&self.values, 0..rows);
        let wave = |at: usize| window.first + u32::try_from(self.kept[at]).unwrap_or(0);
        let steps = (1..rows).map(|at| (Shape::Step, at));
        let ramps = (1..rows - 1).map(|at| (Shape::Gradual, at));
        let mut best: Option<Fit> = None;
        let mut late_step_se = None;
        for (shape, at) in steps.chain(ramps) {
            let b = root.solve(&self.template(shape, at), at..rows);
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
        let mut root = Self {
            k: Square::NOUGHT,
            inverse: [0.0; MOST],
        };
        let k = &mut root.k.0;
        for i in 0..rows {
            for j in 0..=i {
                let known: f64 = k[i][..j].iter().zip(&k[j][..j]).map(|(a, b)| a * b).sum();
                let left = v.0[i][j] - known;
                if i > j {
                    k[i][j] = left * root.inverse[j];
                } else if left > 0.0 && left.is_finite() {
                    k[i][i] = left.sqrt();
                    root.inverse[i] = 1.0 / k[i][i];
                } else {
                    return None;
                }
            }
        }
        Some(root)
    }

    /// x with K x = `of`, which is nought before the range; so is x.
    fn solve(&self, of: &Line, range: Range<usize>) -> Line {
        let mut x = [0.0; MOST];
        let from = range.start;
        for i in range {
            let line = &self.k.0[i][from..i];
            let known: f64 = line.iter().zip(&x[from..i]).map(|(k, x)| k * x).sum();
            x[i] = (of[i] - known) * self.inverse[i];
        }
        x
    }
}
