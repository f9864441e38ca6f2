//! The released rows of one comparison set, as they are given (A1), and as they are once they are
//! known to fit together: a [`Series`]. The units of a set are disjoint.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::table::{Entry, Table, Track};

/// Reliability of a scale whose own is not known.
pub const DEFAULT_ALPHA: f64 = 0.85;
/// A hundred years of months: more is a mistake, and only costs time.
const MOST_WAVES: u32 = 1200;
/// Far more than any questionnaire has.
const MOST_SCALES: usize = 100;
/// Fewest answers of which anything is released.
const LEAST_ANSWERED: u32 = 5;
/// Most people of one unit: beyond it, sums over the others lose digits.
const MOST_ASKED: u32 = 1_000_000;
/// No variance of answers from 0 to 100 is larger, whatever their number.
const MOST_VARIANCE: f64 = 5000.0;

/// How often a plan asks. Only these two rhythms are calibrated (A9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cadence {
    /// Four waves a year.
    Quarterly,
    /// Twelve waves a year.
    Monthly,
}

/// Whether a high score is bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// As burnout.
    HigherIsWorse,
    /// As well-being; such scales are mirrored before anything is computed.
    HigherIsBetter,
}

/// One scale, in the order in which results are given.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// As rows name it.
    pub id: String,
    /// Whether a high score is bad.
    pub direction: Direction,
    /// From where on it counts as burdened, 0 to 100 as released; without it there is no level rule.
    pub cut: Option<f64>,
    /// Reliability, 0 to 1; [`DEFAULT_ALPHA`] if it is not known.
    pub alpha: f64,
}

/// What is released of a unit, a wave and a scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// From 1.
    pub wave: u32,
    /// The scale's id.
    pub scale: String,
    /// At least five.
    pub answered: u32,
    /// How many could have answered.
    pub asked: u32,
    /// 0 to 100, not mirrored.
    pub mean: f64,
    /// How many were counted here in the wave before, too. Without a row in that wave it is ignored.
    pub stayed: Option<u32>,
}

/// The pooled variance within teams of a wave and scale. The product releases none
/// (`docs/decisions/0012-no-variance-is-released.md`); then the prior of A2 carries the method.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// From 1.
    pub wave: u32,
    /// The scale's id.
    pub scale: String,
    /// The variance, in squared points.
    pub s2: Option<f64>,
    /// Its degrees of freedom.
    pub s2_df: Option<u32>,
}

/// One unit of the set with its rows in any order; a wave without a row is not published.
#[derive(Clone, Debug, PartialEq)]
pub struct Unit {
    /// As results name it.
    pub id: String,
    /// All scales and waves.
    pub rows: Vec<Row>,
}

/// Everything that is given, unchecked.
#[derive(Clone, Debug, PartialEq)]
pub struct Released {
    /// How often the plan asks.
    pub cadence: Cadence,
    /// The number of the latest wave: the one that is judged.
    pub waves: u32,
    /// In the order of the results.
    pub scales: Vec<Scale>,
    /// The organisation's own rows; may be empty.
    pub organisation: Vec<Row>,
    /// May be empty.
    pub spread: Vec<Spread>,
    /// In the order of the results.
    pub units: Vec<Unit>,
}

/// Rows that fit together.
#[derive(Clone, Debug)]
pub struct Series {
    pub(super) cadence: Cadence,
    pub(super) waves: u32,
    /// One a scale, in the given order.
    pub(super) tables: Vec<Table>,
    pub(super) units: Vec<String>,
}

/// A step on the way to a value of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// A field.
    Name(&'static str),
    /// An item of a list, from 0.
    Item(usize),
}

