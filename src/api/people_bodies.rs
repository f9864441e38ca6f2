//! What goes in and out at the addresses of people and roles.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::{Enum, Object};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::administrators::Faults;
use crate::ids::{AccountId, UnitId};
use crate::people::accounts::{NewPerson, State};
use crate::people::invitations::Issued;
use crate::people::list::Person;
use crate::people::members::Member;
use crate::people::names::{Language, Name, SignInName};
use crate::people::permission::Role;
use crate::people::roles::Held;
use crate::problem::Problem;

/// Where an account stands.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "lowercase", rename = "AccountState")]
pub enum StateBody {
    /// Has a code, no vault yet.
    Invited,
    /// Has a vault.
    Active,
    /// Reads, exports and erases her own data, nothing else.
    Left,
    /// Cannot sign in for some days.
    Locked,
}

impl From<StateBody> for State {
    fn from(state: StateBody) -> Self {
        match state {
            StateBody::Invited => Self::Invited,
            StateBody::Active => Self::Active,
            StateBody::Left => Self::Left,
            StateBody::Locked => Self::Locked,
        }
    }
}

impl From<State> for StateBody {
    fn from(state: State) -> Self {
        match state {
            State::Invited => Self::Invited,
            State::Active => Self::Active,
            State::Left => Self::Left,
            State::Locked => Self::Locked,
        }
    }
}

/// What a role is called.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "kebab-case", rename = "RoleName")]
pub enum RoleName {
    /// Follows the released rows of her units.
    Supervisor,
    /// Plans sessions.
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

impl From<RoleName> for Role {
    fn from(role: RoleName) -> Self {
        match role {
            RoleName::Supervisor => Self::Supervisor,
            RoleName::Hr => Self::Hr,
            RoleName::Facilitator => Self::Facilitator,
            RoleName::PeerSupporter => Self::PeerSupporter,
            RoleName::Administrator => Self::Administrator,
            RoleName::Network => Self::Network,
        }
    }
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::Supervisor => Self::Supervisor,
            Role::Hr => Self::Hr,
            Role::Facilitator => Self::Facilitator,
            Role::PeerSupporter => Self::PeerSupporter,
            Role::Administrator => Self::Administrator,
            Role::Network => Self::Network,
        }
    }
}

/// A role for a unit and all below it.
#[derive(Object)]
pub struct HeldRoleBody {
    /// What she may do.
    pub role: RoleName,
    /// For this unit and all below it.
    pub unit: Uuid,
    /// Since when.
    pub granted_at: DateTime<Utc>,
}

impl From<&Held> for HeldRoleBody {
    fn from(held: &Held) -> Self {
        Self {
            role: held.role.into(),
            unit: held.unit.0,
            granted_at: held.granted_at,
        }
    }
}

/// A person in a list.
#[derive(Object)]
pub struct PersonBody {
    /// The account.
    id: Uuid,
    /// What she is called.
    name: String,
    /// What she types to sign in.
    sign_in: String,
    /// Her home; absent for who has left.
    #[oai(skip_serializing_if_is_none)]
    unit: Option<Uuid>,
    /// Where the account stands.
    state: StateBody,
    /// Her roles.
    roles: Vec<HeldRoleBody>,
}

impl PersonBody {
    /// As it is now: locks end by themselves.
    pub fn of(person: &Person, now: DateTime<Utc>) -> Self {
        Self {
            id: person.account.id.0,
            name: person.account.name.clone(),
            sign_in: person.account.sign_in.clone(),
            unit: person.unit.map(|unit| unit.0),
            state: person.account.state_at(now).into(),
            roles: person.roles.iter().map(Into::into).collect(),
        }
    }
}

/// A page of people, by sign-in name.
#[derive(Object)]
pub struct PeoplePageBody {
    /// The people.
    pub people: Vec<PersonBody>,
    /// For the next page; absent at the end.
    #[oai(skip_serializing_if_is_none)]
    pub next: Option<String>,
}

