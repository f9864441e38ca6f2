//! The list of counted waves lies outside the database: whatever a restored or tampered database
//! says, a wave on it is never counted again. One id a line, appended and synced.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ids::WaveId;

/// Name of the list in the state folder.
pub const FILE_NAME: &str = "counted-waves";

/// The list, as read at start and kept up to date.
#[derive(Debug)]
pub struct CountedWaves {
    file: PathBuf,
    known: Mutex<BTreeSet<WaveId>>,
}

impl CountedWaves {
    /// Reads the list in a folder; an absent file is an empty list. A line that is no id is
    /// refused: a damaged list must not look like a short one.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let file = folder.join(FILE_NAME);
        let text = match std::fs::read_to_string(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            other => other?,
        };
        let mut known = BTreeSet::new();
        for (number, line) in text.lines().enumerate() {
            let id = line.parse().map_err(|_| {
                let place = format!("{}:{}: not the id of a wave", file.display(), number + 1);
                io::Error::new(io::ErrorKind::InvalidData, place)
            })?;
            known.insert(id);
        }
        Ok(Self {
            file,
            known: Mutex::new(known),
        })
    }

    /// Whether a list is there at all.
    #[must_use]
    pub fn is_there(folder: &Path) -> bool {
        folder.join(FILE_NAME).is_file()
    }

    /// Whether the wave may never be counted again.
    #[must_use]
    pub fn contains(&self, wave: WaveId) -> bool {
        self.lock().contains(&wave)
    }

    /// Adds waves; returns when they are on the disk. The file is made even for none.
    pub fn add(&self, waves: &[WaveId]) -> io::Result<()> {
        let mut known = self.lock();
        let new: Vec<WaveId> = waves
            .iter()
            .copied()
            .filter(|wave| !known.contains(wave))
            .collect();
        if new.is_empty() && self.file.is_file() {
            return Ok(());
        }
        let mut file: File = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.file)?;
        let mut lines = String::new();
        for wave in &new {
            lines.push_str(&wave.to_string());
            lines.push('\n');
        }
        file.write_all(lines.as_bytes())?;
        file.sync_all()?;
        known.extend(new);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<WaveId>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wave_once_counted_is_counted_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (WaveId::new(), WaveId::new());
        let list = CountedWaves::open(folder.path()).unwrap();
        list.add(&[first]).unwrap();
        list.add(&[first, second]).unwrap();
        let again = CountedWaves::open(folder.path()).unwrap();
        assert!(again.contains(first) && again.contains(second));
        assert!(!again.contains(WaveId::new()));
    }

    #[test]
    fn a_damaged_list_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE_NAME), "not an id\n").unwrap();
        let refused = CountedWaves::open(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("counted-waves:1:"), "{refused}");
    }
}
