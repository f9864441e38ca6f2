//! Reads `<id>.<lang>.toml`: the wording of an instrument in one language.

use super::reading::{Read, Table};
use super::report::Code;
use super::structure::version;
use crate::questionnaires::locale::{Locale, ScaleText, Status, Words};

/// Reads the whole file; what could not be read has been reported and holds a default.
pub(crate) fn read(file: &Table<'_>, restricted: bool) -> Locale {
    let status = file.word("status", Status::ALL, Status::word);
    let names = |key| match status {
        Status::Draft => file.required(key),
        _ => file.optional(key).unwrap_or_default(),
    };
    Locale {
        instrument: file.required("instrument"),
        version: version(file),
        lang: file.required("lang"),
        status,
        status_source: file.optional("status_source").unwrap_or_default(),
        written_by: names("written_by"),
        read_by: names("read_by"),
        title: file.required_as("title", Code::Q19).unwrap_or_default(),
        instructions: file.required("instructions"),
        options: file.map("options", |entry, path| entry.map(path, String::read)),
        items: file.map("items", String::read),
        words: file.map("words", |entry, path| entry.table(path, words)),
        scales: file.map("scales", |entry, path| entry.table(path, scale)),
        restricted,
    }
}

fn words(table: &Table<'_>) -> Words {
    if !table.has("choices") {
        let message = "`choices` is missing: add at least one choice with its forms";
        table
            .report()
            .add_unreadable(&table.below("choices"), Code::Q03, message);
    }
    Words {
        default: table.required("default"),
        choices: table.map("choices", |entry, path| entry.map(path, String::read)),
    }
}

fn scale(table: &Table<'_>) -> ScaleText {
    ScaleText {
        name: table.required_as("name", Code::Q19).unwrap_or_default(),
        bands: table.map("bands", String::read),
    }
}
