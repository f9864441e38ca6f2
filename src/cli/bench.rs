//! `respite bench`: measures of speed, each on databases and servers of its own.

use std::path::PathBuf;
use std::time::Duration;

use clap::Subcommand;
use indicatif::ProgressBar;

use super::installation::{Installation, block_on};
use super::{logging, serve};
use crate::app::{self, App};
use crate::bench::{Load, Table, check_ins};
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
        let micros = took.as_micros() as u64;
        println!(
            "{}",
            serde_json::json!({ "commits": commits, "micros": micros })
        );
        Ok(())
    })
}
