//! Sums over many organisations, and what is reported of them with Monte-Carlo standard errors.

use serde::Serialize;

use super::sample::{Channel, Sample};
use super::watching::Noticed;
use super::world::World;

/// The longest delay of which a median is said.
const LONGEST_DELAY: usize = 12;

/// Something for each level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ByLevel<T> {
    /// Watch, or a higher one.
    pub watch: T,
    /// Elevated, or high.
    pub elevated: T,
    /// High.
    pub high: T,
}

/// Alarms in a year of one unit; `None` if there was no unit without a change.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// The rate.
    pub rate: Option<f64>,
    /// Its standard error; organisations are independent, teams of one are not.
    pub se: Option<f64>,
}

/// How soon the change was noticed, among runs that were not in alarm before it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Detection {
    /// Within so many waves, the wave of the change included.
    pub waves: [u32; 4],
    /// Shares from 0 to 1.
    #[serde(flatten)]
    pub shares: ByLevel<[f64; 4]>,
    /// Standard errors of the shares.
    pub se: ByLevel<[f64; 4]>,
    /// Median delay, 1 for at once; `None` if half or more were not noticed within 12 waves.
    pub median_delay: ByLevel<Option<f64>>,
}

/// Alarms of one channel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Watched {
    /// In a year of one unit.
    pub alarms_per_year: ByLevel<Rate>,
    /// Absent without a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detection: Option<Detection>,
}

/// The changed team when it was first flagged at elevated, within the longest horizon.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sizes {
    /// How often that happened.
    pub runs: u32,
    /// Mean size as fitted.
    pub raw: f64,
    /// Mean size as it is shown.
    pub shown: f64,
    /// Share of the intervals that contain the true size.
    pub covered: f64,
}

/// What came of a simulation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Outcome {
    /// p alone, without any other condition, in teams where nothing changed.
    pub alarms_per_team_year: ByLevel<Rate>,
    /// Share of team-waves that were published.
    pub published: f64,
    /// p alone; absent without a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detection: Option<Detection>,
    /// The change channel with its conditions on size and on the other teams, without memory.
    pub whole_channel: Watched,
    /// Share of false ones among its flags at elevated, mean over the four waves from the change on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub false_share: Option<f64>,
    /// The organisation as one series, by p alone. Its alarms are false ones only in runs without
    /// any change.
    pub organisation_channel: Watched,
    /// Share of counted waves of calm teams that show at least this, with conditions and memory.
    pub shown: ByLevel<f64>,
    /// Share of calm teams in alarm at elevated by p alone, at each wave.
    pub in_alarm: Vec<f64>,
    /// Absent if the change has no size, or was never noticed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sizes: Option<Sizes>,
}

/// Sums over organisations.
#[derive(Default)]
pub(super) struct Counted {
    organisations: u32,
    calm_teams: u32,
    alone: Sums,
    whole: Sums,
    organisation: Sums,
    team_waves: u64,
    published: u64,
    shown: [u64; 3],
    in_alarm: Vec<u64>,
    sizes: (u32, f64, f64, u32),
    false_share: f64,
}

/// Sums of one channel.
#[derive(Default)]
struct Sums {
    starts: [u64; 3],
    squares: [u64; 3],
    /// Runs that were not in alarm before the change.
    runs: [u32; 3],
    /// By delay from 1 on.
    noticed: [[u32; LONGEST_DELAY]; 3],
}

impl Sums {
    fn add(&mut self, channel: &Channel) {
        for (level, starts) in channel.starts.into_iter().enumerate() {
            self.starts[level] += u64::from(starts);
            self.squares[level] += u64::from(starts).pow(2);
        }
        for (level, noticed) in channel.noticed.into_iter().enumerate() {
            self.runs[level] += u32::from(matches!(noticed, Some(Noticed::In(_) | Noticed::Never)));
            if let Some(Noticed::In(delay)) = noticed
                && let Some(sum) = self.noticed[level].get_mut(delay as usize - 1)
            {
                *sum += 1;
            }
        }
    }

    fn watched(
        &self,
        (world, units): (&World, f64),
        organisations: f64,
        has_change: bool,
    ) -> Watched {
        let waves = world.waves() - world.first_counted() + 1;
        let years = f64::from(waves) / f64::from(world.cadence.waves_a_year()) * units;
        Watched {
            alarms_per_year: by_level(|level| self.rate(level, years, organisations)),
            detection: has_change.then(|| self.detection(world.horizons())),
        }
    }

