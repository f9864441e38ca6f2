//! Released rows in a file, given to `respite trends`: bytes that were damaged, and values of any
//! kind where others belong. It judges the whole file or refuses it with a place, and what it prints
//! is numbers and words, never the nothing that a broken computation leaves.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::commands::run;
use super::inputs;
use super::mutations::damaged;

const TRENDS: [&str; 2] = ["trends", "--input"];

fn series() -> Vec<Value> {
    let text = include_str!("../../cases/trend_cases.json");
    let cases: Value = serde_json::from_str(text).unwrap();
    let cases = cases["cases"].as_array().unwrap().iter();
    let mut series: Vec<Value> = cases
        .filter(|case| case["kind"] == "trends")
        .map(|case| case["input"].clone())
        .collect();
    series.push(json!({
        "format": "respite-trends-1", "cadence": "monthly", "waves": 1, "scales": [],
        "organisation": { "rows": [], "spread": [] }, "units": [],
    }));
    series
}

fn bytes() -> Vec<Vec<u8>> {
    let series = series().into_iter();
    series
        .map(|series| serde_json::to_vec_pretty(&series).unwrap())
        .collect()
}

/// Whatever JSON can say, with the numbers at which arithmetic breaks.
fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            0.0,
            -0.0,
            1.0,
            5.0,
            100.0,
            1e-300,
            1e300,
            1e6,
            4_294_967_295.0,
            0.5
        ])
        .prop_map(Value::from),
        (0_u32..30).prop_map(Value::from),
        "[ -~]{0,6}".prop_map(Value::from),
        prop::sample::select(vec!["w", "s", "team-1", "monthly", "higher_is_better"])
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z]{1,6}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// How many values lie in this one, itself included.
fn values(value: &Value) -> usize {
    1 + match value {
        Value::Array(list) => list.iter().map(values).sum(),
        Value::Object(object) => object.values().map(values).sum(),
        _ => 0,
    }
}

/// Puts something in the place of one of them, counted from outside in.
fn put(value: &mut Value, mut at: usize, new: &Value) {
    if at == 0 {
        *value = new.clone();
        return;
    }
    at -= 1;
    let inner: Vec<&mut Value> = match value {
        Value::Array(list) => list.iter_mut().collect(),
        Value::Object(object) => object.values_mut().collect(),
        _ => return,
    };
    for inner in inner {
        let many = values(inner);
        if at < many {
            return put(inner, at, new);
        }
        at -= many;
    }
}

/// Every number of a result is one: what is not, JSON writes as null.
fn is_whole(printed: &str) -> bool {
    let printed: Value = serde_json::from_str(printed).expect("the result is JSON");
    let is_number = |value: &Value, name: &str| value.get(name).is_none_or(Value::is_number);
    let found = |line: &Value| {
        ["Z", "size", "se", "shown_size"]
            .iter()
            .all(|name| is_number(line, name))
            && line.get("level").is_none_or(|level| {
                ["mean", "sd", "P"]
                    .iter()
                    .all(|name| is_number(level, name))
            })
    };
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let units = list(&printed["units"]);
    units
        .iter()
        .flat_map(|unit| list(&unit["scales"]))
        .all(|line| found(&line))
        && list(&printed["organisation"]).iter().all(found)
        && list(&printed["plug_ins"]).iter().all(|line| {
            ["S2", "M", "tau2", "q2"]
                .iter()
                .all(|name| line[*name].is_number())
        })
}

proptest! {
    #![proptest_config(inputs(80, file!()))]

    #[test]
    fn a_damaged_series_is_judged_whole_or_refused_by_line_and_path(bytes in damaged(bytes())) {
        let ended = run(&TRENDS, ("series.json", &bytes));
        ended.must_be_plain("series.json, line ")?;
        prop_assert!(ended.code != Some(0) || is_whole(&ended.out), "{}", ended.out);
    }

    #[test]
    fn a_series_with_any_value_anywhere_is_judged_whole_or_refused(
        which in any::<Index>(),
        changes in prop::collection::vec((any::<Index>(), anything()), 1..4),
    ) {
        let mut series = which.get(&series()).clone();
        for (at, new) in &changes {
            let at = at.index(values(&series));
            put(&mut series, at, new);
        }
        let bytes = serde_json::to_vec(&series).unwrap();
        let ended = run(&TRENDS, ("series.json", &bytes));
        ended.must_be_plain("series.json, line ")?;
        prop_assert!(ended.code != Some(0) || is_whole(&ended.out), "{}", ended.out);
    }
}

#[test]
fn a_series_without_end_is_refused_in_little_memory() {
    let small = series().pop().unwrap().to_string();
    let deep = |open: &str| open.repeat(200_000);
    for (name, bytes) in [
        ("lists in lists", deep("[")),
        (
            "units in units",
            small.replace("\"units\":[]", &format!("\"units\":{}", deep("["))),
        ),
        (
            "a number of a megabyte",
            small.replace("\"waves\":1", &format!("\"waves\":{}", "9".repeat(1 << 20))),
        ),
        (
            "waves without end",
            small.replace("\"waves\":1", "\"waves\":4294967295"),
        ),
    ] {
        assert_ne!(bytes, small, "{name}");
        let ended = run(&TRENDS, ("series.json", bytes.as_bytes()));
        assert_eq!(ended.code, Some(1), "{name}: {}", ended.said);
        ended.must_be_plain("series.json, line ").expect(name);
        assert!(ended.said.len() < 2000, "{name} is not repeated");
    }
}

#[test]
fn a_hundred_years_of_a_hundred_scales_are_judged_in_little_memory() {
    let scales: Vec<Value> = (0..100)
        .map(|scale| json!({ "id": format!("s{scale}"), "direction": "higher_is_worse" }))
        .collect();
    let row = |wave: u32| {
        json!({ "wave": wave, "scale": "s7", "answered": 1_000_000, "asked": 1_000_000,
                "mean": wave % 100, "stayed": 5 })
    };
    let units: Vec<Value> = (0..50)
        .map(|unit| json!({ "id": format!("u{unit}"), "rows": [row(1), row(600), row(1200)] }))
        .collect();
    let series = json!({
        "format": "respite-trends-1", "cadence": "monthly", "waves": 1200, "scales": scales,
        "organisation": { "rows": [], "spread": [] }, "units": units,
    });
    let ended = run(&TRENDS, ("series.json", series.to_string().as_bytes()));
    assert_eq!(ended.code, Some(0), "{}", ended.said);
    assert!(is_whole(&ended.out));
}
