//! The command line: one file a subcommand. Exit code 0 done, 1 refused (standard error says
//! what and where), 2 wrong usage.

mod audit;
mod backup;
mod bench;
mod demo;
mod doctor;
mod installation;
mod json_place;
mod key;
mod logging;
mod migrate;
mod openapi;
mod people;
mod publish;
mod questionnaires;
mod restore;
mod score;
mod serve;
mod simulate;
mod trends;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Confidential burnout check-ins and peer support for people who work in shelters.
#[derive(Debug, Parser)]
#[command(name = "respite", version, about)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Checks the audit.
    Audit(audit::Args),
    /// Writes a backup of everything that may be kept to a new SQLite file; Respite may go on
    /// serving.
    Backup(backup::Args),
    /// Measures speed, on databases and servers of its own.
    Bench(bench::Args),
    /// Fills a temporary database with a believable network, and serves it.
    Demo(demo::Args),
    /// Looks at settings, files, clock and database, and says what to do.
    Doctor(doctor::Args),
    /// Makes the server key, or adds a new one.
    Key(key::Args),
    /// Brings the database up to date.
    Migrate(migrate::Args),
    /// Prints the `OpenAPI` document of the API.
    Openapi,
    /// Makes a first administrator.
    People(people::Args),
    /// Applies the publication rule to a wave in a file, and prints what may be shown of it.
    Publish(publish::Args),
    /// Lists, shows, checks and exports questionnaires.
    Questionnaires(questionnaires::Args),
    /// Loads a backup into an empty database of either engine.
    Restore(restore::Args),
    /// Scores a file of answers.
    Score(score::Args),
    /// Answers requests and runs jobs.
    Serve(serve::Args),
    /// Simulates organisations: how often the trend method is wrong, how soon it is right.
    Simulate(simulate::Args),
    /// Applies the trend method to released rows in a file, and prints what is concluded.
    Trends(trends::Args),
}

/// Runs the subcommand named on the command line; its refusal goes to standard error.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    let done: anyhow::Result<()> = match cli.command {
        Command::Audit(args) => audit::run(&args),
        Command::Backup(args) => backup::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Demo(args) => demo::run(&args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Key(args) => key::run(&args),
        Command::Migrate(args) => migrate::run(&args),
        Command::Openapi => openapi::run(),
        Command::People(args) => people::run(args),
        Command::Publish(args) => publish::run(&args),
        Command::Questionnaires(args) => questionnaires::run(&args),
        Command::Restore(args) => restore::run(&args),
        Command::Score(args) => score::run(&args),
        Command::Serve(args) => serve::run(&args),
        Command::Simulate(args) => simulate::run(&args),
        Command::Trends(args) => trends::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(refused) => {
            eprintln!("respite: {refused:#}");
            ExitCode::from(1)
        }
    }
}
