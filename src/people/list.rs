//! People as their administrator lists them: who they are, where, with which roles, and whether
//! the account is invited, active, left or locked. Never who took part, never when she signed in.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::accounts::{self, Account, State};
use super::members::{self, Member};
use super::permission::Administrator;
use super::roles::{self, Held};
use super::{store, units};
use crate::ids::{AccountId, UnitId};
use crate::problem::Problem;
use crate::store::{StoreError, Tx};

/// The longest page.
pub const MOST: usize = 200;

/// One line of the list.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account.
    pub account: Account,
    /// Her home; none once she has left.
    pub unit: Option<UnitId>,
    /// Her roles.
    pub roles: Vec<Held>,
}

/// Which people are asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// At home at or below this unit.
    pub unit: Option<UnitId>,
    /// In this state now.
    pub state: Option<State>,
    /// With this in her name or sign-in name, in any case.
    pub text: Option<String>,
    /// After this sign-in name; the last one of the page before.
    pub after: Option<String>,
    /// At most so many, up to [`MOST`].
    pub limit: usize,
}

/// One page, in the order of sign-in names.
#[derive(Clone, Debug)]
pub struct Page {
    /// The people.
    pub people: Vec<Person>,
    /// What [`Wanted::after`] must be for the next page; none at the end.
    pub next: Option<String>,
}

/// A page of the people whom this administrator may see.
pub async fn page(
    tx: &mut Tx,
    admin: &Administrator,
    now: DateTime<Utc>,
    wanted: &Wanted,
) -> Result<Page, Problem> {
    const CHUNK: i64 = 500;
    let limit = wanted.limit.clamp(1, MOST);
    let sieve = Sieve::new(tx, admin, now, wanted).await?;
    let mut found = Vec::new();
    let mut after = wanted.after.clone().unwrap_or_default();
    let mut is_end = false;
    while !is_end && found.len() <= limit {
        let rows = store::accounts::page(tx, admin.who.organisation, &after, CHUNK).await?;
        is_end = rows.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX);
        if let Some(last) = rows.last() {
            after.clone_from(&last.account.sign_in);
        }
        found.extend(rows.into_iter().filter(|row| sieve.keeps(row)));
    }
    let is_more = found.len() > limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| is_more)
        .map(|row| row.account.sign_in.clone());
    let people = with_roles(tx, admin, found).await?;
    Ok(Page { people, next })
}

/// One person with her home.
pub async fn one(
    tx: &mut Tx,
    admin: &Administrator,
    id: AccountId,
) -> Result<(Person, Option<Member>), Problem> {
    let account = accounts::seen_by(tx, admin, id).await?;
    let member = members::of(tx, id).await?;
    let mut roles = roles::of_account(tx, id).await?;
    roles.sort_by_key(|held| (held.role, held.unit));
    let person = Person {
        account,
        unit: member.map(|member| member.unit),
        roles,
    };
    Ok((person, member))
}

async fn with_roles(
    tx: &mut Tx,
    admin: &Administrator,
    rows: Vec<store::accounts::Listed>,
) -> Result<Vec<Person>, StoreError> {
    let mut held: HashMap<AccountId, Vec<Held>> = HashMap::new();
    for role in store::roles::of_organisation(tx, admin.who.organisation).await? {
        held.entry(role.account).or_default().push(role);
    }
    let people = rows.into_iter().map(|row| {
        let mut roles = held.remove(&row.account.id).unwrap_or_default();
        roles.sort_by_key(|held| (held.role, held.unit));
        Person {
            account: row.account,
            unit: row.unit,
            roles,
        }
    });
    Ok(people.collect())
}

/// What a row must satisfy. In Rust, because letter case differs between the engines.
struct Sieve<'a> {
    admin: &'a Administrator,
    now: DateTime<Utc>,
    units: Option<HashSet<UnitId>>,
    state: Option<State>,
    text: Option<String>,
}

impl<'a> Sieve<'a> {
    async fn new(
        tx: &mut Tx,
        admin: &'a Administrator,
        now: DateTime<Utc>,
        wanted: &Wanted,
    ) -> Result<Self, Problem> {
        let units = match wanted.unit {
            None => None,
            Some(unit) => {
                admin.must_cover(unit)?;
                let tree = units::tree(tx, admin.who.organisation).await?;
                Some(tree.at_or_below(unit))
            }
        };
        Ok(Self {
            admin,
            now,
            units,
            state: wanted.state,
            text: wanted.text.as_ref().map(|text| text.trim().to_lowercase()),
        })
    }

    fn keeps(&self, row: &store::accounts::Listed) -> bool {
        let place = match row.unit {
            Some(unit) => self.admin.covers(unit),
            None => self.admin.must_cover_all().is_ok(),
        };
        place
            && self
                .units
                .as_ref()
                .is_none_or(|units| row.unit.is_some_and(|unit| units.contains(&unit)))
            && self
                .state
                .is_none_or(|state| row.account.state_at(self.now) == state)
            && self.text.as_ref().is_none_or(|text| {
                row.account.sign_in.contains(text.as_str())
                    || row.account.name.to_lowercase().contains(text.as_str())
            })
    }
}
