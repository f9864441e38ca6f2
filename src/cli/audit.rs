//! `respite audit verify`: reads the chain of every organisation, and says where it is broken.

use anyhow::{bail, ensure};
use clap::{Args as Flags, Subcommand};

use super::installation::{Installation, block_on};
use crate::operations;
use crate::operations::audits::{self, Checked};

/// `respite audit …`
#[derive(Debug, Flags)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks that no entry was changed, removed, moved or put in; prints each chain's head.
    Verify(Verify),
}

#[derive(Debug, Flags)]
struct Verify {
    #[command(flatten)]
    installation: Installation,
    /// Only this organisation (its short name).
    #[arg(long, value_name = "NAME")]
    organisation: Option<String>,
    /// A head that was written down earlier (`number:hash`, as the daily log line shows it): it
    /// must be part of the chain.
    #[arg(long, value_name = "HEAD")]
    head: Option<String>,
}

/// Runs the subcommand; refuses at the end if anything was found.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let Command::Verify(args) = &args.command;
    let settings = args.installation.settings()?;
    let checked = block_on(async {
        let keys = operations::keys::load(&settings)?;
        let store = operations::open(&settings).await?;
        let only = args.organisation.as_deref();
        let checked = audits::verify(&store, &keys, only, args.head.as_deref()).await?;
        store.close().await;
        Ok(checked)
    })?;
    if let (Some(name), true) = (&args.organisation, checked.is_empty()) {
        bail!("there is no organisation '{name}'");
    }
    ensure!(
        args.head.is_none() || checked.len() == 1,
        "a head belongs to one organisation: name it with --organisation"
    );
    checked.iter().for_each(print);
    let broken = checked
        .iter()
        .filter(|one| !one.verdict.findings.is_empty());
    match broken.count() {
        0 => Ok(()),
        chains => bail!("{chains} of {} chains are not whole", checked.len()),
    }
}

fn print(checked: &Checked) {
    let Checked { name, verdict } = checked;
    let entries = verdict.entries;
    println!("{name}: {entries} entries, head {}", verdict.head.text());
    for finding in &verdict.findings {
        println!("{name}: WRONG: {finding}");
    }
}
