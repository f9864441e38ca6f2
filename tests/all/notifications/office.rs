//! An organisation that sends mail: people, their addresses, and a mail server to look into.

use chrono::Duration;
use respite::notifications::delivery::{Round, deliver};
use respite::settings::{Mail, Settings};
use serde_json::json;

use crate::support::TestStore;
use crate::support::app::{House, Person, TestApp};
use crate::support::sink::{Arrived, Sink};

/// Where its Respite is.
pub const URL: &str = "https://respite.example.org";

pub struct Office {
    pub app: TestApp,
    pub house: House,
    pub team: String,
    pub sink: Sink,
}

/// Settings that send mail to a sink.
pub fn to_sink(settings: &mut Settings, sink: &Sink) {
    let mail: Mail = toml::from_str(&format!(
        "host = '127.0.0.1'\nport = {}\ntls = 'none'\ntimeout_seconds = 1
        from = 'Respite <respite@example.org>'",
        sink.port
    ))
    .expect("settings of mail");
    settings.mail = Some(mail);
    settings.public_url = Some(URL.to_owned());
}

impl Office {
    pub async fn open(store: TestStore) -> Self {
        let sink = Sink::open().await;
        let app = TestApp::open_with(store, |settings| to_sink(settings, &sink)).await;
        let house = app.house("haven").await;
        let team = app.unit(&house, "team", "Night", &house.organisation).await;
        Self {
            app,
            house,
            team,
            sink,
        }
    }

    /// So many people of the team, each with a confirmed address `name@example.org`.
    pub async fn people(&self, prefix: &str, many: usize) -> Vec<Person> {
        let people = self.app.people(&self.house, &self.team, prefix, many).await;
        for (number, person) in (1..).zip(&people) {
            let address = format!("{prefix}{number}@example.org");
            self.subscribe(person, &address, json!({})).await;
        }
        people
    }

    /// She asks for letters at an address, and confirms it with the code that arrives.
    pub async fn subscribe(&self, person: &Person, address: &str, more: serde_json::Value) {
        let code = self.ask(person, address, more).await;
        let path = "/me/reminders/confirmation";
        let body = json!({ "code": code });
        let confirmed = self.app.post(&person.token, path, body).await.good();
        assert_eq!(confirmed["confirmed"], true);
    }

    /// She asks for letters at an address: the code that arrives there.
    pub async fn ask(&self, person: &Person, address: &str, more: serde_json::Value) -> String {
        let mut wish = json!({ "address": address, "channel": "email", "quiet_hours": false });
        for (field, value) in more.as_object().expect("fields") {
            wish[field] = value.clone();
        }
        let chosen = self
            .app
            .put(&person.token, "/me/reminders", wish)
            .await
            .good();
        assert_eq!(chosen["confirmed"], false);
        self.deliver().await;
        let arrived = self.sink.take();
        assert_eq!(arrived.len(), 1, "{arrived:?}");
        assert_eq!(arrived[0].to, address);
        arrived[0].code().expect("a code")
    }

    /// One round of letters now.
    pub async fn deliver(&self) -> Round {
        deliver(self.app.app.post()).await.expect("a round")
    }

    /// The same after some time.
    pub async fn deliver_after(&self, time: Duration) -> Round {
        self.app.clock.advance(time);
        self.deliver().await
    }

    /// What arrives when the clock has moved and everything due was run.
    pub async fn at(&self, instant: &str) -> Vec<Arrived> {
        self.app.at(instant).await;
        self.sink.take()
    }

    /// What administrators see of letters that were given up.
    pub async fn undelivered(&self) -> Vec<serde_json::Value> {
        let list = self.app.get(&self.house.admin, "/undelivered").await.good();
        list["undelivered"].as_array().expect("a list").clone()
    }
}

/// The addresses, sorted.
pub fn addresses(arrived: &[Arrived]) -> Vec<String> {
    let mut addresses: Vec<String> = arrived.iter().map(|letter| letter.to.clone()).collect();
    addresses.sort();
    addresses
}
