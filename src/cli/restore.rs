//! `respite restore FILE`: a backup back into an empty database, and what became of its waves.

use std::path::PathBuf;

use super::installation::{Installation, block_on};
use crate::operations::restore::{WithoutList, restore};
use crate::rehearsal;

/// `respite restore`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The backup.
    file: PathBuf,
    /// The list of counted waves is lost: stop every wave that was open.
    #[arg(long)]
    no_count_list: bool,
    #[command(flatten)]
    installation: Installation,
}

/// Restores, and says what people have to be told.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let settings = args.installation.settings()?;
    let without_list = if args.no_count_list {
        WithoutList::StopOpenWaves
    } else {
        WithoutList::Refuse
    };
    let now = rehearsal::clock().now();
    let done = block_on(restore(&settings, &args.file, now, without_list))?;
    println!("restored {} rows; everyone signs in anew", done.rows);
    for wave in &done.waves.open {
        println!(
            "wave {wave} is open with a new key and no ballots: each ballot is cast again when \
             its owner signs in before the close. Tell people to sign in"
        );
    }
    for wave in &done.waves.closed {
        println!(
            "wave {wave} had been counted after the backup: it is closed without numbers. Tell \
             the administrator"
        );
    }
    for wave in &done.waves.stopped {
        println!("wave {wave} was stopped and will not be counted. Tell the administrator");
    }
    Ok(())
}
