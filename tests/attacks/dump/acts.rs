//! What people do on a day of the year, through the same doors as everyone.

use poem::http::Method;
use rand::RngExt;
use respite::vault::Token;
use serde_json::{Map, Value, json};

use super::year::{Given, Year};

/// One thing that somebody does. Waves by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    CheckIn(usize),
    Draft(usize),
    Erase(usize),
    Withdraw(usize),
    Late(usize),
    Reach,
    Password,
    Language,
    RecoveryCode,
    EraseAccount,
    Rename,
    Move,
    Role,
    Leave,
    Join,
}

impl Year {
    /// Does it, unless whoever was to do it has gone.
    pub async fn act(&mut self, worker: usize, act: Act) {
        if act == Act::Join {
            self.refresh_admin().await;
            return self.join().await;
        }
        if self.workers[worker].erased.is_some() {
            return;
        }
        match act {
            Act::Rename | Act::Move | Act::Role | Act::Leave => self.administer(worker, act).await,
            _ => self.act_herself(worker, act).await,
        }
    }

    async fn act_herself(&mut self, worker: usize, act: Act) {
        let token = self.sign_in(worker).await;
        match act {
            Act::CheckIn(wave) => self.check_in(worker, &token, (wave, false)).await,
            Act::Late(wave) => self.check_in(worker, &token, (wave, true)).await,
            Act::Draft(wave) => self.draft(worker, &token, wave).await,
            Act::Erase(wave) => {
                let path = format!("/me/waves/{}/check-in", self.waves[wave].id);
                self.app.delete(&token, &path).await.good();
                self.arrived(worker, wave);
            }
            Act::Withdraw(wave) => {
                let instrument = self.waves[wave].instrument;
                let path = format!("/me/consents/{instrument}");
                self.app.delete(&token, &path).await.good();
                self.workers[worker].consents.remove(instrument);
                self.arrived(worker, wave);
                self.workers[worker].chose = self.done;
            }
            Act::Reach => {
                let reach = ["unit", "organisation"][self.chance.random_range(0..2)];
                let body = json!({ "reach": reach });
                self.app.put(&token, "/me/choices", body).await.good();
                self.done += 1;
                self.workers[worker].chose = self.done;
            }
            _ => return self.change_account(worker, act, &token).await,
        }
        if self.chance.random_bool(0.3) {
            self.app.delete(&token, "/sign-ins/current").await.good();
        }
    }

    async fn sign_in(&mut self, worker: usize) -> String {
        let known = &self.workers[worker];
        let body = json!({
            "organisation": self.house.short_name, "sign_in": known.sign_in,
            "password": known.password,
        });
        let signed_in = self.app.post("", "/sign-ins", body).await.good();
        let token = signed_in["token"].as_str().unwrap().to_owned();
        let day = self.day;
        let parsed: Token = token.parse().unwrap();
        self.workers[worker].tokens.push((day, parsed));
        token
    }

    pub async fn consent(&mut self, worker: usize, token: &str, instrument: &'static str) {
        if self.workers[worker].consents.insert(instrument) {
            self.app.consent(token, instrument).await;
            self.done += 1;
            self.workers[worker].chose = self.done;
        }
    }

    fn arrived(&mut self, worker: usize, wave: usize) {
        self.done += 1;
        if self.waves[wave].arrivals.contains_key(&worker) {
            self.waves[wave].arrivals.insert(worker, self.done);
        }
    }

    async fn check_in(&mut self, worker: usize, token: &str, (wave, late): (usize, bool)) {
        let (id, instrument) = (self.waves[wave].id, self.waves[wave].instrument);
        if self.waves[wave].closed.is_some() != late {
            return;
        }
        self.consent(worker, token, instrument).await;
        let given = self.answers(instrument);
        let mut body = json!({ "answers": as_map(&given), "late": late });
        if self.chance.random_bool(0.1) {
            body["reach"] = json!("organisation");
        }
        let path = format!("/me/waves/{id}/check-in");
        let came = self.app.put(token, &path, body).await;
        if late && came.status == 409 {
            return;
        }
        came.good();
        self.given.push(Given {
            instrument,
            answers: given,
        });
        self.done += 1;
        if late {
            self.waves[wave].late.insert(worker);
        } else {
            self.waves[wave].arrivals.insert(worker, self.done);
        }
    }

