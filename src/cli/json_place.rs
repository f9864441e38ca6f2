//! A JSON file read part by part, so that a fault is reported with its line, its column and its
//! path in the file. Numbers stay as they were written: no rounding before they are judged.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// What is wrong with a file, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}, column {column}{path}: {fault}")]
pub struct FileFault {
    file: String,
    line: usize,
    column: usize,
    path: String,
    fault: String,
}

/// A whole file.
pub struct JsonFile<'a> {
    name: &'a str,
    text: &'a str,
}

/// One value of a file.
#[derive(Clone)]
pub struct Part<'a> {
    file: &'a JsonFile<'a>,
    path: String,
    raw: &'a str,
}

impl<'a> JsonFile<'a> {
    /// `name` is said in faults.
    pub fn new(name: &'a str, bytes: &'a [u8]) -> Result<Self, FileFault> {
        match str::from_utf8(bytes) {
            Ok(text) => Ok(Self {
                name,
                text: text.strip_prefix('\u{feff}').unwrap_or(text),
            }),
            Err(error) => {
                let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let text = String::from_utf8_lossy(valid);
                let file = JsonFile { name, text: &text };
                Err(file.fault(text.len(), "", "this is not UTF-8 text"))
            }
        }
    }

    /// The value that the whole file is.
    pub fn root(&'a self) -> Result<Part<'a>, FileFault> {
        match serde_json::from_str::<&RawValue>(self.text) {
            Ok(raw) => Ok(Part {
                file: self,
                path: String::new(),
                raw: raw.get(),
            }),
            Err(error) => Err(FileFault {
                file: self.name.to_owned(),
                line: error.line(),
                column: error.column(),
                path: String::new(),
                fault: without_place(&error),
            }),
        }
    }

    fn fault(&self, offset: usize, path: &str, fault: impl Into<String>) -> FileFault {
        let before = self.text.get(..offset).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        FileFault {
            file: self.name.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            path: if path.is_empty() {
                String::new()
            } else {
                format!(", at {path}")
            },
            fault: fault.into(),
        }
    }
}

/// The library's message without the place, which is said in front of it.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text[..end].to_owned()
}

impl<'a> Part<'a> {
    /// A fault of this value.
    pub fn fault(&self, fault: impl Into<String>) -> FileFault {
        let offset = self
            .raw
            .as_ptr()
            .addr()
            .saturating_sub(self.file.text.as_ptr().addr());
        self.file.fault(offset, &self.path, fault)
    }

    /// The value, or nothing if it is `null`.
    pub fn or_null(self) -> Option<Self> {
        (self.raw != "null").then_some(self)
    }

    /// The names and values of an object, as they stand in the file. No name may stand twice.
    pub fn object(&self) -> Result<Vec<(String, Self)>, FileFault> {
        let Entries(entries) = self.read("an object is wanted here")?;
        let mut names = std::collections::HashSet::new();
        let mut parts = Vec::with_capacity(entries.len());
        for (name, raw) in entries {
            let part = self.inner(format!("{}.{name}", self.path).trim_start_matches('.'), raw);
            if !names.insert(name.clone()) {
                return Err(part.fault(format!("\"{name}\" stands twice in this object")));
            }
            parts.push((name, part));
        }
        Ok(parts)
    }

    /// An object whose names are known beforehand.
    pub fn fields(self) -> Result<Fields<'a>, FileFault> {
        let entries = self.object()?;
        Ok(Fields {
            object: self,
            entries,
        })
    }

    /// The value of a name, if this is an object that has it.
    pub fn at_name(&self, name: &str) -> Option<Self> {
        self.clone().fields().ok()?.find(name)
    }

    /// The value at a place, from 0, if this is a list that is as long.
    pub fn at_place(&self, place: usize) -> Option<Self> {
        self.list().ok()?.into_iter().nth(place)
    }

    /// The values of a list.
    pub fn list(&self) -> Result<Vec<Self>, FileFault> {
        let values: Vec<&RawValue> = self.read("a list is wanted here")?;
        let parts = values.into_iter().enumerate();
        Ok(parts
            .map(|(at, raw)| self.inner(&format!("{}[{at}]", self.path), raw))
            .collect())
    }

    /// A text that is not empty.
    pub fn text(&self) -> Result<String, FileFault> {
        let text: String = self.read("a text is wanted here")?;
        if text.is_empty() {
            Err(self.fault("this text is empty"))
        } else {
            Ok(text)
        }
    }

    /// A whole number from 0 up.
    pub fn whole_number(&self) -> Result<u32, FileFault> {
        self.read("a whole number from 0 up is wanted here")
    }

    /// A number as a computer rounds it.
    pub fn number(&self) -> Result<f64, FileFault> {
        self.read("a number is wanted here")
    }

    /// A number as a count of `1 / 10^places`, rounded there if it has more places.
    pub fn decimal(&self, places: u32) -> Result<Decimal, FileFault> {
        if !self
            .raw
            .starts_with(|first: char| first == '-' || first.is_ascii_digit())
        {
            return Err(self.fault("a number is wanted here"));
        }
        read_decimal(self.raw, places).ok_or_else(|| self.fault("this number is out of all bounds"))
    }

    fn read<T: Deserialize<'a>>(&self, wanted: &str) -> Result<T, FileFault> {
        serde_json::from_str(self.raw).map_err(|_| self.fault(wanted))
    }

    fn inner(&self, path: &str, raw: &'a RawValue) -> Self {
        Self {
            file: self.file,
            path: path.to_owned(),
            raw: raw.get(),
        }
    }
}

