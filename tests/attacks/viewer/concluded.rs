//! Findings, alerts and tables add nothing: whoever has the released rows of the API computes each
//! of them with `respite trends`, byte for byte.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use poem::http::Method;
use respite::questionnaires::Instrument;
use serde_json::{Value, json};

use crate::support::app::{House, TestApp};
use crate::support::wire::{Request, Wire};

/// What the API shows of one unit.
struct Unit {
    kind: String,
    rows: Vec<Value>,
    trend: Value,
}

/// How much was compared, so that a test can see that something was.
#[derive(Clone, Copy, Debug, Default)]
pub struct Compared {
    pub findings: usize,
    pub alerts: usize,
}

/// Everything that is concluded about an organisation follows from its released rows.
pub async fn must_follow_from_rows(
    app: &TestApp,
    house: &House,
    instrument: &str,
    compared: &mut Compared,
) {
    let token = app.sign_in(&house.short_name, "supervisor").await;
    let units = units(app, &token).await;
    for unit in units.values() {
        must_be_the_rows(unit);
    }
    let instrument = app.app.catalogue.find(instrument).expect("an instrument");
    let scales = scanned(instrument, &units[&house.organisation]);
    if scales.is_empty() {
        let findings = units.values().flat_map(|unit| findings(unit).into_values());
        assert_eq!(findings.count(), 0, "{} feeds no trend", instrument.id);
        return;
    }
    for wave in waves(&units) {
        let mut organisation = None;
        for kind in ["team", "site"] {
            let set = asked(&units, kind, wave);
            if set.is_empty() && (organisation.is_some() || kind == "team") {
                continue;
            }
            let input = input(&units, (&house.organisation, &set), (wave, &scales));
            let output = judged(&input);
            for (place, unit) in set.iter().enumerate() {
                if let Some(found) = findings(&units[*unit]).get(&wave) {
                    let computed = &output["units"][place];
                    assert_eq!(text(computed), text(found), "{kind} {unit} at wave {wave}");
                    compared.findings += 1;
                }
            }
            organisation.get_or_insert(output["organisation"].clone());
        }
        let found = &findings(&units[&house.organisation])[&wave];
        let computed = organisation.expect("the organisation is judged in any case");
        assert_eq!(
            text(&computed),
            text(found),
            "the organisation at wave {wave}"
        );
        compared.findings += 1;
    }
    let alerts = app.get(&token, "/alerts?limit=200").await.good();
    for alert in alerts["alerts"].as_array().expect("alerts") {
        must_repeat_its_finding(alert, &units);
        compared.alerts += 1;
    }
    must_be_the_table(app, &token, (&house.organisation, &units)).await;
}

/// Numbers are compared as they are written.
fn text(value: &Value) -> String {
    value.to_string()
}

async fn units(app: &TestApp, token: &str) -> BTreeMap<String, Unit> {
    let followed = app.get(token, "/me/followed-units").await.good();
    let mut units = BTreeMap::new();
    for unit in followed["units"].as_array().expect("units") {
        let id = unit["id"].as_str().expect("an id").to_owned();
        let unit = Unit {
            kind: unit["kind"].as_str().expect("a kind").to_owned(),
            rows: app.publications(token, &id).await,
            trend: app.get(token, &format!("/units/{id}/trend")).await.good(),
        };
        units.insert(id, unit);
    }
    units
}

/// What is drawn are the released rows and nothing else.
fn must_be_the_rows(unit: &Unit) {
    let mut drawn = 0;
    for plan in unit.trend["plans"].as_array().expect("plans") {
        for series in plan["scales"].as_array().expect("scales") {
            for point in series["points"].as_array().expect("points") {
                let row = unit
                    .rows
                    .iter()
                    .find(|row| row["wave"] == point["wave"] && row["scale"] == series["scale"]);
                let row = row.expect("a point is of a row");
                for field in ["published", "answered", "asked", "mean", "stayed", "number"] {
                    assert_eq!(row[field], point[field], "{field}");
                }
                drawn += 1;
            }
        }
    }
    assert_eq!(drawn, unit.rows.len());
}

/// The scales that feed trends, as the method reads them.
fn scanned(instrument: &Instrument, whole: &Unit) -> Vec<Value> {
    let series = whole.trend["plans"][0]["scales"]
        .as_array()
        .expect("scales");
    let scanned = series.iter().filter_map(|series| {
        let id = series["scale"].as_str()?;
        let scale = instrument.scale(id).filter(|scale| scale.scan)?;
        let direction = if series["higher_is_better"] == true {
            "higher_is_better"
        } else {
            "higher_is_worse"
        };
        let mut known = json!({ "id": id, "direction": direction, "cut": series["cut"] });
        if let Some(alpha) = &scale.alpha {
            known["alpha"] = json!(alpha.value.to_f64());
        }
        Some(known)
    });
    scanned.collect()
}

