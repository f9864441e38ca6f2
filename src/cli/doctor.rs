//! `respite doctor`: looks at an installation, and says what to do.

use anyhow::bail;

use super::installation::{Installation, block_on};
use crate::operations::doctor::{Level, Line, examine};
use crate::rehearsal;

/// `respite doctor`
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
    /// One JSON object on one line instead of text.
    #[arg(long)]
    json: bool,
}

/// Looks, prints, and refuses at the end if something does not work.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let settings = args.installation.settings()?;
    let now = rehearsal::clock().now();
    let report = block_on(async { Ok(examine(&settings, now).await) })?;
    if args.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        report.checks.iter().for_each(print);
    }
    if report.has_failures() {
        bail!("something does not work");
    }
    Ok(())
}

fn print(line: &Line) {
    let level = match line.level {
        Level::Ok => "ok  ",
        Level::Warn => "warn",
        Level::Fail => "FAIL",
    };
    println!("{level}  {}: {}", line.about, line.found);
    if !line.advice.is_empty() {
        println!("      -> {}", line.advice);
    }
}
