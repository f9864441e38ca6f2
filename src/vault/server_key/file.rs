//! The file `server.key`: a heading, then a line for each key with its number and 64 hex digits.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::vault::secret::Secret;

const HEADING: &str = "respite server keys 1";

/// Why the server's keys cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ServerKeyError {
    /// The operating system refused.
    #[error("{path}: {error}")]
    File {
        /// The key file.
        path: PathBuf,
        /// What the operating system said.
        error: io::Error,
    },
    /// The file is there already, and a new one would make what rests on it unreadable.
    #[error("{path} exists already; it is never overwritten")]
    Exists {
        /// The key file.
        path: PathBuf,
    },
    /// The file is not one of ours.
    #[error("{path}, line {line}: {fault}")]
    Malformed {
        /// The key file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong there. Never the line itself: it may be a key.
        fault: &'static str,
    },
    /// Two to the 32nd rotations.
    #[error("there is no key number left")]
    NoNumberLeft,
    /// The current key, or one that is not there.
    #[error("key {number} is the current key or not in the file")]
    NotRetirable {
        /// The number that was given.
        number: u32,
    },
}

pub(super) fn read(path: &Path) -> Result<BTreeMap<u32, Secret<32>>, ServerKeyError> {
    let text = fs::read_to_string(path)
        .map(Zeroizing::new)
        .map_err(|error| refused(path, error))?;
    parse(&text).map_err(|(line, fault)| ServerKeyError::Malformed {
        path: path.to_owned(),
        line,
        fault,
    })
}

pub(super) fn create(path: &Path, keys: &BTreeMap<u32, Secret<32>>) -> Result<(), ServerKeyError> {
    write_new(path, keys).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => ServerKeyError::Exists {
            path: path.to_owned(),
        },
        _ => refused(path, error),
    })
}

/// Writes beside the file, then renames: a crash leaves the old file or the new one, whole.
pub(super) fn replace(path: &Path, keys: &BTreeMap<u32, Secret<32>>) -> Result<(), ServerKeyError> {
    let replaced = || -> io::Result<()> {
        let path = fs::canonicalize(path)?;
        let beside = path.with_extension("key.new");
        match fs::remove_file(&beside) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => write_new(&beside, keys)?,
        }
        fs::rename(&beside, &path)?;
        sync_folder(&path)
    };
    replaced().map_err(|error| refused(path, error))
}

#[cfg(unix)]
pub(super) fn is_private(path: &Path) -> Result<bool, ServerKeyError> {
    use std::os::unix::fs::PermissionsExt;
    let file = fs::metadata(path).map_err(|error| refused(path, error))?;
    // The lower six bits are what the group and all others may do.
    Ok(file.permissions().mode().trailing_zeros() >= 6)
}

#[cfg(not(unix))]
pub(super) fn is_private(path: &Path) -> Result<bool, ServerKeyError> {
    fs::metadata(path)
        .map(|_| true)
        .map_err(|error| refused(path, error))
}

fn refused(path: &Path, error: io::Error) -> ServerKeyError {
    ServerKeyError::File {
        path: path.to_owned(),
        error,
    }
}

fn write_new(path: &Path, keys: &BTreeMap<u32, Secret<32>>) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(render(keys).as_bytes())?;
    file.sync_all()?;
    sync_folder(path)
}

/// Without this the name of a new file can be lost by a power cut.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => File::open(".")?.sync_all(),
    }
}

fn render(keys: &BTreeMap<u32, Secret<32>>) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(64 + keys.len() * 80));
    text.push_str(HEADING);
    text.push('\n');
    for (number, key) in keys {
        text.push_str(&number.to_string());
        text.push(' ');
        for byte in key.bytes() {
            for digit in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
            }
        }
        text.push('\n');
    }
    text
}

type Fault = (usize, &'static str);

fn parse(text: &str) -> Result<BTreeMap<u32, Secret<32>>, Fault> {
    let mut lines = text.lines().enumerate();
    if lines.next().is_none_or(|(_, line)| line.trim() != HEADING) {
        return Err((1, "this is not a file of server keys"));
    }
    let mut keys = BTreeMap::new();
    for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let (number, key) = parse_line(line).map_err(|fault| (at + 1, fault))?;
        if keys.insert(number, key).is_some() {
            return Err((at + 1, "this number stands above already"));
        }
    }
    if keys.is_empty() {
        Err((1, "there is no key in it"))
    } else {
        Ok(keys)
    }
}

fn parse_line(line: &str) -> Result<(u32, Secret<32>), &'static str> {
    let (number, digits) = line
        .trim()
        .split_once(' ')
        .ok_or("a number and a key are wanted")?;
    let number = number
        .parse::<u32>()
        .map_err(|_| "the number is not a whole number")?;
    let digits = digits.trim().as_bytes();
    if number == 0 || digits.len() != 64 {
        return Err("a number from 1 and 64 hexadecimal digits are wanted");
    }
    let mut is_hex = true;
    let key = Secret::filled(|key: &mut [u8; 32]| {
        for (byte, pair) in key.iter_mut().zip(digits.chunks(2)) {
            let digit = |at: usize| {
                char::from(pair[at])
                    .to_digit(16)
                    .and_then(|d| u8::try_from(d).ok())
            };
            match (digit(0), digit(1)) {
                (Some(high), Some(low)) => *byte = high << 4 | low,
                _ => is_hex = false,
            }
        }
    });
    if is_hex {
        Ok((number, key))
    } else {
        Err("the key has a sign that is not hexadecimal")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_malformed_file_names_the_line_and_never_the_key() {
        let key = "0f".repeat(32);
        for (text, line) in [
            (String::new(), 1),
            ("something else\n".to_owned(), 1),
            (format!("{HEADING}\n"), 1),
            (format!("{HEADING}\n1 {key}\n1 {key}\n"), 3),
            (format!("{HEADING}\n0 {key}\n"), 2),
            (format!("{HEADING}\n\n2 {}\n", &key[1..]), 3),
            (format!("{HEADING}\n2 g{}\n", &key[1..]), 2),
            (format!("{HEADING}\n2\n"), 2),
            (format!("{HEADING}\n-2 {key}\n"), 2),
        ] {
            let (at, fault) = parse(&text).unwrap_err();
            assert_eq!(at, line, "{text}: {fault}");
            assert!(!fault.contains("0f"), "{fault}");
        }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let keys = BTreeMap::from([(1, Secret::random()), (7, Secret::random())]);
        assert_eq!(parse(&render(&keys)), Ok(keys));
    }
}
