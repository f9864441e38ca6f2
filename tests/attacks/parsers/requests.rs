//! Requests over the wire: headers, cookies, query, path, bodies of JSON and of CSV. Whatever is
//! sent, the answer is a success or a problem of the caller's, on both engines.

use std::fmt::Write as _;
use std::future::Future;

use poem::http::{HeaderValue, Method};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::json;

use super::bodies::{self, Sender};
use super::inputs;
use super::mutations::{damaged, damaged_text};
use crate::support::app::{House, PASSWORD, Person, TestApp};
use crate::support::wire::{Arrived, Request, Wire};
use crate::support::{TestStore, both};

/// Waits inside a test of a runtime with several threads.
pub fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(work))
}

struct Ground {
    _app: TestApp,
    wire: Wire,
    house: House,
    team: String,
    wave: String,
    worker: Person,
}

impl Ground {
    async fn prepare(store: TestStore) -> Self {
        let app = TestApp::open(store).await;
        let house = app.house("ours").await;
        let team = app.unit(&house, "team", "Night", &house.organisation).await;
        let worker = app.person(&house, "worker", &team).await;
        app.plan(&house, "2026-02-02").await;
        app.at("2026-02-02T05:00:00Z").await;
        app.consent(&worker.token, "cbi").await;
        let wave = app.open_wave(&worker.token).await;
        Self {
            wire: Wire::to(&app),
            _app: app,
            house,
            team,
            wave,
            worker,
        }
    }

    fn bodies(&self) -> Vec<bodies::Good> {
        bodies::all(&[
            ("password", PASSWORD),
            ("team", &self.team),
            ("wave", &self.wave),
            ("worker", &self.worker.id),
            ("whole", &self.house.organisation),
        ])
    }

    fn token(&self, sender: Sender) -> &str {
        match sender {
            Sender::Nobody => "",
            Sender::Administrator => &self.house.admin,
            Sender::Worker => &self.worker.token,
        }
    }

    /// Sends it; anything that is our fault ends the test.
    fn ask(&self, request: &Request) -> Result<Arrived, TestCaseError> {
        let arrived = wait(self.wire.send(request));
        let status = arrived.status.as_u16();
        prop_assert!(status < 500, "{status}: {}", arrived.text());
        let is_told = status < 400 || !arrived.slug().is_empty();
        prop_assert!(is_told, "{status} is no problem: {}", arrived.text());
        Ok(arrived)
    }
}

fn run<S: Strategy>(many: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let mut runner = TestRunner::new(inputs(many, file!()));
    let done = runner.run(strategy, test);
    done.unwrap_or_else(|wrong| panic!("{wrong}"));
}

fn path(text: &str) -> String {
    format!("/api/v1{text}")
}

/// Every byte as `%XX`, so that any byte gets through.
fn percent(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "%{byte:02X}").unwrap();
        text
    })
}

both!(
    nobody_comes_in_with_a_damaged_token_or_cookie,
    async |store| {
        let ground = Ground::prepare(store).await;
        let token = ground.worker.token.clone();
        let csrf = token.parse::<respite::vault::Token>().unwrap().csrf();
        let (bearer, cookie) = (format!("Bearer {token}"), format!("__Host-respite={token}"));
        let tokens = [
            bearer.as_str(),
            "bearer ",
            "Basic d29ya2VyOng=",
            "Bearer respite_",
        ];
        let csrfs = [csrf.as_str()];
        let two = format!("a=b; {cookie}; {cookie}x");
        let cookies = [cookie.as_str(), &two, "__Host-respite=", "=;=;;"];
        let strategy = (
            damaged_text(&tokens),
            damaged_text(&cookies),
            damaged_text(&csrfs),
        );
        run(200, &strategy, |(bearer, cookie, given)| {
            for (name, text) in [("authorization", &bearer), ("cookie", &cookie)] {
                if HeaderValue::from_str(text).is_err() {
                    continue;
                }
                let request = Request::new(Method::GET, path("/me")).header(name, text);
                let arrived = ground.ask(&request)?;
                let is_in = arrived.status.is_success();
                prop_assert!(!is_in || text.contains(&token), "{name}: {text}");
            }
            if HeaderValue::from_str(&given).is_ok() {
                let request = Request::new(Method::PATCH, path("/me"))
                    .header("cookie", &format!("__Host-respite={token}"))
                    .header("x-respite-csrf", &given)
                    .json(&json!({ "language": "en" }));
                let arrived = ground.ask(&request)?;
                prop_assert_eq!(arrived.status.is_success(), given == csrf, "{}", given);
            }
            Ok(())
        });
    }
);

