//! Reads a CSV file of people. Pure: what is there already is an argument. Nothing in a cell is
//! ever evaluated, so what a spreadsheet would take for a formula is a name like any other.

use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;

use csv::{ByteRecord, ReaderBuilder};

use super::super::names::{Language, Name, SignInName};
use super::super::permission::Role;
use super::super::roles::must_fit;
use super::places::Places;
use crate::ids::UnitId;
use crate::problem::Fault;

/// More faults than anyone reads; how many more there are is said.
pub const MOST_FAULTS: usize = 1000;

const NEEDED: [&str; 4] = ["name", "sign_in", "unit", "language"];
const ROLES: &str = "roles";

/// One person of the file, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Where she stands in the file; the first line is 1.
    pub line: u64,
    /// What she is called.
    pub name: Name,
    /// Free in the organisation and in the file.
    pub sign_in: SignInName,
    /// The language she reads.
    pub language: Language,
    /// Her home, open.
    pub unit: UnitId,
    /// Her roles, each with the unit that it is held for.
    pub roles: Vec<(Role, UnitId)>,
}

/// Reads the whole file, or names every fault of it (the first [`MOST_FAULTS`]).
pub fn read(
    file: &[u8],
    places: &Places<'_>,
    taken: &HashSet<String>,
) -> Result<Vec<Line>, Vec<Fault>> {
    let mut reading = Reading {
        places,
        taken,
        seen: HashMap::new(),
        faults: Faults::default(),
    };
    let lines = reading.file(file);
    reading.faults.none_or(lines)
}

#[derive(Default)]
struct Faults {
    listed: Vec<Fault>,
    more: usize,
}

impl Faults {
    fn add(&mut self, line: u64, column: Option<&str>, message: &str) {
        if self.listed.len() == MOST_FAULTS {
            self.more += 1;
            return;
        }
        let place = match column {
            Some(column) => format!("line {line}, column {column}"),
            None => format!("line {line}"),
        };
        self.listed.push(Fault::new(place, message));
    }

    fn none_or<T>(mut self, good: T) -> Result<T, Vec<Fault>> {
        if self.more > 0 {
            let more = format!("and {} more faults", self.more);
            self.listed.push(Fault::new("file", more));
        }
        if self.listed.is_empty() {
            Ok(good)
        } else {
            Err(self.listed)
        }
    }
}

/// Where each column stands.
struct Columns {
    name: usize,
    sign_in: usize,
    unit: usize,
    language: usize,
    roles: Option<usize>,
    count: usize,
}

struct Reading<'a> {
    places: &'a Places<'a>,
    taken: &'a HashSet<String>,
    seen: HashMap<String, u64>,
    faults: Faults,
}

