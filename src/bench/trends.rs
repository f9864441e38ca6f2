//! The trend method: the whole result of a large organisation, scans in a second on one core and on
//! all, and how much longer a second implementation in numpy takes for the same.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use indicatif::ProgressBar;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::figures::{Table, median, rounded};
use crate::trends::{
    Cadence, DEFAULT_ALPHA, Direction, Released, Replay, Row, Scale, Series, Unit, judge,
};

/// The other implementation, written from the description alone.
const REFERENCE: &str = include_str!("../../benches/reference/trends.py");
/// How long a round of ours takes: the system counts a thread's time in steps of milliseconds.
const ROUND: Duration = Duration::from_millis(300);

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Teams of the organisation.
    pub teams: u32,
    /// Quarterly waves.
    pub waves: u32,
    /// Scales.
    pub scales: u32,
    /// Rounds; the two implementations take turns.
    pub rounds: u32,
    /// A Python that may have numpy.
    pub python: PathBuf,
    /// Where the input of the other implementation lies.
    pub folder: PathBuf,
}

/// Measures, and says what came of it.
pub fn measure(plan: &Plan, bar: &ProgressBar) -> anyhow::Result<Table> {
    let released = made_up(plan);
    let series = Series::new(&released).context("the made-up rows do not fit together")?;
    let input = plan.folder.join("series.json");
    let reference = plan.folder.join("trends.py");
    std::fs::write(&input, as_json(&released).to_string())?;
    std::fs::write(&reference, REFERENCE)?;
    let has_numpy = has_numpy(&plan.python);
    bar.set_length(plan.rounds.into());
    bar.set_message("rounds");
    std::hint::black_box(judge(&series));
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        let our_ms = processor_ms(|| std::hint::black_box(judge(&series)));
        ours.push(our_ms);
        if has_numpy {
            let their_ms = numpy_ms(&plan.python, (&reference, &input))?;
            theirs.push(their_ms);
            ratios.push(their_ms / our_ms);
        }
        bar.inc(1);
    }
    let scans = scans(&series);
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut table = Table::default();
    table.add("teams", "teams", plan.teams);
    table.add("waves", "waves", plan.waves);
    table.add("scales", "scales", plan.scales);
    table.add("scans", "scans of a whole result", scans);
    let whole = median(&ours);
    table.add(
        "whole_ms",
        "the whole result, in milliseconds of processor time, median",
        rounded(whole),
    );
    table.add(
        "scans_a_second_one_core",
        "scans in a second on one core",
        rounded(f64::from(scans) * 1000.0 / whole),
    );
    table.add("cores", "cores", cores);
    table.add(
        "scans_a_second_all_cores",
        "scans in a second on all cores, by the clock",
        rounded(on_all_cores(&series, cores) * f64::from(scans)),
    );
    if has_numpy {
        let numpy = rounded(median(&theirs));
        table.add(
            "numpy_ms",
            "the same in numpy, in milliseconds, median",
            numpy,
        );
        let ratio = rounded(median(&ratios));
        table.add("ratio", "numpy / ours, median of the rounds", ratio);
    } else {
        table.add("ratio", "numpy / ours: no numpy here", Value::Null);
    }
    Ok(table)
}

/// Findings of all waves, of units and of the organisation.
fn scans(series: &Series) -> u32 {
    let found = |moment: crate::trends::Moment| {
        let units = moment.units.iter().flat_map(|unit| &unit.findings);
        let units = units.filter(|found| found.is_some()).count();
        let organisation = moment.organisation.iter();
        units + organisation.filter(|(found, _)| found.is_some()).count()
    };
    u32::try_from(Replay::of(series).map(found).sum::<usize>()).unwrap_or(u32::MAX)
}

/// Whole results in a second, by as many threads as there are cores.
fn on_all_cores(series: &Series, cores: usize) -> f64 {
    const TIME: Duration = Duration::from_secs(1);
    let began = Instant::now();
    let results: u32 = thread::scope(|scope| {
        let work = || {
            let mut results = 0_u32;
            while began.elapsed() < TIME {
                std::hint::black_box(judge(series));
                results += 1;
            }
            results
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_default())
            .sum()
    });
    f64::from(results) / began.elapsed().as_secs_f64()
}

