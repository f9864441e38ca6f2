//! `respite bench`: measures of speed, each on databases and servers of its own.

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use indicatif::ProgressBar;

use super::installation::{Installation, block_on};
use super::{logging, serve};
use crate::app::{self, App};
use crate::bench::{Load, Table, check_ins, closing, idle, publications, trends};
use crate::clock::Clock;
use crate::operations::progress;
use crate::store::{Commits, Opening, Store, raw_commits};

/// `respite bench`
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check-ins in a second, acknowledged and on the disk: grouped commits against one each.
    CheckIns(CheckIns),
    /// A unit's publication with few and with many check-ins made.
    Publications(Publications),
    /// The program at rest: start, memory, size.
    Program(Rest),
    /// The close of a large wave: time, memory, and how long others wait.
    Closing(Closing),
    /// The trend method: the whole result of an organisation, against numpy if Python has it.
    Trends(Trends),
    /// A server that gives each use case a commit of its own.
    #[command(hide = true)]
    ServeOneEach(ServeOneEach),
    /// Raw commits of single rows.
    #[command(hide = true)]
    Raw(Raw),
}

#[derive(Debug, clap::Args)]
struct Common {
    /// Print one line of JSON on standard output.
    #[arg(long)]
    json: bool,
    /// An existing folder on the disk to be measured; the system's temporary folder if left out.
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct CheckIns {
    #[command(flatten)]
    common: Common,
    /// Clients at the same time.
    #[arg(long, default_value_t = 64, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..))]
    connections: u16,
    /// Rounds of each kind; the kinds take turns.
    #[arg(long, default_value_t = 5, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
    /// Seconds of one round.
    #[arg(long, default_value_t = 4.0, value_name = "S")]
    seconds: f64,
    /// People; each checks in once a round. A round ends early when all have.
    #[arg(long, default_value_t = 30_000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    workers: u32,
    /// Waves that have closed before.
    #[arg(long, default_value_t = 3, value_name = "N",
          value_parser = clap::value_parser!(u32).range(0..=20))]
    quarters: u32,
    /// Leave out the rounds in which every sync is slowed.
    #[arg(long)]
    no_slow_sync: bool,
    /// Microseconds that every sync is slowed by.
    #[arg(long, default_value_t = 1000, value_name = "US")]
    slow_by: u32,
    /// Another build of `respite`, which takes its turn with grouped commits.
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
struct Publications {
    #[command(flatten)]
    common: Common,
    /// Check-ins made in the organisation that is looked at.
    #[arg(long, default_value_t = 1000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    few: u32,
    /// Check-ins made in all organisations of the larger database.
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    many: u32,
    /// Counted waves of each organisation.
    #[arg(long, default_value_t = 4, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=20))]
    waves: u32,
    /// Requests of one round.
    #[arg(long, default_value_t = 500, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    requests: u32,
    /// Rounds with each database; they take turns.
    #[arg(long, default_value_t = 5, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..))]
    rounds: u16,
}

#[derive(Debug, clap::Args)]
struct Rest {
    #[command(flatten)]
    common: Common,
    /// Starts, one after the other.
    #[arg(long, default_value_t = 9, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..))]
    starts: u16,
    /// People in the database.
    #[arg(long, default_value_t = 1000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    people: u32,
    /// Seconds that a server is left alone before it is weighed.
    #[arg(long, default_value_t = 3.0, value_name = "S")]
    seconds: f64,
}

#[derive(Debug, clap::Args)]
struct Closing {
    #[command(flatten)]
    common: Common,
    /// People, each with a ballot.
    #[arg(long, default_value_t = 100_000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    ballots: u32,
    /// An empty database to use; a file of its own if left out.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    database: Option<String>,
}

#[derive(Debug, clap::Args)]
struct Trends {
    #[command(flatten)]
    common: Common,
    /// Teams.
    #[arg(long, default_value_t = 50, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    teams: u32,
    /// Quarterly waves.
    #[arg(long, default_value_t = 20, value_name = "N",
          value_parser = clap::value_parser!(u32).range(2..=200))]
    waves: u32,
    /// Scales.
    #[arg(long, default_value_t = 3, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=20))]
    scales: u32,
    /// Rounds of each implementation; they take turns.
    #[arg(long, default_value_t = 5, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: u32,
    /// A Python with numpy, to compare with; without numpy nothing is compared.
    #[arg(
        long,
        env = "RESPITE_TEST_PYTHON",
        default_value = "python3",
        value_name = "FILE"
    )]
    python: PathBuf,
}