/// Where a value of the input stands, from the outside in, as `respite trends` reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(pub Vec<Step>);

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each is the sentence that it says")]
pub enum Fault {
    #[error("there is at least one wave, and at most {MOST_WAVES}")]
    Waves,
    #[error("there are more than {MOST_SCALES} scales")]
    Scales,
    #[error("this scale is listed twice")]
    ScaleTwice,
    #[error("this unit is listed twice")]
    UnitTwice,
    #[error("there is no such scale")]
    UnknownScale,
    #[error("a number from 0 to 1 is wanted here")]
    NotAShare,
    #[error("a number from 0 to 100 is wanted here")]
    NotOnTheScale,
    #[error("a number from 0 to {MOST_VARIANCE} is wanted here")]
    NotAVariance,
    #[error("this wave is not one of the waves from 1 to the last")]
    UnknownWave,
    #[error("there is a row of this wave and scale already")]
    RowTwice,
    #[error("nothing is released of fewer than {LEAST_ANSWERED} answers")]
    TooFew,
    #[error("more answered than were asked")]
    MoreThanAsked,
    #[error("more than {MOST_ASKED} people")]
    TooManyAsked,
    #[error("more stayed than answered")]
    MoreStayedThanAnswered,
    #[error("more stayed than answered in the wave before")]
    MoreStayedThanWereThere,
}

/// What is wrong with given rows, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {fault}")]
pub struct SeriesFault {
    /// The value.
    pub at: Place,
    /// What is wrong with it.
    pub fault: Fault,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Name(name) if number == 0 => f.write_str(name)?,
                Step::Name(name) => write!(f, ".{name}")?,
                Step::Item(at) => write!(f, "[{at}]")?,
            }
        }
        Ok(())
    }
}

impl Cadence {
    /// The rhythm whose constants a plan uses: quarterly up to six waves a year, monthly above.
    #[must_use]
    pub const fn of_waves_a_year(waves: u32) -> Self {
        if waves <= 6 {
            Self::Quarterly
        } else {
            Self::Monthly
        }
    }
}

impl Series {
    /// Checks that the rows fit together.
    pub fn new(released: &Released) -> Result<Self, SeriesFault> {
        let fault = |steps: &[Step], fault| SeriesFault {
            at: Place(steps.to_vec()),
            fault,
        };
        if !(1..=MOST_WAVES).contains(&released.waves) {
            return Err(fault(&[Step::Name("waves")], Fault::Waves));
        }
        let scales = scales(&released.scales).map_err(|(steps, what)| fault(&steps, what))?;
        let reading = Reading {
            waves: released.waves,
            scales: &scales,
        };
        let mut tables: Vec<Table> = released.scales.iter().map(Table::of).collect();
        let organisation = [Step::Name("organisation"), Step::Name("rows")];
        for (table, track) in tables
            .iter_mut()
            .zip(reading.tracks(&organisation, &released.organisation)?)
        {
            table.organisation = track.mirrored(table.is_mirrored);
        }
        let mut units = BTreeSet::new();
        for (at, unit) in released.units.iter().enumerate() {
            let place = [Step::Name("units"), Step::Item(at), Step::Name("rows")];
            if !units.insert(&unit.id) {
                let place = [Step::Name("units"), Step::Item(at), Step::Name("id")];
                return Err(fault(&place, Fault::UnitTwice));
            }
            let tracks = reading.tracks(&place, &unit.rows)?;
            for (table, track) in tables.iter_mut().zip(tracks) {
                table.units.push(track.mirrored(table.is_mirrored));
            }
        }
        reading.spread(&released.spread, &mut tables)?;
        tables.iter_mut().for_each(Table::complete);
        Ok(Self {
            cadence: released.cadence,
            waves: released.waves,
            tables,
            units: released.units.iter().map(|unit| unit.id.clone()).collect(),
        })
    }

    /// How often the plan asks.
    #[must_use]
    pub const fn cadence(&self) -> Cadence {
        self.cadence
    }
}

type Misplaced = (Vec<Step>, Fault);

/// The places of the scales by their id.
fn scales(scales: &[Scale]) -> Result<BTreeMap<&str, usize>, Misplaced> {
    let mut places = BTreeMap::new();
    if scales.len() > MOST_SCALES {
        return Err((vec![Step::Name("scales")], Fault::Scales));
    }
    for (at, scale) in scales.iter().enumerate() {
        let place = |name| vec![Step::Name("scales"), Step::Item(at), Step::Name(name)];
        if places.insert(scale.id.as_str(), at).is_some() {
            return Err((place("id"), Fault::ScaleTwice));
        }
        if scale.cut.is_some_and(|cut| !(0.0..=100.0).contains(&cut)) {
            return Err((place("cut"), Fault::NotOnTheScale));
        }
        if !(0.0..=1.0).contains(&scale.alpha) {
            return Err((place("alpha"), Fault::NotAShare));
        }
    }
    Ok(places)
}

