//! Who exists: networks, organisations, the tree of units, accounts, members and roles.
//! Never anything about what a person answered, or whether.

pub mod accounts;
pub mod first;
pub mod import;
pub mod invitations;
pub mod list;
pub mod members;
pub mod names;
pub mod organisations;
pub mod permission;
pub mod roles;
pub mod standing;
pub mod units;

mod share;
mod store;
mod tree;

pub use first::{First, first_administrator};
pub use store::hold;
