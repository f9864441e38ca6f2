//! `respite demo`: fills a temporary database with a believable network, prints a sign-in for each
//! role, and serves it.

use std::io::IsTerminal;
use std::path::Path;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};

use super::installation::block_on;
use super::{logging, serve};
use crate::app::App;
use crate::clock::Clock;
use crate::demo::{self, Progress, Shown, Size};
use crate::people::organisations;
use crate::settings::{Contact, ContactKind, Settings};
use crate::store::{Opening, Store};
use crate::vault::{ServerKeys, random_bytes};

/// `respite demo`
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Address and port to listen on.
    #[arg(
        long,
        env = "RESPITE_LISTEN",
        default_value = "127.0.0.1:8080",
        value_name = "ADDRESS"
    )]
    listen: String,
    /// Decides names, sizes and answers.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Organisations in the network.
    #[arg(long, default_value_t = 3, value_name = "N",
          value_parser = clap::value_parser!(u64).range(1..=12))]
    organisations: u64,
    /// Quarterly waves that have closed; half again as many monthly ones.
    #[arg(long, default_value_t = 8, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=16))]
    waves: u32,
    /// Print the sign-ins as one line of JSON on standard output.
    #[arg(long)]
    json: bool,
    /// An empty database to fill; a temporary file if left out.
    #[arg(long, value_name = "URL", hide_env_values = true)]
    database: Option<String>,
}

/// Fills, prints, serves.
pub fn run(args: &Args) -> anyhow::Result<()> {
    logging::begin("warn")?;
    let folder = tempfile::Builder::new().prefix("respite-demo-").tempdir()?;
    block_on(async {
        let app = fill(args, folder.path()).await?;
        serve::serve(app).await
    })
}

/// A filled application, with the system's clock again.
async fn fill(args: &Args, folder: &Path) -> anyhow::Result<App> {
    let mut settings = Settings {
        database: args.database.clone().unwrap_or_else(|| in_folder(folder)),
        listen: args.listen.clone(),
        state_dir: Some(folder.to_owned()),
        server_key_file: Some(folder.join("server.key")),
        ..Settings::default()
    };
    settings.check_safety()?;
    settings.contacts = contacts(Clock::system().today());
    settings.sign_in.argon2_memory_kib = 8;
    settings.sign_in.argon2_passes = 1;
    let store = Store::open(&settings.database, Opening::Migrate).await?;
    must_be_empty(&store).await?;
    let keys = ServerKeys::from_bytes(random_bytes());
    let system = Clock::system();
    let moved = Clock::standing_at(system.now());
    let telling = App::over(store.clone(), (settings.clone(), moved), keys.clone()).await?;
    let size = Size {
        organisations: usize::try_from(args.organisations)?,
        quarterly: args.waves,
        monthly: args.waves * 3 / 2,
    };
    let bar = Bar::new();
    let shown = demo::fill(&telling, (size, args.seed), &bar)
        .await
        .map_err(|problem| anyhow::anyhow!("{}", problem.kind.title()))
        .context("the demonstration could not be filled; is the database empty?")?;
    bar.0.finish_and_clear();
    drop(telling);
    let app = App::over(store, (settings, system), keys).await?;
    print(args, &shown);
    Ok(app)
}

/// The demonstration has a key and a list of its own, and would close the waves of others.
async fn must_be_empty(store: &Store) -> anyhow::Result<()> {
    let known = organisations::all(&mut store.read().await?).await?;
    if known.is_empty() {
        return Ok(());
    }
    bail!(
        "this database holds {} organisations already; the demonstration fills an empty one only",
        known.len()
    )
}

/// Made-up lines for every place of the demonstration; a real installation names its own.
fn contacts(today: chrono::NaiveDate) -> Vec<Contact> {
    let kinds = [
        (ContactKind::Crisis, "Crisis line (made up)"),
        (ContactKind::Support, "Counsellor (made up)"),
        (ContactKind::Reporting, "Ombudsperson (made up)"),
    ];
    let countries = ["KZ", "KG", "TJ", "UZ", "TM", "MD"];
    let lines = countries.into_iter().flat_map(|country| {
        kinds.map(|(kind, name)| Contact {
            country: country.to_owned(),
            kind,
            name: name.to_owned(),
            reach: "000".to_owned(),
            confirmed_on: today,
        })
    });
    lines.collect()
}

fn in_folder(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("respite.db").display())
}

fn print(args: &Args, shown: &[Shown]) {
    let url = format!("http://{}", args.listen);
    if args.json {
        let accounts: Vec<_> = shown
            .iter()
            .map(|one| {
                serde_json::json!({
                    "role": one.role, "sign_in": one.sign_in, "password": one.password,
                    "organisation": one.organisation, "unit": one.unit,
                })
            })
            .collect();
        println!(
            "{}",
            serde_json::json!({ "url": url, "accounts": accounts })
        );
        return;
    }
    println!("Respite demonstration on {url}  (API: {url}/api/v1/docs)");
    println!();
    println!(
        "  {:<15} {:<10} {:<12} {:<32} unit",
        "role", "place", "sign-in", "password"
    );
    for one in shown {
        println!(
            "  {:<15} {:<10} {:<12} {:<32} {}",
            one.role, one.organisation, one.sign_in, one.password, one.unit
        );
    }
    println!();
    println!("Everything is made up. These accounts use the cheapest password hash and no second");
    println!("factor; a real installation does not. The data is gone when this program ends.");
    println!("Stop with Ctrl-C.");
}

/// A progress bar on a terminal, and silence elsewhere.
struct Bar(ProgressBar);

impl Bar {
    fn new() -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new(1)
        } else {
            ProgressBar::hidden()
        };
        let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message("two years of check-ins");
        Self(bar)
    }
}

impl Progress for Bar {
    fn day(&self, done: u64, all: u64) {
        self.0.set_length(all);
        self.0.set_position(done);
    }
}
