//! The program at rest: how large it is, how soon it answers, how much memory it holds.

use std::path::PathBuf;
use std::time::Duration;

use indicatif::ProgressBar;

use super::figures::{Table, median, rounded};
use super::ground::{Answered, Ground, Newest, Place};
use super::program::Server;

/// How much is measured.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Starts, one after the other.
    pub starts: usize,
    /// People in the database.
    pub people: usize,
    /// How long a server is left alone before it is weighed.
    pub rest: Duration,
    /// Where the database lies.
    pub folder: PathBuf,
}

/// Measures, and says what came of it.
pub async fn measure(plan: &Plan, bar: &ProgressBar) -> anyhow::Result<Table> {
    let ground = Ground::new(Place::in_folder(&plan.folder), 1, Newest::StaysOpen).await?;
    let house = ground.found((1, plan.people), bar).await?;
    ground.ask(&house, (1, Answered::ByEveryone)).await?;
    let place = ground.leave().await?;
    let server = Server::this()?;
    let (mut starts, mut memory) = (Vec::new(), Vec::new());
    bar.set_length(plan.starts as u64);
    bar.set_message("starts");
    for _ in 0..plan.starts {
        let program = server.start(&place).await?;
        starts.push(program.took.as_secs_f64() * 1000.0);
        tokio::time::sleep(plan.rest).await;
        #[expect(clippy::cast_precision_loss, reason = "a few megabytes")]
        memory.push(program.memory_kib("VmRSS")? as f64 / 1024.0);
        program.kill();
        bar.inc(1);
    }
    let bytes = std::fs::metadata(&server.binary)?.len();
    let mut table = Table::default();
    table.add("starts", "starts", plan.starts);
    table.add(
        "start_ms",
        "start to first answer, in milliseconds, median",
        rounded(median(&starts)),
    );
    table.add(
        "idle_mb",
        "memory at rest, in MB, median",
        rounded(median(&memory)),
    );
    table.add(
        "binary_mb",
        "size of the program, in MB",
        bytes / (1024 * 1024),
    );
    Ok(table)
}