impl Reading<'_> {
    fn file(&mut self, file: &[u8]) -> Vec<Line> {
        let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        let mut rows = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter(file))
            .from_reader(file);
        let mut count = LineCount::new(file);
        let mut row = ByteRecord::new();
        let mut columns = None;
        let mut lines = Vec::new();
        let mut people = 0_usize;
        loop {
            match rows.read_byte_record(&mut row) {
                Ok(true) => {}
                Ok(false) => break,
                // Reading from memory, of rows of any length, in bytes: nothing is left to fail.
                Err(_) => {
                    self.faults.add(count.line, None, "cannot be read");
                    break;
                }
            }
            let line = count.at(row.position().map_or(0, csv::Position::byte));
            let Some(columns) = &columns else {
                match self.header(line, &row) {
                    Some(found) => columns = Some(found),
                    None => return lines,
                }
                continue;
            };
            if row.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            people += 1;
            lines.extend(self.line(line, columns, &row));
        }
        if columns.is_none() {
            let message = "the first line must name the columns: name,sign_in,unit,language,roles";
            self.faults.add(1, None, message);
        } else if people == 0 {
            self.faults.add(2, None, "there are no people in this file");
        }
        lines
    }

    fn header(&mut self, line: u64, row: &ByteRecord) -> Option<Columns> {
        let mut at: HashMap<String, usize> = HashMap::new();
        for (index, cell) in row.iter().enumerate() {
            let Ok(name) = std::str::from_utf8(cell) else {
                self.faults
                    .add(line, None, "is not UTF-8: save the file as UTF-8");
                return None;
            };
            let name = name.trim().to_lowercase();
            if name.is_empty() {
                continue;
            }
            if !NEEDED.contains(&name.as_str()) && name != ROLES {
                let message = "is not a column of ours: name, sign_in, unit, language, roles";
                self.faults.add(line, Some(&shown(&name)), message);
            } else if at.insert(name.clone(), index).is_some() {
                self.faults.add(line, Some(&name), "is there twice");
            }
        }
        for name in NEEDED.iter().filter(|name| !at.contains_key(**name)) {
            self.faults.add(line, Some(name), "is missing");
        }
        self.faults.listed.is_empty().then(|| Columns {
            name: at["name"],
            sign_in: at["sign_in"],
            unit: at["unit"],
            language: at["language"],
            roles: at.get(ROLES).copied(),
            count: row.len(),
        })
    }

    fn line(&mut self, line: u64, columns: &Columns, row: &ByteRecord) -> Option<Line> {
        let expected: RangeInclusive<usize> = columns.needed()..=columns.count;
        let is_padded = row.iter().skip(columns.count).all(<[u8]>::is_empty);
        if row.len() < *expected.start() || !is_padded {
            let message = format!("has {} columns, not {}", row.len(), columns.count);
            self.faults.add(line, None, &message);
            return None;
        }
        let name = self.cell(line, "name", row.get(columns.name), Name::parse);
        let sign_in = self.cell(line, "sign_in", row.get(columns.sign_in), SignInName::parse);
        let language = self.cell(line, "language", row.get(columns.language), Language::parse);
        let places = self.places;
        let unit = self.cell(line, "unit", row.get(columns.unit), |cell| {
            places.find(cell)
        });
        let sign_in = sign_in.filter(|sign_in| self.is_free(line, sign_in));
        let roles = columns.roles.and_then(|at| row.get(at)).unwrap_or_default();
        let roles = self.roles(line, roles, unit);
        Some(Line {
            line,
            name: name?,
            sign_in: sign_in?,
            language: language?,
            unit: unit?,
            roles: roles?,
        })
    }

    fn cell<T>(
        &mut self,
        line: u64,
        column: &str,
        cell: Option<&[u8]>,
        parse: impl Fn(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        let parsed = match std::str::from_utf8(cell.unwrap_or_default()) {
            Err(_) => Err("is not UTF-8: save the file as UTF-8"),
            Ok(text) if text.trim().contains('\n') => {
                Err("must be one line; a quotation mark may be missing")
            }
            Ok(text) => parse(text),
        };
        match parsed {
            Ok(value) => Some(value),
            Err(wrong) => {
                self.faults.add(line, Some(column), wrong);
                None
            }
        }
    }

    fn is_free(&mut self, line: u64, sign_in: &SignInName) -> bool {
        let earlier = self.seen.insert(sign_in.to_string(), line);
        let message = match earlier {
            Some(earlier) => {
                self.seen.insert(sign_in.to_string(), earlier);
                format!("is the same as in line {earlier}")
            }
            None if self.taken.contains(sign_in.as_str()) => {
                "someone in this organisation has this sign-in name".to_owned()
            }
            None => return true,
        };
        self.faults.add(line, Some("sign_in"), &message);
        false
    }

    /// `supervisor; hr: Site / Team`: for her home, or for the unit named.
    fn roles(
        &mut self,
        line: u64,
        cell: &[u8],
        home: Option<UnitId>,
    ) -> Option<Vec<(Role, UnitId)>> {
        let places = self.places;
        let read = |text: &str| -> Result<Vec<(Role, UnitId)>, &'static str> {
            let entries = text.split(';').filter(|entry| !entry.trim().is_empty());
            let mut roles = Vec::new();
            for entry in entries {
                let (word, unit) = match entry.split_once(':') {
                    Some((word, path)) => (word, Some(places.find(path)?)),
                    None => (entry, home),
                };
                let role = Role::from_word(&word.trim().to_lowercase()).ok_or(
                    "is not a role: supervisor, hr, facilitator, peer-supporter, administrator \
                     or network, separated by ';'",
                )?;
                // Without a home the line is refused already.
                if let Some(unit) = unit {
                    must_fit(places.tree, role, unit)?;
                    roles.push((role, unit));
                }
            }
            Ok(roles)
        };
        self.cell(line, ROLES, Some(cell), read)
    }
}

impl Columns {
    /// How many columns a line needs at least: those after the last needed one may be left out.
    fn needed(&self) -> usize {
        1 + self
            .name
            .max(self.sign_in)
            .max(self.unit)
            .max(self.language)
    }
}

/// Spreadsheets of half the world write `;` between columns.
fn delimiter(file: &[u8]) -> u8 {
    let header = file
        .split(|byte| *byte == b'\n')
        .find(|line| !line.trim_ascii().is_empty());
    let count = |wanted: u8| {
        let header = header.unwrap_or_default();
        header.split(|byte| *byte == wanted).count()
    };
    [b';', b'\t']
        .into_iter()
        .find(|other| count(*other) > count(b','))
        .unwrap_or(b',')
}

/// A column's name as far as it fits into a message.
fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(40).collect()
}

/// Counts lines up to a byte of the file. The reader's own count is one behind after CRLF.
struct LineCount<'a> {
    file: &'a [u8],
    byte: usize,
    line: u64,
}

impl<'a> LineCount<'a> {
    fn new(file: &'a [u8]) -> Self {
        Self {
            file,
            byte: 0,
            line: 1,
        }
    }

    /// The line of the row that begins at this byte or after line ends that follow it.
    fn at(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte)
            .unwrap_or(usize::MAX)
            .min(self.file.len());
        let blank = self.file[byte..]
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'))
            .count();
        let start = byte + blank;
        let ends = self.file[self.byte.min(start)..start].iter().enumerate();
        let offset = self.byte.min(start);
        let new = ends.filter(|(at, byte)| match byte {
            b'\n' => true,
            // Old Macintosh files end lines so.
            b'\r' => self.file.get(offset + at + 1) != Some(&b'\n'),
            _ => false,
        });
        self.line += u64::try_from(new.count()).unwrap_or(0);
        self.byte = start;
        self.line
    }
}

#[cfg(test)]
mod tests;
