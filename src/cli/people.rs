//! `respite people`: what only who runs the server can do, because nobody inside could grant it.

use anyhow::{Context, bail};
use clap::{Args as Flags, Subcommand};

use super::installation::{Installation, block_on};
use crate::audit::Seal;
use crate::clock::Clock;
use crate::people::invitations::Issued;
use crate::people::names::{Country, Language, Name, ShortName, SignInName, Zone};
use crate::people::organisations::{self, NewOrganisation};
use crate::people::{First, first_administrator};
use crate::problem::Problem;
use crate::settings::Settings;
use crate::store::{Opening, Store};
use crate::vault::ServerKeys;

/// `respite people …`
#[derive(Debug, Flags)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Makes an administrator of a whole organisation and prints a one-time activation code.
    ///
    /// Run again for an account that was never activated, it prints a new code. The first
    /// organisation of an installation is made on the way; a further one only with
    /// --organisation-name, so that a slip of the pen makes none.
    CreateAdmin(CreateAdmin),
}

#[derive(Debug, Flags)]
struct CreateAdmin {
    #[command(flatten)]
    installation: Installation,
    /// What the administrator will type to sign in.
    #[arg(long, value_name = "NAME", value_parser = SignInName::parse)]
    sign_in: SignInName,
    /// The organisation's short name, as in its address; of another name one is made.
    #[arg(long, value_name = "NAME", value_parser = Name::parse)]
    organisation: Name,
    /// What the administrator is called [default: the sign-in name].
    #[arg(long, value_name = "TEXT", value_parser = Name::parse)]
    name: Option<Name>,
    /// The language that the administrator reads.
    #[arg(long, value_name = "TAG", default_value = "en", value_parser = Language::parse)]
    language: Language,
    #[command(flatten)]
    making: Making,
}

/// What a new organisation is to be like; its administrators can change all but the network.
#[derive(Debug, Flags)]
struct Making {
    /// For a new organisation: what it is called.
    #[arg(long, value_name = "TEXT", value_parser = Name::parse)]
    organisation_name: Option<Name>,
    /// For a new organisation: its network, made if there is none of the name [default: its name].
    #[arg(long, value_name = "TEXT", value_parser = Name::parse)]
    network: Option<Name>,
    /// For a new organisation: two capital letters; ZZ is unknown.
    #[arg(long, value_name = "CODE", default_value = "ZZ", value_parser = Country::parse)]
    country: Country,
    /// For a new organisation: its time zone, such as Europe/Madrid.
    #[arg(long, value_name = "ZONE", default_value = "UTC", value_parser = Zone::parse)]
    zone: Zone,
    /// For a new organisation: let roles with power work without a second factor.
    #[arg(long)]
    without_second_factor: bool,
}

/// Runs the subcommand.
pub fn run(args: Args) -> anyhow::Result<()> {
    match args.command {
        Command::CreateAdmin(args) => create_admin(args),
    }
}

fn create_admin(args: CreateAdmin) -> anyhow::Result<()> {
    let settings = args.installation.settings()?;
    let short_name = short_name_of(&args.organisation)?;
    let is_named = args.making.organisation_name.is_some();
    let name = Name::parse(args.sign_in.as_str()).map_err(anyhow::Error::msg)?;
    let first = First {
        make: Some(args.making.organisation(&short_name, args.organisation)),
        name: args.name.unwrap_or(name),
        organisation: short_name,
        sign_in: args.sign_in,
        language: args.language,
    };
    let made = block_on(make(&settings, &first, is_named))?;
    eprintln!(
        "{} may activate the account with this code until {}, at /o/{}:",
        first.sign_in,
        made.expires_at.format("%Y-%m-%d %H:%M UTC"),
        first.organisation
    );
    println!("{}", made.code);
    Ok(())
}

async fn make(settings: &Settings, first: &First, is_named: bool) -> anyhow::Result<Issued> {
    let store = Store::open(&settings.database, Opening::Migrate).await?;
    let known = organisations::all(&mut store.read().await?).await?;
    let short_name = first.organisation.as_str();
    let is_there = known.iter().any(|known| known.short_name == short_name);
    if !is_there && !is_named && !known.is_empty() {
        bail!("there is no organisation '{short_name}'; to make it, give --organisation-name too");
    }
    let keys = server_keys(settings, known.is_empty())?;
    let by = Seal {
        keys: &keys,
        now: Clock::system().now(),
    };
    let mut tx = store.write().await?;
    let made = first_administrator(&mut tx, &by, first).await;
    let (_, _, issued) = made.map_err(said)?;
    tx.commit().await?;
    store.close().await;
    Ok(issued)
}

/// `Casa Norte` has the address `/o/casa-norte`.
fn short_name_of(name: &Name) -> anyhow::Result<ShortName> {
    let lower = name.as_str().to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    ShortName::parse(&words.join("-")).map_err(|wrong| {
        anyhow::anyhow!("--organisation: {wrong}; the name itself goes into --organisation-name")
    })
}

/// The server key, made on the first use of an installation and never afterwards: with another
/// key than before, nothing that was sealed could be checked.
fn server_keys(settings: &Settings, is_new: bool) -> anyhow::Result<ServerKeys> {
    let file = settings.server_key_file();
    if file.exists() {
        return Ok(ServerKeys::load(&file)?);
    }
    if !is_new {
        bail!(
            "{}: the server key of this installation is not there; name its file with \
             --server-key-file",
            file.display()
        );
    }
    let keys = ServerKeys::create(&file).with_context(|| file.display().to_string())?;
    eprintln!(
        "made the server key: {} (keep a copy apart from the database)",
        file.display()
    );
    Ok(keys)
}

/// A refusal as one line for the terminal.
fn said(problem: Problem) -> anyhow::Error {
    let detail = problem
        .detail
        .unwrap_or_else(|| problem.kind.title().to_owned());
    anyhow::Error::msg(detail)
}

impl Making {
    fn organisation(self, short_name: &ShortName, name: Name) -> NewOrganisation {
        let name = self.organisation_name.unwrap_or(name);
        NewOrganisation {
            network: self.network.unwrap_or_else(|| name.clone()),
            short_name: short_name.clone(),
            name,
            country: self.country,
            zone: self.zone,
            second_factor_required: !self.without_second_factor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_made_of_the_letters_and_digits_of_a_name() {
        for (name, short) in [
            ("casa-norte", "casa-norte"),
            ("Casa Norte (2)", "casa-norte-2"),
        ] {
            assert_eq!(
                short_name_of(&Name::parse(name).unwrap()).unwrap().as_str(),
                short
            );
        }
        assert!(short_name_of(&Name::parse("家").unwrap()).is_err());
    }
}
