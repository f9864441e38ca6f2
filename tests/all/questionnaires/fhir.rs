//! An independent reader of FHIR accepts what we export.

use std::io::Write;
use std::process::{Command, Stdio};

use respite::questionnaires::feedback::Scored;
use respite::questionnaires::{Answers, Catalogue, fhir};
use serde_json::Value;

use super::{Doorbell, repository, respite};

const EVERYTHING: &str = "[questionnaires]\naccepted_licences = [\"proqol5\", \"who5\"]\nfolder = ";

/// Reads resources, one a line, and asks of each what the R4 rules ask beyond its shape.
const READER: &str = r#"
import json, sys
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
kinds = {"Questionnaire": Questionnaire, "QuestionnaireResponse": QuestionnaireResponse}
count = 0
for line in sys.stdin:
    given = json.loads(line)
    read = kinds[given["resourceType"]].model_validate_json(line)
    assert json.loads(read.model_dump_json()) == given, "something was dropped or changed"
    def ids(items):
        for item in items or []:
            yield item["linkId"]
            yield from ids(item.get("item"))
    all_ids = list(ids(given["item"]))
    assert len(all_ids) == len(set(all_ids)), "que-2: link ids are unique"
    count += 1
print(count)
"#;

fn python() -> String {
    std::env::var("RESPITE_TEST_PYTHON").unwrap_or_else(|_| {
        panic!(
            "set RESPITE_TEST_PYTHON to a Python that has what tests/requirements.txt names; \
             ./test.sh prepares one"
        )
    })
}

/// How many resources the independent reader accepted.
fn accepted(resources: &[Value]) -> usize {
    let mut reader = Command::new(python())
        .args(["-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("RESPITE_TEST_PYTHON runs");
    let mut input = reader.stdin.take().unwrap();
    for resource in resources {
        writeln!(input, "{resource}").unwrap();
    }
    drop(input);
    let output = reader.wait_with_output().unwrap();
    assert!(output.status.success(), "the reader refused a resource");
    super::text(&output.stdout).trim().parse().unwrap()
}

/// The export of one questionnaire through the command line.
fn export(doorbell: &Doorbell, arguments: &[&str]) -> Value {
    let all = [&["questionnaires", "export", "--format", "fhir"], arguments].concat();
    let output = respite(&all, doorbell.folder.path());
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        super::text(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A folder whose settings accept every licence.
fn installation() -> Doorbell {
    let doorbell = Doorbell::new();
    let folder = repository("questionnaires");
    doorbell.write(
        "respite.toml",
        format!("{EVERYTHING}{:?}\n", folder.display().to_string()),
    );
    doorbell
}

#[test]
fn an_independent_reader_accepts_every_questionnaire_and_a_response() {
    let doorbell = installation();
    let mut resources: Vec<Value> = ["burnout1", "cbi", "hseit", "proqol5", "psi", "who5"]
        .iter()
        .map(|id| export(&doorbell, &[id]))
        .collect();
    resources.push(export(&doorbell, &["proqol5", "--form", "sts"]));
    resources.push(serde_json::to_value(cbi_response()).unwrap());
    assert_eq!(accepted(&resources), resources.len());
}

fn cbi_response() -> fhir::QuestionnaireResponse {
    let catalogue = Catalogue::embedded();
    let cbi = catalogue.find("cbi").unwrap();
    let given = [
        ("cbi.personal.1", 100),
        ("cbi.personal.2", 75),
        ("cbi.personal.3", 50),
        ("cbi.work.7", 0),
    ];
    let given = given.map(|(id, value)| (id.to_owned(), Some(value))).into();
    let answers = Answers::parse(cbi, None, &given).unwrap();
    let record = Scored::new(cbi, None, cbi.locale("en").unwrap(), answers);
    fhir::response(cbi, "https://respite.example", &record, "2026-11-24").unwrap()
}

#[test]
fn a_response_names_nobody_and_no_hour() {
    let response = serde_json::to_value(cbi_response()).unwrap();
    let mut keys: Vec<&str> = response
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    let allowed = [
        "authored",
        "item",
        "language",
        "questionnaire",
        "resourceType",
        "status",
    ];
    assert_eq!(keys, allowed);
    assert_eq!(response["authored"], "2026-11-24");
    assert_eq!(
        response["questionnaire"],
        "https://respite.example/fhir/Questionnaire/cbi|1.0.0"
    );
    let answered = response["item"][0]["item"].as_array().unwrap();
    assert_eq!(
        answered.len(),
        5,
        "four answers and the one scale with a score"
    );
    assert_eq!(answered[4]["answer"][0]["valueDecimal"], 75.0);
}

#[test]
fn weights_are_the_values_after_reversal_and_the_minimum_is_in_the_expression() {
    let cbi = export(&installation(), &["cbi"]);
    let items = cbi["item"][0]["item"].as_array().unwrap();
    let item = |id: &str| items.iter().find(|item| item["linkId"] == id).unwrap();
    let first_weight = |id: &str| {
        item(id)["answerOption"][0]["valueCoding"]["extension"][0]["valueDecimal"].clone()
    };
    assert_eq!(first_weight("cbi.work.6"), 100, "always");
    assert_eq!(first_weight("cbi.work.7"), 0, "always, reversed");
    let expression = &item("cbi.work")["extension"][1]["valueExpression"]["expression"];
    assert_eq!(
        expression,
        "iif(%v.count() >= 4, %v.aggregate($this + $total, 0) / %v.count(), {})"
    );
    let who5 = export(&installation(), &["who5"]);
    let scale = &who5["item"][0]["item"][5]["extension"][1]["valueExpression"]["expression"];
    assert_eq!(
        scale,
        "iif(%v.count() >= 5, %v.aggregate($this + $total, 0) / %v.count() * 20, {})"
    );
}

#[test]
fn other_languages_are_translations_and_a_draft_makes_a_draft() {
    let doorbell = Doorbell::new();
    doorbell.write("mine/doorbell.toml", &doorbell.structure);
    doorbell.write("mine/doorbell.en.toml", &doorbell.locale);
    let french = doorbell
        .locale
        .replace("lang = \"en\"", "lang = \"fr\"")
        .replace("\"Never\"", "\"Jamais\"");
    doorbell.write("mine/doorbell.fr.toml", french);
    doorbell.write("respite.toml", "[questionnaires]\nfolder = \"mine\"\n");
    let resource = export(&doorbell, &["doorbell"]);
    assert_eq!(
        (&resource["status"], &resource["language"]),
        (&"draft".into(), &"en".into())
    );
    let coding = &resource["item"][0]["item"][0]["answerOption"][0]["valueCoding"];
    assert_eq!(coding["display"], "Never");
    let parts = &coding["_display"]["extension"][0]["extension"];
    assert_eq!(
        (&parts[0]["valueCode"], &parts[1]["valueString"]),
        (&"fr".into(), &"Jamais".into())
    );
    assert_eq!(accepted(&[resource]), 1);
}

#[test]
fn an_untested_wording_is_exported_only_by_itself() {
    let doorbell = Doorbell::new();
    let english = export(&doorbell, &["cbi"]);
    assert_eq!(
        (&english["status"], &english["_title"]),
        (&"active".into(), &Value::Null)
    );
    let russian = export(&doorbell, &["cbi", "--lang", "ru"]);
    assert_eq!(
        (&russian["status"], &russian["language"]),
        (&"draft".into(), &"ru".into())
    );
    assert_eq!(
        russian["_title"]["extension"][0]["extension"][0]["valueCode"],
        "en"
    );
}
