//! `respite score` and `respite questionnaires` at their edges.

use serde_json::Value;

use super::{Doorbell, repository, respite, text};

/// Scores a text with the single item; exit code, standard output, standard error.
fn single(csv: impl AsRef<[u8]>, format: &str) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.csv"), csv).unwrap();
    let arguments = [
        "score",
        "--questionnaire",
        "burnout1",
        "--input",
        "a.csv",
        "--format",
        format,
    ];
    let output = respite(&arguments, folder.path());
    let (out, err) = (
        text(&output.stdout).to_owned(),
        text(&output.stderr).to_owned(),
    );
    (output.status.code(), out, err)
}

const HEADER: &str = "respondent,scale,score,answered,band\n";

#[test]
fn a_header_alone_gives_a_header_alone() {
    assert_eq!(single("respondent,burnout1.1\n", "csv").1, HEADER);
    assert_eq!(single("respondent,burnout1.1", "json").1, "[]\n");
    assert_eq!(
        single("respondent\na\n", "csv").1,
        HEADER,
        "no column, no scale"
    );
}

#[test]
fn marks_line_ends_quotes_and_spaces_do_not_matter() {
    let csv = "\u{feff}\"respondent\", burnout1.1 \r\n\"a, \"\"b\"\"\", 3 \r\nc,\"\"\r\n";
    let (code, out, told) = single(csv, "csv");
    let expected = format!(
        "{HEADER}\"a, \"\"b\"\"\",burnout1.burnout,3.00,1,at-or-above-cut\nc,burnout1.burnout,,0,\n"
    );
    assert_eq!((code, out), (Some(0), expected), "{told}");
}

/// A text and how its refusal begins.
const REFUSED: &[(&str, &str)] = &[
    ("", "a.csv:1: there is no header"),
    ("a,3\n", "a.csv:1: there is no header"),
    (
        "respondent,burnout1.1\na,3.0\n",
        "a.csv:2: column burnout1.1",
    ),
    (
        "respondent,burnout1.1\na,03\n",
        "a.csv:2: column burnout1.1",
    ),
    (
        "respondent,burnout1.1\na,+3\n",
        "a.csv:2: column burnout1.1",
    ),
    (
        "respondent,burnout1.1\na,NA\n",
        "a.csv:2: column burnout1.1",
    ),
    (
        "respondent,burnout1.1\na,1\nb,0\n",
        "a.csv:3: column burnout1.1",
    ),
    (
        "respondent,burnout1.1,burnout1.1\n",
        "a.csv:1: column burnout1.1: this column stands twice",
    ),
    ("respondent,burnout1.2\n", "a.csv:1: column burnout1.2"),
    ("respondent,\n", "a.csv:1: column 2 (no name)"),
    (
        "respondent,burnout1.1\n,1\n",
        "a.csv:2: column respondent: this cell is empty",
    ),
    (
        "respondent,burnout1.1\na,1\n\"x\ny\",2\na,1\n",
        "a.csv:5: column respondent: this respondent stands twice",
    ),
    ("respondent,burnout1.1\na,1,2\n", "a.csv:2: 3 cells"),
    ("respondent,burnout1.1\na\n", "a.csv:2: 1 cells"),
    (
        "respondent,burnout1.1\n\na,1\n",
        "a.csv:2: this line is empty",
    ),
    (
        "respondent,burnout1.1\na,\"1\n",
        "a.csv:2: a quote is opened here",
    ),
];

#[test]
fn everything_unclear_is_refused_with_its_place() {
    for (csv, beginning) in REFUSED {
        for format in ["csv", "json"] {
            let (code, out, told) = single(csv, format);
            assert_eq!((code, &*out), (Some(1), ""), "{csv:?}");
            assert!(told.contains(beginning), "{csv:?}: {told}");
        }
    }
    let (code, out, told) = single(b"respondent,burnout1.1\na\xff,1\n", "csv");
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(
        told.contains("a.csv:2: column respondent: not UTF-8"),
        "{told}"
    );
}

#[test]
fn a_bad_line_far_down_leaves_nothing_on_standard_output() {
    let people: Vec<String> = (2..40_000).map(|person| format!("p{person},3")).collect();
    let csv = format!(
        "respondent,burnout1.1
{}
bad,9
",
        people.join(
            "
"
        )
    );
    let (code, out, told) = single(&csv, "csv");
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(told.contains("a.csv:40000: column burnout1.1"), "{told}");
}

#[test]
fn an_unknown_questionnaire_is_refused_and_a_wrong_flag_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let code = |arguments: &[&str]| respite(arguments, folder.path()).status.code();
    assert_eq!(
        code(&["score", "--questionnaire", "mbi", "--input", "-"]),
        Some(1)
    );
    assert_eq!(
        code(&["score", "--questionnaire", "cbi", "--input", "nowhere.csv"]),
        Some(1)
    );
    assert_eq!(code(&["score", "--questionnaire", "cbi"]), Some(2));
    assert_eq!(code(&["questionnaires", "show", "mbi"]), Some(1));
    assert_eq!(
        code(&["questionnaires", "show", "cbi", "--lang", "xx"]),
        Some(1)
    );
    assert_eq!(code(&["questionnaires", "show", "cbi"]), Some(0));
    assert_eq!(code(&["questionnaires", "check"]), Some(2));
}

#[test]
fn the_list_names_every_questionnaire() {
    let folder = tempfile::tempdir().unwrap();
    let output = respite(&["questionnaires", "list", "--json"], folder.path());
    let listed: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let ids: Vec<&str> = listed
        .iter()
        .map(|one| one["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["burnout1", "cbi", "hseit", "proqol5", "psi", "who5"]);
    let counts: Vec<u64> = listed
        .iter()
        .map(|one| one["items"].as_u64().unwrap())
        .collect();
    assert_eq!(counts, [1, 19, 35, 30, 8, 5]);
    let plain = respite(&["questionnaires", "list"], folder.path());
    assert_eq!(text(&plain.stdout).lines().count(), 7);
}

#[test]
fn a_folder_of_the_settings_adds_an_instrument_that_can_be_scored() {
    let doorbell = Doorbell::new();
    doorbell.write("mine/doorbell.toml", &doorbell.structure);
    doorbell.write("mine/doorbell.en.toml", &doorbell.locale);
    doorbell.write("respite.toml", "[questionnaires]\nfolder = \"mine\"\n");
    doorbell.write("a.csv", "respondent,doorbell.1,doorbell.3\na,2,0\n");
    let arguments = ["score", "--questionnaire", "doorbell", "--input", "a.csv"];
    let output = respite(&arguments, doorbell.folder.path());
    assert_eq!(
        text(&output.stdout),
        format!("{HEADER}a,doorbell.strain,100.00,2,tense\n")
    );
}

#[test]
fn every_shipped_file_passes_the_check() {
    let folder = repository("questionnaires");
    let mut files: Vec<String> = Vec::new();
    for below in [folder.clone(), folder.join("restricted")] {
        for entry in std::fs::read_dir(below).unwrap() {
            let path = entry.unwrap().path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                files.push(path.display().to_string());
            }
        }
    }
    assert!(files.len() >= 12, "{files:?}");
    let arguments: Vec<&str> = ["questionnaires", "check"]
        .into_iter()
        .chain(files.iter().map(String::as_str))
        .collect();
    let output = respite(&arguments, &folder);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}
