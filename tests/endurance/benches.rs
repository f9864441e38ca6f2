//! The benches as anyone runs them, at a size that says nothing about speed: each goes through and
//! prints figures that a program can read.

use std::process::{Command, Stdio};

use serde_json::Value;

fn bench(words: &[&str]) -> Value {
    let done = Command::new(env!("CARGO_BIN_EXE_respite"))
        .arg("bench")
        .args(words)
        .arg("--json")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{words:?}: {said}");
    serde_json::from_slice(&done.stdout).expect("one object of JSON")
}

#[track_caller]
fn are_numbers(found: &Value, keys: &[&str]) {
    for key in keys {
        assert!(found[*key].is_number(), "{key}: {found}");
    }
}

#[test]
fn check_ins_are_measured_with_grouped_commits_and_one_each_and_with_slow_sync() {
    let small = ["--rounds", "1", "--seconds", "0.3", "--workers", "40"];
    let words = [
        &["check-ins", "--connections", "4", "--quarters", "1"],
        &small[..],
    ]
    .concat();
    let found = bench(&words);
    let kinds = [
        "grouped",
        "one_each",
        "raw",
        "grouped_slow",
        "one_each_slow",
        "raw_slow",
    ];
    are_numbers(&found, &kinds);
    are_numbers(
        &found,
        &["median_ratio", "median_ratio_slow", "grouped_p99_ms"],
    );
}
