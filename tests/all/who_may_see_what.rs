//! Every route of the API, and what each kind of asker meets there. A route without a row fails,
//! and so does a row without a route. What is not hers looks, byte for byte, like what is not
//! there.
//!
//! `+` answered; `.` there is nothing here for you (404); `!` sign in first (401); `r` an account
//! that has left only reads (403); `o` the permission was there, and something else was refused
//! (each row's reason stands at its end). All things asked about belong to the team "here".

mod ground;
mod questions;

use std::collections::BTreeSet;

use poem::http::Method;

use crate::support::both;
use crate::support::wire::{Arrived, Request};
use ground::{Asker, Ground};
use questions::{Question, question};

const TABLE: &str = include_str!("../cases/who_may_see_what.txt");
const NOT_THERE: &str = "00000000-0000-4000-8000-000000000000";

/// One route of the table.
struct Row {
    route: &'static str,
    cells: Vec<char>,
    /// The problem behind each `o`.
    reason: &'static str,
}

fn table() -> Vec<Row> {
    let lines = TABLE.lines().filter(|line| line.contains('|'));
    let rows = lines.skip(1).map(|line| {
        let mut parts = line.split('|').map(str::trim);
        let route = parts.next().unwrap();
        let cells: Vec<char> = parts
            .next()
            .unwrap()
            .chars()
            .filter(|c| *c != ' ')
            .collect();
        assert_eq!(cells.len(), Asker::ALL.len(), "cells of {route}");
        Row {
            route,
            cells,
            reason: parts.next().unwrap_or_default(),
        }
    });
    rows.collect()
}

/// Method and path of everything in the document that the service makes of itself.
fn documented() -> BTreeSet<String> {
    let document: serde_json::Value =
        serde_json::from_str(&respite::api::service().spec()).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let mut routes = BTreeSet::new();
    for (path, methods) in paths {
        let path = path
            .strip_prefix("/api/v1")
            .expect("everything is below one address");
        for method in methods.as_object().expect("methods").keys() {
            routes.insert(format!("{} {path}", method.to_uppercase()));
        }
    }
    routes
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let rows: BTreeSet<String> = table().iter().map(|row| row.route.to_owned()).collect();
    let routes = documented();
    let missing: Vec<_> = routes.difference(&rows).collect();
    let left_over: Vec<_> = rows.difference(&routes).collect();
    assert!(missing.is_empty(), "routes without a row: {missing:#?}");
    assert!(left_over.is_empty(), "rows without a route: {left_over:#?}");
}

/// What a cell stands for, of an answer.
fn cell_of(answer: &Arrived) -> (char, String) {
    let slug = answer.slug();
    let cell = match (answer.status.as_u16(), slug.as_str()) {
        (200..=299, _) => '+',
        (401, "sign-in") => '!',
        (403, "read-only") => 'r',
        (404, "not-found") => '.',
        (401, "wrong-sign-in")
        | (409, "taken" | "not-now" | "consent" | "wave-closed")
        | (410, "code")
        | (422, "invalid") => 'o',
        _ => '#',
    };
    (cell, slug)
}

fn request(route: &str, question: &Question, token: &str) -> Request {
    let (method, path) = route.split_once(' ').unwrap();
    let mut path = format!("/api/v1{path}{}", question.query);
    for (name, id) in &question.ids {
        path = path.replace(name, id);
    }
    let method: Method = method.parse().unwrap();
    let request = Request::new(method, path).bearer(token);
    match &question.body {
        Some((media_type, body)) => request.sending(media_type, body.clone()),
        None => request,
    }
}

/// The same question about things that nobody has.
fn about_nothing(ground: &Ground, question: &Question) -> Question {
    let mut other = question.clone();
    for (_, id) in &mut other.ids {
        if id.len() == NOT_THERE.len() {
            NOT_THERE.clone_into(id);
        }
    }
    if let Some((_, body)) = &mut other.body {
        *body = body
            .replace(&ground.team, NOT_THERE)
            .replace(&ground.site, NOT_THERE);
    }
    other
}

both!(everybody_meets_what_the_table_says, async |store| {
    let mut ground = Ground::prepare(store).await;
    let no_address = Request::new(Method::GET, "/api/v1/nothing/here");
    let no_address = ground.wire.send(&no_address).await;
    let mut faults = Vec::new();
    for row in table() {
        let mut met = String::new();
        for (asker, expected) in Asker::ALL.into_iter().zip(&row.cells) {
            ground.let_hr_see(asker).await;
            let question = question(&mut ground, asker, row.route).await;
            let token = question.token.clone();
            let token = token.unwrap_or_else(|| ground.token(asker).to_owned());
            let answer = ground
                .wire
                .send(&request(row.route, &question, &token))
                .await;
            let (cell, slug) = cell_of(&answer);
            met.push(cell);
            if cell != *expected || (cell == 'o' && !row.reason.split(", ").any(|why| why == slug))
            {
                faults.push(format!(
                    "{} {asker:?}: {}, expected {expected} {}",
                    row.route,
                    answer.text(),
                    row.reason
                ));
            }
            if cell == '.' {
                let nothing = request(row.route, &about_nothing(&ground, &question), &token);
                let nothing = ground.wire.send(&nothing).await;
                if nothing != answer || answer != no_address {
                    faults.push(format!(
                        "{} {asker:?}: not hers and not there differ:\n{answer:?}\n{nothing:?}",
                        row.route
                    ));
                }
            }
        }
        println!("{:<42} | {met}", row.route);
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
});
