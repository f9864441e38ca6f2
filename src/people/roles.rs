//! Roles: held for a unit and what lies below it, several per person, never granted to oneself.
//! Who may follow a unit is shown to its members.

use chrono::{DateTime, Utc};

use super::accounts::{self, State};
use super::permission::{Administrator, Role};
use super::tree::{Tree, UnknownWord};
use super::{members, store, units};
use crate::audit::{self, Change, Seal};
use crate::ids::{AccountId, OrganisationId, UnitId};
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};

/// A role that someone holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Held {
    /// Who holds it.
    pub account: AccountId,
    /// What she may do.
    #[sqlx(try_from = "String")]
    pub role: Role,
    /// For this unit and all below it.
    pub unit: UnitId,
    /// Since when.
    pub granted_at: DateTime<Utc>,
}

impl TryFrom<String> for Role {
    type Error = UnknownWord;

    fn try_from(word: String) -> Result<Self, UnknownWord> {
        Self::from_word(&word).ok_or(UnknownWord)
    }
}

/// Someone with a role over a unit, as its members see her.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Over {
    /// What she may do.
    pub role: Role,
    /// What she is called.
    pub name: String,
    /// The unit that the role was granted for: this one or one above.
    pub unit: UnitId,
}

/// The answer to a granted role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The role.
    pub held: Held,
    /// A better home for her: who leads her own home unit is counted in the unit above, so that
    /// her team is not shown numbers that are partly hers.
    pub suggestion: Option<UnitId>,
}

/// The roles that someone holds, in no order.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Vec<Held>, StoreError> {
    store::roles::of_account(tx, account).await
}

/// Everyone who leads a unit of an organisation, with the unit; for the jobs that tell them.
pub async fn supervisors(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<(AccountId, UnitId)>, StoreError> {
    let held = store::roles::of_organisation(tx, organisation).await?;
    let leads = held
        .into_iter()
        .filter(|held| held.role == Role::Supervisor);
    Ok(leads.map(|held| (held.account, held.unit)).collect())
}

/// Who may follow, plan for or administer a unit: supervisors, HR and administrators of it and of
/// the units above it. For the members of the unit.
pub async fn over_unit(
    tx: &mut Tx,
    organisation: OrganisationId,
    unit: UnitId,
) -> Result<Vec<Over>, StoreError> {
    let tree = units::tree(tx, organisation).await?;
    let above: Vec<UnitId> = tree.line_above(unit).collect();
    let mut over: Vec<Over> = store::roles::with_names(tx, organisation)
        .await?
        .into_iter()
        .filter(|(unit, ..)| above.contains(unit))
        .filter_map(|(unit, role, name)| {
            let role = Role::from_word(&role)?;
            is_shown(role).then_some(Over { role, name, unit })
        })
        .collect();
    over.sort();
    Ok(over)
}

/// Roles with power over members are shown to them.
fn is_shown(role: Role) -> bool {
    matches!(role, Role::Supervisor | Role::Hr | Role::Administrator)
}

/// May this role be held for this unit at all? Networks are compared by organisation.
pub(super) fn must_fit(tree: &Tree, role: Role, unit: UnitId) -> Result<(), &'static str> {
    let Some(unit) = tree.find(unit) else {
        return Err("there is no such unit");
    };
    if role == Role::Network && unit.parent.is_some() {
        return Err("the role 'network' is held for the whole organisation");
    }
    if unit.is_open() {
        Ok(())
    } else {
        Err("this unit is closed")
    }
}

/// Grants a role. Granting it again changes nothing.
pub async fn grant(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    (id, role): (AccountId, Role),
    unit: UnitId,
) -> Result<Granted, Problem> {
    let account = accounts::in_reach(tx, admin, id).await?;
    admin.must_cover(unit)?;
    let tree = units::tree(tx, account.organisation).await?;
    must_fit(&tree, role, unit).map_err(|wrong| Problem::with(Kind::NotNow, wrong))?;
    if id == admin.who.account {
        return Err(Problem::with(
            Kind::NotNow,
            "Nobody grants herself a role: ask another administrator.",
        ));
    }
    if account.state == State::Left {
        return Err(Problem::with(
            Kind::NotNow,
            "She has left: give her a home again first.",
        ));
    }
    let held = Held {
        account: id,
        role,
        unit,
        granted_at: by.now,
    };
    let home = members::of(tx, id).await?.map(|member| member.unit);
    let organisation = account.organisation;
    let actor = Some(admin.who.account);
    if store::roles::insert(tx, organisation, &held, actor).await? {
        let change = Change::RoleGranted {
            account: id,
            role: role.word().to_owned(),
            unit,
        };
        audit::enter(tx, by, organisation, actor, change).await?;
    }
    let above = tree.find(unit).and_then(|unit| unit.parent);
    let leads_her_home = role == Role::Supervisor && home == Some(unit);
    Ok(Granted {
        held,
        suggestion: above.filter(|_| leads_her_home),
    })
}

/// Takes a role away; taking away what is not held changes nothing.
pub async fn revoke(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    (id, role): (AccountId, Role),
    unit: UnitId,
) -> Result<(), Problem> {
    let account = accounts::in_reach(tx, admin, id).await?;
    admin.must_cover(unit)?;
    let organisation = account.organisation;
    if role == Role::Administrator && unit == organisation.into() {
        must_leave_an_administrator(tx, organisation, id).await?;
    }
    if store::roles::delete(tx, id, role, unit).await? {
        let change = Change::RoleRevoked {
            account: id,
            role: role.word().to_owned(),
            unit,
        };
        audit::enter(tx, by, organisation, Some(admin.who.account), change).await?;
    }
    Ok(())
}

/// Refuses what would leave the organisation without an active administrator.
pub async fn must_leave_an_administrator(
    tx: &mut Tx,
    organisation: OrganisationId,
    leaving: AccountId,
) -> Result<(), Problem> {
    let is_one = of_account(tx, leaving)
        .await?
        .iter()
        .any(|held| held.role == Role::Administrator && held.unit == organisation.into());
    if is_one && store::roles::other_administrators(tx, organisation, leaving).await? == 0 {
        return Err(Problem::with(
            Kind::NotNow,
            "She is the last active administrator of the organisation: appoint another first.",
        ));
    }
    Ok(())
}
