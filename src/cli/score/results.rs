//! Writes results, a row per person and scale.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use serde::Serialize;

use super::Format;
use crate::questionnaires::{Fraction, Scale, Score};

/// The file of results.
pub(super) struct Results {
    out: BufWriter<File>,
    format: Format,
    rows: u64,
}

/// One object of the JSON array; `null` where the missing-data rule refuses.
#[derive(Serialize)]
struct Line<'s> {
    respondent: &'s str,
    scale: &'s str,
    score: Option<f64>,
    score100: Option<f64>,
    answered: usize,
    band: Option<&'s str>,
    estimated: bool,
}

impl Results {
    pub(super) fn new(out: File, format: Format) -> Self {
        Self {
            out: BufWriter::with_capacity(1 << 16, out),
            format,
            rows: 0,
        }
    }

    /// One person's rows; `values` by item, before reversal.
    pub(super) fn write(
        &mut self,
        respondent: &str,
        scales: &[&Scale],
        values: &[Option<i64>],
    ) -> io::Result<()> {
        for scale in scales {
            self.begin_row()?;
            let value_of = |item: usize| values.get(item).copied().flatten();
            match self.format {
                Format::Csv => self.csv_row(respondent, scale, value_of)?,
                Format::Json => {
                    let score = Score::of(scale, value_of);
                    let line = Line {
                        respondent,
                        scale: &scale.id,
                        score: score.score.map(Fraction::to_f64),
                        score100: score.score100.map(Fraction::to_f64),
                        answered: score.answered,
                        band: score.band.map(|band| &*band.id),
                        estimated: score.estimated,
                    };
                    serde_json::to_writer(&mut self.out, &line)?;
                }
            }
        }
        Ok(())
    }

    /// Ends the file and gives it back.
    pub(super) fn finish(mut self) -> io::Result<File> {
        match (self.format, self.rows) {
            (Format::Csv, 0) => self.header()?,
            (Format::Csv, _) => (),
            (Format::Json, 0) => self.out.write_all(b"[]\n")?,
            (Format::Json, _) => self.out.write_all(b"\n]\n")?,
        }
        self.out
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
    }

    fn begin_row(&mut self) -> io::Result<()> {
        self.rows += 1;
        match (self.format, self.rows) {
            (Format::Csv, 1) => self.header(),
            (Format::Csv, _) => Ok(()),
            (Format::Json, 1) => self.out.write_all(b"[\n"),
            (Format::Json, _) => self.out.write_all(b",\n"),
        }
    }

    fn header(&mut self) -> io::Result<()> {
        self.out
            .write_all(b"respondent,scale,score,answered,band\n")
    }

    fn csv_row(
        &mut self,
        respondent: &str,
        scale: &Scale,
        value_of: impl Fn(usize) -> Option<i64>,
    ) -> io::Result<()> {
        let counted = scale.count(value_of);
        if respondent.contains(['"', ',', '\n', '\r']) {
            write!(self.out, "\"{}\"", respondent.replace('"', "\"\""))?;
        } else {
            self.out.write_all(respondent.as_bytes())?;
        }
        let score = counted
            .score
            .map(|score| score.rounded_text(2))
            .unwrap_or_default();
        let band = counted.score.and_then(|score| scale.band_of(score));
        let band = band.map_or("", |band| &band.id);
        writeln!(
            self.out,
            ",{},{score},{},{band}",
            scale.id, counted.answered
        )
    }
}