both!(a_damaged_header_is_the_callers_problem, async |store| {
    let ground = Ground::prepare(store).await;
    let names = [
        ("if-match", "\"1\""),
        ("idempotency-key", "5b6962dd-3f90"),
        ("x-forwarded-for", "10.0.0.1, 2001:db8::1, [::1]:80"),
        ("origin", "https://respite.example:8443"),
        ("host", "respite.example"),
        ("sec-fetch-site", "same-origin"),
        ("content-type", "application/json; charset=utf-8"),
        ("accept", "application/json;q=0.5, */*"),
        ("accept-language", "kk-KZ, ru;q=0.9"),
        ("content-length", "12"),
        ("transfer-encoding", "chunked"),
    ];
    let texts = names.map(|(_, text)| text);
    let strategy = prop::collection::vec((0..names.len(), damaged_text(&texts)), 1..5);
    run(200, &strategy, |headers| {
        let unit = json!({ "name": "Night" });
        let person = json!({ "name": "New", "sign_in": "worker", "unit": ground.team,
            "language": "en" });
        for (method, at, body) in [
            (Method::PATCH, format!("/units/{}", ground.team), unit),
            (Method::POST, "/people".to_owned(), person),
        ] {
            let mut request = Request::new(method, path(&at)).bearer(&ground.house.admin);
            request.body = body.to_string().into_bytes();
            for (which, text) in &headers {
                if HeaderValue::from_str(text).is_ok() {
                    request = request.header(names[*which].0, text);
                }
            }
            ground.ask(&request)?;
        }
        Ok(())
    });
});

both!(a_damaged_address_is_the_callers_problem, async |store| {
    let ground = Ground::prepare(store).await;
    let addresses = [
        format!(
            "/people?unit={}&state=active&search=wor&limit=3",
            ground.team
        ),
        "/people?cursor=d29ya2Vy".to_owned(),
        format!("/units?limit=1&cursor={}", ground.team),
        "/audit?after=1".to_owned(),
        format!("/me/waves/{}/form?language=en", ground.wave),
        format!("/people/{}", ground.worker.id),
        "/me/consents/cbi".to_owned(),
        format!(
            "/people/{}/roles/supervisor/{}",
            ground.worker.id, ground.team
        ),
    ];
    let values: Vec<Vec<u8>> = [
        ground.team.as_bytes(),
        b"d29ya2Vy",
        b"active",
        b"wor",
        b"3",
        b"18446744073709551615",
        b"-9223372036854775808",
        b"en",
        b"cbi",
    ]
    .map(<[u8]>::to_vec)
    .to_vec();
    let whole = addresses.clone().map(String::into_bytes).to_vec();
    let strategy = (damaged(whole), 0..addresses.len(), damaged(values));
    run(400, &strategy, |(address, which, value)| {
        // As a whole, where it still is an address; and with one good part replaced.
        let text = String::from_utf8_lossy(&address).into_owned();
        let (before, query) = text.split_once('?').unwrap_or((&text, ""));
        let is_address = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
        let mut asked = Vec::new();
        if before.starts_with('/') && is_address(&text) && !text.contains('#') {
            asked.push(format!("{before}?{query}"));
        }
        let good = &addresses[which];
        let at = good.rfind(['=', '/']).unwrap() + 1;
        asked.push(format!("{}{}", &good[..at], percent(&value)));
        for address in asked {
            let Ok(uri) = path(&address).parse::<poem::http::Uri>() else {
                continue;
            };
            for token in [&ground.house.admin, &ground.worker.token] {
                let request = Request::new(Method::GET, uri.to_string()).bearer(token);
                ground.ask(&request)?;
            }
        }
        Ok(())
    });
});

