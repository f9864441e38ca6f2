//! `respite score`: the scores of a file of answers, streamed. A file is scored as a whole or
//! refused as a whole: nothing reaches standard output before its last line was read.

mod results;
mod rows;
mod table;

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::questionnaires::Shelf;
use results::Results;
use rows::Rows;
use table::Table;

/// `respite score`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Id of the questionnaire, as `respite questionnaires list` gives it.
    #[arg(long, value_name = "ID")]
    questionnaire: String,
    /// CSV with the columns `respondent` and item ids; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    /// Format of the results.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    #[command(flatten)]
    shelf: Shelf,
}

/// How results are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// `respondent,scale,score,answered,band`, scores with two decimals.
    Csv,
    /// An array of objects, scores unrounded.
    Json,
}

/// A place in the input and what is wrong there.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("{line}: {message}")]
    Line { line: u64, message: String },
    #[error("{line}: column {column}: {message}")]
    Cell {
        line: u64,
        column: String,
        message: String,
    },
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
}

/// Scores the file to a temporary file, then copies that to standard output.
pub fn run(args: &Args) -> anyhow::Result<()> {
    let catalogue = args.shelf.catalogue()?;
    let instrument = catalogue.find(&args.questionnaire).with_context(|| {
        format!(
            "there is no questionnaire \"{}\"; there are: {}",
            args.questionnaire,
            catalogue.ids()
        )
    })?;
    let from_pipe = args.input == Path::new("-");
    let shown = if from_pipe {
        "standard input".into()
    } else {
        args.input.display().to_string()
    };
    let (input, bar): (Box<dyn Read>, ProgressBar) = if from_pipe {
        (Box::new(io::stdin().lock()), progress(None))
    } else {
        let file = File::open(&args.input).with_context(|| format!("{shown} cannot be opened"))?;
        let length = file.metadata().ok().map(|metadata| metadata.len());
        (Box::new(file), progress(length))
    };
    let rows = Rows::new(BufReader::with_capacity(1 << 16, bar.wrap_read(input)));
    let spool = tempfile::tempfile().context("no temporary file can be made for the results")?;
    let results = Results::new(spool, args.format);
    let done = Table::read(rows, instrument).and_then(|table| table.score(results));
    bar.finish_and_clear();
    let mut spool = done.map_err(|refusal| match refusal {
        Refusal::Unreadable(_) => anyhow::anyhow!("{shown} {refusal}"),
        _ => anyhow::anyhow!("{shown}:{refusal}"),
    })?;
    spool.rewind()?;
    let mut out = io::stdout().lock();
    io::copy(&mut spool, &mut out).context("the results cannot be written")?;
    out.flush().context("the results cannot be written")
}

/// A bar on a terminal, nothing elsewhere.
fn progress(length: Option<u64>) -> ProgressBar {
    let template = match length {
        Some(_) => "{wide_bar} {percent} % {eta}",
        None => "{spinner} {binary_bytes} read",
    };
    let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::stderr());
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
