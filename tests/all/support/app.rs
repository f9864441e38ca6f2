//! A whole application over a database of its own: the real router, the real jobs, a clock that
//! stands still until it is moved. Tests speak JSON to it, as any program would.

use chrono::{DateTime, Utc};
use poem::http::{Method, StatusCode};
use poem::test::TestClient;
use poem::{EndpointExt, Response};
use respite::app::App;
use respite::clock::Clock;
use respite::people::names::{Country, Language, Name, ShortName, SignInName, Zone};
use respite::people::organisations::NewOrganisation;
use respite::people::{First, first_administrator};
use respite::settings::Settings;
use respite::{jobs, router};
use serde_json::{Value, json};

use super::TestStore;

/// The password of everyone in tests.
pub const PASSWORD: &str = "four plain words here";

type Client = TestClient<Box<dyn poem::endpoint::DynEndpoint<Output = Response>>>;

/// The application under test.
pub struct TestApp {
    pub app: App,
    pub clock: Clock,
    client: Client,
    _store: TestStore,
}

/// What came back.
#[derive(Debug)]
pub struct Came {
    pub status: StatusCode,
    pub body: Value,
    pub headers: poem::http::HeaderMap,
}

impl Came {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.into_body().into_string().await.unwrap_or_default();
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self {
            status,
            body,
            headers,
        }
    }

    /// The body of a success; anything else ends the test with what it was.
    #[track_caller]
    pub fn good(self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.body);
        self.body
    }

    /// Status and the slug of the problem's type.
    #[track_caller]
    pub fn problem(&self) -> (u16, String) {
        let slug = self.body["type"]
            .as_str()
            .unwrap_or("no problem")
            .replace("/problems/", "");
        (self.status.as_u16(), slug)
    }
}

/// One organisation with its first administrator, signed in.
pub struct House {
    pub short_name: String,
    pub organisation: String,
    pub admin: String,
}

/// A worker with her sign-in.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: String,
    pub token: String,
    pub recovery_code: String,
}

impl TestApp {
    /// Starts on a Monday in January 2026, with cheap passwords.
    pub async fn open(store: TestStore) -> Self {
        Self::open_with(store, |_| {}).await
    }

    /// The same with other settings.
    pub async fn open_with(store: TestStore, change: impl FnOnce(&mut Settings)) -> Self {
        let clock = Clock::standing_at("2026-01-05T08:00:00Z".parse().unwrap());
        let mut settings = Settings {
            database: store.address.clone(),
            server_key_file: Some(store.folder.path().join("server.key")),
            state_dir: Some(store.folder.path().to_owned()),
            ..Settings::default()
        };
        settings.sign_in.argon2_memory_kib = 8;
        settings.sign_in.argon2_passes = 1;
        settings.sign_in.idle_minutes = 60 * 24 * 400;
        settings.sign_in.absolute_hours = 24 * 400;
        change(&mut settings);
        let app = App::open(settings, clock.clone())
            .await
            .expect("the application opens");
        let client = TestClient::new(router::of(app.clone()).boxed());
        Self {
            app,
            clock,
            client,
            _store: store,
        }
    }

