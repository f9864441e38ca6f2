//! Attacks on the promise, as the threat model lists them. Larger sizes are commands: see
//! "Attacks and rehearsals" in CONTRIBUTING.md.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod dump;
mod insider;
mod parsers;
mod side_doors;
#[expect(
    dead_code,
    unused_imports,
    reason = "each test binary uses a part of it"
)]
#[path = "../all/support/mod.rs"]
mod support;
mod viewer;
mod writer;
