//! The year that is dumped: one organisation, its waves, and what each worker does on which day.
//! It knows the truth, which no copy may tell: who did what, with which key, in which order.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, NaiveDate, Utc};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use respite::ids::{AccountId, WaveId};
use respite::jobs;
use respite::vault::{Token, WorkerKey};
use serde_json::{Value, json};

use super::acts::Act;
use crate::support::TestStore;
use crate::support::app::{House, PASSWORD, TestApp};

pub const DAYS: usize = 365;
const TEAMS: usize = 6;
const FOUNDERS: usize = 54;
/// Instrument, months between waves, days of a window.
const PLANS: [(&str, u32, usize); 2] = [("cbi", 3, 14), ("burnout1", 1, 7)];

/// A worker, and what only she has.
pub struct Worker {
    pub id: AccountId,
    pub sign_in: String,
    pub password: String,
    pub recovery_code: String,
    pub key: WorkerKey,
    /// Account, then key, as her sign-in row holds them.
    pub raw_key: [u8; 32],
    pub joined: usize,
    /// The day on which her account went.
    pub erased: Option<usize>,
    pub consents: BTreeSet<&'static str>,
    /// Days on which she changed something of her account, which its rows show.
    pub touched: BTreeSet<usize>,
    /// When her choices were written last.
    pub chose: u64,
    /// Day and token of each sign-in.
    pub tokens: Vec<(usize, Token)>,
    pub unit: String,
}

/// What was answered: values in the order of the item ids.
pub struct Given {
    pub instrument: &'static str,
    pub answers: Vec<(String, i64)>,
}

/// A wave as it was lived through.
pub struct Lived {
    pub id: WaveId,
    pub instrument: &'static str,
    pub opened: usize,
    pub closed: Option<usize>,
    /// When each worker, by number, wrote her record last while it was open.
    pub arrivals: BTreeMap<usize, u64>,
    /// Who answered late.
    pub late: BTreeSet<usize>,
}

pub struct Year {
    pub app: TestApp,
    pub house: House,
    pub chance: StdRng,
    pub workers: Vec<Worker>,
    /// Tokens of the administrator, who signs in every day.
    pub admin_tokens: Vec<Token>,
    pub waves: Vec<Lived>,
    pub given: Vec<Given>,
    /// Numbers the day, from 0, and everything that is done, from 1.
    pub day: usize,
    pub done: u64,
    pub(super) units: Vec<String>,
    /// By day: minute, worker, what.
    pub(super) ahead: BTreeMap<usize, Vec<(u32, usize, Act)>>,
}

impl Year {
    /// The organisation on its first day.
    pub async fn begin(store: TestStore, seed: u64) -> Self {
        let app = TestApp::open_with(store, |settings| {
            // As shipped: a sign-in lasts half a day at most.
            let shipped = respite::settings::SignIn::default();
            settings.sign_in.idle_minutes = shipped.idle_minutes;
            settings.sign_in.absolute_hours = shipped.absolute_hours;
        })
        .await;
        let house = app.house("shelter").await;
        let mut units = Vec::new();
        for team in 0..TEAMS {
            let name = format!("Team {team}");
            units.push(app.unit(&house, "team", &name, &house.organisation).await);
        }
        let mut year = Self {
            app,
            house,
            chance: StdRng::seed_from_u64(seed),
            workers: Vec::new(),
            admin_tokens: Vec::new(),
            waves: Vec::new(),
            given: Vec::new(),
            day: 0,
            done: 0,
            units,
            ahead: BTreeMap::new(),
        };
        for _ in 0..FOUNDERS {
            year.app.clock.advance(Duration::minutes(2));
            year.join().await;
        }
        for (instrument, every_months, window_days) in PLANS {
            let body = json!({
                "instrument": instrument, "every_months": every_months,
                "window_days": window_days, "languages": ["en"], "first_day": "2026-02-09",
            });
            year.app
                .post(&year.house.admin, "/plans", body)
                .await
                .good();
        }
        year.plan_changes_of_accounts();
        year
    }

    /// Someone new: invited, activated, signed in. Most consent at once.
    pub async fn join(&mut self) {
        let unit = self.units[self.chance.random_range(0..TEAMS)].clone();
        let sign_in = format!("w{}", self.workers.len());
        let person = self.app.person(&self.house, &sign_in, &unit).await;
        let token: Token = person.token.parse().unwrap();
        let signed_in = self.app.app.entrance.authenticate(&token).await.unwrap();
        let raw_key = super::secrets::raw_key_of(&self.app, &token).await;
        self.workers.push(Worker {
            id: signed_in.who.account,
            sign_in,
            password: PASSWORD.to_owned(),
            recovery_code: person.recovery_code,
            key: signed_in.key().clone(),
            raw_key,
            joined: self.day,
            erased: None,
            consents: BTreeSet::new(),
            touched: BTreeSet::from([self.day]),
            chose: 0,
            tokens: vec![(self.day, token)],
            unit,
        });
        if self.chance.random_bool(0.8) {
            let worker = self.workers.len() - 1;
            for (instrument, ..) in PLANS {
                self.consent(worker, &person.token, instrument).await;
            }
        }
    }

