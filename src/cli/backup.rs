//! `respite backup FILE`: a consistent copy in a new SQLite file, while Respite serves.

use std::path::PathBuf;

use super::installation::{Installation, block_on};
use crate::operations;

/// `respite backup`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The new file; it must not exist yet.
    file: PathBuf,
    #[command(flatten)]
    installation: Installation,
}

/// Writes the backup.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let settings = args.installation.settings()?;
    block_on(async {
        let store = operations::open(&settings).await?;
        let rows = operations::backup::backup(&store, &args.file).await?;
        store.close().await;
        println!("wrote {rows} rows to {}", args.file.display());
        println!("keep it apart from the server key");
        Ok(())
    })
}
