//! Respite: confidential burnout check-ins and peer support for people who work in shelters.
//! Nobody but a worker can read her answers; `ARCHITECTURE.md` is the map of how.

pub mod alerts;
pub mod api;
pub mod app;
pub mod audit;
pub mod auth;
pub mod ballots;
pub mod bench;
pub mod check_ins;
pub mod cli;
pub mod clock;
pub mod demo;
pub mod ids;
pub mod jobs;
pub mod locales;
pub mod notifications;
pub mod operations;
pub mod people;
pub mod problem;
pub mod questionnaires;
pub mod rehearsal;
pub mod router;
pub mod settings;
pub mod simulation;
pub mod store;
pub mod tallies;
pub mod trends;
pub mod vault;
pub mod web;
pub mod zones;
