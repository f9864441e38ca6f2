//! The rows of one scale, sorted and mirrored, so that higher is always worse (A1).

use super::series::{Direction, Scale};

/// One scale with everything that is released of it.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub id: String,
    pub is_mirrored: bool,
    /// Mirrored if the scale is.
    pub cut: Option<f64>,
    pub alpha: f64,
    pub organisation: Track,
    /// In the order of the series.
    pub units: Vec<Track>,
    /// Wave, variance, degrees of freedom.
    pub spread: Vec<(u32, f64, f64)>,
}

/// The rows of one unit and scale, by wave.
#[derive(Clone, Debug, Default)]
pub(super) struct Track(pub Vec<Entry>);

/// One row: n answered of N asked, with the mean y; m of the n stayed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub wave: u32,
    pub n: f64,
    pub asked: f64,
    pub y: f64,
    /// Known only if there is a row in the wave before.
    pub stayed: Option<f64>,
}

impl Table {
    /// The scale without rows.
    pub fn of(scale: &Scale) -> Self {
        let is_mirrored = scale.direction == Direction::HigherIsBetter;
        Self {
            id: scale.id.clone(),
            is_mirrored,
            cut: scale
                .cut
                .map(|cut| if is_mirrored { 100.0 - cut } else { cut }),
            alpha: scale.alpha,
            organisation: Track::default(),
            units: Vec::new(),
            spread: Vec::new(),
        }
    }
}

impl Track {
    /// The rows of the waves `from..=to`.
    pub fn between(&self, from: u32, to: u32) -> &[Entry] {
        let first = self.0.partition_point(|entry| entry.wave < from);
        let end = self.0.partition_point(|entry| entry.wave <= to);
        &self.0[first..end.max(first)]
    }

    /// The row of one wave.
    pub fn at(&self, wave: u32) -> Option<&Entry> {
        let at = self.0.binary_search_by_key(&wave, |entry| entry.wave);
        self.0.get(at.ok()?)
    }

    /// With means from the other end, if the scale is one where higher is better.
    pub fn mirrored(mut self, is_mirrored: bool) -> Self {
        if is_mirrored {
            for entry in &mut self.0 {
                entry.y = 100.0 - entry.y;
            }
        }
        self
    }
}
