//! Whatever reaches Respite from outside is read by one of its parsers: no input makes one panic,
//! hang or eat the memory, a refusal says what is wrong and where, what is accepted comes back as it
//! was, and no changed ciphertext opens. Inputs are good ones that were damaged (mutations.rs).
//! More of them: `PROPTEST_CASES=20000 ./test.sh cargo test --test attacks parsers`. An input that
//! once failed is kept in a `.seeds` file beside its test and tried first.

mod backups;
mod bodies;
mod commands;
mod files;
mod mutations;
mod questionnaires;
mod requests;
mod sealed;
mod texts;
mod trends;

use proptest::test_runner::{Config, FileFailurePersistence, RngSeed};

/// How many inputs, unless `PROPTEST_CASES` says otherwise; the same ones every time, and those of
/// the `.seeds` file first.
fn inputs(many: u32, file: &'static str) -> Config {
    let asked = std::env::var("PROPTEST_CASES").ok();
    Config {
        cases: asked.and_then(|text| text.parse().ok()).unwrap_or(many),
        rng_seed: RngSeed::Fixed(20_260_502),
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("seeds"))),
        source_file: Some(file),
        max_shrink_iters: 2000,
        ..Config::default()
    }
}