    async fn draft(&mut self, worker: usize, token: &str, wave: usize) {
        let (id, instrument) = (self.waves[wave].id, self.waves[wave].instrument);
        if self.waves[wave].closed.is_some() {
            return;
        }
        self.consent(worker, token, instrument).await;
        let given = self.answers(instrument);
        let half = as_map(&given[..given.len().div_ceil(2)]);
        let path = format!("/me/waves/{id}/draft");
        let body = json!({ "answers": half });
        self.app.put(token, &path, body).await.good();
    }

    fn answers(&mut self, instrument: &str) -> Vec<(String, i64)> {
        if instrument == "burnout1" {
            return vec![("burnout1.1".to_owned(), self.chance.random_range(1..=5))];
        }
        let scales = [("client", 6), ("personal", 6), ("work", 7)];
        let items = scales
            .iter()
            .flat_map(|(scale, items)| (1..=*items).map(move |item| format!("cbi.{scale}.{item}")));
        items
            .map(|item| (item, 25 * self.chance.random_range(0..=4)))
            .collect()
    }

    async fn change_account(&mut self, worker: usize, act: Act, token: &str) {
        let password = self.workers[worker].password.clone();
        match act {
            Act::Password => {
                let new = format!("words of day {} and {}", self.day, worker * 7919);
                let body = json!({ "old_password": password, "password": new });
                let changed = self.app.put(token, "/me/password", body).await.good();
                let token: Token = changed["token"].as_str().unwrap().parse().unwrap();
                let day = self.day;
                self.workers[worker].password = new;
                self.workers[worker].tokens.push((day, token));
            }
            Act::Language => {
                let language = ["en", "ru", "de", "fr"][self.chance.random_range(0..4)];
                let body = json!({ "language": language });
                self.app
                    .send(Method::PATCH, "/me", token, Some(body))
                    .await
                    .good();
            }
            Act::RecoveryCode => {
                let body = json!({ "password": password });
                let made = self.app.post(token, "/me/recovery-code", body).await.good();
                let code = made["recovery_code"].as_str().unwrap().to_owned();
                self.workers[worker].recovery_code = code;
            }
            Act::EraseAccount => {
                let body = json!({ "password": password });
                self.app.post(token, "/me/erasure", body).await.good();
                self.workers[worker].erased = Some(self.day);
            }
            other => panic!("{other:?} changes no account"),
        }
        let day = self.day;
        self.workers[worker].touched.insert(day);
    }

    async fn administer(&mut self, worker: usize, act: Act) {
        self.refresh_admin().await;
        let admin = self.house.admin.clone();
        let id = self.workers[worker].id;
        match act {
            Act::Rename => {
                let body = json!({ "name": format!("Name {} of {worker}", self.day) });
                let path = format!("/people/{id}");
                self.app
                    .send(Method::PATCH, &path, &admin, Some(body))
                    .await
                    .good();
            }
            Act::Move => {
                let unit = self.units[self.chance.random_range(0..self.units.len())].clone();
                let body = json!({ "unit": unit });
                self.app
                    .put(&admin, &format!("/people/{id}/home"), body)
                    .await
                    .good();
            }
            Act::Role => {
                let path = format!(
                    "/people/{id}/roles/facilitator/{}",
                    self.workers[worker].unit
                );
                self.app.put(&admin, &path, json!({})).await.good();
            }
            Act::Leave => {
                let path = format!("/people/{id}/departure");
                self.app.post(&admin, &path, json!({})).await.good();
                self.workers[worker].erased = Some(self.day);
            }
            other => panic!("{other:?} is no administrator's"),
        }
    }
}

fn as_map(given: &[(String, i64)]) -> Value {
    let items = given
        .iter()
        .map(|(item, value)| (item.clone(), json!(value)));
    Value::Object(items.collect::<Map<_, _>>())
}
