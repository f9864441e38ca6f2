//! The flags that every command on a database shares, and how settings come together: default,
//! then file, then environment, then flag.

use std::path::PathBuf;

use clap::Args;

use crate::settings::Settings;

/// Which installation a command works on.
#[derive(Debug, Args)]
pub struct Installation {
    /// Settings file.
    #[arg(long, env = "RESPITE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// `sqlite:FILE` or `postgres://USER@HOST/NAME`.
    #[arg(
        long,
        env = "RESPITE_DATABASE",
        value_name = "URL",
        hide_env_values = true
    )]
    database: Option<String>,
    /// The server key file.
    #[arg(long, env = "RESPITE_SERVER_KEY_FILE", value_name = "FILE")]
    server_key_file: Option<PathBuf>,
    /// Where the list of counted waves lies.
    #[arg(long, env = "RESPITE_STATE_DIR", value_name = "FOLDER")]
    state_dir: Option<PathBuf>,
}

impl Installation {
    /// The settings of this installation. Without `--config`, `respite.toml` in the working
    /// folder is read if it is there.
    pub fn settings(&self) -> anyhow::Result<Settings> {
        let beside = PathBuf::from("respite.toml");
        let mut settings = match &self.config {
            Some(file) => Settings::read(file)?,
            None if beside.is_file() => Settings::read(&beside)?,
            None => Settings::default(),
        };
        if let Some(database) = &self.database {
            settings.database.clone_from(database);
        }
        if self.server_key_file.is_some() {
            settings.server_key_file.clone_from(&self.server_key_file);
        }
        if self.state_dir.is_some() {
            settings.state_dir.clone_from(&self.state_dir);
        }
        Ok(settings)
    }
}

/// Runs a command's work on a runtime of its own.
pub fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
