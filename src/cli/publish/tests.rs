//! What `respite publish` prints, and what it refuses where.

use serde_json::{Value, json};

use super::released;

fn cases() -> Vec<Value> {
    let text = include_str!("../../../tests/cases/publication_cases.json");
    let file: Value = serde_json::from_str(text).unwrap();
    file["cases"].as_array().unwrap().clone()
}

fn wave() -> Value {
    json!({
        "threshold": 5,
        "scales": [{"id": "burnout", "cut": 50}],
        "units": [{"id": "org", "parent": null}, {"id": "team", "parent": "org"}],
        "asked": {"org": 1, "team": 6},
        "answers": [{"unit": "team", "scores": {"burnout": 12.5}}],
    })
}

#[test]
fn every_worked_case_is_released_as_written_down() {
    let cases = cases();
    assert_eq!(cases.len(), 12);
    for case in cases {
        let input = serde_json::to_vec(&case["input"]).unwrap();
        let output: Value = serde_json::from_str(&released("case", &input).unwrap()).unwrap();
        assert_eq!(output, case["expected"], "{}", case["name"]);
    }
}

#[test]
fn the_output_keeps_the_documented_order_of_names() {
    let mut wave = wave();
    let answer = wave["answers"][0].clone();
    wave["answers"] = vec![answer; 5].into();
    let output = released("wave.json", &serde_json::to_vec(&wave).unwrap()).unwrap();
    assert_eq!(
        output,
        concat!(
            r#"{"releases":[{"scale":"burnout","#,
            r#""atoms":[{"top":"team","answered":5,"mean":30,"at_or_above_cut":2}],"#,
            r#""units":[{"unit":"org","published":true,"answered":5,"asked":7,"mean":30,"#,
            r#""at_or_above_cut":2},{"unit":"team","published":true,"answered":5,"asked":6,"#,
            r#""mean":30,"at_or_above_cut":2}]}]}"#,
        )
    );
}

#[test]
fn a_scale_of_the_organisation_shows_no_team() {
    let mut wave = wave();
    wave["scales"][0]["publish_at"] = "organisation".into();
    let answer = wave["answers"][0].clone();
    wave["answers"] = vec![answer; 9].into();
    let output = released("wave.json", &serde_json::to_vec(&wave).unwrap()).unwrap();
    let output: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(output["releases"][0]["units"][0]["answered"], 9);
    assert_eq!(
        output["releases"][0]["units"][1],
        json!({"unit": "team", "published": false})
    );
}

/// Puts `value` at a JSON pointer of a right wave; names that are not there are added.
fn with(pointer: &str, value: Value) -> Value {
    let mut wave = wave();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match wave.pointer_mut(parent).unwrap() {
        Value::Object(object) => drop(object.insert(name.to_owned(), value)),
        Value::Array(list) if name == "-" => list.push(value),
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        other => panic!("{other} holds nothing"),
    }
    wave
}

