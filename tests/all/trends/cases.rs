//! Every worked case, to its own tolerance.

use respite::trends::{
    Cadence, Level, Looked, Memory, PlugIns, chance, rejected, simes, upper_tail,
};
use serde_json::{Value, json};

use super::{assert_agree, cases, judged};

/// Runs a rule on every case of a kind, of which there must be so many.
fn hold(kind: &str, many: usize, rule: impl Fn(&Value) -> Value) {
    let cases = cases(kind);
    assert_eq!(cases.len(), many, "{kind}");
    for case in cases {
        let tolerance = case["tol"].as_f64().unwrap();
        let name = case["name"].as_str().unwrap();
        assert_agree(&rule(&case["input"]), &case["expected"], tolerance, name);
    }
}

fn numbers(list: &Value) -> Vec<f64> {
    let list = list.as_array().unwrap().iter();
    list.map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn a_whole_result_is_as_written_down() {
    hold("trends", 14, judged);
}

#[test]
fn the_chance_of_a_scan_is_as_written_down() {
    hold("p_scan", 1, |input| {
        let rows = input["rows"].as_array().unwrap();
        let rows = rows.iter().map(|rows| rows.as_u64().unwrap());
        let ps: Vec<f64> = numbers(&input["Z"])
            .into_iter()
            .zip(rows)
            .map(|(z, rows)| chance(z, rows.try_into().unwrap()))
            .collect();
        json!({ "p": ps })
    });
}

#[test]
fn a_far_tail_keeps_its_digits() {
    // From tables of the normal distribution; one minus the lower tail would be nought.
    for (x, tail) in [
        (10.0, 7.619_853_024_160_525e-24),
        (6.0, 9.865_876_450_376_946e-10),
    ] {
        assert!((upper_tail(x) / tail - 1.0).abs() < 1e-9, "{x}");
    }
}

#[test]
fn the_level_rule_is_as_written_down() {
    hold("level", 3, |input| {
        let number = |name: &str| input[name].as_f64().unwrap();
        let known = PlugIns {
            s2: number("S2"),
            m: number("M"),
            tau2: number("tau2"),
            q2: 4.0,
            spread_df: 0.0,
        };
        let looked = Looked {
            mean: number("mean"),
            answered: number("answered"),
            asked: number("asked"),
            cut: number("cut"),
            alpha: number("alpha"),
        };
        let level = Level::of(&looked, &known);
        json!({ "P": level.p, "mean": level.mean, "sd": level.sd })
    });
}

#[test]
fn benjamini_hochberg_rejects_as_written_down() {
    hold("benjamini_hochberg", 4, |input| {
        let rejected = rejected(&numbers(&input["p"]), input["q"].as_f64().unwrap());
        json!({ "reject": rejected })
    });
    assert_eq!(rejected(&[], 0.2), [] as [bool; 0]);
}

#[test]
fn several_scales_become_one_as_written_down() {
    hold(
        "simes",
        4,
        |input| json!({ "p": simes(&numbers(&input["p"])) }),
    );
    assert_eq!(simes(&[]), None);
}

#[test]
fn a_status_rises_at_once_and_falls_slowly_as_written_down() {
    hold("hysteresis", 2, |input| {
        assert_eq!(input["cadence"], "quarterly");
        let cadence = Cadence::Quarterly;
        let mut memory = Memory::default();
        let ps = input["p"].as_array().unwrap().iter();
        let statuses = ps.map(|p| {
            match p.as_f64() {
                Some(p) => memory.row(Some((p, cadence.level_of(p))), cadence),
                None => memory.gap(),
            }
            memory.status()
        });
        json!({ "status": statuses.collect::<Vec<_>>() })
    });
}

#[test]
fn the_example_of_the_documents_is_judged_as_it_says() {
    let text = include_str!("../../../docs/files.md");
    let section = text.split("## Released rows").nth(1).unwrap();
    let mut blocks = section.split("```json\n").skip(1);
    let mut next = || -> Value {
        let block = blocks.next().unwrap().split("```").next().unwrap();
        serde_json::from_str(block).unwrap()
    };
    let (input, output) = (next(), next());
    assert_agree(&judged(&input), &output, 0.005, "docs/files.md");
}
