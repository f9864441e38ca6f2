//! The benches as anyone runs them, at a size that says nothing about speed: each goes through on
//! its own servers and prints figures that a program can read.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::support::both::both;

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
fn check_ins_are_measured_grouped_and_one_each_and_with_a_slow_sync() {
    let small = ["--rounds", "1", "--seconds", "0.3", "--workers", "40"];
    let few = ["check-ins", "--connections", "4", "--quarters", "1"];
    let found = bench(&[&few[..], &small[..]].concat());
    are_numbers(&found, &["grouped", "one_each", "raw", "grouped_p99_ms"]);
    are_numbers(&found, &["grouped_slow", "one_each_slow", "raw_slow"]);
    are_numbers(&found, &["median_ratio", "median_ratio_slow"]);
}

#[test]
fn publications_are_measured_with_few_and_with_many_check_ins() {
    let words = "publications --few 40 --many 200 --waves 2 --requests 3 --rounds 1";
    let found = bench(&words.split(' ').collect::<Vec<_>>());
    assert_eq!(found["few"], 40);
    assert_eq!(found["many"], 200);
    are_numbers(&found, &["few_p95_ms", "many_p95_ms", "ratio_p95"]);
}

#[test]
fn the_program_at_rest_is_weighed() {
    let words = "program --starts 1 --people 20 --seconds 0.1";
    let found = bench(&words.split(' ').collect::<Vec<_>>());
    are_numbers(&found, &["start_ms", "idle_mb", "binary_mb"]);
}

#[test]
fn the_trend_method_is_measured_with_and_without_numpy() {
    let words = "trends --teams 5 --waves 4 --scales 1 --rounds 1";
    let found = bench(&words.split(' ').collect::<Vec<_>>());
    are_numbers(
        &found,
        &[
            "whole_ms",
            "scans_a_second_one_core",
            "scans_a_second_all_cores",
        ],
    );
    let alone = format!("{words} --python no-such-python");
    let found = bench(&alone.split(' ').collect::<Vec<_>>());
    assert!(found["ratio"].is_null(), "{found}");
}

both!(
    the_close_of_a_wave_is_timed_and_releases_rows,
    async |store| {
        let words = ["closing", "--ballots", "40", "--database", &store.address];
        let found = bench(&words);
        are_numbers(&found, &["closing_s", "longest_write_s", "peak_mb"]);
        assert!(found["released"].as_i64() > Some(0), "{found}");
    }
);
