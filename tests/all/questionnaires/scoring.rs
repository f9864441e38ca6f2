//! Every published scoring case through `respite score`, as CSV and as JSON.

use std::path::Path;

use serde_json::Value;

use super::{repository, respite, text};

fn cases() -> Vec<Value> {
    let json = std::fs::read(repository("tests/cases/instrument_cases.json")).unwrap();
    let all: Value = serde_json::from_slice(&json).unwrap();
    all["cases"].as_array().unwrap().clone()
}

/// The CSV that a case describes or gives.
fn input(case: &Value) -> String {
    if let Some(csv) = case["csv"].as_str() {
        return csv.to_owned();
    }
    let strings = |values: &Value| -> Vec<String> {
        let shown = |value: &Value| match value {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        values.as_array().unwrap().iter().map(shown).collect()
    };
    let mut lines = vec![format!(
        "respondent,{}",
        strings(&case["columns"]).join(",")
    )];
    lines.extend(case["rows"].as_array().unwrap().iter().map(|row| {
        let respondent = row["respondent"].as_str().unwrap();
        format!("{respondent},{}", strings(&row["cells"]).join(","))
    }));
    lines.join("\n") + "\n"
}

fn score(case: &Value, format: &str, folder: &Path) -> std::process::Output {
    std::fs::write(folder.join("answers.csv"), input(case)).unwrap();
    let id = case["questionnaire"].as_str().unwrap();
    let arguments = [
        "score",
        "--questionnaire",
        id,
        "--input",
        "answers.csv",
        "--format",
        format,
    ];
    respite(&arguments, folder)
}

/// "100/3" or "75".
fn exact(text: &str) -> f64 {
    let (top, bottom) = text.split_once('/').unwrap_or((text, "1"));
    top.parse::<f64>().unwrap() / bottom.parse::<f64>().unwrap()
}

fn agrees_as_csv(case: &Value, printed: &str) {
    let id = &case["id"];
    let mut lines = printed.lines();
    assert_eq!(
        lines.next(),
        Some("respondent,scale,score,answered,band"),
        "{id}"
    );
    let expected = case["expected"].as_array().unwrap();
    assert_eq!(lines.clone().count(), expected.len(), "{id}");
    for (line, expected) in lines.zip(expected) {
        let cells: Vec<&str> = line.split(',').collect();
        let given = |key: &str| expected[key].as_str().unwrap_or_default();
        assert_eq!(cells[0], given("respondent"), "{id}");
        assert_eq!(cells[1], given("scale"), "{id}");
        match expected["score"].as_f64() {
            Some(score) => {
                assert!(
                    (cells[2].parse::<f64>().unwrap() - score).abs() < 0.006,
                    "{id}: {line}"
                );
                assert_eq!(cells[2].split_once('.').unwrap().1.len(), 2, "{id}: {line}");
            }
            None => assert_eq!(cells[2], "", "{id}: {line}"),
        }
        assert_eq!(cells[3], expected["answered"].to_string(), "{id}: {line}");
        assert_eq!(cells[4], given("band"), "{id}: {line}");
    }
}

fn agrees_as_json(case: &Value, printed: &str) {
    let id = &case["id"];
    let rows: Vec<Value> = serde_json::from_str(printed).unwrap();
    let expected = case["expected"].as_array().unwrap();
    assert_eq!(rows.len(), expected.len(), "{id}");
    for (row, expected) in rows.iter().zip(expected) {
        for key in ["respondent", "scale", "answered", "band"] {
            assert_eq!(row[key], expected[key], "{id} {key}");
        }
        match expected["exact"].as_str() {
            Some(score) => {
                let difference = row["score"].as_f64().unwrap() - exact(score);
                assert!(difference.abs() < 0.000_001, "{id}: {row}");
            }
            None => assert!(
                row["score"].is_null() && row["score100"].is_null(),
                "{id}: {row}"
            ),
        }
    }
}

fn refused(case: &Value, output: &std::process::Output) {
    let (id, told) = (&case["id"], text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{id}");
    assert!(output.stdout.is_empty(), "{id}");
    let names = &case["expected"]["stderr_names"];
    assert!(
        told.contains(&format!("answers.csv:{}:", names["line"])),
        "{id}: {told}"
    );
    if let Some(column) = names["column"].as_str() {
        assert!(told.contains(column), "{id}: {told}");
    }
}

#[test]
fn every_published_case_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let (mut scored, mut refusals) = (0, 0);
    for case in cases() {
        let csv = score(&case, "csv", folder.path());
        if case["kind"] == "refuse" {
            refusals += 1;
            refused(&case, &csv);
            refused(&case, &score(&case, "json", folder.path()));
            continue;
        }
        scored += 1;
        assert_eq!(
            csv.status.code(),
            Some(0),
            "{}: {}",
            case["id"],
            text(&csv.stderr)
        );
        agrees_as_csv(&case, text(&csv.stdout));
        agrees_as_json(&case, text(&score(&case, "json", folder.path()).stdout));
    }
    assert_eq!((scored, refusals), (29, 7));
}
