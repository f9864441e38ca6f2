//! Questionnaires through the doors that people use: files, the command line, published cases.

mod check;
mod check_files;
mod check_locales;
mod command;
mod fhir;
mod scoring;
mod wording;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs the binary in a folder of its own, so that no settings file is found.
fn respite(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_respite"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("RESPITE_CONFIG")
        .output()
        .expect("the binary runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the binary prints UTF-8")
}

/// A copy of the made-up doorbell questionnaire, to be spoilt.
struct Doorbell {
    folder: tempfile::TempDir,
    structure: String,
    locale: String,
}

impl Doorbell {
    fn new() -> Self {
        let read = |name: &str| {
            let path = repository("tests/cases/questionnaires").join(name);
            std::fs::read_to_string(path).expect("the case is in the repository")
        };
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
            structure: read("doorbell.toml"),
            locale: read("doorbell.en.toml"),
        }
    }

    /// Replaces one stretch of the structure file, which must be there.
    fn structure(mut self, old: &str, new: &str) -> Self {
        assert!(
            self.structure.contains(old),
            "{old:?} is not in doorbell.toml"
        );
        self.structure = self.structure.replacen(old, new, 1);
        self
    }

    /// Replaces one stretch of the locale file, which must be there.
    fn locale(mut self, old: &str, new: &str) -> Self {
        assert!(
            self.locale.contains(old),
            "{old:?} is not in doorbell.en.toml"
        );
        self.locale = self.locale.replacen(old, new, 1);
        self
    }

    /// Writes a file into the folder.
    fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Writes both files and checks the structure file: code and line of each fault.
    fn faults(&self) -> Vec<Found> {
        self.write("doorbell.toml", &self.structure);
        self.write("doorbell.en.toml", &self.locale);
        self.check(&["doorbell.toml"])
    }

    /// Runs `questionnaires check` on files of the folder.
    fn check(&self, files: &[&str]) -> Vec<Found> {
        let arguments = [&["questionnaires", "check"], files].concat();
        let output = respite(&arguments, self.folder.path());
        let told = text(&output.stderr);
        let found: Vec<Found> = told.lines().filter_map(Found::read).collect();
        assert_eq!(
            output.status.code(),
            Some(i32::from(!found.is_empty())),
            "{told}"
        );
        found
    }
}

/// A line that `check` printed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    file: String,
    line: usize,
    code: String,
    message: String,
}

impl Found {
    /// `file:line: Qnn message`; `None` for the last line, which counts the faults.
    fn read(line: &str) -> Option<Self> {
        let mut parts = line.splitn(3, ':');
        let (file, line, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let (code, message) = rest.trim().split_once(' ')?;
        let line = line.parse().ok()?;
        Some(Self {
            file: file.into(),
            line,
            code: code.into(),
            message: message.into(),
        })
    }
}

/// The line, from 1, on which a stretch of text begins.
fn line_of(text: &str, stretch: &str) -> usize {
    let at = text.find(stretch).expect("the stretch is in the text");
    text[..at].matches('\n').count() + 1
}
