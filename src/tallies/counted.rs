//! The list of counted waves lies outside the database: whatever a restored or tampered database
//! says, a wave on it is never counted again. One id a line, appended and synced.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ids::WaveId;

/// Name of the list in the state folder.
pub const FILE_NAME: &str = "counted-waves";

/// Length of a line: an id and its end.
const LINE: usize = 37;

/// The list, as read at start and kept up to date.
#[derive(Debug)]
pub struct CountedWaves {
    file: PathBuf,
    known: Mutex<BTreeSet<WaveId>>,
}

impl CountedWaves {
    /// Reads the list in a folder; an absent file is an empty list. A line that is no id is
    /// refused: a damaged list must not look like a short one. Part of an id on a last line without
    /// an end was being written when the power failed, and nobody was told that it was there.
    pub fn open(folder: &Path) -> io::Result<Self> {
        let file = folder.join(FILE_NAME);
        let text = match std::fs::read_to_string(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            other => other?,
        };
        let mut known = BTreeSet::new();
        let whole = &text[..text.len() - half_a_line(&text).len()];
        for (number, line) in whole.lines().enumerate() {
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

    /// Adds waves; returns when they are on the disk. The file is made, and opened for writing,
    /// even for none: whoever is about to count learns whether it can be written.
    pub fn add(&self, waves: &[WaveId]) -> io::Result<()> {
        let mut known = self.lock();
        let new: Vec<WaveId> = waves
            .iter()
            .copied()
            .filter(|wave| !known.contains(wave))
            .collect();
        let is_new = !self.file.is_file();
        let mut file: File = OpenOptions::new()
            .create(true)
            .read(true)
            .append(true)
            .open(&self.file)?;
        if is_new {
            sync_folder(&self.file)?;
        }
        if new.is_empty() {
            return Ok(());
        }
        let mut lines = end_last_line(&mut file)?.to_owned();
        for wave in &new {
            lines.push_str(&wave.to_string());
            lines.push('\n');
        }
        file.write_all(lines.as_bytes())?;
        file.sync_all()?;
        known.extend(new);
        Ok(())
    }

    /// Whether there is room for one more wave: a line's length is written and taken away again.
    /// Whoever is about to count asks, because what is released cannot be taken back, and a wave
    /// that is not on the list could be counted a second time after a restore.
    pub fn must_have_room(&self) -> io::Result<()> {
        let _known = self.lock();
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .open(&self.file)?;
        let end = end_last_line(&mut file)?;
        file.write_all(end.as_bytes())?;
        let length = file.metadata()?.len();
        let line = [b' '; LINE];
        let written = file.write_all(&line).and_then(|()| file.sync_all());
        file.set_len(length)?;
        written
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<WaveId>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What stands after the last end of a line, unless it is a whole id.
fn half_a_line(text: &str) -> &str {
    let last = text.rfind('\n').map_or(text, |end| &text[end + 1..]);
    if last.parse::<WaveId>().is_ok() {
        return "";
    }
    last
}

/// Cuts off what a failed write has left; what to write before the next line.
fn end_last_line(file: &mut File) -> io::Result<&'static str> {
    let mut text = String::new();
    file.rewind()?;
    file.read_to_string(&mut text)?;
    let half = half_a_line(&text).len();
    if half > 0 {
        file.set_len((text.len() - half) as u64)?;
        text.truncate(text.len() - half);
    }
    let is_ended = text.is_empty() || text.ends_with('\n');
    Ok(if is_ended { "" } else { "\n" })
}

/// A new file is there after a power failure only when its folder is on the disk too.
fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_line_is_nothing_and_the_next_one_stands_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE_NAME);
        let (whole, half, next) = (WaveId::new(), WaveId::new(), WaveId::new());
        for cut in [1, 20, 35] {
            let half = half.to_string();
            std::fs::write(&file, format!("{whole}\n{}", &half[..cut])).unwrap();
            let list = CountedWaves::open(folder.path()).unwrap();
            assert!(list.contains(whole));
            list.add(&[next]).unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            assert_eq!(text, format!("{whole}\n{next}\n"));
        }
    }

    #[test]
    fn a_whole_id_without_an_end_counts_and_is_ended() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(FILE_NAME);
        let (first, next) = (WaveId::new(), WaveId::new());
        std::fs::write(&file, first.to_string()).unwrap();
        let list = CountedWaves::open(folder.path()).unwrap();
        assert!(list.contains(first));
        list.add(&[next]).unwrap();
        let text = std::fs::read_to_string(&file).unwrap();
        assert_eq!(text, format!("{first}\n{next}\n"));
    }

    #[test]
    fn a_list_that_cannot_be_written_is_an_error_even_for_nothing_new() {
        let folder = tempfile::tempdir().unwrap();
        let list = CountedWaves::open(folder.path()).unwrap();
        std::fs::create_dir(folder.path().join(FILE_NAME)).unwrap();
        assert!(list.add(&[]).is_err());
        let wave = WaveId::new();
        assert!(list.add(&[wave]).is_err());
        assert!(!list.contains(wave));
    }

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
