//! Released rows as they are shown, by whomever they were fetched, and what the rule says that they
//! are: sums over the rows of groups. If every row is, then no page tells more than those rows do.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::released::Wave;

/// Wave, scale, unit.
pub type Place = (Uuid, String, Uuid);

/// What is shown of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Publication {
    pub answered: i64,
    pub asked: i64,
    pub mean: i64,
    pub at_or_above_cut: Option<i64>,
    pub stayed: Option<i64>,
}

/// All rows that anybody has fetched. A row that is there twice says the same twice.
#[derive(Debug, Default)]
pub struct Shown(BTreeMap<Place, Option<Publication>>);

/// The fields of a released row that carry numbers of answers.
pub const FIELDS: [&str; 5] = ["answered", "asked", "mean", "at_or_above_cut", "stayed"];

/// Whether this is a released row, wherever it stands.
pub fn is_row(value: &Value) -> bool {
    ["unit", "wave", "scale", "published"]
        .iter()
        .all(|field| value.get(field).is_some())
}

impl Shown {
    /// Takes in every released row in an answer.
    pub fn take(&mut self, body: &Value) {
        match body {
            Value::Array(all) => all.iter().for_each(|one| self.take(one)),
            Value::Object(fields) => {
                if is_row(body) {
                    self.add(body);
                }
                fields.values().for_each(|one| self.take(one));
            }
            _ => {}
        }
    }

    fn add(&mut self, row: &Value) {
        let id = |field: &str| -> Uuid { row[field].as_str().unwrap().parse().unwrap() };
        let number = |field: &str| {
            let value = &row[field];
            assert!(value.is_null() || value.is_i64(), "{field} is {value}");
            value.as_i64()
        };
        let publication = (row["published"] == true).then(|| Publication {
            answered: number("answered").expect("how many answered"),
            asked: number("asked").expect("how many were asked"),
            mean: number("mean").expect("a mean"),
            at_or_above_cut: number("at_or_above_cut"),
            stayed: number("stayed"),
        });
        if publication.is_none() {
            let told = FIELDS.iter().find_map(|field| number(field));
            assert_eq!(
                told, None,
                "a unit that is not published has a number: {row}"
            );
        }
        let scale = row["scale"].as_str().unwrap().to_owned();
        let place = (id("wave"), scale, id("unit"));
        let before = self.0.insert(place, publication);
        if let Some(before) = before {
            assert_eq!(before, publication, "a release is final: {row}");
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn of(&self, wave: &Wave, scale: &str, unit: Uuid) -> Option<&Option<Publication>> {
        self.0.get(&(wave.id, scale.to_owned(), unit))
    }

    /// Every unit of the wave, with what is shown of it. All of them have been looked at.
    pub fn of_wave(&self, wave: &Wave, scale: &str) -> Vec<(Uuid, Option<Publication>)> {
        let units = wave.tree.iter().map(|place| {
            let shown = self.of(wave, scale, place.unit);
            (place.unit, *shown.expect("a row of every unit"))
        });
        units.collect()
    }

    /// No model: whatever is shown is of at least k people, and so is what is left of a unit when
    /// everything that is shown below it is taken away.
    pub fn must_differ_by_groups(&self, wave: &Wave, scale: &str) {
        for (unit, shown) in self.of_wave(wave, scale) {
            let Some(shown) = shown else { continue };
            let k = wave.threshold;
            assert!(shown.answered >= k, "{} people are shown", shown.answered);
            let below = self.shown_next_below(wave, (scale, unit));
            let rest = shown.answered - below;
            assert!(
                rest == 0 || rest >= k,
                "{rest} of {} people follow by subtraction ({scale}, k = {k})",
                shown.answered,
            );
        }
    }

    /// How many answered in the nearest published units below.
    fn shown_next_below(&self, wave: &Wave, (scale, unit): (&str, Uuid)) -> i64 {
        let below = wave.tree.iter().filter(|place| place.parent == Some(unit));
        let shown = below.map(|place| match self.of(wave, scale, place.unit) {
            Some(Some(shown)) => shown.answered,
            _ => self.shown_next_below(wave, (scale, place.unit)),
        });
        shown.sum()
    }

    /// Every row is a function of the rows of groups, of the roster, and of the wave before.
    pub fn must_be_sums(&self, wave: &Wave, before: Option<&Wave>, scale: &str) {
        for (unit, shown) in self.of_wave(wave, scale) {
            let answered_before = before
                .and_then(|before| *self.of(before, scale, unit)?)
                .map(|before| before.answered);
            let expected = expected(wave, (scale, unit), answered_before);
            assert_eq!(
                shown, expected,
                "a unit shows another row than its groups give"
            );
        }
    }
}

fn expected(
    wave: &Wave,
    (scale, unit): (&str, Uuid),
    answered_before: Option<i64>,
) -> Option<Publication> {
    let groups = wave.groups_of(scale);
    let rows: Vec<_> = wave
        .below(unit, scale)
        .iter()
        .map(|at| groups[*at].1)
        .collect();
    if rows.is_empty() {
        return None;
    }
    let answered: i64 = rows.iter().map(|row| row.answered).sum();
    let points: i64 = rows.iter().map(|row| row.answered * row.mean).sum();
    let stayed: i64 = rows.iter().map(|row| row.stayed).sum();
    let asked = wave
        .tree
        .iter()
        .filter(|place| wave.upwards(place.unit).contains(&unit));
    Some(Publication {
        answered,
        asked: asked.map(|place| place.asked).sum(),
        mean: (2 * points + answered).div_euclid(2 * answered),
        at_or_above_cut: rows.iter().map(|row| row.at_or_above_cut).sum(),
        stayed: answered_before.map(|before| stayed.min(before)),
    })
}
