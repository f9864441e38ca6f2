//! What tests share: a database of either engine for each test, and a whole application.

pub mod app;
pub mod both;
pub mod calling;
pub mod cluster;
pub mod dump;
pub mod load;
pub mod receiver;
pub mod serving;
pub mod sink;
mod sql;
pub mod staffed;
pub mod wire;

pub(crate) use both::both;
pub use both::{Engine, TestStore};
pub use sql::{rows, run_sql};
