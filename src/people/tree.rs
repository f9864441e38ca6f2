//! The rules of the tree of units: what may lie under what, and when a unit may be moved or
//! closed. Pure; `units.rs` asks here before it writes.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::names::UnitName;
use crate::ids::{OrganisationId, UnitId};
use crate::problem::{Kind, Problem};

/// How large a place is. An organisation is the root of its own tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnitKind {
    /// The root; has the organisation's id.
    Organisation,
    /// A shelter, an office.
    Site,
    /// People who work together.
    Team,
}

impl UnitKind {
    /// The word that tables and the API use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Organisation => "organisation",
            Self::Site => "site",
            Self::Team => "team",
        }
    }

    /// A site lies under the organisation, a team under a site or the organisation.
    #[must_use]
    pub fn may_lie_under(self, above: Self) -> bool {
        self > above && above != Self::Team && self != Self::Organisation
    }
}

impl TryFrom<String> for UnitKind {
    type Error = UnknownWord;

    fn try_from(word: String) -> Result<Self, UnknownWord> {
        [Self::Organisation, Self::Site, Self::Team]
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or(UnknownWord)
    }
}

/// A word in a table that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("this word is not known")]
pub struct UnknownWord;

/// One node of the tree.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Unit {
    /// Whose tree.
    pub organisation: OrganisationId,
    /// Its id.
    pub id: UnitId,
    /// The unit above; none for the organisation.
    pub parent: Option<UnitId>,
    /// How large a place it is.
    #[sqlx(try_from = "String")]
    pub kind: UnitKind,
    /// What it is called.
    pub name: String,
    /// The unit that this one follows after a merger; its trend starts anew.
    pub successor_of: Option<UnitId>,
    /// When it was made.
    pub opened_at: DateTime<Utc>,
    /// When it was closed; closed units stay for history and take nobody.
    pub closed_at: Option<DateTime<Utc>>,
}

impl Unit {
    /// Whether people can be at home here.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }
}

/// Why the tree refuses a change, as the administrator reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A team under a team, an organisation under anything.
    #[error("A site lies under the organisation, a team under a site or the organisation.")]
    KindUnderKind,
    /// The unit above is closed.
    #[error("The unit above is closed: choose an open one.")]
    AboveIsClosed,
    /// Two open units of one name beside each other could not be told apart.
    #[error("An open unit beside it has this name.")]
    NameInUse,
    /// The organisation itself cannot be moved or closed.
    #[error("The organisation's own unit can be neither moved nor closed.")]
    Root,
    /// Closed already.
    #[error("This unit is closed: it can only be renamed.")]
    Closed,
    /// Units below are open.
    #[error("There are {0} open units below it: close or move them first.")]
    OpenBelow(usize),
    /// People are at home in it.
    #[error(
        "There are {0} people at home in it: give each a new home, or note that they have left."
    )]
    PeopleInIt(usize),
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let kind = match refused {
            Refused::NameInUse => Kind::Taken,
            _ => Kind::NotNow,
        };
        Self::with(kind, refused.to_string())
    }
}

/// All units of one organisation, closed ones too.
#[derive(Clone, Debug, Default)]
pub struct Tree(HashMap<UnitId, Unit>);

impl FromIterator<Unit> for Tree {
    fn from_iter<I: IntoIterator<Item = Unit>>(units: I) -> Self {
        Self(units.into_iter().map(|unit| (unit.id, unit)).collect())
    }
}

impl Tree {
    /// One unit of it.
    #[must_use]
    pub fn find(&self, id: UnitId) -> Option<&Unit> {
        self.0.get(&id)
    }

    /// Which kind every unit is, closed ones too.
    #[must_use]
    pub fn kinds(&self) -> HashMap<UnitId, UnitKind> {
        let kinds = self.0.values().map(|unit| (unit.id, unit.kind));
        kinds.collect()
    }

