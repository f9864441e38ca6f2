//! What a scan found in one unit on one scale.

use serde::Serialize;

use super::chance::chance;
use super::series::Cadence;
use super::severity::Status;
use super::turnover::Turnover;

/// Real changes are taken to have a standard deviation of 6 points: what is shown of a size is drawn
/// towards nought accordingly, because only lucky draws are flagged (A5).
const REAL_VARIANCE: f64 = 36.0;
/// Four fifths of a normal distribution lie within so many standard deviations.
const FOUR_FIFTHS: f64 = 1.2816;

/// With what a unit is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// With the other units of the set, at least three of them.
    Relative,
    /// With its own past.
    Absolute,
}

/// How it rose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// At once.
    Step,
    /// Along a ramp.
    Gradual,
}

/// The rise that fits best, however small or negative. Positive is worse, in points from 0 to 100.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// With what the unit is compared.
    pub form: Form,
    /// c: how many waves the scan could use, the judged one included.
    pub rows: u32,
    /// Z: the largest of the scan's statistics.
    #[serde(rename = "Z")]
    pub z: f64,
    /// The first wave of the rise.
    pub since_wave: u32,
    /// How it rose.
    pub shape: Shape,
    /// As fitted. Never shown: among flagged teams it is too large.
    pub size: f64,
    /// Standard error of `size`.
    pub se: f64,
    /// What may be shown of the size.
    pub shown_size: f64,
    /// Around `shown_size`: contains the true size in four of five cases, if real changes are as
    /// assumed.
    pub interval: [f64; 2],
    /// The chance of at least this much in a stable team at one given wave.
    pub p: f64,
    /// Who answered at `since_wave` and before; `None` if the counts are not released.
    #[serde(skip)]
    pub turnover: Option<Turnover>,
    /// Standard error of the step that starts at the last wave but one; `None` below three rows.
    #[serde(skip)]
    pub late_step_se: Option<f64>,
}

/// The best fit of a scan, before it is put into words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fit {
    pub z: f64,
    pub size: f64,
    pub se: f64,
    pub since_wave: u32,
    pub shape: Shape,
}

impl Finding {
    pub(super) fn of(form: Form, rows: u32, fit: &Fit) -> Self {
        let shown_size = fit.size * REAL_VARIANCE / (REAL_VARIANCE + fit.se * fit.se);
        let sd = REAL_VARIANCE.sqrt() * fit.se / (REAL_VARIANCE + fit.se * fit.se).sqrt();
        let half = FOUR_FIFTHS * sd;
        Self {
            form,
            rows,
            z: fit.z,
            since_wave: fit.since_wave,
            shape: fit.shape,
            size: fit.size,
            se: fit.se,
            shown_size,
            interval: [shown_size - half, shown_size + half],
            p: chance(fit.z, rows),
            turnover: None,
            late_step_se: None,
        }
    }

    /// The rise that by now would have been noticed in half of cases (MDE in A14), in points: a step
    /// at the wave before this one that just reaches elevated. `None` below three rows.
    #[must_use]
    pub fn least_noticeable_rise(&self, cadence: Cadence) -> Option<f64> {
        let wanted = cadence.threshold(Status::Elevated);
        // p falls as z rises; sixty halvings are as fine as a number is.
        let (mut low, mut high) = (0.0, 10.0);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if chance(middle, self.rows) > wanted {
                low = middle;
            } else {
                high = middle;
            }
        }
        self.late_step_se.map(|se| high * se)
    }
}
