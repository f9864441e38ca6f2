//! What tests share: a database of either engine for each test, and a whole application.

pub mod both;

pub(crate) use both::both;
pub use both::{Engine, TestStore};
