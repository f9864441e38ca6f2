//! The real program under load, killed, starved, flooded, and two at a time. Larger sizes are
//! commands: see "Attacks and rehearsals" in CONTRIBUTING.md.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod any_request;
mod benches;
mod crash;
mod failover;
mod full_disk;
mod letters;
mod memory;
mod protected;
mod restarts;
mod servers;
mod slow_connections;
#[expect(
    dead_code,
    unused_imports,
    reason = "each test binary uses a part of it"
)]
#[path = "../all/support/mod.rs"]
mod support;
