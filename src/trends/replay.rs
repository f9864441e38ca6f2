//! All waves from the first on, as they were seen then: statuses have a memory, and each wave is
//! judged from the rows up to it alone.

use super::chance::simes;
use super::covariance::{Rhythm, Square};
use super::finding::{Finding, Form};
use super::memory::Memory;
use super::plug_ins::PlugIns;
use super::scan::Sequence;
use super::series::Series;
use super::severity::{Rejected, Status, severity};
use super::table::Table;
use super::turnover::Turnover;
use super::window::{MOST, Rows, Window};

/// A series on its way from wave to wave.
pub struct Replay<'a> {
    series: &'a Series,
    rhythm: Rhythm,
    wave: u32,
    /// One a scale.
    organisation: Vec<Memory>,
    /// One a unit.
    units: Vec<Memory>,
}

/// What was seen at one wave.
#[derive(Clone, Debug)]
pub struct Moment {
    /// From 1.
    pub wave: u32,
    /// One a scale.
    pub plug_ins: Vec<PlugIns>,
    /// The organisation as one series, one a scale: what was found, and its status (A7).
    pub organisation: Vec<(Option<Finding>, Memory)>,
    /// In the order of the series.
    pub units: Vec<OfUnit>,
}

/// One unit at one wave.
#[derive(Clone, Debug)]
pub struct OfUnit {
    /// One a scale, where there was something to compare with.
    pub findings: Vec<Option<Finding>>,
    /// Of all scales together (A12).
    pub p: Option<f64>,
    /// The place of the scale with the smallest p.
    pub leading: Option<usize>,
    /// The level of p with all conditions, without memory (A9).
    pub level: Option<Status>,
    /// Change channel with its memory (A10).
    pub memory: Memory,
}

impl<'a> Replay<'a> {
    /// Before the first wave.
    #[must_use]
    pub fn of(series: &'a Series) -> Self {
        Self {
            series,
            rhythm: Rhythm::of(series.cadence),
            wave: 0,
            organisation: vec![Memory::default(); series.tables.len()],
            units: vec![Memory::default(); series.units.len()],
        }
    }

    fn look(&mut self, wave: u32) -> Moment {
        let cadence = self.series.cadence;
        let window = Window::up_to(wave, cadence);
        let mut moment = Moment {
            wave,
            plug_ins: Vec::new(),
            organisation: Vec::new(),
            units: Vec::new(),
        };
        let mut findings = Vec::new();
        for (table, memory) in self.series.tables.iter().zip(&mut self.organisation) {
            let known = PlugIns::of(table, cadence, wave);
            let set = Set {
                window,
                known,
                rhythm: &self.rhythm,
            };
            let found = set.organisation(table);
            match (table.organisation.at(wave), &found) {
                (None, _) => memory.gap(),
                (Some(_), None) => memory.row(None, cadence),
                (Some(_), Some(found)) => {
                    let level = severity(cadence, found.p, found, Rejected::ALONE);
                    memory.row(Some((found.p, level)), cadence);
                }
            }
            moment.organisation.push((found, *memory));
            findings.push(set.units(table));
            moment.plug_ins.push(known);
        }
        moment.units = self.units(wave, findings);
        moment
    }

    /// Every unit over all scales; `findings` are by scale, then by unit.
    fn units(&mut self, wave: u32, mut findings: Vec<Vec<Option<Finding>>>) -> Vec<OfUnit> {
        let cadence = self.series.cadence;
        let mut units: Vec<OfUnit> = (0..self.units.len())
            .map(|unit| {
                OfUnit::of(
                    findings
                        .iter_mut()
                        .map(|scale| scale[unit].take())
                        .collect(),
                )
            })
            .collect();
        let ps: Vec<f64> = units.iter().filter_map(|unit| unit.p).collect();
        let mut rejected = Rejected::among(&ps).into_iter();
        for (at, (unit, memory)) in units.iter_mut().zip(&mut self.units).enumerate() {
            let seen = unit
                .p
                .zip(unit.leading())
                .zip(unit.p.and_then(|_| rejected.next()));
            let seen =
                seen.map(|((p, leading), rejected)| (p, severity(cadence, p, leading, rejected)));
            let has_row = |table: &Table| table.units[at].at(wave).is_some();
            if self.series.tables.iter().any(has_row) {
                memory.row(seen, cadence);
            } else {
                memory.gap();
            }
            unit.level = seen.map(|(_, level)| level);
            unit.memory = *memory;
        }
        units
    }
}

impl Iterator for Replay<'_> {
    type Item = Moment;

    fn next(&mut self) -> Option<Moment> {
        if self.wave == self.series.waves {
            return None;
        }
        self.wave += 1;
        Some(self.look(self.wave))
    }
}