    /// `years` are those of one organisation's units.
    fn rate(&self, level: usize, years: f64, organisations: f64) -> Rate {
        if years <= 0.0 || organisations < 1.0 {
            return Rate {
                rate: None,
                se: None,
            };
        }
        let mean = number(self.starts[level]) / organisations;
        let squares = number(self.squares[level]) / organisations - mean * mean;
        let variance = squares.max(0.0) / (organisations - 1.0).max(1.0);
        Rate {
            rate: Some(mean / years),
            se: Some(variance.sqrt() / years),
        }
    }

    fn detection(&self, waves: [u32; 4]) -> Detection {
        let runs = |level: usize| f64::from(self.runs[level].max(1));
        let share = |level: usize, within: u32| {
            let noticed = &self.noticed[level][..(within as usize).min(LONGEST_DELAY)];
            f64::from(noticed.iter().sum::<u32>()) / runs(level)
        };
        let error = |level: usize, within: u32| {
            let share = share(level, within);
            (share * (1.0 - share) / runs(level)).sqrt()
        };
        Detection {
            waves,
            shares: by_level(|level| waves.map(|within| share(level, within))),
            se: by_level(|level| waves.map(|within| error(level, within))),
            median_delay: by_level(|level| self.median_delay(level)),
        }
    }

    fn median_delay(&self, level: usize) -> Option<f64> {
        let delay = |place: u32| {
            let mut so_far = 0;
            let mut delays = (1_u32..).zip(self.noticed[level]);
            let found = delays.find(|(_, noticed)| {
                so_far += noticed;
                so_far > place
            });
            found.map(|(delay, _)| f64::from(delay))
        };
        let last = self.runs[level].checked_sub(1)?;
        Some(f64::midpoint(delay(last / 2)?, delay(last.div_ceil(2))?))
    }
}

impl Counted {
    pub fn add(&mut self, sample: &Sample) {
        self.organisations += 1;
        self.calm_teams = sample.calm_teams;
        self.alone.add(&sample.alone);
        self.whole.add(&sample.whole);
        self.organisation.add(&sample.organisation);
        self.team_waves += u64::from(sample.team_waves);
        self.published += u64::from(sample.published);
        for (sum, more) in self.shown.iter_mut().zip(sample.shown) {
            *sum += u64::from(more);
        }
        self.false_share += sample.false_share;
        self.in_alarm.resize(sample.in_alarm.len(), 0);
        for (sum, more) in self.in_alarm.iter_mut().zip(&sample.in_alarm) {
            *sum += u64::from(*more);
        }
        if let Some(flagged) = &sample.flagged {
            self.sizes.0 += 1;
            self.sizes.1 += flagged.raw;
            self.sizes.2 += flagged.shown;
            self.sizes.3 += u32::from(flagged.covers);
        }
    }
}

impl Outcome {
    /// False alarms are taken from `calm`, everything about the change from `changed`; they can be
    /// the same.
    pub(super) fn of(world: &World, has_change: bool, calm: &Counted, changed: &Counted) -> Self {
        let organisations = f64::from(calm.organisations);
        let teams = f64::from(calm.calm_teams);
        let with = |of_calm: &Sums, of_changed: &Sums, units: f64| Watched {
            alarms_per_year: of_calm
                .watched((world, units), organisations, false)
                .alarms_per_year,
            detection: of_changed
                .watched((world, units), organisations, has_change)
                .detection,
        };
        let alone = with(&calm.alone, &changed.alone, teams);
        let counted = world.waves() - world.first_counted() + 1;
        let calm_waves = organisations * teams * f64::from(counted);
        let (runs, raw, shown, covered) = changed.sizes;
        let mean = |sum: f64| sum / f64::from(runs);
        Self {
            alarms_per_team_year: alone.alarms_per_year,
            published: number(changed.published) / number(changed.team_waves.max(1)),
            detection: alone.detection,
            whole_channel: with(&calm.whole, &changed.whole, teams),
            false_share: has_change.then(|| changed.false_share / organisations),
            organisation_channel: with(&calm.organisation, &changed.organisation, 1.0),
            shown: by_level(|level| number(calm.shown[level]) / calm_waves.max(1.0)),
            in_alarm: calm
                .in_alarm
                .iter()
                .map(|sum| number(*sum) / (organisations * teams).max(1.0))
                .collect(),
            sizes: (runs > 0).then(|| Sizes {
                runs,
                raw: mean(raw),
                shown: mean(shown),
                covered: mean(f64::from(covered)),
            }),
        }
    }
}

fn by_level<T>(of: impl Fn(usize) -> T) -> ByLevel<T> {
    ByLevel {
        watch: of(0),
        elevated: of(1),
        high: of(2),
    }
}

/// A sum of small counts as a number to compute with.
fn number(sum: u64) -> f64 {
    #[expect(
        clippy::cast_precision_loss,
        reason = "far below where a count loses digits"
    )]
    let number = sum as f64;
    number
}