/// Processor time of one result, in milliseconds, on this thread: whatever else runs on the machine
/// does not count. Where the system does not tell, the time by the clock.
fn processor_ms<T>(work: impl Fn() -> T) -> f64 {
    let before = processor_nanoseconds();
    let began = Instant::now();
    let mut results = 0_u32;
    while results == 0 || began.elapsed() < ROUND {
        work();
        results += 1;
    }
    let used = before.zip(processor_nanoseconds());
    let used = used.map(|(before, after)| Duration::from_nanos(after.saturating_sub(before)));
    let used = used.filter(|used| !used.is_zero());
    used.unwrap_or_else(|| began.elapsed()).as_secs_f64() * 1000.0 / f64::from(results)
}

fn processor_nanoseconds() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

fn has_numpy(python: &Path) -> bool {
    let output = Command::new(python).args(["-c", "import numpy"]).output();
    output.is_ok_and(|output| output.status.success())
}

/// Processor time of one whole result, on one thread as ours.
fn numpy_ms(python: &Path, (reference, input): (&Path, &Path)) -> anyhow::Result<f64> {
    let output = Command::new(python)
        .arg(reference)
        .arg("--time")
        .arg(input)
        .args(["--repeats", "3"])
        .envs(["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"].map(|name| (name, "1")))
        .output()
        .context("python")?;
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let found: Value = serde_json::from_slice(&output.stdout)?;
    let seconds = found["seconds"].as_f64().context("no seconds")?;
    Ok(seconds * 1000.0)
}

/// Rows of an organisation in which not every team is published at every wave.
fn made_up(plan: &Plan) -> Released {
    let mut chance = StdRng::seed_from_u64(1);
    let scale = |number: u32| Scale {
        id: format!("scale-{number}"),
        direction: Direction::HigherIsWorse,
        cut: Some(50.0),
        alpha: DEFAULT_ALPHA,
    };
    let scales: Vec<Scale> = (1..=plan.scales).map(scale).collect();
    let mut rows = |size: std::ops::Range<u32>, gaps: f64| {
        let mut rows = Vec::new();
        for scale in &scales {
            let mut before = None;
            for wave in 1..=plan.waves {
                let answered = chance.random_range(size.clone());
                if chance.random_bool(gaps) {
                    before = None;
                    continue;
                }
                rows.push(Row {
                    wave,
                    scale: scale.id.clone(),
                    answered,
                    asked: answered + chance.random_range(0..5),
                    mean: chance.random_range(35..55_u32).into(),
                    stayed: before.map(|before: u32| before.min(answered) * 3 / 4),
                });
                before = Some(answered);
            }
        }
        rows
    };
    let organisation = rows(300..500, 0.0);
    let units = (1..=plan.teams).map(|team| Unit {
        id: format!("team-{team}"),
        rows: rows(5..30, 0.05),
    });
    Released {
        cadence: Cadence::Quarterly,
        waves: plan.waves,
        units: units.collect(),
        organisation,
        spread: Vec::new(),
        scales,
    }
}

/// As `respite trends` reads it.
fn as_json(released: &Released) -> Value {
    let row = |row: &Row| {
        json!({ "wave": row.wave, "scale": row.scale, "answered": row.answered,
                "asked": row.asked, "mean": row.mean, "stayed": row.stayed })
    };
    let rows = |rows: &[Row]| rows.iter().map(row).collect::<Vec<_>>();
    let scale = |scale: &Scale| {
        json!({ "id": scale.id, "direction": "higher_is_worse", "cut": scale.cut,
                "alpha": scale.alpha })
    };
    let unit = |unit: &Unit| json!({ "id": unit.id, "rows": rows(&unit.rows) });
    json!({
        "format": "respite-trends-1",
        "cadence": "quarterly",
        "waves": released.waves,
        "scales": released.scales.iter().map(scale).collect::<Vec<_>>(),
        "organisation": { "rows": rows(&released.organisation), "spread": [] },
        "units": released.units.iter().map(unit).collect::<Vec<_>>(),
    })
}