/// What is known when rows are read.
struct Reading<'a> {
    waves: u32,
    scales: &'a BTreeMap<&'a str, usize>,
}

impl Reading<'_> {
    /// The rows of one unit, one track a scale.
    fn tracks(&self, list: &[Step], rows: &[Row]) -> Result<Vec<Track>, SeriesFault> {
        let mut tracks: Vec<BTreeMap<u32, usize>> = vec![BTreeMap::new(); self.scales.len()];
        let fault = |at: usize, name, fault| SeriesFault {
            at: Place([list, &[Step::Item(at), Step::Name(name)]].concat()),
            fault,
        };
        for (at, row) in rows.iter().enumerate() {
            let scale = self.place(row.wave, &row.scale);
            let scale = scale.map_err(|(name, what)| fault(at, name, what))?;
            check(row).map_err(|(name, what)| fault(at, name, what))?;
            if tracks[scale].insert(row.wave, at).is_some() {
                return Err(fault(at, "wave", Fault::RowTwice));
            }
        }
        let track = |places: BTreeMap<u32, usize>| {
            let mut entries: Vec<Entry> = Vec::with_capacity(places.len());
            for at in places.into_values() {
                let row = &rows[at];
                let before = entries.last().filter(|entry| entry.wave + 1 == row.wave);
                let stayed = before.and(row.stayed).map(f64::from);
                if before.zip(stayed).is_some_and(|(entry, m)| m > entry.n) {
                    return Err(fault(at, "stayed", Fault::MoreStayedThanWereThere));
                }
                entries.push(Entry {
                    wave: row.wave,
                    n: row.answered.into(),
                    asked: row.asked.into(),
                    y: row.mean,
                    stayed,
                });
            }
            Ok(Track(entries))
        };
        tracks.into_iter().map(track).collect()
    }

    fn spread(&self, spread: &[Spread], tables: &mut [Table]) -> Result<(), SeriesFault> {
        let mut seen = BTreeSet::new();
        for (at, line) in spread.iter().enumerate() {
            let fault = |name, fault| SeriesFault {
                at: Place(vec![
                    Step::Name("organisation"),
                    Step::Name("spread"),
                    Step::Item(at),
                    Step::Name(name),
                ]),
                fault,
            };
            let scale = self.place(line.wave, &line.scale);
            let scale = scale.map_err(|(name, what)| fault(name, what))?;
            if line
                .s2
                .is_some_and(|s2| !(0.0..=MOST_VARIANCE).contains(&s2))
            {
                return Err(fault("s2", Fault::NotAVariance));
            }
            if !seen.insert((scale, line.wave)) {
                return Err(fault("wave", Fault::RowTwice));
            }
            if let Some((s2, df)) = line.s2.zip(line.s2_df) {
                tables[scale].spread.push((line.wave, s2, df.into()));
            }
        }
        Ok(())
    }

    /// The place of a row's scale.
    fn place(&self, wave: u32, scale: &str) -> Result<usize, (&'static str, Fault)> {
        if !(1..=self.waves).contains(&wave) {
            return Err(("wave", Fault::UnknownWave));
        }
        let place = self.scales.get(scale).copied();
        place.ok_or(("scale", Fault::UnknownScale))
    }
}

/// What one row must keep to by itself.
fn check(row: &Row) -> Result<(), (&'static str, Fault)> {
    if row.answered < LEAST_ANSWERED {
        Err(("answered", Fault::TooFew))
    } else if row.answered > row.asked {
        Err(("answered", Fault::MoreThanAsked))
    } else if row.asked > MOST_ASKED {
        Err(("asked", Fault::TooManyAsked))
    } else if !(0.0..=100.0).contains(&row.mean) {
        Err(("mean", Fault::NotOnTheScale))
    } else if row.stayed.is_some_and(|stayed| stayed > row.answered) {
        Err(("stayed", Fault::MoreStayedThanAnswered))
    } else {
        Ok(())
    }
}