    /// Every unit, by path; the order people expect in a list.
    #[must_use]
    pub fn by_path(&self) -> Vec<&Unit> {
        let mut units: Vec<_> = self
            .0
            .values()
            .map(|unit| (self.path_key(unit), unit))
            .collect();
        units.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.id.cmp(&b.1.id)));
        units.into_iter().map(|(_, unit)| unit).collect()
    }

    fn path_key(&self, unit: &Unit) -> Vec<(bool, String)> {
        let mut key: Vec<_> = self
            .line_above(unit.id)
            .filter_map(|id| self.find(id))
            .map(|unit| (unit.parent.is_some(), unit.name.to_lowercase()))
            .collect();
        key.reverse();
        key
    }

    /// `Site / Team`: without the organisation's own name, which stands for itself alone.
    #[must_use]
    pub fn path(&self, unit: &Unit) -> String {
        if unit.parent.is_none() {
            return unit.name.clone();
        }
        let mut names: Vec<_> = self
            .line_above(unit.id)
            .filter_map(|id| self.find(id))
            .filter(|unit| unit.parent.is_some())
            .map(|unit| unit.name.as_str())
            .collect();
        names.reverse();
        names.join(" / ")
    }

    /// The unit itself, the one above it, and so on to the organisation.
    pub fn line_above(&self, id: UnitId) -> impl Iterator<Item = UnitId> + '_ {
        // A damaged tree cannot hold us here: no line is longer than the tree has units.
        std::iter::successors(Some(id), |here| self.find(*here)?.parent).take(self.0.len().max(1))
    }

    /// The unit itself and all below it, closed ones too.
    #[must_use]
    pub fn at_or_below(&self, top: UnitId) -> HashSet<UnitId> {
        self.0
            .keys()
            .copied()
            .filter(|id| self.line_above(*id).any(|above| above == top))
            .collect()
    }

    /// The open units directly below.
    pub fn open_below(&self, id: UnitId) -> impl Iterator<Item = &Unit> {
        self.0
            .values()
            .filter(move |unit| unit.parent == Some(id) && unit.is_open())
    }

    /// May a new unit of this kind and name be made under `above`?
    pub fn may_open(&self, above: &Unit, kind: UnitKind, name: &UnitName) -> Result<(), Refused> {
        if !above.is_open() {
            return Err(Refused::AboveIsClosed);
        }
        if !kind.may_lie_under(above.kind) {
            return Err(Refused::KindUnderKind);
        }
        self.name_is_free(above.id, name.as_str(), None)
    }

    /// May this unit bear this name? Closed units may share one.
    pub fn may_rename(&self, unit: &Unit, name: &UnitName) -> Result<(), Refused> {
        match unit.parent {
            Some(above) if unit.is_open() => self.name_is_free(above, name.as_str(), Some(unit.id)),
            _ => Ok(()),
        }
    }

    /// May this unit lie under `above` from now on?
    pub fn may_move(&self, unit: &Unit, above: &Unit) -> Result<(), Refused> {
        if unit.parent.is_none() {
            return Err(Refused::Root);
        }
        if !unit.is_open() {
            return Err(Refused::Closed);
        }
        if !above.is_open() {
            return Err(Refused::AboveIsClosed);
        }
        if !unit.kind.may_lie_under(above.kind) {
            return Err(Refused::KindUnderKind);
        }
        self.name_is_free(above.id, &unit.name, Some(unit.id))
    }

    /// May this unit be closed, with so many people at home in it?
    pub fn may_close(&self, unit: &Unit, people: usize) -> Result<(), Refused> {
        if unit.parent.is_none() {
            return Err(Refused::Root);
        }
        if !unit.is_open() {
            return Err(Refused::Closed);
        }
        match (self.open_below(unit.id).count(), people) {
            (0, 0) => Ok(()),
            (0, people) => Err(Refused::PeopleInIt(people)),
            (units, _) => Err(Refused::OpenBelow(units)),
        }
    }

    fn name_is_free(&self, above: UnitId, name: &str, but: Option<UnitId>) -> Result<(), Refused> {
        let name = name.to_lowercase();
        let taken = self
            .open_below(above)
            .any(|unit| Some(unit.id) != but && unit.name.to_lowercase() == name);
        if taken {
            Err(Refused::NameInUse)
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