#[derive(Debug, clap::Args)]
struct ServeOneEach {
    #[command(flatten)]
    installation: Installation,
    #[arg(long, env = "RESPITE_LISTEN", value_name = "ADDRESS")]
    listen: String,
}

#[derive(Debug, clap::Args)]
struct Raw {
    #[arg(long)]
    milliseconds: u64,
    folder: PathBuf,
}

/// Measures, and prints what came of it.
pub fn run(args: &Args) -> anyhow::Result<()> {
    match &args.what {
        What::CheckIns(args) => check_ins(args),
        What::Publications(args) => publications(args),
        What::Program(args) => program(args),
        What::Closing(args) => closing(args),
        What::Trends(args) => trends(args),
        What::ServeOneEach(args) => serve_one_each(args),
        What::Raw(args) => raw(args),
    }
}

fn check_ins(args: &CheckIns) -> anyhow::Result<()> {
    let plan = |folder| check_ins::Plan {
        load: Load {
            connections: args.connections.into(),
            time: Duration::from_secs_f64(args.seconds.max(0.0)),
        },
        rounds: args.rounds.into(),
        workers: args.workers as usize,
        quarters: args.quarters,
        slow_by: (!args.no_slow_sync).then_some(args.slow_by),
        compare: args.compare.clone(),
        folder,
    };
    measured(&args.common, async |folder, bar| {
        check_ins::measure(&plan(folder), bar).await
    })
}

fn publications(args: &Publications) -> anyhow::Result<()> {
    let plan = |folder| publications::Plan {
        few: args.few as usize,
        many: args.many as usize,
        waves: args.waves,
        requests: args.requests as usize,
        rounds: args.rounds.into(),
        folder,
    };
    measured(&args.common, async |folder, bar| {
        publications::measure(&plan(folder), bar).await
    })
}

fn program(args: &Rest) -> anyhow::Result<()> {
    let plan = |folder| idle::Plan {
        starts: args.starts.into(),
        people: args.people as usize,
        rest: Duration::from_secs_f64(args.seconds.max(0.0)),
        folder,
    };
    measured(&args.common, async |folder, bar| {
        idle::measure(&plan(folder), bar).await
    })
}

fn closing(args: &Closing) -> anyhow::Result<()> {
    let plan = |folder| closing::Plan {
        ballots: args.ballots as usize,
        database: args.database.clone(),
        folder,
    };
    measured(&args.common, async |folder, bar| {
        closing::measure(&plan(folder), bar).await
    })
}

fn trends(args: &Trends) -> anyhow::Result<()> {
    let plan = |folder| trends::Plan {
        teams: args.teams,
        waves: args.waves,
        scales: args.scales,
        rounds: args.rounds,
        python: args.python.clone(),
        folder,
    };
    measured(&args.common, async |folder, bar| {
        trends::measure(&plan(folder), bar)
    })
}

/// Runs one bench in a folder of its own, and prints its table.
fn measured(
    common: &Common,
    work: impl AsyncFnOnce(PathBuf, &ProgressBar) -> anyhow::Result<Table>,
) -> anyhow::Result<()> {
    logging::begin("warn")?;
    let named = tempfile::Builder::new().prefix("respite-bench-").clone();
    let folder = match &common.folder {
        Some(within) => named.tempdir_in(within)?,
        None => named.tempdir()?,
    };
    let bar = progress::of_rows(1, "");
    let table = block_on(async { work(folder.path().to_owned(), &bar).await })?;
    bar.finish_and_clear();
    if common.json {
        println!("{}", table.json());
    } else {
        print!("{}", table.text());
    }
    Ok(())
}

fn serve_one_each(args: &ServeOneEach) -> anyhow::Result<()> {
    logging::begin("info")?;
    let mut settings = args.installation.settings()?;
    settings.listen.clone_from(&args.listen);
    settings.check_safety()?;
    block_on(async {
        let commits = Commits::OneEach;
        let store = Store::open_with(&settings.database, Opening::AsItIs, commits).await?;
        let keys = app::server_keys(&settings, &store).await?;
        serve::serve(App::over(store, (settings, Clock::system()), keys).await?).await
    })
}

fn raw(args: &Raw) -> anyhow::Result<()> {
    let time = Duration::from_millis(args.milliseconds);
    block_on(async {
        let (commits, took) = raw_commits(&args.folder, time).await?;
        let micros = u64::try_from(took.as_micros())?;
        println!(
            "{}",
            serde_json::json!({ "commits": commits, "micros": micros })
        );
        Ok(())
    })
}