    /// One request, as a program would send it.
    pub async fn send(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> Came {
        let mut request = self.client.request(method, format!("/api/v1{path}"));
        if !token.is_empty() {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        if let Some(body) = body {
            request = request
                .content_type("application/json")
                .body(body.to_string());
        }
        Came::of(request.send().await.0).await
    }

    /// One request with headers and a body of its own.
    pub async fn send_raw(
        &self,
        (method, path): (Method, &str),
        token: &str,
        headers: &[(&'static str, &str)],
        body: Vec<u8>,
    ) -> Came {
        let mut request = self.client.request(method, format!("/api/v1{path}"));
        request = request.header("Authorization", format!("Bearer {token}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Came::of(request.body(body).send().await.0).await
    }

    pub async fn get(&self, token: &str, path: &str) -> Came {
        self.send(Method::GET, path, token, None).await
    }

    pub async fn put(&self, token: &str, path: &str, body: Value) -> Came {
        self.send(Method::PUT, path, token, Some(body)).await
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Came {
        self.send(Method::POST, path, token, Some(body)).await
    }

    pub async fn delete(&self, token: &str, path: &str) -> Came {
        self.send(Method::DELETE, path, token, None).await
    }

    /// Moves the clock to an instant and runs what is due.
    pub async fn at(&self, instant: &str) {
        let instant: DateTime<Utc> = instant.parse().expect("an instant");
        self.clock.set(instant);
        jobs::run_due(&self.app).await.expect("jobs run");
    }

    /// Makes an organisation as the command line does, and signs its administrator in.
    pub async fn house(&self, short_name: &str) -> House {
        let name = |text: &str| Name::parse(text).unwrap();
        let first = First {
            organisation: ShortName::parse(short_name).unwrap(),
            make: Some(NewOrganisation {
                network: name("Network"),
                short_name: ShortName::parse(short_name).unwrap(),
                name: name(short_name),
                country: Country::parse("KZ").unwrap(),
                zone: Zone::parse("Asia/Almaty").unwrap(),
                second_factor_required: false,
            }),
            sign_in: SignInName::parse("admin").unwrap(),
            name: name("Admin"),
            language: Language::parse("en").unwrap(),
        };
        let mut tx = self.app.store.write().await.unwrap();
        let (organisation, _, issued) = first_administrator(&mut tx, &self.app.seal(), &first)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let code = issued.code.to_string();
        let admin = self.activate(short_name, "admin", &code).await.0;
        House {
            short_name: short_name.to_owned(),
            organisation: organisation.id.to_string(),
            admin,
        }
    }

    /// Activates an account and signs it in: token and recovery code.
    pub async fn activate(&self, house: &str, sign_in: &str, code: &str) -> (String, String) {
        let body = json!({
            "organisation": house, "sign_in": sign_in, "code": code, "password": PASSWORD,
        });
        let activated = self.post("", "/activations", body).await.good();
        let recovery = activated["recovery_code"]
            .as_str()
            .expect("a recovery code")
            .to_owned();
        (self.sign_in(house, sign_in).await, recovery)
    }

    /// A new sign-in with the password of everyone.
    pub async fn sign_in(&self, house: &str, sign_in: &str) -> String {
        let body = json!({ "organisation": house, "sign_in": sign_in, "password": PASSWORD });
        let signed_in = self.post("", "/sign-ins", body).await.good();
        signed_in["token"].as_str().expect("a token").to_owned()
    }

    /// Makes a unit.
    pub async fn unit(&self, house: &House, kind: &str, name: &str, parent: &str) -> String {
        let body = json!({ "kind": kind, "name": name, "parent": parent });
        let made = self.post(&house.admin, "/units", body).await.good();
        made["id"].as_str().expect("an id").to_owned()
    }

    /// Invites and activates someone with a home unit.
    pub async fn person(&self, house: &House, sign_in: &str, unit: &str) -> Person {
        let body = json!({
            "name": format!("Name of {sign_in}"), "sign_in": sign_in, "unit": unit,
            "language": "en",
        });
        let invited = self.post(&house.admin, "/people", body).await.good();
        let code = invited["code"].as_str().expect("a code").to_owned();
        let (token, recovery_code) = self.activate(&house.short_name, sign_in, &code).await;
        Person {
            id: invited["id"].as_str().expect("an id").to_owned(),
            token,
            recovery_code,
        }
    }

    /// So many people in a unit.
    pub async fn people(
        &self,
        house: &House,
        unit: &str,
        prefix: &str,
        many: usize,
    ) -> Vec<Person> {
        let mut people = Vec::new();
        for number in 1..=many {
            people.push(self.person(house, &format!("{prefix}{number}"), unit).await);
        }
        people
    }

    /// Grants a role.
    pub async fn grant(&self, house: &House, person: &Person, role: &str, unit: &str) {
        let path = format!("/people/{}/roles/{role}/{unit}", person.id);
        self.put(&house.admin, &path, json!({})).await.good();
    }

    /// A quarterly plan of the burnout inventory, opening on a day.
    pub async fn plan(&self, house: &House, first_day: &str) -> String {
        let body = json!({
            "instrument": "cbi", "every_months": 3, "window_days": 14,
            "languages": ["en"], "first_day": first_day,
        });
        let made = self.post(&house.admin, "/plans", body).await.good();
        made["id"].as_str().expect("an id").to_owned()
    }

    /// Accepts the present consent text of an instrument.
    pub async fn consent(&self, token: &str, instrument: &str) {
        let path = format!("/me/consents/{instrument}");
        let text = self.get(token, &path).await.good();
        self.put(token, &path, json!({ "hash": text["hash"] }))
            .await
            .good();
    }

    /// The wave that takes answers now.
    pub async fn open_wave(&self, token: &str) -> String {
        let waves = self.get(token, "/me/waves").await.good();
        let waves = waves["waves"].as_array().expect("waves").clone();
        let open = waves
            .iter()
            .find(|wave| wave["is_open"] == true)
            .expect("an open wave");
        open["wave"].as_str().expect("an id").to_owned()
    }

    /// Checks in with every item of the burnout inventory at one value.
    pub async fn check_in(&self, person: &Person, wave: &str, value: i64) -> Came {
        self.put(
            &person.token,
            &format!("/me/waves/{wave}/check-in"),
            cbi(value),
        )
        .await
    }

    /// What a supervisor is shown of a unit.
    pub async fn publications(&self, token: &str, unit: &str) -> Vec<Value> {
        let shown = self
            .get(token, &format!("/units/{unit}/publications"))
            .await
            .good();
        shown["publications"]
            .as_array()
            .expect("publications")
            .clone()
    }
}

/// A sheet of the burnout inventory with one value everywhere (item 7 of work is reversed).
pub fn cbi(value: i64) -> Value {
    let mut answers = serde_json::Map::new();
    for (scale, items) in [("personal", 6), ("work", 7), ("client", 6)] {
        for item in 1..=items {
            let reversed = scale == "work" && item == 7;
            let value = if reversed { 100 - value } else { value };
            answers.insert(format!("cbi.{scale}.{item}"), json!(value));
        }
    }
    json!({ "answers": answers })
}
