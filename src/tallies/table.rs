//! Released rows as a table for a spreadsheet, and what each of its columns means. Pure.

use super::released::Shown;

/// A column: its name, what its values are, and what they mean.
pub struct Column {
    /// In the header line.
    pub name: &'static str,
    /// Type and range.
    pub values: &'static str,
    /// In a sentence.
    pub meaning: &'static str,
    cell: fn(&Shown) -> String,
}

/// Every column, in order. The data dictionary is made of the same list.
pub const COLUMNS: [Column; 15] = [
    Column {
        name: "unit",
        values: "UUID",
        meaning: "The unit that the row is about.",
        cell: |shown| shown.unit.to_string(),
    },
    Column {
        name: "plan",
        values: "UUID",
        meaning: "The check-in plan.",
        cell: |shown| shown.wave.plan.to_string(),
    },
    Column {
        name: "wave",
        values: "UUID",
        meaning: "The wave.",
        cell: |shown| shown.wave.id.to_string(),
    },
    Column {
        name: "number",
        values: "whole number from 1",
        meaning: "Number of the wave within its plan; a number may be missing.",
        cell: |shown| shown.wave.number.to_string(),
    },
    Column {
        name: "instrument",
        values: "id",
        meaning: "The questionnaire.",
        cell: |shown| shown.wave.instrument.clone(),
    },
    Column {
        name: "version",
        values: "x.y.z",
        meaning: "Version of the questionnaire; scores of different x are not compared.",
        cell: |shown| shown.wave.version.clone(),
    },
    Column {
        name: "scale",
        values: "id",
        meaning: "The scale of the questionnaire.",
        cell: |shown| shown.scale.clone(),
    },
    Column {
        name: "opened_at",
        values: "instant, RFC 3339, UTC",
        meaning: "When the wave opened.",
        cell: |shown| shown.wave.opens_at.to_rfc3339(),
    },
    Column {
        name: "closed_at",
        values: "instant, RFC 3339, UTC",
        meaning: "When the wave closed.",
        cell: |shown| shown.wave.closes_at.to_rfc3339(),
    },
    Column {
        name: "answered",
        values: "whole number from 5; empty: not enough answers",
        meaning: "How many answers the row rests on. No row is released of fewer than five.",
        cell: |shown| some(shown.publication.map(|row| row.answered())),
    },
    Column {
        name: "asked",
        values: "whole number; empty: not enough answers",
        meaning: "Settled members at or below the unit when the wave opened; of the organisation \
                  everyone asked. Does not depend on who answered.",
        cell: |shown| some(shown.publication.map(|row| row.asked())),
    },
    Column {
        name: "mean",
        values: "whole number 0 to 100; empty: not enough answers",
        meaning: "Mean of the scores on 0 to 100, rounded half up and kept away from the ends, \
                  so that nobody's answer can be computed.",
        cell: |shown| some(shown.publication.map(|row| row.mean())),
    },
    Column {
        name: "at_or_above_cut",
        values: "whole number 2 to answered - 2; empty: no cut, or not to be told",
        meaning: "How many scores are at or above the cut; 2 may also mean none or one, and \
                  answered - 2 may also mean all or all but one.",
        cell: |shown| some(shown.publication.and_then(|row| row.at_or_above_cut())),
    },
    Column {
        name: "stayed",
        values: "whole number; empty: not published in this wave and the one before",
        meaning: "How many of the answers are from people who were counted here the time before.",
        cell: |shown| some(shown.publication.and_then(|row| row.stayed())),
    },
    Column {
        name: "includes_untested",
        values: "true or false",
        meaning: "Whether translations that no study has tested were offered.",
        cell: |shown| shown.wave.drafts.to_string(),
    },
];

fn some<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// The rows as CSV with a header line.
#[must_use]
pub fn csv(rows: &[Shown]) -> String {
    let header = COLUMNS.iter().map(|column| column.name.to_owned());
    let cells = rows
        .iter()
        .map(|row| COLUMNS.iter().map(|column| (column.cell)(row)).collect());
    written(std::iter::once(header.collect()).chain(cells))
}

/// The data dictionary as CSV: column, values, meaning.
#[must_use]
pub fn dictionary() -> String {
    let header = ["column", "values", "meaning"].map(str::to_owned).to_vec();
    let lines = COLUMNS.iter().map(|column| {
        [column.name, column.values, column.meaning]
            .map(str::to_owned)
            .to_vec()
    });
    written(std::iter::once(header).chain(lines))
}

fn written(lines: impl Iterator<Item = Vec<String>>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for line in lines {
        writer
            .write_record(&line)
            .expect("a table in memory takes lines of one length");
    }
    let bytes = writer.into_inner().expect("a table in memory is written");
    String::from_utf8(bytes).expect("lines of text are text")
}
