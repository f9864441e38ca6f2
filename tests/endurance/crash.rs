//! Crash test: the real program under load from sixty-four clients, killed again and again, on
//! SQLite and on PostgreSQL, whose server is killed too. Afterwards every acknowledged check-in is
//! readable by its owner, every count is right, nothing is doubled, no ballot is without its key
//! and no key without its ballots. 25 kills an engine; for more:
//! `RESPITE_TEST_KILLS=200 ./test.sh cargo test --test endurance crash`. What a kill cannot show
//! is a loss of power: the operating system keeps what was written. That commits wait for the
//! disk is SQLite's and PostgreSQL's promise; the settings are tested elsewhere.

mod base;
mod between_statements;
mod conclusions;
pub mod ground;
pub mod inspection;
mod ledger;
pub mod load;
mod places;
mod sql;
mod sums;
mod under_load;
