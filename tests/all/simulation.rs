//! `respite simulate`: a small run within wide limits, the same result every time, and what is
//! refused. The real figures need a release build: docs/trends.md.

use std::process::{Command, Output};

use serde_json::Value;

fn simulate(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_respite"))
        .arg("simulate")
        .args(arguments)
        .output()
        .expect("the binary runs")
}

fn report(arguments: &[&str]) -> Value {
    let output = simulate(&[arguments, &["--json"]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert_eq!(said, "", "without a terminal it is silent");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn a_small_run_is_near_what_is_known() {
    let found = report(&[
        "--scenario",
        "step15",
        "--size",
        "15",
        "--organisations",
        "60",
    ]);
    for (name, value) in [
        ("scenario", "step15".into()),
        ("cadence", "quarterly".into()),
        ("teams", 8.into()),
        ("size", 15.into()),
        ("organisations", 60.into()),
        ("seed", 1.into()),
        ("spread", Value::from("released")),
    ] {
        assert_eq!(found[name], value, "{name}");
    }
    assert!(number(&found["published"]) > 0.99);
    // .20, .047 and 89 %, each four standard errors either way.
    let alarms = &found["alarms_per_team_year"];
    assert!(
        (0.15..0.25).contains(&number(&alarms["watch"]["rate"])),
        "{alarms}"
    );
    assert!(
        (0.02..0.08).contains(&number(&alarms["elevated"]["rate"])),
        "{alarms}"
    );
    assert!(number(&alarms["elevated"]["se"]) < 0.01, "{alarms}");
    let detection = &found["detection"];
    assert_eq!(detection["waves"], serde_json::json!([1, 2, 4, 8]));
    assert!(number(&detection["elevated"][1]) > 0.72, "{detection}");
    assert!(number(&detection["watch"][3]) > 0.95, "{detection}");
    for level in ["watch", "elevated", "high"] {
        let shares: Vec<f64> = detection[level]
            .as_array()
            .unwrap()
            .iter()
            .map(number)
            .collect();
        assert!(shares.is_sorted(), "{level}: a longer wait finds no less");
        assert_eq!(detection["se"][level].as_array().unwrap().len(), 4);
    }
}

#[test]
fn nothing_is_detected_where_nothing_changes() {
    let found = report(&["--organisations", "3", "--cadence", "monthly"]);
    assert_eq!(found.get("detection"), None);
    assert!(found["alarms_per_team_year"]["high"]["rate"].is_number());
}

#[test]
fn the_same_seed_gives_the_same_result_on_any_number_of_cores() {
    let arguments = [
        "simulate",
        "--scenario",
        "step5",
        "--organisations",
        "12",
        "--json",
    ];
    let program = env!("CARGO_BIN_EXE_respite");
    let run = |command: &str, before: &[&str]| {
        let output = Command::new(command).args(before).args(arguments).output();
        let output = output.expect("the binary runs");
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stdout).unwrap()
    };
    let all = run(program, &[]);
    assert_eq!(run(program, &[]), all);
    assert_eq!(run("taskset", &["-c", "0", program]), all, "on one core");
    let other = report(&[
        "--scenario",
        "step5",
        "--organisations",
        "12",
        "--seed",
        "2",
    ]);
    let all: Value = serde_json::from_str(&all).unwrap();
    assert_ne!(other["alarms_per_team_year"], all["alarms_per_team_year"]);
}

#[test]
fn every_scenario_of_the_list_runs() {
    let list = simulate(&["--list"]);
    let list = String::from_utf8(list.stdout).unwrap();
    let names: Vec<&str> = list
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(names.len() >= 25 && names.contains(&"ramp24"), "{list}");
    for name in names {
        let arguments = ["--scenario", name, "--organisations", "1", "--teams", "2"];
        let found = report(&[&arguments[..], &["--size", "5"]].concat());
        assert_eq!(found.get("detection").is_some(), name != "null", "{name}");
    }
}

#[test]
fn odd_organisations_are_simulated_too() {
    for arguments in [
        &["--teams", "1", "--size", "1"][..],
        &["--teams", "1", "--size", "40", "--scenario", "orgstep"],
        &[
            "--teams",
            "2",
            "--size",
            "6",
            "--scenario",
            "ramp24",
            "--change-at",
            "1",
        ],
        &[
            "--spread",
            "withheld",
            "--season",
            "4",
            "--organisation-shock",
            "2.5",
        ],
        &[
            "--scenario",
            "compo",
            "--cadence",
            "monthly",
            "--change-at",
            "32",
        ],
    ] {
        report(&[arguments, &["--organisations", "2"]].concat());
    }
}

#[test]
fn a_table_is_printed_for_people() {
    let output = simulate(&["--scenario", "step10", "--organisations", "2"]);
    let text = String::from_utf8(output.stdout).unwrap();
    for word in [
        "p alone",
        "with conditions",
        "organisation",
        "elevated",
        "noticed within",
    ] {
        assert!(text.contains(word), "{word}: {text}");
    }
}

#[test]
fn what_cannot_be_simulated_is_refused() {
    for (arguments, code) in [
        (&["--scenario", "storm"][..], 2),
        (&["--teams", "0"], 2),
        (&["--size", "0"], 2),
        (&["--size", "-3"], 2),
        (&["--organisations", "0"], 2),
        (&["--organisations", "99999999999"], 2),
        (&["--cadence", "weekly"], 2),
        (&["--seed", "x"], 2),
        (&["--season", "NaN"], 2),
        (&["--change-at", "21"], 1),
        (&["--spread", "some"], 2),
    ] {
        let output = simulate(&[arguments, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        assert_eq!(output.stdout, b"");
        assert!(!output.stderr.is_empty());
    }
}
