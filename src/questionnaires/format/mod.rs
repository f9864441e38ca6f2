//! The TOML format of instruments and their locales, read so that every fault keeps its line.

mod extras;
mod locale;
mod nearest;
mod reading;
pub(crate) mod report;
mod scales;
mod structure;

pub use report::{Code, Fault};

use reading::Table;
use report::Report;
use toml::de::DeTable;

use super::instrument::Instrument;
use super::locale::Locale;

/// The only version of the format that there is.
const FORMAT: i64 = 1;

/// Reads a structure file; `None` when it is not TOML of this format.
pub(crate) fn read_structure(report: &Report, text: &[u8]) -> Option<Instrument> {
    read_file(report, text, structure::read)
}

/// Reads a locale file; `None` when it is not TOML of this format.
pub(crate) fn read_locale(report: &Report, text: &[u8], restricted: bool) -> Option<Locale> {
    read_file(report, text, |table| locale::read(table, restricted))
}

fn read_file<T>(report: &Report, text: &[u8], read: impl FnOnce(&Table<'_>) -> T) -> Option<T> {
    let text = match std::str::from_utf8(text) {
        Ok(text) => text,
        Err(fault) => {
            let line = report.line_of(fault.valid_up_to());
            report.add_at_line(line, Code::Q01, "this is not UTF-8: save the file as UTF-8");
            return None;
        }
    };
    let (parsed, faults) = DeTable::parse_recoverable(text);
    if !faults.is_empty() {
        for fault in faults {
            let at = fault.span().map_or(0, |span| span.start);
            let message = format!("this is not TOML: {}", fault.message().replace('\n', "; "));
            report.add_at_line(report.line_of(at), Code::Q01, message);
        }
        return None;
    }
    let table = Table::new(parsed.get_ref(), "", report);
    let format: Option<i64> = table.required_as("format", Code::Q03);
    if format.is_some_and(|format| format != FORMAT) {
        let message = "another `format` than this version of Respite reads: write `format = 1`";
        report.add("format", Code::Q01, message);
        return None;
    }
    let read = read(&table);
    table.close();
    Some(read)
}
