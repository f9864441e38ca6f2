//! A slower disk on a fast machine: a small library, preloaded into the server, that waits before
//! every sync. It is built from `benches/slowsync.c` with the C compiler of the system.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

const SOURCE: &str = include_str!("../../benches/slowsync.c");

/// The library, ready to be preloaded.
#[derive(Clone, Debug)]
pub struct SlowSync {
    library: PathBuf,
    micros: u32,
}

impl SlowSync {
    /// Builds it in a folder. Without a C compiler this is an error that says so.
    pub fn build(folder: &Path, micros: u32) -> anyhow::Result<Self> {
        let source = folder.join("slowsync.c");
        let library = folder.join("slowsync.so");
        std::fs::write(&source, SOURCE)?;
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", "-o"])
            .args([&library, &source])
            .arg("-ldl")
            .status()
            .context("there is no C compiler `cc` to build the slow sync with; --no-slow-sync leaves it out")?;
        if !built.success() {
            bail!("`cc` could not build the slow sync; --no-slow-sync leaves it out");
        }
        Ok(Self { library, micros })
    }

    /// Gives it to a program that is about to start.
    pub fn preload(&self, command: &mut Command) {
        command
            .env("LD_PRELOAD", &self.library)
            .env("SYNC_US", self.micros.to_string());
    }
}
