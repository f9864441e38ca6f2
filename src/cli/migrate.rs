//! `respite migrate`: brings the database up to date, and says what it did.

use super::installation::{Installation, block_on};
use crate::store::{Opening, Store};

/// `respite migrate`
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
}

/// Opens the database, which migrates it.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let settings = args.installation.settings()?;
    block_on(async {
        let store = Store::open(&settings.database, Opening::Migrate).await?;
        store.close().await;
        println!("the database is up to date");
        Ok(())
    })
}
