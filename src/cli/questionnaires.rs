//! `respite questionnaires`: what can be asked, what it says, whether a new one is right.

mod listing;
mod showing;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use clap::{Subcommand, ValueEnum};

use crate::app;
use crate::questionnaires::{Catalogue, Fault, Instrument, check, fhir};
use crate::settings::Settings;

/// `respite questionnaires`
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    shelf: Shelf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists the questionnaires at hand.
    List {
        /// Prints an array of objects.
        #[arg(long)]
        json: bool,
    },
    /// Shows one questionnaire: items, answers, scales, licence.
    Show {
        /// Id of the questionnaire.
        id: String,
        /// Language of the wording.
        #[arg(long, default_value = "en")]
        lang: String,
    },
    /// Checks questionnaire files and reports every fault with its line.
    Check {
        /// Structure files (their locales are read too) or locale files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Writes one questionnaire in another format.
    Export {
        /// Id of the questionnaire.
        id: String,
        /// `fhir` is a Questionnaire of FHIR R4 (4.0.1).
        #[arg(long, value_enum)]
        format: ExportFormat,
        /// Main language of the export.
        #[arg(long, default_value = "en")]
        lang: String,
        /// Id of the form; without it the first.
        #[arg(long)]
        form: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    Fhir,
}

/// Where questionnaires come from.
#[derive(Debug, clap::Args)]
pub struct Shelf {
    /// Settings file; its `questionnaires` table names a folder and the accepted licences.
    #[arg(long, env = "RESPITE_CONFIG", value_name = "FILE", global = true)]
    config: Option<PathBuf>,
}

impl Shelf {
    fn settings(&self) -> anyhow::Result<Settings> {
        let beside = PathBuf::from("respite.toml");
        Ok(match &self.config {
            Some(file) => Settings::read(file)?,
            None if beside.is_file() => Settings::read(&beside)?,
            None => Settings::default(),
        })
    }

    /// The embedded questionnaires and those of the folder that the settings name.
    pub(super) fn catalogue(&self) -> anyhow::Result<Catalogue> {
        catalogue_of(&self.settings()?)
    }
}

/// The embedded questionnaires and those of the folder that the settings name.
pub(super) fn catalogue_of(settings: &Settings) -> anyhow::Result<Catalogue> {
    app::catalogue(settings).map_err(|faults| told(&faults))
}

/// Runs one of the subcommands.
pub fn run(args: &Args) -> anyhow::Result<()> {
    match &args.command {
        Command::List { json } => listing::print(&args.shelf.catalogue()?, *json),
        Command::Show { id, lang } => {
            let instrument = find(&args.shelf.catalogue()?, id)?;
            showing::print(&instrument, lang)
        }
        Command::Check { files } => {
            let faults = check::files::check(files, &Catalogue::embedded());
            if !faults.is_empty() {
                return Err(told(&faults));
            }
            writeln!(io::stdout(), "no fault")?;
            Ok(())
        }
        Command::Export {
            id,
            format: ExportFormat::Fhir,
            lang,
            form,
        } => {
            let settings = args.shelf.settings()?;
            let instrument = find(&catalogue_of(&settings)?, id)?;
            export(&instrument, &settings, lang, form.as_deref())
        }
    }
}

/// Names every fault on standard error, a line each; the refusal says how many there are.
fn told(faults: &[Fault]) -> anyhow::Error {
    for fault in faults {
        eprintln!("{fault}");
    }
    match faults.len() {
        1 => anyhow!("one fault"),
        many => anyhow!("{many} faults"),
    }
}

fn find(catalogue: &Catalogue, id: &str) -> anyhow::Result<Arc<Instrument>> {
    let found = catalogue.find(id).cloned();
    found.with_context(|| {
        format!(
            "there is no questionnaire \"{id}\"; there are: {}",
            catalogue.ids()
        )
    })
}

fn export(
    instrument: &Instrument,
    settings: &Settings,
    lang: &str,
    form: Option<&str>,
) -> anyhow::Result<()> {
    let known: Vec<&str> = instrument.locales.keys().map(String::as_str).collect();
    if !known.is_empty() && !known.contains(&lang) {
        bail!(
            "{} has no wording in \"{lang}\"; there are: {}",
            instrument.id,
            known.join(", ")
        );
    }
    let local = format!("http://{}", settings.listen);
    let base = settings
        .public_url
        .as_deref()
        .unwrap_or(&local)
        .trim_end_matches('/');
    let resource = fhir::questionnaire(instrument, fhir::Export { base, lang, form });
    let resource = resource.with_context(|| {
        let forms: Vec<&str> = instrument.forms.iter().map(|form| &*form.id).collect();
        format!(
            "{} has only these forms: {}",
            instrument.id,
            forms.join(", ")
        )
    })?;
    writeln!(io::stdout(), "{}", serde_json::to_string_pretty(&resource)?)?;
    Ok(())
}
