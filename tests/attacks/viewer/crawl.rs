//! Everything that somebody can fetch. The routes come from the document that the service makes of
//! itself: a new one is fetched from the day it is there, or the crawl says that it does not know
//! what to put into its address.

use poem::http::Method;
use serde_json::Value;

use crate::support::wire::{Arrived, Request, Wire};

/// What there is to ask about.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    pub people: Vec<String>,
    pub units: Vec<String>,
    pub waves: Vec<String>,
    pub instruments: Vec<String>,
    pub alerts: Vec<String>,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct Fetched {
    pub route: String,
    pub path: String,
    pub answer: Arrived,
}

/// The paths of everything that can be fetched, as the document has them.
pub fn routes() -> Vec<String> {
    let document: Value = serde_json::from_str(&respite::api::service().spec()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let fetched = paths
        .iter()
        .filter(|(_, methods)| methods["get"].is_object());
    fetched.map(|(path, _)| path.clone()).collect()
}

/// Fetches every route about everything on the ground, page by page.
pub async fn everything(wire: &Wire, token: &str, ground: &Ground) -> Vec<Fetched> {
    let mut all = Vec::new();
    for route in routes() {
        for address in ground.addresses(&route) {
            let mut path = address.clone();
            loop {
                let request = Request::new(Method::GET, path.clone()).bearer(token);
                let answer = wire.send(&request).await;
                assert!(
                    !answer.status.is_server_error(),
                    "{path}: {}",
                    answer.text()
                );
                let next = next_page(&address, &answer);
                all.push(Fetched {
                    route: route.clone(),
                    path,
                    answer,
                });
                let Some(next) = next else { break };
                path = next;
            }
        }
    }
    all
}

/// A list that goes on says what to ask for next.
fn next_page(address: &str, answer: &Arrived) -> Option<String> {
    match &answer.json()["next"] {
        Value::String(cursor) => Some(format!("{address}?cursor={cursor}")),
        Value::Number(after) => Some(format!("{address}?after={after}")),
        _ => None,
    }
}

impl Ground {
    fn addresses(&self, route: &str) -> Vec<String> {
        let Some((before, rest)) = route.split_once('{') else {
            return vec![route.to_owned()];
        };
        let (name, after) = rest.split_once('}').expect("a brace that closes");
        let about = match (name, before) {
            ("id", "/api/v1/people/") => &self.people,
            ("id", "/api/v1/units/") | ("unit", _) => &self.units,
            ("wave", _) => &self.waves,
            ("instrument", _) => &self.instruments,
            ("alert", _) => &self.alerts,
            _ => panic!("nobody has said what to put into {route}"),
        };
        let filled = about.iter().map(|one| format!("{before}{one}{after}"));
        filled.flat_map(|route| self.addresses(&route)).collect()
    }

    /// With so many people only: for those who are told nothing about any.
    pub fn with_few_people(&self) -> Self {
        Self {
            people: self.people.iter().take(2).cloned().collect(),
            ..self.clone()
        }
    }
}
