//! Files that the command line reads, given to the program itself with little memory: it prints a
//! whole result and ends with 0, or nothing and ends with 1, and says file and line.

use std::process::{Command, Stdio};

use proptest::prelude::*;

use super::inputs;
use super::mutations::damaged;

/// Address space of the program, in KiB.
const ROOM: u32 = 1_500_000;

/// How the program ended.
pub(super) struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub said: String,
}

/// Runs a subcommand on a file of this name.
pub(super) fn run(arguments: &[&str], (name, bytes): (&str, &[u8])) -> Ended {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let limited = format!("ulimit -v {ROOM}; exec \"$0\" \"$@\"");
    let output = Command::new("sh")
        .args(["-c", &limited, env!("CARGO_BIN_EXE_respite")])
        .args(arguments)
        .arg(name)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .expect("the program runs");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Ended {
        code: output.status.code(),
        out: text(&output.stdout),
        said: text(&output.stderr),
    }
}

impl Ended {
    /// Done, or refused with a place; nothing between.
    pub fn must_be_plain(&self, place: &str) -> Result<(), TestCaseError> {
        match self.code {
            Some(0) => prop_assert!(!self.out.is_empty() && self.said.is_empty()),
            Some(1) => {
                prop_assert_eq!(&self.out, "", "nothing of a refused file is printed");
                prop_assert!(self.said.contains(place), "{}", self.said);
            }
            other => prop_assert!(false, "ended with {other:?}: {}", self.said),
        }
        Ok(())
    }
}

const SCORE: [&str; 4] = ["score", "--questionnaire", "psi", "--input"];
const PUBLISH: [&str; 2] = ["publish", "--input"];

fn answers() -> Vec<Vec<u8>> {
    [
        "respondent,psi.1,psi.2,psi.3,psi.4,psi.5\np1,0,1,2,3,4\np2,,,,,\n",
        "respondent,psi.5,psi.1\r\n\"p, \"\"1\"\"\",4,0\r\n p2 , 1 ,\r\n",
        "\u{feff}respondent,psi.3\nä,2\n\n\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .to_vec()
}

fn waves() -> Vec<Vec<u8>> {
    let text = include_str!("../../cases/publication_cases.json");
    let cases: serde_json::Value = serde_json::from_str(text).unwrap();
    let cases = cases["cases"].as_array().unwrap().iter().take(3);
    let mut waves: Vec<Vec<u8>> = cases
        .map(|case| serde_json::to_vec_pretty(&case["input"]).unwrap())
        .collect();
    let small = r#"{"threshold": 5, "scales": [{"id": "é", "cut": 5.0e1, "publish_at": "unit"}],
        "units": [{"id": "org", "parent": null}], "asked": {"org": 6},
        "answers": [{"unit": "org", "scores": {"é": 42.857143}}, {"unit": "org", "scores": {}}]}"#;
    waves.push(small.as_bytes().to_vec());
    waves
}

proptest! {
    #![proptest_config(inputs(60, file!()))]

    #[test]
    fn damaged_answers_are_scored_whole_or_refused_by_line(bytes in damaged(answers())) {
        let ended = run(&SCORE, ("answers.csv", &bytes));
        ended.must_be_plain("answers.csv:")?;
    }

    #[test]
    fn a_damaged_wave_is_published_whole_or_refused_by_line_and_path(bytes in damaged(waves())) {
        let ended = run(&PUBLISH, ("wave.json", &bytes));
        ended.must_be_plain("wave.json, line ")?;
    }
}

#[test]
fn a_file_of_answers_without_end_is_refused_in_little_memory() {
    let row = "0,".repeat(50_000);
    let megabytes = "x".repeat(3_000_000);
    for (name, bytes) in [
        ("a long cell", format!("respondent,psi.1\n{megabytes},1\n")),
        (
            "a long quoted cell",
            format!("respondent,psi.1\n\"{megabytes}\",1\n"),
        ),
        (
            "a quote that is never closed",
            format!("respondent,psi.1\n\"{}", "x\n".repeat(1000)),
        ),
        ("many cells", format!("respondent,psi.1\np,{row}\n")),
        ("many columns", format!("respondent,{row}\n")),
        (
            "lines of nothing",
            format!("respondent,psi.1\n{}p,1\n", "\n".repeat(100_000)),
        ),
        ("one quote after the other", "\"".repeat(1_000_001)),
    ] {
        let ended = run(&SCORE, ("answers.csv", bytes.as_bytes()));
        assert_eq!(ended.code, Some(1), "{name}: {}", ended.said);
        ended.must_be_plain("answers.csv:").expect(name);
        assert!(ended.said.len() < 2000, "{name} is not repeated");
    }
}

#[test]
fn a_wave_without_end_is_refused_in_little_memory() {
    let deep = |open: &str| open.repeat(200_000);
    let small = String::from_utf8(waves().pop().unwrap()).unwrap();
    for (name, bytes) in [
        ("lists in lists", deep("[")),
        ("objects in objects", deep("{\"a\":")),
        (
            "a list in a list in a field",
            small.replacen("5,", &format!("{},", deep("[")), 1),
        ),
        (
            "a number of a megabyte",
            small.replacen("5,", &format!("{},", "9".repeat(1 << 20)), 1),
        ),
        (
            "a huge exponent",
            small.replacen("42.857143", "1e999999999", 1),
        ),
        (
            "a threshold of a million",
            small.replacen("5,", "4000000000000000000000,", 1),
        ),
    ] {
        let ended = run(&PUBLISH, ("wave.json", bytes.as_bytes()));
        assert_eq!(ended.code, Some(1), "{name}: {}", ended.said);
        ended.must_be_plain("wave.json, line ").expect(name);
        assert!(ended.said.len() < 2000, "{name} is not repeated");
    }
}

#[test]
fn a_wave_with_units_in_a_long_chain_is_published() {
    let mut units = vec![r#"{"id":"u0","parent":null}"#.to_owned()];
    for number in 1..3000 {
        units.push(format!(
            r#"{{"id":"u{number}","parent":"u{}"}}"#,
            number - 1
        ));
    }
    let answer = r#"{"unit":"u2999","scores":{"s":40}}"#;
    let bytes = format!(
        r#"{{"threshold":5,"scales":[{{"id":"s","cut":50}}],"units":[{}],"asked":{{"u2999":6}},
            "answers":[{}]}}"#,
        units.join(","),
        [answer; 6].join(",")
    );
    let ended = run(&PUBLISH, ("wave.json", bytes.as_bytes()));
    assert_eq!(ended.code, Some(0), "{}", ended.said);
}
