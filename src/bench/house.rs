//! The people of a bench: an organisation with teams, everyone with a vault and nobody with a
//! password, invited by files as an administrator would.

use std::fmt::{Display, Write as _};

use anyhow::{Context, anyhow};
use chrono::{DateTime, Utc};
use indicatif::ProgressBar;

use super::ground::{Ground, told};
use crate::check_ins::casting::Vault;
use crate::check_ins::member::{Member, Standing};
use crate::ids::{OrganisationId, UnitId};
use crate::people::accounts::{self, Account, State};
use crate::people::names::{Country, Language, Name, ShortName, SignInName, UnitName, Zone};
use crate::people::organisations::NewOrganisation;
use crate::people::permission::{Administrator, Who};
use crate::people::units::{self, NewUnit, UnitKind};
use crate::people::{First, first_administrator, import};
use crate::vault::WorkerKey;

/// People of one team, and where there are very many.
const TEAM: usize = 20;
const LARGE_TEAM: usize = 100;
/// Very many.
const MANY: usize = 20_000;
/// Teams of one site.
const SITE: usize = 10;
/// People invited by one file.
pub const FILE: usize = 5000;

/// One organisation with its people.
pub struct House {
    pub organisation: OrganisationId,
    pub administrator: Worker,
    pub teams: Vec<UnitId>,
    pub team_size: usize,
    pub people: Vec<Worker>,
}

/// Someone with a vault.
pub struct Worker {
    pub account: Account,
    pub key: WorkerKey,
    pub vault_since: DateTime<Utc>,
    pub unit: UnitId,
}

impl Ground {
    /// An organisation with so many people in teams.
    pub async fn found(
        &self,
        (number, people): (usize, usize),
        bar: &ProgressBar,
    ) -> anyhow::Result<House> {
        let (organisation, administrator) = self.begin(number).await?;
        let team_size = if people > MANY { LARGE_TEAM } else { TEAM };
        let teams = self
            .build(&administrator, people.div_ceil(team_size).max(1))
            .await?;
        let mut house = House {
            organisation,
            administrator,
            teams,
            team_size,
            people: Vec::with_capacity(people),
        };
        while house.people.len() < people {
            let more = FILE.min(people - house.people.len());
            self.join(&mut house, more).await?;
            bar.inc(more as u64);
        }
        Ok(house)
    }

    async fn begin(&self, number: usize) -> anyhow::Result<(OrganisationId, Worker)> {
        let app = &self.app;
        let short_name = parsed(ShortName::parse(&format!("place{number}")))?;
        let first = First {
            organisation: short_name.clone(),
            make: Some(NewOrganisation {
                network: parsed(Name::parse("Network"))?,
                short_name: short_name.clone(),
                name: parsed(Name::parse(&format!("Place {number}")))?,
                country: parsed(Country::parse("KZ"))?,
                zone: parsed(Zone::parse("Asia/Almaty"))?,
                second_factor_required: false,
            }),
            sign_in: parsed(SignInName::parse("admin"))?,
            name: parsed(Name::parse("Administrator"))?,
            language: parsed(Language::parse("en"))?,
        };
        let mut tx = app.store.write().await?;
        let made = first_administrator(&mut tx, &app.seal(), &first).await;
        let (organisation, account, _) = made.map_err(told)?;
        let account = accounts::find(&mut tx, account)
            .await?
            .context("the administrator was just made")?;
        let key = app.entrance.ready_made_vault(&mut tx, &account).await;
        let administrator = Worker {
            key: key.map_err(told)?,
            vault_since: app.clock.now(),
            unit: organisation.id.into(),
            account,
        };
        tx.commit().await?;
        Ok((organisation.id, administrator))
    }

    /// Sites and teams; one transaction a site.
    async fn build(&self, administrator: &Worker, teams: usize) -> anyhow::Result<Vec<UnitId>> {
        let app = &self.app;
        let mut units = Vec::with_capacity(teams);
        let root = UnitId::from(administrator.account.organisation);
        while units.len() < teams {
            let mut tx = app.store.write().await?;
            let admin = Administrator::of(&mut tx, administrator.who())
                .await
                .map_err(told)?;
            let site = format!("Site {}", units.len() / SITE + 1);
            let new = |parent, kind, name: &str| {
                Ok::<_, anyhow::Error>(NewUnit {
                    parent,
                    kind,
                    name: parsed(UnitName::parse(name))?,
                    successor_of: None,
                })
            };
            let site = units::open(
                &mut tx,
                &admin,
                &app.seal(),
                new(root, UnitKind::Site, &site)?,
            )
            .await
            .map_err(told)?;
            let admin = Administrator::of(&mut tx, administrator.who())
                .await
                .map_err(told)?;
            for team in 1..=SITE.min(teams - units.len()) {
                let new = new(site.id, UnitKind::Team, &format!("Team {team}"))?;
                let team = units::open(&mut tx, &admin, &app.seal(), new)
                    .await
                    .map_err(told)?;
                units.push(team.id);
            }
            tx.commit().await?;
        }
        Ok(units)
    }

    /// More people, spread over the teams in order, with vaults.
    async fn join(&self, house: &mut House, more: usize) -> anyhow::Result<()> {
        let app = &self.app;
        let begun = house.people.len();
        let mut file = "name,sign_in,unit,language\n".to_owned();
        for number in begun..begun + more {
            let unit = house.teams[number / house.team_size];
            // Writing to a String cannot fail.
            let _ = writeln!(file, "Worker {number},worker{number},{unit},en");
        }
        let mut tx = app.store.write().await?;
        let admin = Administrator::of(&mut tx, house.administrator.who())
            .await
            .map_err(told)?;
        let invited = import::apply(&mut tx, &admin, &app.seal(), file.as_bytes())
            .await
            .map_err(told)?;
        for person in invited {
            let account = Account {
                organisation: house.organisation,
                id: person.account,
                sign_in: person.sign_in,
                name: person.name,
                language: "en".to_owned(),
                state: State::Invited,
                state_until: None,
                state_reason: None,
            };
            let key = app.entrance.ready_made_vault(&mut tx, &account).await;
            house.people.push(Worker {
                account,
                key: key.map_err(told)?,
                vault_since: app.clock.now(),
                unit: person.unit,
            });
        }
        Ok(tx.commit().await?)
    }
}

impl Worker {
    pub fn who(&self) -> Who {
        Who {
            account: self.account.id,
            organisation: self.account.organisation,
            second_factor: false,
        }
    }

    pub fn member(&self) -> Member<'_> {
        Member {
            who: self.who(),
            keys: std::slice::from_ref(&self.key),
            vault: Vault {
                number: 1,
                since: self.vault_since,
            },
            standing: Standing::Active,
        }
    }
}

fn parsed<T, E: Display>(name: Result<T, E>) -> anyhow::Result<T> {
    name.map_err(|wrong| anyhow!("{wrong}"))
}
