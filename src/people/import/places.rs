//! How a file names a unit: its id, or its path `Site / Team`. Pure.

use std::collections::HashMap;

use super::super::tree::Tree;
use crate::ids::UnitId;

/// What is wrong with a named unit: one sentence for who wrote the file.
pub type Wrong = &'static str;

const NO_SUCH: Wrong = "there is no such unit: write its id, or its path as 'Site / Team'";
const CLOSED: Wrong = "this unit is closed: choose an open one";
const SEVERAL: Wrong = "several units have this path: write the unit's id";

#[derive(Clone, Copy)]
enum Place {
    One(UnitId),
    Closed,
    Several,
}

/// The units that a file may name, and the whole tree for rules about roles.
pub struct Places<'a> {
    /// The tree that they are of.
    pub tree: &'a Tree,
    by_path: HashMap<String, Place>,
    by_id: HashMap<UnitId, Place>,
}

impl<'a> Places<'a> {
    /// The units of the tree for which `may` says yes; others are as if they were not there.
    pub fn of(tree: &'a Tree, may: impl Fn(UnitId) -> bool) -> Self {
        let mut places = Self {
            tree,
            by_path: HashMap::new(),
            by_id: HashMap::new(),
        };
        let root = tree
            .by_path()
            .into_iter()
            .find(|unit| unit.parent.is_none());
        for unit in tree.by_path() {
            if !may(unit.id) {
                continue;
            }
            let place = if unit.is_open() {
                Place::One(unit.id)
            } else {
                Place::Closed
            };
            places.by_id.insert(unit.id, place);
            let path = tree.path(unit);
            places.add(key(&path), place);
            if let Some(root) = root.filter(|root| root.id != unit.id) {
                places.add(key(&format!("{}/{path}", root.name)), place);
            }
        }
        places
    }

    fn add(&mut self, key: String, place: Place) {
        let both = match (self.by_path.get(&key), place) {
            (None | Some(Place::Closed), place) => place,
            // A closed unit leaves its name to the open one.
            (Some(&open), Place::Closed) => open,
            (Some(_), _) => Place::Several,
        };
        self.by_path.insert(key, both);
    }

    /// The open unit that a cell names.
    pub fn find(&self, cell: &str) -> Result<UnitId, Wrong> {
        let place = match cell.trim().parse::<UnitId>() {
            Ok(id) => self.by_id.get(&id),
            Err(_) => self.by_path.get(&key(cell)),
        };
        match place {
            Some(Place::One(id)) => Ok(*id),
            Some(Place::Closed) => Err(CLOSED),
            Some(Place::Several) => Err(SEVERAL),
            None => Err(NO_SUCH),
        }
    }
}

/// A path without regard to case and spaces.
fn key(path: &str) -> String {
    let parts = path.split('/').map(|part| {
        let words: Vec<_> = part.split_whitespace().collect();
        words.join(" ").to_lowercase()
    });
    parts.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::super::super::tree::UnitKind;
    use super::super::super::tree::tests::{casa_norte, close, unit};
    use super::*;

    #[test]
    fn a_unit_is_found_by_id_or_path_in_any_case_and_spacing() {
        let (tree, [root, north, _, day, _, office]) = casa_norte();
        let places = Places::of(&tree, |_| true);
        for (cell, id) in [
            (" north/DAY ", day),
            ("North  /  Day", day),
            ("Casa Norte / North / Day", day),
            ("casa norte", root),
            ("north", north),
            ("Office", office),
            (&day.to_string(), day),
        ] {
            assert_eq!(places.find(cell), Ok(id), "{cell}");
        }
        for cell in [
            "",
            "Day",
            "North /",
            "South / Day",
            "x",
            &UnitId::new().to_string(),
        ] {
            assert_eq!(places.find(cell), Err(NO_SUCH), "{cell}");
        }
    }

    #[test]
    fn closed_ambiguous_and_foreign_units_take_nobody() {
        let (mut tree, [root, north, _, day, ..]) = casa_norte();
        close(&mut tree, day);
        assert_eq!(Places::of(&tree, |_| true).find("North / Day"), Err(CLOSED));
        let again = unit(&mut tree, UnitKind::Team, "Day", Some(north));
        assert_eq!(Places::of(&tree, |_| true).find("North / Day"), Ok(again));
        unit(&mut tree, UnitKind::Team, "North/Day", Some(root));
        assert_eq!(
            Places::of(&tree, |_| true).find("North / Day"),
            Err(SEVERAL)
        );
        assert_eq!(
            Places::of(&tree, |id| id != north).find("North"),
            Err(NO_SUCH)
        );
    }
}
