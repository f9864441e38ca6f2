//! Made-up organisations whose people answer as real ones are known to, released by the real
//! publication rule and judged by the real trend method: how often a stable team is flagged, and how
//! soon a real rise is noticed. Nothing here knows a database; nothing of it serves anyone.

mod chance;
mod outcome;
mod people;
mod release;
mod sample;
mod scenarios;
mod watching;
mod world;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::thread;

pub use outcome::{ByLevel, Detection, Outcome, Rate, Sizes, Watched};
pub use scenarios::{SCENARIOS, Scenario};
pub use world::{Change, Spread, Whom, World};

use outcome::Counted;
use sample::Sample;

/// What is simulated.
#[derive(Clone, Debug)]
pub struct Plan {
    /// How people are and answer.
    pub world: World,
    /// What really changes, if anything does.
    pub change: Option<Change>,
    /// R: how many organisations.
    pub organisations: u32,
    /// The same seed gives the same result, on any number of cores.
    pub seed: u64,
}

/// Runs a plan on all cores. `progress` is told of every organisation that is done. False alarms are
/// counted in organisations of their own where nothing changes: a team that rises makes the others
/// look better.
#[must_use]
pub fn run(plan: &Plan, progress: &(dyn Fn() + Sync)) -> Outcome {
    let changed = counted(plan, plan.change, progress);
    let calm = plan.change.map(|_| counted(plan, None, progress));
    Outcome::of(
        &plan.world,
        plan.change.is_some(),
        calm.as_ref().unwrap_or(&changed),
        &changed,
    )
}

/// How often `progress` will be told.
#[must_use]
pub const fn length(plan: &Plan) -> u64 {
    let runs = if plan.change.is_some() { 2 } else { 1 };
    plan.organisations as u64 * runs
}

fn counted(plan: &Plan, change: Option<Change>, progress: &(dyn Fn() + Sync)) -> Counted {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = AtomicU32::new(0);
    let (done, samples) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..cores {
            let (done, next) = (done.clone(), &next);
            scope.spawn(move || {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= plan.organisations {
                        break;
                    }
                    let sample = Sample::of(&plan.world, change, (plan.seed, number));
                    progress();
                    if done.send((number, sample)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(done);
        let mut samples: Vec<(u32, Sample)> = samples.iter().collect();
        // Sums are made in one order, so that no rounding depends on who was faster.
        samples.sort_by_key(|(number, _)| *number);
        let mut counted = Counted::default();
        for (_, sample) in &samples {
            counted.add(sample);
        }
        counted
    })
}
