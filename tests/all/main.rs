//! One test binary: it links once and shares its support code.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod architecture;
mod auth;
mod demonstration;
mod documents;
mod group_commit;
mod journeys;
mod licences;
mod operations;
mod people;
mod publication;
mod questionnaires;
mod schemas;
mod support;
mod vault;
mod who_may_see_what;
