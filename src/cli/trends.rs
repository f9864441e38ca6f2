//! `respite trends`: the trend method alone, on a file of released rows, so that anybody can check
//! it.

mod series;

use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::Context as _;

use super::json_place::{FileFault, JsonFile};
use crate::trends::judge;

/// Prints what is concluded about units at the last wave.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The rows as JSON (docs/files.md shows the format); `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let (name, bytes) = if args.input.as_os_str() == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().lock().read_to_end(&mut bytes);
        ("standard input".to_owned(), read.map(|_| bytes))
    } else {
        (args.input.display().to_string(), std::fs::read(&args.input))
    };
    let bytes = bytes.with_context(|| name.clone())?;
    let mut judged = judged(&name, &bytes)?;
    judged.push('\n');
    std::io::stdout()
        .write_all(judged.as_bytes())
        .context("standard output")
}

/// The judgement of the rows in `bytes`, as JSON; `name` is said in faults.
fn judged(name: &str, bytes: &[u8]) -> Result<String, FileFault> {
    let file = JsonFile::new(name, bytes)?;
    let series = series::read(&file.root()?)?;
    Ok(serde_json::to_string(&judge(&series))
        .expect("numbers, texts and lists can always be written"))
}
