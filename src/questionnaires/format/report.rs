//! Faults with their place: which line of which file breaks which rule, and what to do about it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::questionnaires::words::words;

words! {
    /// The rules of `questionnaires check`; the table is in `questionnaires/README.md`.
    Code {
        /// Not TOML, not UTF-8, another format.
        Q01 = "Q01",
        /// Unknown key.
        Q02 = "Q02",
        /// Required key missing or of the wrong type.
        Q03 = "Q03",
        /// Malformed id or file name.
        Q04 = "Q04",
        /// Duplicate id or value.
        Q05 = "Q05",
        /// Licence block missing or empty.
        Q06 = "Q06",
        /// Locale in the wrong folder, or a draft that the licence forbids.
        Q07 = "Q07",
        /// Response set too small or not monotone.
        Q08 = "Q08",
        /// Response set missing or unused.
        Q09 = "Q09",
        /// Scale and items do not fit.
        Q10 = "Q10",
        /// Impossible reversal.
        Q11 = "Q11",
        /// Items of one scale with different ends.
        Q12 = "Q12",
        /// Impossible minimum.
        Q13 = "Q13",
        /// Range is not what the options give.
        Q14 = "Q14",
        /// Bands.
        Q15 = "Q15",
        /// Form, norm, safety or change.
        Q16 = "Q16",
        /// Verdict where none may be given.
        Q17 = "Q17",
        /// No example, or a wrong one.
        Q18 = "Q18",
        /// Locale incomplete.
        Q19 = "Q19",
        /// Locale of another instrument, version or language.
        Q20 = "Q20",
        /// Placeholders and words do not fit.
        Q21 = "Q21",
        /// Wording differs from the published one.
        Q22 = "Q22",
        /// Status without a source.
        Q23 = "Q23",
        /// Changed scoring under the same major version.
        Q24 = "Q24",
        /// Two released scales share an item.
        Q25 = "Q25",
    }
}

/// One broken rule in one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// As it was named on the command line, or below the catalogue's folder.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// The rule.
    pub code: Code,
    /// What is wrong and what to do.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}: {} {}",
            self.file,
            self.line,
            self.code.word(),
            self.message
        )
    }
}

/// Collects the faults of one file. Places are paths such as `scales/0/cut`.
#[derive(Debug)]
pub(crate) struct Report {
    file: String,
    line_starts: Vec<usize>,
    lines: RefCell<BTreeMap<String, usize>>,
    faults: RefCell<Vec<Fault>>,
    unreadable: RefCell<BTreeSet<String>>,
}

impl Report {
    pub(crate) fn new(file: &str, text: &[u8]) -> Self {
        let breaks = text.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
        Self {
            file: file.to_owned(),
            line_starts: std::iter::once(0)
                .chain(breaks.map(|(at, _)| at + 1))
                .collect(),
            lines: RefCell::default(),
            faults: RefCell::default(),
            unreadable: RefCell::default(),
        }
    }

    /// The line, from 1, that holds this byte.
    pub(crate) fn line_of(&self, byte: usize) -> usize {
        self.line_starts
            .partition_point(|start| *start <= byte)
            .max(1)
    }

    /// Remembers where a path stands.
    pub(crate) fn place(&self, path: &str, byte: usize) {
        self.lines
            .borrow_mut()
            .insert(path.to_owned(), self.line_of(byte));
    }

    /// A fault at a path, or at the nearest path above it that is in the file. Nothing is added
    /// where reading already failed: one cause, one line.
    pub(crate) fn add(&self, path: &str, code: Code, message: impl Into<String>) {
        if self.is_unreadable(path) {
            return;
        }
        self.add_at_line(self.line(path), code, message);
    }

    /// A fault that makes everything at and below this path unknown.
    pub(crate) fn add_unreadable(&self, path: &str, code: Code, message: impl Into<String>) {
        self.add(path, code, message);
        self.unreadable.borrow_mut().insert(path.to_owned());
    }

    pub(crate) fn add_at_line(&self, line: usize, code: Code, message: impl Into<String>) {
        let fault = Fault {
            file: self.file.clone(),
            line,
            code,
            message: message.into(),
        };
        self.faults.borrow_mut().push(fault);
    }

    /// Could the value at this path, or one that holds it, not be read?
    pub(crate) fn is_unreadable(&self, path: &str) -> bool {
        let unreadable = self.unreadable.borrow();
        upwards(path).any(|above| unreadable.contains(above))
    }

    /// Did any rule break so far?
    pub(crate) fn is_clean(&self) -> bool {
        self.faults.borrow().is_empty()
    }

    /// The faults, in the order of the lines.
    pub(crate) fn into_faults(self) -> Vec<Fault> {
        let mut faults = self.faults.into_inner();
        faults.sort();
        faults.dedup();
        faults
    }

    fn line(&self, path: &str) -> usize {
        let lines = self.lines.borrow();
        upwards(path)
            .find_map(|above| lines.get(above).copied())
            .unwrap_or(1)
    }
}

/// The path itself, then every path above it.
fn upwards(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(path), |path| {
        path.rsplit_once('/').map(|(above, _)| above)
    })
}