impl OfUnit {
    fn of(findings: Vec<Option<Finding>>) -> Self {
        let ps: Vec<f64> = findings.iter().flatten().map(|found| found.p).collect();
        let mut leading: Option<(usize, f64)> = None;
        for (at, found) in findings.iter().enumerate() {
            if let Some(found) = found
                && leading.is_none_or(|(_, least)| found.p < least)
            {
                leading = Some((at, found.p));
            }
        }
        Self {
            findings,
            p: simes(&ps),
            leading: leading.map(|(at, _)| at),
            level: None,
            memory: Memory::default(),
        }
    }

    /// The finding of the smallest p.
    #[must_use]
    pub fn leading(&self) -> Option<&Finding> {
        self.findings.get(self.leading?)?.as_ref()
    }
}

/// One scale at one wave.
struct Set<'a> {
    window: Window,
    known: PlugIns,
    rhythm: &'a Rhythm,
}

/// Sums over all units of a set, from which each takes its own part off.
struct Sums {
    units: [u32; MOST],
    answers: [f64; MOST],
    points: [f64; MOST],
    /// n n Sigma.
    weighted: Square,
}

impl Set<'_> {
    /// The organisation's own rows (A7): always compared with its own past.
    fn organisation(&self, table: &Table) -> Option<Finding> {
        let rows = self.window.rows(&table.organisation);
        rows.0[self.window.len() - 1]?;
        let known = self.known.for_organisation();
        let sigma = Square::sigma(&rows, &known, self.rhythm);
        self.absolute(&rows, &sigma)
    }

    /// Each unit's finding, in the order of the series.
    fn units(&self, table: &Table) -> Vec<Option<Finding>> {
        let last = self.window.len() - 1;
        let mut found = vec![None; table.units.len()];
        let now = table.columns_to(self.window.last).last();
        if now.is_none_or(|now| now.wave < self.window.last) {
            return found;
        }
        let mut present = Vec::new();
        for (at, unit) in table.units.iter().enumerate() {
            let rows = self.window.rows(unit);
            if rows.0.iter().any(Option::is_some) {
                present.push((at, rows, Square::sigma(&rows, &self.known, self.rhythm)));
            }
        }
        let sums = Sums::of(&present);
        for (at, rows, sigma) in &present {
            if rows.0[last].is_some() {
                found[*at] = if sums.units[last] > 3 {
                    self.relative(rows, sigma, &sums)
                } else {
                    self.absolute(rows, sigma)
                };
            }
        }
        found
    }

    /// Against the mean of the others (A3, A4); a wave without any other is dropped.
    fn relative(&self, rows: &Rows, sigma: &Square, all: &Sums) -> Option<Finding> {
        let mut values = [None; MOST];
        let mut own = [0.0; MOST];
        let mut others = [0.0; MOST];
        for (place, row) in rows.0.iter().enumerate() {
            if let Some(row) = row {
                own[place] = row.n;
                others[place] = all.answers[place] - row.n;
                values[place] = (all.units[place] > 1)
                    .then(|| row.y - (all.points[place] - row.n * row.y) / others[place]);
            }
        }
        let v = |i: usize, j: usize| {
            let theirs = all.weighted.0[i][j] - own[i] * own[j] * sigma.0[i][j];
            sigma.0[i][j] + theirs / (others[i] * others[j])
        };
        self.finding(rows, &Sequence::of(&values, v), Form::Relative)
    }

    /// Against M, with the yearly cycle as a part of chance.
    fn absolute(&self, rows: &Rows, sigma: &Square) -> Option<Finding> {
        let values = rows.0.map(|row| row.map(|row| row.y - self.known.m));
        let v = sigma.with_yearly_cycle(self.rhythm);
        let sequence = Sequence::of(&values, |i, j| v.0[i][j]);
        self.finding(rows, &sequence, Form::Absolute)
    }

    fn finding(&self, rows: &Rows, sequence: &Sequence, form: Form) -> Option<Finding> {
        let found = sequence.scan(self.window, form)?;
        let start = self.window.place(found.since_wave);
        let before = start.checked_sub(1).and_then(|before| rows.0[before]);
        let turnover = before.zip(rows.0[start]).and_then(|(before, now)| {
            Some(Turnover::of(
                whole(before.n),
                whole(now.n),
                whole(now.stayed?),
            ))
        });
        Some(Finding { turnover, ..found })
    }
}

impl Sums {
    fn of(present: &[(usize, Rows, Square)]) -> Self {
        let mut sums = Self {
            units: [0; MOST],
            answers: [0.0; MOST],
            points: [0.0; MOST],
            weighted: Square::NOUGHT,
        };
        for (_, rows, sigma) in present {
            for (i, row) in rows.0.iter().enumerate() {
                let Some(row) = row else { continue };
                sums.units[i] += 1;
                sums.answers[i] += row.n;
                sums.points[i] += row.n * row.y;
                for (j, other) in rows.0[..=i].iter().enumerate() {
                    if let Some(other) = other {
                        sums.weighted.0[i][j] += row.n * other.n * sigma.0[i][j];
                    }
                }
            }
        }
        sums
    }
}

/// A count back from a number to compute with.
fn whole(count: f64) -> u32 {
    // Counts come from `u32` and were never changed.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "was a u32"
    )]
    let whole = count as u32;
    whole
}
