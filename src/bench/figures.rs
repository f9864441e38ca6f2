//! What is said about a row of measures: median, percentiles, and a table for a person or as JSON.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// The middle one; of an even number the mean of the two in the middle. 0 of none.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => sorted[odd / 2],
        even => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
    }
}

/// The value below which `share` percent lie, in milliseconds, of microseconds in any order.
#[must_use]
pub fn percentile_ms(micros: &[u32], share: usize) -> f64 {
    let mut sorted = micros.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().saturating_sub(1);
    let at = (sorted.len() * share / 100).min(last);
    sorted
        .get(at)
        .map_or(0.0, |micros| f64::from(*micros) / 1000.0)
}

/// Named figures in the order in which they are to be read.
#[derive(Clone, Debug, Default)]
pub struct Table {
    lines: Vec<(String, String)>,
    all: Map<String, Value>,
}

impl Table {
    /// One more line: a sentence for people, a key for programs, and the value.
    pub fn add(&mut self, key: &str, says: impl Into<String>, value: impl Into<Value>) {
        let value = value.into();
        self.lines.push((says.into(), shown(&value)));
        self.note(key, value);
    }

    /// A value for programs only.
    pub fn note(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.all.insert(key.into(), value.into());
    }

    /// One JSON object on one line.
    #[must_use]
    pub fn json(&self) -> String {
        Value::Object(self.all.clone()).to_string()
    }

    /// Two columns for a person.
    #[must_use]
    pub fn text(&self) -> String {
        let widest = self
            .lines
            .iter()
            .map(|(says, _)| says.chars().count())
            .max();
        let width = widest.unwrap_or(0);
        let mut text = String::new();
        for (says, value) in &self.lines {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{says:<width$}  {value}");
        }
        text
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(shown).collect::<Vec<_>>().join("  "),
        other => other.to_string(),
    }
}

/// A rate or a time, to as many digits as anyone can use.
#[must_use]
pub fn rounded(value: f64) -> f64 {
    let step = if value >= 100.0 { 1.0 } else { 100.0 };
    (value * step).round() / step
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_and_the_tail_are_found() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median(&[]).abs() < f64::EPSILON);
        let micros: Vec<u32> = (1..=100).rev().map(|ms| ms * 1000).collect();
        assert!((percentile_ms(&micros, 50) - 51.0).abs() < f64::EPSILON);
        assert!((percentile_ms(&micros, 99) - 100.0).abs() < f64::EPSILON);
    }
}
