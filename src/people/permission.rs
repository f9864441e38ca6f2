//! Permission as types: a function that takes `&Administrator` cannot be called without one, and
//! only this file makes them, from the roles in the database at that moment.

use std::collections::{HashMap, HashSet};

use crate::ids::{AccountId, OrganisationId, UnitId};
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx, on};

/// Who is asking: an authenticated account of one organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Who {
    /// The account.
    pub account: AccountId,
    /// Its organisation; nothing of another one can be reached.
    pub organisation: OrganisationId,
    /// Whether this sign-in showed a second factor.
    pub second_factor: bool,
}

/// What a person may do for a unit and everything below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Follows the released rows of her units.
    Supervisor,
    /// Plans sessions; sees units only if the organisation says so.
    Hr,
    /// Leads sessions.
    Facilitator,
    /// A trained colleague.
    PeerSupporter,
    /// People, units, roles, waves, audit.
    Administrator,
    /// Compares organisations of a network.
    Network,
}

impl Role {
    /// Every role, with the word that tables and the API use.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Supervisor, "supervisor"),
        (Self::Hr, "hr"),
        (Self::Facilitator, "facilitator"),
        (Self::PeerSupporter, "peer-supporter"),
        (Self::Administrator, "administrator"),
        (Self::Network, "network"),
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(role, _)| *role == self)
            .map_or("", |(_, word)| word)
    }

    /// The role that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, name)| *name == word)
            .map(|(role, _)| *role)
    }
}

/// The units for which someone holds a role: those named, and all below them.
#[derive(Clone, Debug)]
struct Scope(HashSet<UnitId>);

/// May change people, units, roles and waves of the units in her scope. Sees no released row by
/// this role.
#[derive(Clone, Debug)]
pub struct Administrator {
    /// Who it is.
    pub who: Who,
    scope: Scope,
}

/// May see the released rows of the units in her scope.
#[derive(Clone, Debug)]
pub struct Supervisor {
    /// Who it is.
    pub who: Who,
    scope: Scope,
}

/// May see the organisation's schedule; released rows only by the organisation's setting.
#[derive(Clone, Debug)]
pub struct Hr {
    /// Who it is.
    pub who: Who,
    scope: Scope,
}

macro_rules! role_type {
    ($name:ident, $role:expr) => {
        impl $name {
            /// Checks that she holds the role for some unit now; otherwise there is nothing here
            /// for her.
            pub async fn of(tx: &mut Tx, who: Who) -> Result<Self, Problem> {
                Ok(Self {
                    who,
                    scope: scope_of(tx, who, $role).await?,
                })
            }

            /// Whether the unit is one of hers.
            #[must_use]
            pub fn covers(&self, unit: UnitId) -> bool {
                self.scope.0.contains(&unit)
            }

            /// Refuses units that are not hers exactly like units that are not there.
            pub fn must_cover(&self, unit: UnitId) -> Result<(), Problem> {
                if self.covers(unit) {
                    Ok(())
                } else {
                    Err(Kind::NotFound.into())
                }
            }

            /// Refuses who does not hold the role for the whole organisation.
            pub fn must_cover_all(&self) -> Result<(), Problem> {
                self.must_cover(self.who.organisation.into())
            }

            /// Every unit of hers, in no order.
            pub fn units(&self) -> impl Iterator<Item = UnitId> + '_ {
                self.scope.0.iter().copied()
            }
        }
    };
}

role_type!(Administrator, Role::Administrator);
role_type!(Supervisor, Role::Supervisor);
role_type!(Hr, Role::Hr);

async fn scope_of(tx: &mut Tx, who: Who, role: Role) -> Result<Scope, Problem> {
    let held = units_held(tx, who, role).await?;
    if held.is_empty() {
        return Err(Kind::NotFound.into());
    }
    if !who.second_factor && second_factor_required(tx, who.organisation).await? {
        return Err(Problem::with(
            Kind::SecondFactor,
            "Set up a second factor, then sign in again with it.",
        ));
    }
    let parents = parents(tx, who.organisation).await?;
    Ok(Scope(closure(&parents, &held)))
}

/// The units named and all below them.
fn closure(parents: &HashMap<UnitId, Option<UnitId>>, held: &HashSet<UnitId>) -> HashSet<UnitId> {
    let is_below = |unit: UnitId| {
        let mut place = Some(unit);
        // The tree is at most as deep as it has units: a damaged one cannot hold us here.
        for _ in 0..=parents.len() {
            match place {
                Some(here) if held.contains(&here) => return true,
                Some(here) => place = parents.get(&here).copied().flatten(),
                None => return false,
            }
        }
        false
    };
    parents
        .keys()
        .copied()
        .filter(|unit| is_below(*unit))
        .collect()
}

async fn units_held(tx: &mut Tx, who: Who, role: Role) -> Result<HashSet<UnitId>, StoreError> {
    const SQL: &str =
        "SELECT unit FROM roles WHERE organisation = $1 AND account = $2 AND role = $3";
    let rows: Vec<UnitId> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(who.organisation).bind(who.account).bind(role.word())
        .fetch_all(conn).await)?;
    Ok(rows.into_iter().collect())
}

async fn second_factor_required(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT second_factor_required FROM organisations WHERE id = $1";
    let row: Option<bool> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(organisation).fetch_optional(conn).await)?;
    Ok(row.unwrap_or(true))
}

async fn parents(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<HashMap<UnitId, Option<UnitId>>, StoreError> {
    const SQL: &str = "SELECT id, parent FROM units WHERE organisation = $1";
    let rows: Vec<(UnitId, Option<UnitId>)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(organisation).fetch_all(conn).await)?;
    Ok(rows.into_iter().collect())
}
