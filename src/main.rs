//! The binary: reads the command line and hands over to the library.

use clap::Parser;

fn main() -> std::process::ExitCode {
    respite::cli::run(respite::cli::Cli::parse())
}
