//! The level rule (A8): whether the true mean of the present team is at or above the cut, allowing
//! for chance, for those who did not answer, and for what the scale does not measure.

use serde::Serialize;

use super::chance::upper_tail;
use super::plug_ins::PlugIns;
use super::severity::Status;

/// What is believed of the level of one unit on one scale.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Level {
    /// The mean, drawn towards that of all units.
    pub mean: f64,
    /// Its standard deviation.
    pub sd: f64,
    /// Probability that the true mean is at or above the cut.
    #[serde(rename = "P")]
    pub p: f64,
    /// Without memory.
    pub status: Status,
}

/// What the level rule looks at besides the plug-ins.
#[derive(Clone, Copy, Debug)]
pub struct Looked {
    /// y, mirrored if the scale is.
    pub mean: f64,
    /// n.
    pub answered: f64,
    /// N.
    pub asked: f64,
    /// Mirrored if the scale is.
    pub cut: f64,
    /// Reliability of the scale.
    pub alpha: f64,
}

impl Level {
    /// Of one row.
    #[must_use]
    pub fn of(row: &Looked, known: &PlugIns) -> Self {
        let true_s2 = row.alpha * known.s2;
        let between = known.tau2 + true_s2 / row.asked;
        let chance = true_s2 / row.answered * (1.0 - row.answered / row.asked)
            + (1.0 - row.alpha) * known.s2 / row.answered
            + 1.0 / 12.0;
        let share = between / (between + chance);
        let mean = known.m + share * (row.mean - known.m);
        let sd = (share * chance).sqrt();
        let p = upper_tail((row.cut - mean) / sd);
        let status = match p {
            _ if p >= 0.95 => Status::High,
            _ if p >= 0.80 => Status::Elevated,
            _ if p >= 0.50 => Status::Watch,
            _ => Status::Quiet,
        };
        Self {
            mean,
            sd,
            p,
            status,
        }
    }
}