/// Where the right wave is changed, into what, the place that is reported, words of the fault.
const FAULTS: &str = r#"
/threshold                  | 4                              | threshold                  | at least 5
/threshold                  | -5                             | threshold                  | whole number
/threshold                  | 5.5                            | threshold                  | whole number
/threshold                  | "5"                            | threshold                  | whole number
/threshold                  | null                           | threshold                  | whole number
/extra                      | 1                              | extra                      | not known
/scales                     | {}                             | scales                     | a list
/scales/-                   | {"id": "burnout", "cut": 40}   | scales[1].id               | twice
/scales/-                   | {"cut": 40}                    | scales[1]                  | "id" is missing
/scales/-                   | {"id": ""}                     | scales[1].id               | empty
/scales/0/cut               | 101                            | scales[0].cut              | 0 to 100
/scales/0/cut               | -1                             | scales[0].cut              | 0 to 100
/scales/0/cut               | "50"                           | scales[0].cut              | a number
/scales/0/cuts              | 50                             | scales[0].cuts             | not known
/scales/0/publish_at        | "never"                        | scales[0].publish_at       | organisation
/units                      | []                             | units                      | no unit is the root
/units/0/parent             | "team"                         | units                      | no unit is the root
/units/1/parent             | null                           | units[1]                   | two roots
/units/1/parent             | "nowhere"                      | units[1]                   | not listed
/units/1/parent             | "team"                         | units[1]                   | below itself
/units/1/parent             | 3                              | units[1].parent            | a text
/units/-                    | {"id": "team", "parent": null} | units[2]                   | listed twice
/units/-                    | {"id": "x"}                    | units[2]                   | "parent" is missing
/units/-                    | ["x"]                          | units[2]                   | an object
/asked/nowhere              | 3                              | asked.nowhere              | no unit
/asked/team                 | -3                             | asked.team                 | whole number
/asked/team                 | 2.5                            | asked.team                 | whole number
/asked                      | []                             | asked                      | an object
/answers/0/unit             | "nowhere"                      | answers[0].unit            | no unit
/answers/0/unit             | null                           | answers[0].unit            | a text
/answers/0/who              | "x"                            | answers[0].who             | not known
/answers/0/scores/other     | 1                              | answers[0].scores.other    | no scale
/answers/0/scores/burnout   | 100.5                          | answers[0].scores.burnout  | 0 to 100
/answers/0/scores/burnout   | -0.5                           | answers[0].scores.burnout  | 0 to 100
/answers/0/scores/burnout   | 1e300                          | answers[0].scores.burnout  | bounds
/answers/0/scores/burnout   | "50"                           | answers[0].scores.burnout  | a number
/answers/0/scores/burnout   | true                           | answers[0].scores.burnout  | a number
/answers/0/scores           | null                           | answers[0].scores          | an object
"#;

#[test]
fn every_fault_is_refused_at_its_place() {
    for line in FAULTS.lines().filter(|line| !line.is_empty()) {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        let [pointer, value, place, said] = columns[..] else {
            panic!("{line}")
        };
        let wave = with(pointer, serde_json::from_str(value).unwrap());
        let input = serde_json::to_vec_pretty(&wave).unwrap();
        let fault = released("wave.json", &input).unwrap_err().to_string();
        let (before, after) = fault.split_once(": ").unwrap();
        assert!(before.starts_with("wave.json, line "), "{fault}");
        assert!(
            before.ends_with(&format!(", at {place}")),
            "{place}: {fault}"
        );
        assert!(after.contains(said), "{said}: {fault}");
    }
}

#[test]
fn a_missing_part_and_a_repeated_name_are_refused() {
    for name in ["threshold", "scales", "units", "asked", "answers"] {
        let mut wave = wave();
        wave.as_object_mut().unwrap().remove(name);
        let fault = released("w", &serde_json::to_vec(&wave).unwrap())
            .unwrap_err()
            .to_string();
        assert!(
            fault.ends_with(&format!("\"{name}\" is missing here")),
            "{fault}"
        );
    }
    let text = serde_json::to_string(&wave()).unwrap();
    let twice = text.replace(r#""team":6"#, r#""team":6,"team":7"#);
    let fault = released("w", twice.as_bytes()).unwrap_err().to_string();
    assert!(
        fault.contains("at asked.team: \"team\" stands twice"),
        "{fault}"
    );
    for broken in [
        &b""[..],
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b"{}",
        &text.as_bytes()[1..],
    ] {
        assert!(released("w", broken).is_err());
    }
}

#[test]
fn a_missing_score_is_no_answer() {
    let mut wave = wave();
    let answer = json!({"unit": "team", "scores": {"burnout": null}});
    wave["answers"] = vec![answer; 9].into();
    wave["answers"]
        .as_array_mut()
        .unwrap()
        .push(json!({"unit": "org", "scores": {}}));
    let output = released("w", &serde_json::to_vec(&wave).unwrap()).unwrap();
    assert!(output.contains(r#""atoms":[]"#), "{output}");
}