    /// Changes of accounts happen when they happen: no check-in waits for them.
    fn plan_changes_of_accounts(&mut self) {
        let often = [
            (Act::Password, 25),
            (Act::Language, 15),
            (Act::RecoveryCode, 10),
            (Act::Rename, 15),
            (Act::Move, 6),
            (Act::Role, 8),
            (Act::Join, 8),
            (Act::Leave, 2),
            (Act::EraseAccount, 4),
        ];
        for (act, times) in often {
            for _ in 0..times {
                let day = self.chance.random_range(30..DAYS - 10);
                let worker = self.chance.random_range(0..FOUNDERS);
                self.plan(day, worker, act);
            }
        }
    }

    pub(super) fn plan(&mut self, day: usize, worker: usize, act: Act) -> u32 {
        let minute = self.chance.random_range(0..600);
        self.plan_at((day, minute), worker, act);
        minute
    }

    fn plan_at(&mut self, (day, minute): (usize, u32), worker: usize, act: Act) {
        let of_day = self.ahead.entry(day).or_default();
        of_day.push((minute, worker, act));
    }

    /// Lives through one day: jobs in the morning, what people do, jobs in the evening. The
    /// evening stands for the run of every few minutes: what arrived since it would lie in the
    /// order of arrival until the next run, as CONFIDENTIALITY ("Row order") says.
    pub async fn live(&mut self) {
        let start = self.morning();
        self.app.clock.set(start);
        jobs::run_due(&self.app.app).await.unwrap();
        self.look_at_waves().await;
        let mut acts = self.ahead.remove(&self.day).unwrap_or_default();
        acts.sort_by_key(|(minute, ..)| *minute);
        for (minute, worker, act) in acts {
            let now = start + Duration::minutes(30 + i64::from(minute));
            self.app.clock.set(now);
            self.act(worker, act).await;
        }
        self.app.clock.set(start + Duration::hours(12));
        jobs::run_due(&self.app.app).await.unwrap();
    }

    /// Four in the morning UTC is nine in Almaty, when waves open and close.
    fn morning(&self) -> DateTime<Utc> {
        let first: NaiveDate = "2026-01-05".parse().unwrap();
        let day = first + Duration::days(i64::try_from(self.day).unwrap());
        day.and_hms_opt(4, 30, 0).unwrap().and_utc()
    }

    /// Which waves have opened or closed, and what people will do with a new one.
    async fn look_at_waves(&mut self) {
        self.refresh_admin().await;
        let listed = self.app.get(&self.house.admin, "/waves").await.good();
        let waves: Vec<Value> = listed["waves"].as_array().unwrap().clone();
        for wave in waves {
            let id: WaveId = wave["id"].as_str().unwrap().parse().unwrap();
            let is_open = wave["state"] == "open";
            let known = self.waves.iter_mut().find(|known| known.id == id);
            match known {
                Some(known) if !is_open && known.closed.is_none() => known.closed = Some(self.day),
                Some(_) => {}
                None => {
                    let instrument = PLANS
                        .iter()
                        .find(|(instrument, ..)| wave["instrument"] == *instrument)
                        .unwrap();
                    self.waves.push(Lived {
                        id,
                        instrument: instrument.0,
                        opened: self.day,
                        closed: None,
                        arrivals: BTreeMap::new(),
                        late: BTreeSet::new(),
                    });
                    self.plan_wave(self.waves.len() - 1, instrument.2);
                }
            }
        }
    }

    /// Whether and when someone answers does not depend on who she is.
    fn plan_wave(&mut self, wave: usize, window: usize) {
        let today = self.day;
        for worker in 0..self.workers.len() {
            let some_day = |chance: &mut StdRng, from: usize| {
                // Not on the closing day: the morning's job closes.
                today + chance.random_range(from..window)
            };
            let day = some_day(&mut self.chance, 0);
            let later = some_day(&mut self.chance, day - today);
            if self.chance.random_bool(0.15) {
                self.plan_at((day, 0), worker, Act::Draft(wave));
            }
            if !self.chance.random_bool(0.7) {
                // Some begin and never send it; some answer when it is too late.
                match self.chance.random_range(0..20) {
                    0..9 => self.plan_at((later, 0), worker, Act::Draft(wave)),
                    9..12 => self.plan_at((today + window + 2, 0), worker, Act::Late(wave)),
                    _ => {}
                }
                continue;
            }
            let minute = self.plan(day, worker, Act::CheckIn(wave));
            let after = (later, if later == day { minute + 20 } else { minute });
            match self.chance.random_range(0..100) {
                0..20 => self.plan_at(after, worker, Act::CheckIn(wave)),
                20..26 => self.plan_at(after, worker, Act::Erase(wave)),
                26..30 => self.plan_at(after, worker, Act::Withdraw(wave)),
                30..34 => self.plan_at(after, worker, Act::Reach),
                _ => {}
            }
        }
    }

    /// Administrators are signed out like everyone.
    pub async fn refresh_admin(&mut self) {
        let short_name = self.house.short_name.clone();
        self.house.admin = self.app.sign_in(&short_name, "admin").await;
        self.admin_tokens.push(self.house.admin.parse().unwrap());
    }
}
