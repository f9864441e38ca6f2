//! What `respite trends` refuses, and where; what it ignores; in which order it prints.

use serde_json::{Value, json};

use super::{cases, judged, trends};

/// A good file with two scales, the organisation's own rows and two units.
fn good() -> Value {
    let row = |wave: u32, stayed: Value| {
        json!({"wave": wave, "scale": "s", "answered": 8, "asked": 10, "mean": 44,
               "stayed": stayed})
    };
    json!({
        "format": "respite-trends-1",
        "cadence": "quarterly",
        "waves": 3,
        "scales": [
            {"id": "s", "direction": "higher_is_worse", "cut": 50, "alpha": 0.87},
            {"id": "t", "direction": "higher_is_better"}
        ],
        "organisation": {
            "rows": [row(1, Value::Null), row(2, json!(7))],
            "spread": [{"wave": 1, "scale": "s", "s2": 283, "s2_df": 33}]
        },
        "units": [
            {"id": "a", "rows": [row(1, Value::Null), row(2, json!(6)), row(3, json!(8))]},
            {"id": "b", "rows": []}
        ]
    })
}

/// What is said of a file that must be refused.
fn refused(input: &[u8]) -> String {
    let output = trends(input);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"", "nothing of a refused file is printed");
    String::from_utf8(output.stderr).unwrap()
}

/// The good file with one value replaced; `null` in `value` is a null.
fn spoilt(pointer: &str, value: Value) -> Value {
    let mut file = good();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match file.pointer_mut(parent).unwrap() {
        Value::Object(object) => {
            object.insert(name.to_owned(), value);
        }
        Value::Array(list) => match name.parse::<usize>() {
            Ok(at) => list[at] = value,
            Err(_) => list.push(value),
        },
        other => panic!("{other} has nothing inside"),
    }
    file
}

