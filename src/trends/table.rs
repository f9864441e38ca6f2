//! The rows of one scale, sorted and mirrored, so that higher is always worse (A1).

use std::collections::BTreeMap;

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
    /// The same rows by wave, upwards.
    pub columns: Vec<Column>,
    /// Wave, variance, degrees of freedom.
    pub spread: Vec<(u32, f64, f64)>,
}

/// One wave of all units, in the order of the series.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub wave: u32,
    pub rows: Vec<Pair>,
}

/// A row, and that of the wave before, if there is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    pub before: Option<Entry>,
    pub now: Entry,
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
            columns: Vec::new(),
            spread: Vec::new(),
        }
    }
}

impl Table {
    /// Sorts the rows by wave, once all are there.
    pub fn complete(&mut self) {
        let mut columns: BTreeMap<u32, Vec<Pair>> = BTreeMap::new();
        for unit in &self.units {
            let mut before: Option<Entry> = None;
            for now in &unit.0 {
                let neighbour = before.filter(|before| before.wave + 1 == now.wave);
                let pair = Pair {
                    before: neighbour,
                    now: *now,
                };
                columns.entry(now.wave).or_default().push(pair);
                before = Some(*now);
            }
        }
        let columns = columns.into_iter();
        self.columns = columns.map(|(wave, rows)| Column { wave, rows }).collect();
    }

    /// The waves up to one in which some unit has a row.
    pub fn columns_to(&self, wave: u32) -> &[Column] {
        let end = self.columns.partition_point(|column| column.wave <= wave);
        &self.columns[..end]
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
