//! What a running server writes about its work names nobody. A demonstration is told, and bad
//! requests are sent, in a process of its own, where everything that is logged is kept.

use std::collections::BTreeSet;
use std::io::Write;
use std::process::Command;
use std::sync::{Arc, Mutex};

use poem::http::Method;
use respite::demo::{self, Progress, Size};
use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::dump::words_of;
use crate::support::wire::{Request, Wire};
use crate::support::{TestStore, both};

/// Set in the process in which the story is told.
const TELLING: &str = "RESPITE_TEST_TELLS";
const ADDRESS: &str = "203.0.113.77";

struct Silent;

impl Progress for Silent {
    fn day(&self, _: u64, _: u64) {}
}

/// Keeps every line.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Kept {
    /// Begins to keep what this process logs: everything of ours, and the finer lines of others.
    fn begin() -> Self {
        let kept = Self::default();
        let writer = kept.clone();
        tracing_subscriber::fmt()
            .json()
            .with_env_filter("debug,respite=trace,all=trace")
            .with_writer(move || writer.clone())
            .init();
        kept
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

both!(the_log_of_a_demonstration_names_nobody, async |store| {
    if std::env::var(TELLING).is_ok() {
        return tell(store).await;
    }
    let name = std::thread::current().name().unwrap().to_owned();
    let mut telling = Command::new(std::env::current_exe().unwrap());
    telling.args([name.as_str(), "--exact", "--nocapture"]);
    let told = telling.env(TELLING, "1").output().unwrap();
    let said = String::from_utf8_lossy(&told.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success(), "{said}\n{complaint}");
    assert!(said.contains("1 passed"), "{said}");
});

/// A demonstration, then requests of every kind, then a look at the log.
async fn tell(store: TestStore) {
    let kept = Kept::begin();
    let app = TestApp::open(store).await;
    app.clock.set("2026-11-25T08:00:00Z".parse().unwrap());
    let size = Size {
        organisations: 1,
        quarterly: 2,
        monthly: 1,
    };
    let shown = demo::fill(&app.app, (size, 1), &Silent).await.unwrap();
    let mut secrets = BTreeSet::new();
    for one in &shown {
        secrets.insert(one.password.clone());
        let body = json!({
            "organisation": one.organisation, "sign_in": one.sign_in, "password": one.password,
        });
        secrets.extend(ask(&app, &body).await);
    }
    app.at("2027-01-10T05:00:00Z").await;
    secrets.extend(names(&app).await);
    let log = kept.text();
    assert!(log.lines().count() > 0, "nothing was logged at all");
    let found: Vec<&String> = secrets.iter().filter(|word| is_in(&log, word)).collect();
    assert!(found.is_empty(), "{found:?} in the log:\n{log}");
    // The same look finds what is there.
    assert!(secrets.len() > 100 && secrets.contains("Aida"));
    tracing::trace!(name = "Aida", "a line about somebody");
    assert!(is_in(&kept.text(), "Aida"), "the log is not kept");
}

/// Everything that somebody might ask, well and badly; returns what must not be in the log.
async fn ask(app: &TestApp, body: &Value) -> BTreeSet<String> {
    let wire = Wire::to(app);
    let post = |path: &str, body: &Value| {
        let request = Request::new(Method::POST, format!("/api/v1{path}"));
        request.header("x-forwarded-for", ADDRESS).json(body)
    };
    let signed_in = wire.send(&post("/sign-ins", body)).await.json();
    let token = signed_in["token"].as_str().unwrap().to_owned();
    let mut wrong = body.clone();
    wrong["password"] = json!("Wr0ng-but-mine");
    wrong["code"] = json!("SECRET-CODE-1234");
    let mut requests = vec![
        post("/sign-ins", &wrong),
        post("/activations", &wrong),
        post("/recoveries", &wrong),
        post("/people", &json!({ "name": "Unlogged Name" })).bearer(&token),
        post("/people/import", body).bearer(&token),
    ];
    let waves = Request::new(Method::GET, "/api/v1/me/waves").bearer(&token);
    let waves = wire.send(&waves).await.json();
    for wave in waves["waves"].as_array().unwrap() {
        let path = format!(
            "/api/v1/me/waves/{}/check-in",
            wave["wave"].as_str().unwrap()
        );
        let sheet = json!({ "answers": { "cbi.work.1": 987_654_321 } });
        requests.push(Request::new(Method::PUT, path).bearer(&token).json(&sheet));
    }
    for path in [
        "/me",
        "/me/export",
        "/people",
        "/units",
        "/audit",
        "/nothing",
    ] {
        let request = Request::new(Method::GET, format!("/api/v1{path}"));
        requests.push(request.bearer(&token).header("x-forwarded-for", ADDRESS));
    }
    for request in &requests {
        let answer = wire.send(request).await;
        assert!(!answer.status.is_server_error(), "{}", answer.text());
    }
    let more = [
        "Wr0ng-but-mine",
        "SECRET-CODE-1234",
        "Unlogged Name",
        ADDRESS,
        "987654321",
    ];
    let never = ["cbi.work.1", "score", "mean", "INSERT", "/api/v1"];
    let words = more.into_iter().chain(never).map(str::to_owned);
    words.chain([token]).collect()
}

/// What people and places are called, whole and in parts.
async fn names(app: &TestApp) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for name in words_of(app).await {
        words.extend(
            name.split(' ')
                .filter(|part| part.len() > 3)
                .map(str::to_owned),
        );
        words.insert(name);
    }
    words
}

/// Whether a word stands in the log by itself; `admin` does not stand in `administrator`.
fn is_in(log: &str, word: &str) -> bool {
    log.match_indices(word).any(|(at, _)| {
        let before = log[..at].chars().next_back();
        let after = log[at + word.len()..].chars().next();
        let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        !is_word(before) && !is_word(after)
    })
}