/// The values of an object that have not been asked for yet.
pub struct Fields<'a> {
    object: Part<'a>,
    entries: Vec<(String, Part<'a>)>,
}

impl<'a> Fields<'a> {
    /// The value of a name that may be left out.
    pub fn find(&mut self, name: &str) -> Option<Part<'a>> {
        let at = self.entries.iter().position(|(known, _)| known == name)?;
        Some(self.entries.swap_remove(at).1)
    }

    /// The value of a name that must be there.
    pub fn need(&mut self, name: &str) -> Result<Part<'a>, FileFault> {
        self.find(name)
            .ok_or_else(|| self.object.fault(format!("\"{name}\" is missing here")))
    }

    /// Refuses every name that was not asked for.
    pub fn end(self) -> Result<(), FileFault> {
        match self.entries.first() {
            Some((name, part)) => Err(part.fault(format!("\"{name}\" is not known here"))),
            None => Ok(()),
        }
    }
}

/// A decimal number without its point.
pub type Decimal = i128;

/// `digits` is a JSON number. `None` if it is too large for any use, in 36 digits.
fn read_decimal(digits: &str, places: u32) -> Option<Decimal> {
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "0"));
    let (sign, mantissa) = mantissa
        .strip_prefix('-')
        .map_or((1, mantissa), |rest| (-1, rest));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all: String = format!("{whole}{part}").trim_start_matches('0').to_owned();
    if all.is_empty() {
        return Some(0);
    }
    let exponent: i64 = exponent.parse().ok()?;
    let shift = exponent
        .checked_add(i64::from(places))?
        .checked_sub(i64::try_from(part.len()).ok()?)?;
    let kept = i64::try_from(all.len()).ok()?.checked_add(shift)?;
    if kept > 36 {
        return None;
    }
    if kept < 0 {
        return Some(0);
    }
    let kept = usize::try_from(kept).ok()?;
    let padded = format!("{all:0<kept$}");
    let number = padded[..kept].parse::<Decimal>().unwrap_or(0);
    let rounds_up = padded[kept..].starts_with(|next| next >= '5');
    Some(sign * (number + i128::from(rounds_up)))
}

/// An object whose repeated names are kept.
struct Entries<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_read_as_they_are_written() {
        for (digits, read) in [
            ("0", Some(0)),
            ("-0.0", Some(0)),
            ("42.857143", Some(42_857_143_000)),
            ("1e2", Some(100_000_000_000)),
            ("1.25E-3", Some(1_250_000)),
            ("12500e-7", Some(1_250_000)),
            ("-7.5", Some(-7_500_000_000)),
            ("0.0000000004", Some(0)),
            ("0.0000000005", Some(1)),
            ("0.9999999999", Some(1_000_000_000)),
            ("5e-999999999999", Some(0)),
            ("0e999999999999", Some(0)),
            ("1e26", Some(10_i128.pow(35))),
            ("1e27", None),
            ("1e999999999999999999999", None),
        ] {
            assert_eq!(read_decimal(digits, 9), read, "{digits}");
        }
    }

    #[test]
    fn a_fault_names_line_column_and_path() {
        let file = JsonFile::new("wave.json", "{\n  \"é\": [1,\n 2, \"x\"]}".as_bytes()).unwrap();
        let list = file
            .root()
            .unwrap()
            .object()
            .unwrap()
            .remove(0)
            .1
            .list()
            .unwrap();
        assert_eq!(
            list[2].whole_number().unwrap_err().to_string(),
            "wave.json, line 3, column 5, at é[2]: a whole number from 0 up is wanted here"
        );
        for (bytes, said) in [
            (&b""[..], "f, line 1, column 0: EOF while parsing a value"),
            (b"{\n\"a\": }", "f, line 2, column 6: expected value"),
            (b"[1]\n\xff", "f, line 2, column 1: this is not UTF-8 text"),
            (b"[1] 2", "f, line 1, column 5: trailing characters"),
        ] {
            let fault = JsonFile::new("f", bytes)
                .and_then(|file| file.root().map(|_| ()))
                .unwrap_err();
            assert_eq!(fault.to_string(), said);
        }
    }
}
