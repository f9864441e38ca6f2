//! The second implementation, in numpy: it passes the worked cases, and agrees with ours on rows
//! that nobody has worked out by hand.

use std::process::Command;

use serde_json::{Value, json};

use super::{assert_agree, judged};

fn reference(arguments: &[&str]) -> Vec<u8> {
    let python = std::env::var("RESPITE_TEST_PYTHON").unwrap_or_else(|_| {
        panic!(
            "set RESPITE_TEST_PYTHON to a Python that has what tests/requirements.txt names; \
             ./test.sh prepares one"
        )
    });
    let output = Command::new(python)
        .arg("benches/reference/trends.py")
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("RESPITE_TEST_PYTHON runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    output.stdout
}

/// The next of a row of numbers below `most` that look like chance.
fn next(state: &mut u64, most: u64) -> u64 {
    let factor = 6_364_136_223_846_793_005;
    *state = state
        .wrapping_mul(factor)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) % most
}

/// Rows of so many units, with gaps and rises.
fn made_up(seed: u64, cadence: &str, units: usize) -> Value {
    let mut state = seed;
    let waves = 1 + next(&mut state, 24);
    let mut rows = |rises: bool| {
        let mut rows = Vec::new();
        for scale in ["s", "t"] {
            let mut before = None;
            for wave in 1..=waves {
                let answered = 5 + next(&mut state, 25);
                if next(&mut state, 8) == 0 {
                    before = None;
                    continue;
                }
                let rise = if rises && wave > waves / 2 { 14 } else { 0 };
                let stayed = before.map(|before: u64| next(&mut state, before.min(answered) + 1));
                rows.push(json!({
                    "wave": wave, "scale": scale, "answered": answered,
                    "asked": answered + next(&mut state, 6),
                    "mean": 35 + next(&mut state, 20) + rise,
                    "stayed": if next(&mut state, 5) == 0 { None } else { stayed },
                }));
                before = Some(answered);
            }
        }
        rows
    };
    let organisation = rows(seed.is_multiple_of(2));
    let units: Vec<Value> = (0..units)
        .map(|unit| json!({ "id": format!("u{unit}"), "rows": rows(unit % 3 == 0) }))
        .collect();
    json!({
        "format": "respite-trends-1", "cadence": cadence, "waves": waves,
        "scales": [
            { "id": "s", "direction": "higher_is_worse", "cut": 50, "alpha": 0.87 },
            { "id": "t", "direction": "higher_is_better", "cut": 40 },
        ],
        "organisation": {
            "rows": organisation,
            "spread": [{ "wave": 1, "scale": "s", "s2": 240, "s2_df": 40 }],
        },
        "units": units,
    })
}

#[test]
fn the_worked_cases_agree_in_numpy_too() {
    let said = reference(&["--check", "tests/cases/trend_cases.json"]);
    assert_eq!(said, b"28 of 28 cases agree\n");
}

#[test]
fn both_implementations_agree_on_rows_that_nobody_worked_out() {
    let folder = tempfile::tempdir().unwrap();
    for (seed, (cadence, units)) in (1..).zip([
        ("quarterly", 9),
        ("monthly", 6),
        ("quarterly", 2),
        ("monthly", 4),
        ("quarterly", 0),
        ("quarterly", 20),
    ]) {
        let input = made_up(seed, cadence, units);
        let file = folder.path().join("series.json");
        std::fs::write(&file, input.to_string()).unwrap();
        let expected = reference(&["--input", file.to_str().unwrap()]);
        let expected: Value = serde_json::from_slice(&expected).unwrap();
        assert_agree(&judged(&input), &expected, 1e-8, &format!("seed {seed}"));
    }
}
