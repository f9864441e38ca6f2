//! A random organisation: its tree, its people, and what becomes of them from wave to wave. What
//! is decided here is what the attacker knows for free: who is where, and who is counted where.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use futures_util::future::join_all;
use poem::http::Method;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use respite::auth::SignedIn;
use respite::check_ins::casting::Reach;
use respite::vault::Token;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answers::Temper;
use crate::support::app::{House, TestApp};

/// Days that vault and place must be old before the wave opens.
const SETTLED_DAYS: i64 = 14;
/// People who are made at the same time.
const AT_ONCE: usize = 16;

/// An organisation.
pub struct Town {
    pub seed: u64,
    pub house: House,
    pub instrument: &'static str,
    pub chance: StdRng,
    pub climate: Temper,
    /// Share of those asked who answer.
    pub share: f64,
    pub units: Vec<Unit>,
    pub people: Vec<Person>,
    /// Ballots of each wave, by the place of the person.
    pub waves: Vec<BTreeMap<usize, Ballot>>,
    /// The units that the plan names; all if empty.
    pub planned: Vec<usize>,
    threshold: i64,
    arrivals: usize,
}

/// A unit; the first is the organisation.
pub struct Unit {
    pub id: String,
    pub parent: Option<usize>,
}

/// Somebody with a vault.
pub struct Person {
    pub id: String,
    pub sign_in: String,
    pub signed_in: Arc<SignedIn>,
    pub unit: usize,
    pub reach: Reach,
    pub temper: Temper,
    pub is_here: bool,
    unit_since: DateTime<Utc>,
    vault_since: DateTime<Utc>,
}

/// What was counted of her, and where.
#[derive(Clone, Debug)]
pub struct Ballot {
    pub unit: Uuid,
    pub steps: BTreeMap<String, i64>,
}

impl Town {
    /// Founds an organisation; everything about it follows from the seed.
    pub async fn found(app: &TestApp, seed: u64) -> Self {
        let mut chance = StdRng::seed_from_u64(seed);
        let house = app.house(&format!("town{seed}")).await;
        let root = Unit {
            id: house.organisation.clone(),
            parent: None,
        };
        let instruments = ["cbi", "burnout1", "psi", "hseit", "cbi"];
        let mut town = Self {
            seed,
            instrument: instruments[chance.random_range(0..instruments.len())],
            climate: Temper::of_a_climate(&mut chance),
            share: chance.random_range(0.55..1.0),
            units: vec![root],
            people: Vec::new(),
            waves: Vec::new(),
            planned: Vec::new(),
            threshold: 5,
            arrivals: 0,
            house,
            chance,
        };
        town.build(app).await;
        town.let_hr_see(app).await;
        town
    }

    /// Flat or deep, with teams of 3 to 12, and some people above the teams.
    async fn build(&mut self, app: &TestApp) {
        let sites = self.chance.random_range(0..=3);
        for site in 0..sites {
            self.open(app, ("site", format!("Site {site}"), 0)).await;
        }
        let above = if sites == 0 { 0..=0 } else { 1..=sites };
        let mut homes = Vec::new();
        for parent in above {
            let most = if sites == 0 { 5 } else { 3 };
            for team in 0..self.chance.random_range(1..=most) {
                let unit = self
                    .open(app, ("team", format!("Team {team}"), parent))
                    .await;
                homes.extend(vec![unit; self.chance.random_range(3..=12)]);
            }
        }
        for unit in 0..=sites {
            homes.extend(vec![unit; self.chance.random_range(0..=6)]);
        }
        self.arrive(app, &homes).await;
        if sites > 1 && self.chance.random_bool(0.25) {
            self.planned = vec![1];
        }
    }

    async fn open(&mut self, app: &TestApp, (kind, name, parent): (&str, String, usize)) -> usize {
        let above = self.units[parent].id.clone();
        let id = app.unit(&self.house, kind, &name, &above).await;
        let parent = Some(parent);
        self.units.push(Unit { id, parent });
        self.units.len() - 1
    }

