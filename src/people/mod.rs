//! Who exists: networks, organisations, the tree of units, accounts, members and roles.
//! Never anything about what a person answered, or whether.

pub mod permission;
