//! `respite migrate`: brings the database up to date, and says what it did.

use super::installation::{Installation, block_on};
use crate::store::{Migrated, Store};

/// `respite migrate`
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
}

/// Migrates, and says from where to where.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let settings = args.installation.settings()?;
    match block_on(async { Ok(Store::migrate(&settings.database).await?) })? {
        Migrated::Current(schema) => println!("the database is up to date (schema {schema})"),
        Migrated::Laid(schema) => println!("the database was empty: laid schema {schema}"),
        Migrated::Moved { from, to, copy } => {
            println!("migrated the database from schema {from} to {to}");
            if let Some(copy) = copy {
                println!("a copy as it was before lies in {}", copy.display());
            }
        }
    }
    Ok(())
}
