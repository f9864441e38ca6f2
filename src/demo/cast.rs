//! Whom the reader of a demonstration may be: one account for each role.

use super::network::{House, Person};
use crate::people::permission::Role;

/// An account that is printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// `worker`, or the word of a role.
    pub role: &'static str,
    /// Short name of the organisation.
    pub organisation: String,
    /// Sign-in name.
    pub sign_in: String,
    /// Password, in clear: demonstration accounts only.
    pub password: String,
    /// Name of the unit that the account is in, or holds its role for.
    pub unit: String,
}

/// The printed worker has answered every wave but the open ones, so that the reader can.
pub(super) fn waits_for_the_reader(house: &House, person: &Person) -> bool {
    worker(house).is_some_and(|worker| worker.account == person.account)
}

/// The first member of the team that rises; of the first team in other organisations.
fn worker(house: &House) -> Option<&Person> {
    let team = house.teams.iter().position(|team| team.rises).unwrap_or(0);
    house.people.iter().find(|person| person.team == Some(team))
}

/// One account for each role, all of the first organisation.
pub(super) fn shown(houses: &[House]) -> Vec<Shown> {
    let Some(house) = houses.first() else {
        return Vec::new();
    };
    let mut shown: Vec<Shown> = worker(house)
        .into_iter()
        .map(|person| {
            let unit = person.team.map(|team| house.teams[team].name.clone());
            one(house, ("worker", person), unit.unwrap_or_default())
        })
        .collect();
    for (role, word) in Role::ALL {
        let holder = house
            .people
            .iter()
            .chain([&house.administrator])
            .find(|person| person.roles.iter().any(|(held, _)| *held == role));
        let Some(person) = holder else { continue };
        let unit = person
            .roles
            .iter()
            .find(|(held, _)| *held == role)
            .map(|(_, unit)| *unit);
        let site = house.teams.iter().find(|team| Some(team.site) == unit);
        let name = site.map_or(house.organisation.name.clone(), |team| {
            team.name.rsplit(", ").next().unwrap_or_default().to_owned()
        });
        shown.push(one(house, (word, person), name));
    }
    shown
}

fn one(house: &House, (role, person): (&'static str, &Person), unit: String) -> Shown {
    Shown {
        role,
        organisation: house.organisation.short_name.clone(),
        sign_in: person.sign_in.clone(),
        password: house.password.clone(),
        unit,
    }
}