fn waves(units: &BTreeMap<String, Unit>) -> BTreeSet<i64> {
    let rows = units.values().flat_map(|unit| &unit.rows);
    rows.map(|row| row["number"].as_i64().expect("a number"))
        .collect()
}

/// The units of a kind that were asked up to a wave, in the order of their ids.
fn asked<'a>(units: &'a BTreeMap<String, Unit>, kind: &str, wave: i64) -> Vec<&'a str> {
    let asked = units.iter().filter(|(_, unit)| {
        let mut rows = unit.rows.iter();
        unit.kind == kind && rows.any(|row| row["number"].as_i64() <= Some(wave))
    });
    asked.map(|(id, _)| id.as_str()).collect()
}

fn input(
    units: &BTreeMap<String, Unit>,
    (whole, set): (&str, &[&str]),
    (wave, scales): (i64, &[Value]),
) -> Value {
    let rows = |unit: &str| -> Vec<Value> {
        let shown = units[unit].rows.iter().filter(|row| {
            let feeds = scales.iter().any(|scale| scale["id"] == row["scale"]);
            feeds && row["published"] == true && row["number"].as_i64() <= Some(wave)
        });
        let row = |row: &Value| {
            json!({
                "wave": row["number"], "scale": row["scale"], "answered": row["answered"],
                "asked": row["asked"], "mean": row["mean"], "stayed": row["stayed"],
            })
        };
        shown.map(row).collect()
    };
    let units: Vec<Value> = set
        .iter()
        .map(|unit| json!({ "id": unit, "rows": rows(unit) }))
        .collect();
    json!({
        "format": "respite-trends-1", "cadence": "quarterly", "waves": wave, "scales": scales,
        "organisation": { "rows": rows(whole), "spread": [] }, "units": units,
    })
}

/// What the program prints.
fn judged(input: &Value) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("series.json");
    std::fs::write(&file, input.to_string()).expect("a file");
    let printed = Command::new(env!("CARGO_BIN_EXE_respite"))
        .args(["trends", "--input"])
        .arg(&file)
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&printed.stderr);
    assert!(printed.status.success(), "{said}\n{input}");
    serde_json::from_slice(&printed.stdout).expect("JSON")
}

/// The findings about a unit by the number of their wave.
fn findings(unit: &Unit) -> BTreeMap<i64, Value> {
    let plans = unit.trend["plans"].as_array().expect("plans");
    let findings = plans
        .iter()
        .flat_map(|plan| plan["findings"].as_array().expect("findings"));
    findings
        .map(|finding| {
            let number = finding["number"].as_i64().expect("a number");
            (number, finding["document"].clone())
        })
        .collect()
}

/// What an alert says in numbers is what one finding about its unit says.
fn must_repeat_its_finding(alert: &Value, units: &BTreeMap<String, Unit>) {
    let unit = &units[alert["unit"].as_str().expect("a unit")];
    let documents = findings(unit).into_values();
    let is_its_own = |document: &Value| {
        let scales = document.get("scales").unwrap_or(document);
        let led = scales.as_array().expect("scales").iter();
        let led = led.clone().find(|scale| scale["scale"] == alert["scale"]);
        let Some(led) = led else {
            return alert["p"].is_null();
        };
        let p = document.get("p").unwrap_or(&led["p"]);
        *p == alert["p"]
            && led["shown_size"] == alert["shown_size"]
            && led["interval"] == alert["interval"]
    };
    assert!(
        documents.into_iter().any(|found| is_its_own(&found)),
        "{alert}"
    );
}

/// The table for a spreadsheet has the rows and no more.
async fn must_be_the_table(
    app: &TestApp,
    token: &str,
    (whole, units): (&str, &BTreeMap<String, Unit>),
) {
    let path = format!("/api/v1/units/{whole}/publications.csv");
    let request = Request::new(Method::GET, path).bearer(token);
    let table = Wire::to(app).send(&request).await.text();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let lines: Vec<csv::StringRecord> =
        reader.records().map(|line| line.expect("a line")).collect();
    let rows = &units[whole].rows;
    assert_eq!(lines.len(), rows.len());
    for (line, row) in lines.iter().zip(rows) {
        for (name, cell) in header.iter().zip(line) {
            let shown = match &row[name] {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => continue,
            };
            let is_instant = name.ends_with("_at");
            assert!(is_instant || cell == shown, "{name}: {cell} {shown}");
        }
        if row["published"] == false {
            let numbers = ["answered", "asked", "mean", "at_or_above_cut", "stayed"];
            let place = |name: &str| header.iter().position(|column| column == name);
            let told = numbers
                .iter()
                .filter_map(|name| place(name))
                .any(|at| !line[at].is_empty());
            assert!(!told, "{line:?}");
        }
    }
}
