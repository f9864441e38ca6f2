//! `respite simulate`: how often the trend method is wrong, and how soon it is right, in made-up
//! organisations.

mod table;

use serde::Serialize;

use crate::operations::progress;
use crate::simulation::{
    Outcome, Plan, SCENARIOS, Scenario, Spread, World, length, run as simulated,
};
use crate::trends::Cadence;

/// Simulates organisations and prints false alarms and detections.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What happens in them; `--list` shows all.
    #[arg(long, default_value = "null", value_name = "NAME", value_parser = scenario)]
    scenario: &'static Scenario,
    /// Teams of each organisation.
    #[arg(long, default_value_t = 8, value_name = "K",
          value_parser = clap::value_parser!(u16).range(1..=500))]
    teams: u16,
    /// Members of each team.
    #[arg(long, default_value_t = 8, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    size: u32,
    /// How often people are asked.
    #[arg(long, value_enum, default_value_t = Rhythm::Quarterly)]
    cadence: Rhythm,
    /// Organisations.
    #[arg(long, default_value_t = 2000, value_name = "R",
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    organisations: u32,
    /// The same seed gives the same result, on any number of cores.
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// The wave of the change; 9, or 13 of monthly ones, if left out.
    #[arg(long, value_name = "WAVE", value_parser = clap::value_parser!(u32).range(1..=32))]
    change_at: Option<u32>,
    /// Points by which a yearly season lifts and lowers everybody.
    #[arg(long, value_name = "POINTS", value_parser = points)]
    season: Option<f64>,
    /// Standard deviation of a movement that all teams share.
    #[arg(long, value_name = "POINTS", value_parser = points)]
    organisation_shock: Option<f64>,
    /// Whether the pooled variance within teams is released; the product releases none.
    #[arg(long, value_enum, default_value_t = SpreadIs::Released)]
    spread: SpreadIs,
    /// Print one line of JSON on standard output.
    #[arg(long)]
    json: bool,
    /// Show all scenarios, and simulate none.
    #[arg(long)]
    list: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Rhythm {
    Quarterly,
    Monthly,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum SpreadIs {
    Released,
    Withheld,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report<'a> {
    scenario: &'static str,
    cadence: Rhythm,
    teams: usize,
    /// Of the first team.
    size: u32,
    organisations: u32,
    seed: u64,
    #[serde(flatten)]
    outcome: &'a Outcome,
    spread: SpreadIs,
}

fn scenario(name: &str) -> Result<&'static Scenario, String> {
    Scenario::find(name).ok_or_else(|| "no such scenario; --list shows all".to_owned())
}

fn points(text: &str) -> Result<f64, String> {
    let points: Result<f64, _> = text.parse();
    let points = points.ok().filter(|points| (0.0..=50.0).contains(points));
    points.ok_or_else(|| "a number from 0 to 50 is wanted here".to_owned())
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    if args.list {
        print!("{}", table::list(SCENARIOS));
        return Ok(());
    }
    let plan = plan(args)?;
    let bar = if progress::is_seen() {
        progress::of_rows(length(&plan), "organisations")
    } else {
        indicatif::ProgressBar::hidden()
    };
    let outcome = simulated(&plan, &|| bar.inc(1));
    bar.finish_and_clear();
    if args.json {
        let report = Report {
            scenario: args.scenario.name,
            cadence: args.cadence,
            teams: plan.world.sizes.len(),
            size: plan.world.sizes.first().copied().unwrap_or_default(),
            organisations: plan.organisations,
            seed: plan.seed,
            outcome: &outcome,
            spread: args.spread,
        };
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", table::text(&outcome));
    }
    Ok(())
}

fn plan(args: &Args) -> anyhow::Result<Plan> {
    let cadence = match args.cadence {
        Rhythm::Quarterly => Cadence::Quarterly,
        Rhythm::Monthly => Cadence::Monthly,
    };
    let mut world = World::usual(cadence, vec![args.size; args.teams.into()]);
    args.scenario.apply(&mut world);
    world.season = args.season.unwrap_or(world.season);
    let shock = args.organisation_shock;
    world.organisation_shock_sd = shock.unwrap_or(world.organisation_shock_sd);
    world.spread = match args.spread {
        SpreadIs::Released => Spread::Released,
        SpreadIs::Withheld => Spread::Withheld,
    };
    let at = args.change_at.unwrap_or(world.usual_change());
    let waves = world.waves();
    anyhow::ensure!(
        at <= waves,
        "there are only {waves} waves: --change-at {at}"
    );
    Ok(Plan {
        change: args.scenario.change(at),
        organisations: args.organisations,
        seed: args.seed,
        world,
    })
}
