//! One test binary: it links once and shares its support code.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod alerts;
mod api_document;
mod architecture;
mod auth;
mod bad_input;
mod demonstration;
mod documents;
mod group_commit;
mod journeys;
mod licences;
mod notifications;
mod operations;
mod people;
mod publication;
mod questionnaires;
mod quiet_logs;
mod schemas;
mod simulation;
#[expect(dead_code, reason = "each test binary uses a part of it")]
mod support;
mod trends;
mod two_servers;
mod vault;
mod who_may_see_what;