both!(a_damaged_body_is_the_callers_problem, async |store| {
    let ground = Ground::prepare(store).await;
    let bodies = ground.bodies();
    let texts = bodies.iter().map(|good| good.body.to_string().into_bytes());
    let texts: Vec<Vec<u8>> = texts.collect();
    let strategy = (0..bodies.len()).prop_flat_map(move |which| {
        // Mostly its own body; a piece of another may be spliced in.
        let mut good = vec![texts[which].clone(); 4];
        good.extend(texts.iter().take(4).cloned());
        let words = damaged_text(&["a", "Ana", "2026-02-28", "0"]);
        (Just(which), damaged(good), words)
    });
    run(500, &strategy, |(which, bytes, text)| {
        let good = &bodies[which];
        let token = ground.token(good.sender);
        let request = Request::new(good.method.clone(), path(&good.path)).bearer(token);
        ground.ask(&request.clone().sending("application/json", bytes))?;
        // Still JSON, with one damaged text in place of a good value.
        let mut body = good.body.clone();
        let fields = body.as_object_mut().unwrap();
        let at = text.len() % fields.len();
        *fields.values_mut().nth(at).unwrap() = json!(text);
        ground.ask(&request.json(&body))?;
        Ok(())
    });
});

both!(
    a_damaged_file_of_people_is_refused_by_line_or_invited,
    async |store| {
        let ground = Ground::prepare(store).await;
        let files = [
            "name,sign_in,unit,language,roles\nAna,ana,Night,en,\nBota,bota,Night,ru,supervisor\n",
            "sign_in;name;language;unit\r\n\"c\"\"d\";Cem;en;Night\r\n\r\n;;;\r\n",
            "\u{feff}Name,Sign_in,Unit,Language\nĎ,ď,Night,pt-BR\n",
        ];
        let files = files.map(|file| file.as_bytes().to_vec()).to_vec();
        run(300, &damaged(files), |bytes| {
            let send = |apply: bool| {
                let at = path(&format!("/people/import?apply={apply}"));
                let request = Request::new(Method::POST, at).bearer(&ground.house.admin);
                ground.ask(&request.sending("text/csv", bytes.clone()))
            };
            let checked = send(false)?;
            if checked.status.is_success() {
                let applied = send(true)?;
                prop_assert!(applied.status.is_success(), "{}", applied.text());
                return Ok(());
            }
            let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).count() + 1;
            for fault in checked.json()["faults"].as_array().unwrap() {
                let field = fault["field"].as_str().unwrap();
                let number = field
                    .strip_prefix("line ")
                    .and_then(|rest| rest.split(',').next());
                let number: Option<usize> = number.and_then(|number| number.parse().ok());
                let is_there = number.is_some_and(|number| (1..=lines).contains(&number));
                prop_assert!(is_there || field == "file", "{field} of {lines} lines");
            }
            Ok(())
        });
    }
);

both!(
    no_odd_value_in_any_field_is_the_servers_fault,
    async |store| {
        let ground = Ground::prepare(store).await;
        for good in ground.bodies() {
            let names: Vec<&String> = good.body.as_object().unwrap().keys().collect();
            for (name, odd) in names
                .iter()
                .flat_map(|name| bodies::ODD.map(|odd| (*name, odd)))
            {
                // As text: not every odd number survives a parser.
                let fields = names.iter().map(|field| {
                    if *field == name {
                        format!("\"{field}\": {odd}")
                    } else {
                        format!("\"{field}\": {}", good.body[field.as_str()])
                    }
                });
                let body = format!("{{{}}}", fields.collect::<Vec<_>>().join(", "));
                let request = Request::new(good.method.clone(), path(&good.path));
                let request = request.bearer(ground.token(good.sender));
                let asked = ground.ask(&request.sending("application/json", body));
                asked.unwrap_or_else(|wrong| panic!("{} {name} = {odd}: {wrong}", good.path));
            }
        }
    }
);
