//! `respite publish`: the publication rule alone, on a file, so that anybody can check it.

mod wave;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::Context as _;
use serde::Serialize;

use super::json_place::{FileFault, JsonFile};
use crate::tallies::{Answer, Count, Publication, publications};
use wave::{Scale, Wave};

/// Prints what may be shown of a wave.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The wave as JSON (docs/files.md shows the format); `-` reads standard input.
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
    let mut released = released(&name, &bytes)?;
    released.push('\n');
    std::io::stdout()
        .write_all(released.as_bytes())
        .context("standard output")
}

/// The releases of the wave in `bytes`, as JSON; `name` is said in faults.
pub fn released(name: &str, bytes: &[u8]) -> Result<String, FileFault> {
    let file = JsonFile::new(name, bytes)?;
    let wave = Wave::read(file.root()?)?;
    let releases = wave
        .scales
        .iter()
        .map(|scale| release(&wave, scale))
        .collect();
    Ok(serde_json::to_string(&Releases { releases })
        .expect("numbers, texts and lists can always be written"))
}

fn release<'a>(wave: &'a Wave, scale: &'a Scale) -> Release<'a> {
    let mut count = Count::of(&wave.tree, scale.rule);
    for (unit, scores) in &wave.answers {
        if let Some(steps) = scores.get(&scale.id) {
            count
                .add(
                    unit,
                    Answer {
                        steps: *steps,
                        stayed: false,
                    },
                )
                .expect("reading the file refused unknown units and scores off the scale");
        }
    }
    let atoms = count.atoms(wave.threshold);
    let units = publications(&wave.tree, &atoms, &wave.asked, &BTreeMap::new());
    let atoms = atoms.into_iter().map(|atom| AtomLine {
        top: atom.top,
        answered: atom.tally.answered(),
        mean: atom.tally.mean(),
        at_or_above_cut: atom.tally.at_or_above_cut(),
    });
    let units = units.into_iter().map(|(unit, publication)| UnitLine {
        unit,
        published: publication.is_some(),
        numbers: publication.as_ref().map(Numbers::from),
    });
    Release {
        scale: &scale.id,
        atoms: atoms.collect(),
        units: units.collect(),
    }
}

#[derive(Serialize)]
struct Releases<'a> {
    /// One a scale, by its id.
    releases: Vec<Release<'a>>,
}

#[derive(Serialize)]
struct Release<'a> {
    scale: &'a str,
    /// By the unit at the top.
    atoms: Vec<AtomLine>,
    /// All units of the tree, by their id.
    units: Vec<UnitLine>,
}

#[derive(Serialize)]
struct AtomLine {
    top: String,
    answered: u32,
    mean: u8,
    at_or_above_cut: Option<u32>,
}

#[derive(Serialize)]
struct UnitLine {
    unit: String,
    published: bool,
    #[serde(flatten)]
    numbers: Option<Numbers>,
}

/// What only a published unit shows.
#[derive(Serialize)]
struct Numbers {
    answered: u64,
    asked: u64,
    mean: u8,
    at_or_above_cut: Option<u64>,
}

impl From<&Publication> for Numbers {
    fn from(publication: &Publication) -> Self {
        Self {
            answered: publication.answered(),
            asked: publication.asked(),
            mean: publication.mean(),
            at_or_above_cut: publication.at_or_above_cut(),
        }
    }
}

#[cfg(test)]
mod tests;
