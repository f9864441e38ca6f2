//! Reading TOML tables key by key: every missing, mistyped or unknown key is reported, with the
//! nearest known key, and reading goes on.

use std::cell::RefCell;
use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::nearest::{nearest, sorted};
use super::report::{Code, Report};
use crate::questionnaires::fraction::Fraction;

/// A table under a path, which remembers the keys that were asked for.
pub(crate) struct Table<'t> {
    entries: &'t DeTable<'t>,
    path: String,
    report: &'t Report,
    known: RefCell<Vec<&'static str>>,
}

/// A value with its path.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'t> {
    value: &'t DeValue<'t>,
    report: &'t Report,
}

impl<'t> Table<'t> {
    pub(crate) fn new(entries: &'t DeTable<'t>, path: &str, report: &'t Report) -> Self {
        for (key, value) in entries {
            let below = joined(path, key.get_ref());
            report.place(&below, key.span().start.min(value.span().start));
            for (index, element) in value.get_ref().as_array().into_iter().flatten().enumerate() {
                report.place(&format!("{below}/{index}"), element.span().start);
            }
        }
        Self {
            entries,
            path: path.to_owned(),
            report,
            known: RefCell::default(),
        }
    }

    /// The path of a key of this table.
    pub(crate) fn below(&self, key: &str) -> String {
        joined(&self.path, key)
    }

    /// Is the key there, whatever its type?
    pub(crate) fn has(&self, key: &'static str) -> bool {
        self.known.borrow_mut().push(key);
        self.entries.contains_key(key)
    }

