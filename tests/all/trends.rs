//! The trend method against its worked cases, which other implementations share, and through the
//! command that anybody can run.

mod cases;
mod command;
mod conditions;
mod properties;
mod reference;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// All worked cases of one kind.
fn cases(kind: &str) -> Vec<Value> {
    let text = include_str!("../cases/trend_cases.json");
    let file: Value = serde_json::from_str(text).unwrap();
    let cases = file["cases"].as_array().unwrap().iter();
    cases.filter(|case| case["kind"] == kind).cloned().collect()
}

/// Runs `respite trends` on standard input.
fn trends(input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_respite"));
    let command = command.args(["trends", "--input", "-"]);
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

/// The judgement of a good file.
fn judged(input: &Value) -> Value {
    let output = trends(&serde_json::to_vec(input).unwrap());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Same names, same order of lists, same words; numbers within `tolerance` relative to
/// max(1, |expected|).
fn assert_agree(found: &Value, expected: &Value, tolerance: f64, at: &str) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            let names = |object: &serde_json::Map<String, Value>| -> Vec<String> {
                object.keys().cloned().collect()
            };
            assert_eq!(names(found), names(expected), "{at}");
            for (name, expected) in expected {
                assert_agree(&found[name], expected, tolerance, &format!("{at}.{name}"));
            }
        }
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{at}");
            for (number, (found, expected)) in found.iter().zip(expected).enumerate() {
                assert_agree(found, expected, tolerance, &format!("{at}[{number}]"));
            }
        }
        (Value::Number(found), Value::Number(expected)) => {
            let (found, expected) = (found.as_f64().unwrap(), expected.as_f64().unwrap());
            let off = (found - expected).abs();
            assert!(
                off <= tolerance * expected.abs().max(1.0),
                "{at}: {found}, not {expected}"
            );
        }
        _ => assert_eq!(found, expected, "{at}"),
    }
}