#[test]
fn a_good_file_is_judged() {
    let found = judged(&good());
    assert_eq!(found["wave"], 3);
    assert_eq!(found["units"][0]["change_status"], "quiet");
    assert_eq!(found["units"][1]["status"], Value::Null);
    assert_eq!(found["organisation"][0]["status"], "quiet");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table: one fault a line")]
fn every_fault_is_refused_at_its_place() {
    let row = "/units/0/rows/1";
    let at = |name: &str| format!("{row}/{name}");
    for (pointer, value, said) in [
        (
            "/format".to_owned(),
            json!("respite-trends-2"),
            "at format: \"respite-trends-1\"",
        ),
        (
            "/cadence".to_owned(),
            json!("weekly"),
            "at cadence: \"quarterly\" or \"monthly\"",
        ),
        (
            "/waves".to_owned(),
            json!(0),
            "at waves: there is at least one wave",
        ),
        (
            "/waves".to_owned(),
            json!(4_000_000_000_u32),
            "at waves: there is at least one wave",
        ),
        (
            "/waves".to_owned(),
            json!(2),
            "at units[0].rows[2].wave: this wave is not one",
        ),
        ("/waves".to_owned(), json!("3"), "at waves: a whole number"),
        (
            "/scales/1/id".to_owned(),
            json!("s"),
            "at scales[1].id: this scale is listed twice",
        ),
        (
            "/scales/1/direction".to_owned(),
            json!("up"),
            "at scales[1].direction: \"higher",
        ),
        (
            "/scales/0/cut".to_owned(),
            json!(100.5),
            "at scales[0].cut: a number from 0 to 100",
        ),
        (
            "/scales/0/alpha".to_owned(),
            json!(-0.1),
            "at scales[0].alpha: a number from 0 to 1",
        ),
        (
            "/units/1/id".to_owned(),
            json!("a"),
            "at units[1].id: this unit is listed twice",
        ),
        (
            "/units/1/id".to_owned(),
            json!(""),
            "at units[1].id: this text is empty",
        ),
        (
            at("answered"),
            json!(4),
            "at units[0].rows[1].answered: nothing is released",
        ),
        (
            at("answered"),
            json!(11),
            "at units[0].rows[1].answered: more answered",
        ),
        (
            at("answered"),
            json!(8.5),
            "at units[0].rows[1].answered: a whole number",
        ),
        (
            at("asked"),
            json!(4_000_000_000_u32),
            "at units[0].rows[1].asked: more than",
        ),
        (
            at("mean"),
            json!(-1),
            "at units[0].rows[1].mean: a number from 0 to 100",
        ),
        (
            at("mean"),
            json!(100.01),
            "at units[0].rows[1].mean: a number from 0 to 100",
        ),
        (
            at("mean"),
            json!("44"),
            "at units[0].rows[1].mean: a number is wanted",
        ),
        (
            at("mean"),
            Value::Null,
            "at units[0].rows[1].mean: a number is wanted",
        ),
        (
            at("stayed"),
            json!(-1),
            "at units[0].rows[1].stayed: a whole number",
        ),
        (
            at("stayed"),
            json!(9),
            "at units[0].rows[1].stayed: more stayed than answered",
        ),
        (
            at("wave"),
            json!(0),
            "at units[0].rows[1].wave: this wave is not one",
        ),
        (
            at("wave"),
            json!(1),
            "at units[0].rows[1].wave: there is a row of this wave",
        ),
        (
            at("scale"),
            json!("u"),
            "at units[0].rows[1].scale: there is no such scale",
        ),
        (
            "/organisation/rows/0/answered".to_owned(),
            json!(3),
            "at organisation.rows[0].answered: nothing is released",
        ),
        (
            "/organisation/rows/1/wave".to_owned(),
            json!(1),
            "at organisation.rows[1].wave: there is a row",
        ),
        (
            "/organisation/spread/0/s2".to_owned(),
            json!(-3),
            "at organisation.spread[0].s2: a number from 0 to 5000",
        ),
        (
            "/organisation/spread/0/wave".to_owned(),
            json!(4),
            "at organisation.spread[0].wave: this wave is not one",
        ),
        (
            "/organisation/spread/0/scale".to_owned(),
            json!("u"),
            "at organisation.spread[0].scale: there is no such scale",
        ),
        (
            "/organisation/spread".to_owned(),
            json!({}),
            "at organisation.spread: a list",
        ),
        (
            "/units".to_owned(),
            Value::Null,
            "at units: a list is wanted here",
        ),
        (
            "/units/0".to_owned(),
            json!(7),
            "at units[0]: an object is wanted here",
        ),
    ] {
        let found = refused(&serde_json::to_vec_pretty(&spoilt(&pointer, value)).unwrap());
        assert!(
            found.starts_with("respite: standard input, line "),
            "{found}"
        );
        assert!(found.contains(said), "{pointer}: {found}");
    }
}

#[test]
fn more_stayed_than_were_there_before_is_refused() {
    let mut file = good();
    file["units"][0]["rows"][0]["answered"] = json!(5);
    let said = refused(&serde_json::to_vec(&file).unwrap());
    let wanted = "at units[0].rows[1].stayed: more stayed than answered in the wave before";
    assert!(said.contains(wanted), "{said}");
}

#[test]
fn what_is_missing_is_named() {
    for name in [
        "format",
        "cadence",
        "waves",
        "scales",
        "organisation",
        "units",
    ] {
        let mut file = good();
        file.as_object_mut().unwrap().remove(name);
        let said = refused(&serde_json::to_vec(&file).unwrap());
        assert!(
            said.contains(&format!("\"{name}\" is missing here")),
            "{said}"
        );
    }
    for bytes in [
        &b""[..],
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"{\"format\":1}",
        b"1 2",
    ] {
        assert!(refused(bytes).contains("standard input, line "));
    }
}

#[test]
fn two_rows_of_one_name_twice_in_an_object_are_refused() {
    let text = serde_json::to_string(&good()).unwrap();
    let twice = text.replacen("\"answered\":8", "\"answered\":8,\"answered\":9", 1);
    assert!(refused(twice.as_bytes()).contains("stands twice in this object"));
}

#[test]
fn unknown_names_and_the_order_of_rows_change_nothing() {
    let expected = judged(&good());
    let mut file = good();
    file["note"] = json!({"any": [1, 2]});
    file["units"][0]["rows"][0]["at_or_above_cut"] = json!(3);
    file["units"][0]["rows"].as_array_mut().unwrap().reverse();
    file["organisation"]["rows"]
        .as_array_mut()
        .unwrap()
        .reverse();
    assert_eq!(judged(&file), expected);
}

#[test]
fn what_stayed_without_a_wave_before_is_ignored() {
    let expected = judged(&good());
    let file = spoilt("/units/0/rows/0/stayed", json!(8));
    assert_eq!(judged(&file), expected);
}

#[test]
fn the_output_keeps_the_documented_order_of_names() {
    let case = &cases("trends")[0];
    let output = trends(&serde_json::to_vec(&case["input"]).unwrap());
    let text = String::from_utf8(output.stdout).unwrap();
    let mut rest = text.as_str();
    for name in [
        "wave",
        "plug_ins",
        "scale",
        "S2",
        "M",
        "tau2",
        "q2",
        "organisation",
        "scale",
        "published",
        "status",
        "units",
        "unit",
        "published",
        "p",
        "leading_scale",
        "change_status",
        "level_status",
        "status",
        "scales",
        "scale",
        "published",
        "form",
        "rows",
        "Z",
        "since_wave",
        "shape",
        "size",
        "se",
        "shown_size",
        "interval",
        "p",
        "status",
        "level",
        "mean",
        "sd",
        "P",
        "status",
    ] {
        let quoted = format!("\"{name}\":");
        let at = rest
            .find(&quoted)
            .unwrap_or_else(|| panic!("{name} is not where it should be"));
        let between = &rest[..at];
        assert!(!between.contains("\":"), "{between} stands before {name}");
        rest = &rest[at + quoted.len()..];
    }
}

#[test]
fn a_file_that_is_not_there_is_refused_by_name() {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_respite"))
        .args(["trends", "--input", "no-such-file.json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .contains("no-such-file.json")
    );
}
