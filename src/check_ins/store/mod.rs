//! The rows of check-ins. One file a table or two; nothing here decides anything.

pub(super) mod own;
pub(super) mod people;
pub(super) mod plans;
pub(super) mod rosters;
pub(super) mod waves;