/// A person.
#[derive(Object)]
pub struct PersonDetailsBody {
    /// The account.
    id: Uuid,
    /// What she is called.
    name: String,
    /// What she types to sign in.
    sign_in: String,
    /// The language she reads.
    language: String,
    /// Where the account stands.
    state: StateBody,
    /// End of a lock, or of the months after leaving.
    #[oai(skip_serializing_if_is_none)]
    state_until: Option<DateTime<Utc>>,
    /// Why it is locked; she is shown it.
    #[oai(skip_serializing_if_is_none)]
    state_reason: Option<String>,
    /// Her home; absent for who has left.
    #[oai(skip_serializing_if_is_none)]
    unit: Option<Uuid>,
    /// Since when she is at home there.
    #[oai(skip_serializing_if_is_none)]
    since: Option<DateTime<Utc>>,
    /// First day of an absence.
    #[oai(skip_serializing_if_is_none)]
    away_from: Option<NaiveDate>,
    /// Last day of an absence; absent until further notice.
    #[oai(skip_serializing_if_is_none)]
    away_until: Option<NaiveDate>,
    /// Her roles.
    roles: Vec<HeldRoleBody>,
}

impl PersonDetailsBody {
    /// As it is now.
    pub fn of(person: &Person, member: Option<Member>, now: DateTime<Utc>) -> Self {
        let account = &person.account;
        let state = account.state_at(now);
        let is_passing = matches!(state, State::Left | State::Locked);
        Self {
            id: account.id.0,
            name: account.name.clone(),
            sign_in: account.sign_in.clone(),
            language: account.language.clone(),
            state: state.into(),
            state_until: account.state_until.filter(|_| is_passing),
            state_reason: account.state_reason.clone().filter(|_| is_passing),
            unit: person.unit.map(|unit| unit.0),
            since: member.map(|member| member.since),
            away_from: member.and_then(|member| member.away_from),
            away_until: member.and_then(|member| member.away_until),
            roles: person.roles.iter().map(Into::into).collect(),
        }
    }
}

/// Someone to be invited.
#[derive(Object, Serialize)]
#[oai(deny_unknown_fields)]
pub struct NewPersonBody {
    /// What she is called.
    name: String,
    /// What she will type to sign in: lower case, unique within the organisation.
    sign_in: String,
    /// Her home unit.
    unit: Uuid,
    /// A language tag such as `en` or `pt-BR`.
    language: String,
}

impl NewPersonBody {
    /// Checked, or all its faults.
    pub fn parsed(&self) -> Result<NewPerson, Problem> {
        let mut faults = Faults::default();
        let name = faults.keep(Name::of_field("name", &self.name));
        let sign_in = faults.keep(SignInName::of_field("sign_in", &self.sign_in));
        let language = faults.keep(Language::of_field("language", &self.language));
        let unit = UnitId(self.unit);
        let whole = name.zip(sign_in).zip(language);
        faults.none_or(whole.map(|((name, sign_in), language)| NewPerson {
            name,
            sign_in,
            language,
            unit,
        }))
    }
}

/// A one-time code, shown once.
#[derive(Object, Serialize, Deserialize)]
pub struct InvitedBody {
    /// The account.
    id: Uuid,
    /// The code: give it to her in person, on paper or on the screen.
    code: String,
    /// Until when it can be used.
    expires_at: DateTime<Utc>,
}

impl InvitedBody {
    /// The code of an account.
    #[must_use]
    pub fn of(id: AccountId, issued: &Issued) -> Self {
        Self {
            id: id.0,
            code: issued.code.to_string(),
            expires_at: issued.expires_at,
        }
    }
}

/// What to change about a person; what is left out stays.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub struct PersonPatch {
    /// What she is called.
    pub name: Option<String>,
    /// A language tag such as `en` or `pt-BR`.
    pub language: Option<String>,
}

/// A home.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub struct HomeBody {
    /// The unit where she is counted from now on.
    pub unit: Uuid,
}

/// Days away; both days belong to it.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub struct AbsenceBody {
    /// First day.
    pub from: NaiveDate,
    /// Last day; left out: until further notice.
    pub until: Option<NaiveDate>,
}

/// A lock.
#[derive(Object)]
#[oai(deny_unknown_fields)]
pub struct LockBody {
    /// 1 to 30.
    pub days: i64,
    /// Why; she is shown it.
    pub reason: String,
}