    /// New people, each in a unit.
    pub async fn arrive(&mut self, app: &TestApp, homes: &[usize]) {
        for homes in homes.chunks(AT_ONCE) {
            let names: Vec<(String, usize)> = homes
                .iter()
                .map(|unit| {
                    self.arrivals += 1;
                    (format!("worker{}", self.arrivals), *unit)
                })
                .collect();
            let made = names.iter().map(|(name, unit)| {
                let unit = &self.units[*unit].id;
                app.person(&self.house, name, unit)
            });
            let now = app.clock.now();
            for (made, (sign_in, unit)) in join_all(made).await.into_iter().zip(&names) {
                let token: Token = made.token.parse().unwrap();
                let signed_in = app.app.entrance.authenticate(&token).await.unwrap();
                let reach = match self.chance.random_range(0..20) {
                    0 | 1 => Reach::Organisation,
                    2 => Reach::Nobody,
                    _ => Reach::Unit,
                };
                self.people.push(Person {
                    id: made.id,
                    sign_in: sign_in.clone(),
                    signed_in: Arc::new(signed_in),
                    unit: *unit,
                    reach,
                    temper: Temper::of_a_person(self.climate, &mut self.chance),
                    is_here: true,
                    unit_since: now,
                    vault_since: now,
                });
            }
        }
    }

    async fn let_hr_see(&mut self, app: &TestApp) {
        self.set(app, json!({ "hr_sees_units": true })).await;
    }

    async fn set(&self, app: &TestApp, what: Value) {
        let (path, token) = ("/organisation", &self.house.admin);
        app.send(Method::PATCH, path, token, Some(what))
            .await
            .good();
    }

    /// Asks its questionnaire twice a year.
    pub async fn plan(&self, app: &TestApp, first_day: &str) {
        let units: Vec<&String> = self
            .planned
            .iter()
            .map(|unit| &self.units[*unit].id)
            .collect();
        let mut body = json!({
            "instrument": self.instrument, "every_months": 6, "window_days": 14,
            "languages": ["en"], "first_day": first_day,
        });
        if !units.is_empty() {
            body["units"] = json!(units);
        }
        app.post(&self.house.admin, "/plans", body).await.good();
    }

    /// The administrator's sign-in does not last as long as the story.
    pub async fn sign_in_again(&mut self, app: &TestApp) {
        self.house.admin = app.sign_in(&self.house.short_name, "admin").await;
    }

    /// Some leave, some move, some come; now and then the threshold is raised.
    pub async fn change(&mut self, app: &TestApp, share: f64) {
        for place in 0..self.people.len() {
            if !self.people[place].is_here {
                continue;
            }
            let path = format!("/people/{}", self.people[place].id);
            let leaves = self.chance.random_bool(share);
            let moves = self.chance.random_bool(share);
            if leaves {
                let path = format!("{path}/departure");
                app.post(&self.house.admin, &path, json!({})).await.good();
                self.people[place].is_here = false;
            } else if moves {
                let unit = self.chance.random_range(0..self.units.len());
                if unit != self.people[place].unit {
                    let body = json!({ "unit": self.units[unit].id });
                    let path = format!("{path}/home");
                    app.put(&self.house.admin, &path, body).await.good();
                    self.people[place].unit = unit;
                    self.people[place].unit_since = app.clock.now();
                }
            }
        }
        let many = self.chance.random_range(0..=3);
        let homes = (0..many).map(|_| self.chance.random_range(0..self.units.len()));
        let homes: Vec<usize> = homes.collect();
        self.arrive(app, &homes).await;
        if self.threshold < 8 && self.chance.random_bool(0.15) {
            self.threshold += 1;
            self.set(app, json!({ "threshold": self.threshold })).await;
        }
    }

    /// Where somebody's ballot is counted in a wave that opened then; `None`: nowhere.
    pub fn counted_at(&self, person: &Person, opened_at: DateTime<Utc>) -> Option<Uuid> {
        let is_asked = self.planned.is_empty()
            || self
                .upwards(person.unit)
                .any(|unit| self.planned.contains(&unit));
        if !person.is_here || !is_asked {
            return None;
        }
        let since = person.unit_since.max(person.vault_since);
        let is_settled = since + Duration::days(SETTLED_DAYS) <= opened_at;
        let unit = match person.reach {
            Reach::Nobody => return None,
            Reach::Unit if is_settled => person.unit,
            Reach::Unit | Reach::Organisation => 0,
        };
        Some(self.units[unit].id.parse().unwrap())
    }

    fn upwards(&self, unit: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(unit), |unit| self.units[*unit].parent)
    }
}
