//! `respite key`: makes the server key of a new installation, or adds one.

use clap::{Args as Flags, Subcommand};

use super::installation::{Installation, block_on};
use crate::clock::Clock;
use crate::operations::{self, keys};
use crate::store::{Opening, Store};

/// `respite key …`
#[derive(Debug, Flags)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes the key file of a new installation; never overwrites one.
    Create(Installation),
    /// Adds a key and moves to it what can be moved. Stop every server before, and give each the
    /// new file before it starts again.
    Rotate(Installation),
}

/// Runs the subcommand.
pub fn run(args: &Args) -> anyhow::Result<()> {
    match &args.command {
        Command::Create(installation) => create(installation),
        Command::Rotate(installation) => rotate(installation),
    }
}

fn create(installation: &Installation) -> anyhow::Result<()> {
    let settings = installation.settings()?;
    block_on(async {
        let store = Store::open(&settings.database, Opening::Migrate).await?;
        keys::create(&settings, &store).await?;
        store.close().await;
        println!("made {}", settings.server_key_file().display());
        println!("keep a copy of it apart from the backups; every server needs the same file");
        Ok(())
    })
}

fn rotate(installation: &Installation) -> anyhow::Result<()> {
    let settings = installation.settings()?;
    block_on(async {
        let store = operations::open(&settings).await?;
        let done = keys::rotate(&settings, &store, Clock::system().now()).await?;
        let needs = keys::needs(&mut store.read_newest().await?).await?;
        store.close().await;
        println!("key {} is the current one now", done.number);
        println!(
            "moved to it: {} keys of open waves, {} waves, {} accounts, {} addresses, {} webhooks",
            done.waves.wave_keys,
            done.waves.tags,
            done.accounts,
            done.letters.addresses,
            done.letters.secrets
        );
        for (number, needs) in needs.range(..done.number) {
            println!("key {number} is still needed by {needs}");
        }
        println!(
            "copy {} to every server before it starts",
            settings.server_key_file().display()
        );
        Ok(())
    })
}