    fn entry(&self, key: &'static str) -> Option<Entry<'t>> {
        self.known.borrow_mut().push(key);
        self.entries.get(key).map(|value| Entry {
            value: value.get_ref(),
            report: self.report,
        })
    }

    /// An optional value; reported when of the wrong type.
    pub(crate) fn optional<T: Read>(&self, key: &'static str) -> Option<T> {
        let entry = self.entry(key)?;
        let path = self.below(key);
        T::read(entry, &path)
    }

    /// A required value; its default after a report.
    pub(crate) fn required<T: Read + Default>(&self, key: &'static str) -> T {
        self.required_as(key, Code::Q03).unwrap_or_default()
    }

    /// A required value; reported under another code when it is missing.
    pub(crate) fn required_as<T: Read>(&self, key: &'static str, missing: Code) -> Option<T> {
        if self.has(key) {
            return self.optional(key);
        }
        let message = format!("`{key}` is missing: add {}", T::WANTED);
        self.report
            .add_unreadable(&self.below(key), missing, message);
        None
    }

    /// A word of a fixed list; the first of the list after a report.
    pub(crate) fn word<T: Copy>(
        &self,
        key: &'static str,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> T {
        let given: Option<String> = self.required_as(key, Code::Q03);
        self.choose(key, given, all, word)
    }

    /// Finds a given word in a fixed list.
    pub(crate) fn choose<T: Copy>(
        &self,
        key: &'static str,
        given: Option<String>,
        all: &[T],
        word: fn(T) -> &'static str,
    ) -> T {
        if let Some(given) = given {
            if let Some(found) = all.iter().find(|case| word(**case) == given) {
                return *found;
            }
            let known: Vec<&str> = all.iter().map(|case| word(*case)).collect();
            let message = format!("`{key}` is \"{given}\": write one of {}", known.join(", "));
            self.report
                .add_unreadable(&self.below(key), Code::Q03, message);
        }
        all[0]
    }

    /// A required table with fixed keys; `None` after a report.
    pub(crate) fn required_table<T>(
        &self,
        key: &'static str,
        missing: Code,
        read: impl FnOnce(&Table<'t>) -> T,
    ) -> Option<T> {
        if self.has(key) {
            return self.table(key, read);
        }
        let message = format!("`[{key}]` is missing: add this table");
        self.report
            .add_unreadable(&self.below(key), missing, message);
        None
    }

    /// An optional table with fixed keys.
    pub(crate) fn table<T>(
        &self,
        key: &'static str,
        read: impl FnOnce(&Table<'t>) -> T,
    ) -> Option<T> {
        let path = self.below(key);
        match self.entry(key)?.value {
            DeValue::Table(entries) => {
                let table = Table::new(entries, &path, self.report);
                let read = read(&table);
                table.close();
                Some(read)
            }
            other => {
                self.report.wrong_type(&path, "a table", other);
                None
            }
        }
    }

    /// Every table of an array, read one by one.
    pub(crate) fn array<T>(&self, key: &'static str, read: impl Fn(&Table<'t>) -> T) -> Vec<T> {
        let path = self.below(key);
        let Some(entry) = self.entry(key) else {
            return Vec::new();
        };
        let DeValue::Array(array) = entry.value else {
            self.report
                .wrong_type(&path, "an array of tables", entry.value);
            return Vec::new();
        };
        let mut all = Vec::new();
        for (index, value) in array.iter().enumerate() {
            let path = format!("{path}/{index}");
            if let DeValue::Table(entries) = value.get_ref() {
                let table = Table::new(entries, &path, self.report);
                all.push(read(&table));
                table.close();
            } else {
                self.report.wrong_type(&path, "a table", value.get_ref());
            }
        }
        all
    }

    /// A table whose keys are free, such as response sets by name.
    pub(crate) fn map<T>(
        &self,
        key: &'static str,
        read: impl Fn(Entry<'t>, &str) -> Option<T>,
    ) -> BTreeMap<String, T> {
        let path = self.below(key);
        let Some(entry) = self.entry(key) else {
            return BTreeMap::new();
        };
        entry.map(&path, read).unwrap_or_default()
    }

    pub(crate) fn report(&self) -> &'t Report {
        self.report
    }

    /// Reports the keys that nobody asked for.
    pub(crate) fn close(&self) {
        let known = self.known.borrow();
        for key in self.entries.keys() {
            let key = key.get_ref().as_ref();
            if known.contains(&key) {
                continue;
            }
            let advice = match nearest(key, &known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("remove it; known here: {}", sorted(&known).join(", ")),
            };
            self.report.add(
                &self.below(key),
                Code::Q02,
                format!("unknown key `{key}`: {advice}"),
            );
        }
    }
}

impl<'t> Entry<'t> {
    /// The entries of a table with free keys.
    pub(crate) fn map<T>(
        self,
        path: &str,
        read: impl Fn(Entry<'t>, &str) -> Option<T>,
    ) -> Option<BTreeMap<String, T>> {
        let DeValue::Table(entries) = self.value else {
            self.report.wrong_type(path, "a table", self.value);
            return None;
        };
        let mut all = BTreeMap::new();
        for (key, value) in entries {
            let below = joined(path, key.get_ref());
            self.report
                .place(&below, key.span().start.min(value.span().start));
            let entry = Entry {
                value: value.get_ref(),
                report: self.report,
            };
            if let Some(read) = read(entry, &below) {
                all.insert(key.get_ref().clone().into_owned(), read);
            }
        }
        Some(all)
    }

    /// A table with fixed keys.
    pub(crate) fn table<T>(self, path: &str, read: impl FnOnce(&Table<'t>) -> T) -> Option<T> {
        let DeValue::Table(entries) = self.value else {
            self.report.wrong_type(path, "a table", self.value);
            return None;
        };
        let table = Table::new(entries, path, self.report);
        let read = read(&table);
        table.close();
        Some(read)
    }
}

impl Report {
    fn wrong_type(&self, path: &str, wanted: &str, found: &DeValue<'_>) {
        let key = path.rsplit('/').next().unwrap_or(path);
        let message = format!("`{key}` must be {wanted}; found: {}", found.type_str());
        self.add_unreadable(path, Code::Q03, message);
    }
}

/// A value that can be read from TOML.
pub(crate) trait Read: Sized {
    /// What a message asks for.
    const WANTED: &'static str;
    /// The value, or `None` when of another type.
    fn from_value(value: &DeValue<'_>) -> Option<Self>;

    fn read(entry: Entry<'_>, path: &str) -> Option<Self> {
        let read = Self::from_value(entry.value);
        if read.is_none() {
            entry.report.wrong_type(path, Self::WANTED, entry.value);
        }
        read
    }
}

impl Read for String {
    const WANTED: &'static str = "a text in quotes";
    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Read for bool {
    const WANTED: &'static str = "true or false";
    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        value.as_bool()
    }
}

impl Read for i64 {
    const WANTED: &'static str = "a whole number below a million";
    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        let integer = value.as_integer()?;
        let whole = Self::from_str_radix(integer.as_str(), integer.radix()).ok()?;
        (-999_999..=999_999).contains(&whole).then_some(whole)
    }
}

impl Read for Fraction {
    const WANTED: &'static str = "a number below a million with at most six decimals";
    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        match value {
            DeValue::Float(float) => Self::from_decimal(float.as_str())
                .filter(|number| number.abs() < Self::from(1_000_000_i64)),
            other => i64::from_value(other).map(Self::from),
        }
    }
}

impl Read for f64 {
    const WANTED: &'static str = "a number";
    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        match value {
            DeValue::Float(float) => float.as_str().parse().ok().filter(|f: &Self| f.is_finite()),
            other => Fraction::from_value(other).map(Fraction::to_f64),
        }
    }
}

/// A day, kept as `YYYY-MM-DD`.
#[derive(Default)]
pub(crate) struct Day(pub(crate) String);

impl Read for Day {
    const WANTED: &'static str = "a day such as 2026-11-24, without quotes";
    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        let given = value.as_datetime()?;
        given
            .date
            .filter(|_| given.time.is_none())
            .map(|date| Self(date.to_string()))
    }
}

impl Read for Vec<String> {
    const WANTED: &'static str = "an array of texts in quotes";
    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        all_of(value)
    }
}

impl Read for Vec<Fraction> {
    const WANTED: &'static str = "an array of numbers";
    fn from_value(value: &DeValue<'_>) -> Option<Self> {
        all_of(value)
    }
}

fn all_of<T: Read>(value: &DeValue<'_>) -> Option<Vec<T>> {
    value
        .as_array()?
        .iter()
        .map(Spanned::get_ref)
        .map(T::from_value)
        .collect()
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}/{key}")
    }
}
