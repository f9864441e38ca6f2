//! The table of answers: its header, its rows, and everything that makes it be refused.

use std::collections::HashSet;
use std::fs::File;
use std::io::BufRead;

use sha2::{Digest, Sha256};

use super::Refusal;
use super::results::Results;
use super::rows::{Row, Rows};
use crate::questionnaires::{Instrument, Scale};

/// A table whose header was understood.
pub(super) struct Table<'i, R> {
    rows: Rows<R>,
    columns: Vec<Column<'i>>,
    scales: Vec<&'i Scale>,
    items: usize,
}

/// A column of answers.
struct Column<'i> {
    id: &'i str,
    /// Index into the instrument's items.
    item: usize,
    /// What may stand in a cell, and the value it stands for.
    options: Vec<(String, i64)>,
}

impl<'i, R: BufRead> Table<'i, R> {
    /// Reads the header.
    pub(super) fn read(mut rows: Rows<R>, instrument: &'i Instrument) -> Result<Self, Refusal> {
        let mut header = Row::default();
        if !rows.read(&mut header)? || header.cell(0) != b"respondent" {
            let message = "there is no header: the first cell of the first line is `respondent`, \
                           then come item ids";
            return Err(Refusal::Line {
                line: 1,
                message: message.to_owned(),
            });
        }
        let mut columns: Vec<Column<'i>> = Vec::new();
        for at in 1..header.len() {
            let column = column(instrument, header.cell(at));
            let refuse = |message: &str| Refusal::Cell {
                line: header.line,
                column: match header.cell(at) {
                    b"" => format!("{} (no name)", at + 1),
                    cell => shown(cell),
                },
                message: message.to_owned(),
            };
            let column = column.ok_or_else(|| {
                refuse(&format!("questionnaire {} has no such item", instrument.id))
            })?;
            if columns.iter().any(|other| other.item == column.item) {
                return Err(refuse("this column stands twice"));
            }
            columns.push(column);
        }
        let has_column = |item: usize| columns.iter().any(|column| column.item == item);
        let is_printed = |scale: &&Scale| scale.members.iter().any(|m| has_column(m.item));
        let scales = instrument.scales.iter().filter(is_printed).collect();
        Ok(Self {
            rows,
            columns,
            scales,
            items: instrument.items.len(),
        })
    }

    /// Scores every row; gives back the file of results.
    pub(super) fn score(mut self, mut results: Results) -> Result<File, Refusal> {
        let mut row = Row::default();
        let mut values = vec![None; self.items];
        let mut seen: HashSet<u128> = HashSet::new();
        while self.rows.read(&mut row)? {
            let respondent = self.respondent(&row)?;
            if !seen.insert(short_digest(respondent)) {
                return Err(refused_cell(
                    &row,
                    "respondent",
                    "this respondent stands twice",
                ));
            }
            for (at, column) in self.columns.iter().enumerate() {
                values[column.item] = column.value(&row, at + 1)?;
            }
            results.write(respondent, &self.scales, &values)?;
        }
        Ok(results.finish()?)
    }

    fn respondent<'r>(&self, row: &'r Row) -> Result<&'r str, Refusal> {
        let expected = self.columns.len() + 1;
        if row.len() != expected {
            let message = format!("{} cells, but the header has {expected}", row.len());
            return Err(Refusal::Line {
                line: row.line,
                message,
            });
        }
        let respondent = std::str::from_utf8(row.cell(0))
            .map_err(|_| refused_cell(row, "respondent", "not UTF-8: save the file as UTF-8"))?;
        if respondent.is_empty() {
            return Err(refused_cell(row, "respondent", "this cell is empty"));
        }
        Ok(respondent)
    }
}

impl Column<'_> {
    /// The cell's value; `None` for a skipped item.
    fn value(&self, row: &Row, at: usize) -> Result<Option<i64>, Refusal> {
        let cell = row.cell(at);
        if cell.is_empty() {
            return Ok(None);
        }
        let option = self
            .options
            .iter()
            .find(|(text, _)| text.as_bytes() == cell);
        if let Some((_, value)) = option {
            return Ok(Some(*value));
        }
        let allowed: Vec<&str> = self.options.iter().map(|(text, _)| &**text).collect();
        let message = format!(
            "\"{}\" is none of the values {}",
            shown(cell),
            allowed.join(", ")
        );
        Err(refused_cell(row, self.id, &message))
    }
}

fn column<'i>(instrument: &'i Instrument, cell: &[u8]) -> Option<Column<'i>> {
    let item = instrument
        .items
        .iter()
        .position(|item| item.id.as_bytes() == cell)?;
    let found = &instrument.items[item];
    let set = instrument.response_set_of(found)?;
    let options = set
        .options
        .iter()
        .map(|option| (option.value.to_string(), option.value));
    Some(Column {
        id: &found.id,
        item,
        options: options.collect(),
    })
}

fn refused_cell(row: &Row, column: &str, message: &str) -> Refusal {
    Refusal::Cell {
        line: row.line,
        column: column.to_owned(),
        message: message.to_owned(),
    }
}

/// A cell for a message: at most 40 characters, nothing that a terminal would obey.
fn shown(cell: &[u8]) -> String {
    let text = String::from_utf8_lossy(cell);
    text.chars()
        .take(40)
        .map(|c| if c.is_control() { '?' } else { c })
        .collect()
}

/// Enough of a digest to tell all respondents of the world apart.
fn short_digest(respondent: &str) -> u128 {
    let digest = Sha256::digest(respondent.as_bytes());
    digest
        .iter()
        .take(16)
        .fold(0, |number, byte| number << 8 | u128::from(*byte))
}
