//! The tree of units. A unit is never deleted, it is closed; a merger is a new unit with
//! `successor_of`. Changes take effect at once and reach only later waves, which copy the tree.

use std::collections::HashMap;

use super::names::UnitName;
use super::permission::Administrator;
use super::store;
use crate::audit::{self, Change, Seal};
use crate::ids::{OrganisationId, UnitId};
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};

pub use super::share::published_share;
pub use super::tree::{Tree, Unit, UnitKind};

/// A unit to be made.
#[derive(Clone, Debug)]
pub struct NewUnit {
    /// The unit above.
    pub parent: UnitId,
    /// Site or team.
    pub kind: UnitKind,
    /// What it is called.
    pub name: UnitName,
    /// The unit that it follows, in a merger.
    pub successor_of: Option<UnitId>,
}

/// Every unit of an organisation, closed ones too.
pub async fn tree(tx: &mut Tx, organisation: OrganisationId) -> Result<Tree, StoreError> {
    let units = store::units::units(tx, organisation).await?;
    Ok(units.into_iter().collect())
}

/// How many people are at home at or below each unit; units without anyone are left out.
pub async fn sizes(
    tx: &mut Tx,
    organisation: OrganisationId,
    tree: &Tree,
) -> Result<HashMap<UnitId, u64>, StoreError> {
    let mut sizes = HashMap::new();
    for (unit, count) in store::members::sizes(tx, organisation).await? {
        for above in tree.line_above(unit) {
            *sizes.entry(above).or_insert(0) += u64::try_from(count).unwrap_or(0);
        }
    }
    Ok(sizes)
}

/// Makes a unit.
pub async fn open(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    new: NewUnit,
) -> Result<Unit, Problem> {
    admin.must_cover(new.parent)?;
    if let Some(before) = new.successor_of {
        admin.must_cover(before)?;
    }
    let organisation = admin.who.organisation;
    store::hold(tx, organisation).await?;
    let tree = tree(tx, organisation).await?;
    let parent = tree.find(new.parent).ok_or(Kind::NotFound)?;
    tree.may_open(parent, new.kind, &new.name)?;
    if let Some(before) = new.successor_of.and_then(|id| tree.find(id))
        && before.kind != new.kind
    {
        return Err(Problem::field(
            "successor_of",
            "must be a unit of the same kind",
        ));
    }
    let unit = Unit {
        organisation,
        id: UnitId::new(),
        parent: Some(parent.id),
        kind: new.kind,
        name: new.name.to_string(),
        successor_of: new.successor_of,
        opened_at: by.now,
        closed_at: None,
    };
    store::units::insert(tx, &unit).await?;
    let change = Change::UnitMade { unit: unit.id };
    audit::enter(tx, by, organisation, Some(admin.who.account), change).await?;
    Ok(unit)
}

/// Renames a unit, or moves it under another one; the organisation's name is a setting.
pub async fn change(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    id: UnitId,
    (name, parent): (Option<UnitName>, Option<UnitId>),
) -> Result<Unit, Problem> {
    admin.must_cover(id)?;
    let organisation = admin.who.organisation;
    store::hold(tx, organisation).await?;
    let tree = tree(tx, organisation).await?;
    let before = tree.find(id).ok_or(Kind::NotFound)?;
    if before.parent.is_none() {
        return Err(Problem::with(
            Kind::NotNow,
            "The organisation's own unit is changed by its settings.",
        ));
    }
    let mut unit = before.clone();
    let moves_from = before
        .parent
        .filter(|_| parent.is_some() && parent != before.parent);
    if let Some(from) = moves_from {
        admin.must_cover(from)?;
    }
    if let Some(name) = &name {
        unit.name = name.to_string();
    }
    if let Some(parent) = parent.filter(|_| moves_from.is_some()) {
        admin.must_cover(parent)?;
        let above = tree.find(parent).ok_or(Kind::NotFound)?;
        tree.may_move(&unit, above)?;
        unit.parent = Some(parent);
    } else if let Some(name) = &name {
        tree.may_rename(before, name)?;
    }
    if unit != *before {
        store::units::update(tx, &unit).await?;
        let change = Change::UnitChanged { unit: id };
        audit::enter(tx, by, organisation, Some(admin.who.account), change).await?;
    }
    Ok(unit)
}

/// Closes a unit in which nobody is at home and below which nothing is open. Closing it again
/// changes nothing.
pub async fn close(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    id: UnitId,
) -> Result<Unit, Problem> {
    admin.must_cover(id)?;
    let organisation = admin.who.organisation;
    store::hold(tx, organisation).await?;
    let tree = tree(tx, organisation).await?;
    let unit = tree.find(id).ok_or(Kind::NotFound)?;
    if unit.parent.is_some() && !unit.is_open() {
        return Ok(unit.clone());
    }
    let people = store::members::of_unit(tx, organisation, id).await?.len();
    tree.may_close(unit, people)?;
    store::units::close(tx, organisation, id, by.now).await?;
    let change = Change::UnitClosed { unit: id };
    audit::enter(tx, by, organisation, Some(admin.who.account), change).await?;
    Ok(Unit {
        closed_at: Some(by.now),
        ..unit.clone()
    })
}

/// A unit of the administrator's that can take people.
pub(super) async fn open_and_hers(
    tx: &mut Tx,
    admin: &Administrator,
    id: UnitId,
) -> Result<Unit, Problem> {
    admin.must_cover(id)?;
    let tree = tree(tx, admin.who.organisation).await?;
    let unit = tree.find(id).ok_or(Kind::NotFound)?;
    if unit.is_open() {
        Ok(unit.clone())
    } else {
        Err(Problem::with(
            Kind::NotNow,
            "This unit is closed: choose an open one.",
        ))
    }
}
