//! Every rule on structure files has a smallest bad file: it is found alone, on its line.

use super::{Doorbell, line_of};

/// Code, what is replaced in the structure file by what, and a stretch of the line that is named.
type Bad = (&'static str, &'static str, &'static str, &'static str);

const READING: &[Bad] = &[
    ("Q01", "format = 1", "format = 2", "format = 2"),
    ("Q01", "year = 2026", "year = = 2026", "year = ="),
    (
        "Q02",
        "minutes = 1",
        "minutes = 1\nminute = 1",
        "minute = 1\n",
    ),
    ("Q02", "sd = 20.0", "sd = 20.0, colour = \"red\"", "colour"),
    ("Q03", "minutes = 1\n", "", "[instrument]"),
    ("Q03", "year = 2026", "year = \"2026\"", "year ="),
    ("Q03", "kind = \"strain\"", "kind = \"stress\"", "kind ="),
    ("Q03", "version = \"1.0.0\"", "version = \"1\"", "version ="),
    ("Q03", "format = 1\n", "", "# questionnaires/doorbell.toml"),
    ("Q03", "range = [0, 100]", "range = [0]", "range ="),
    (
        "Q04",
        "id = \"doorbell\" ",
        "id = \"Doorbell\" ",
        "id = \"Doorbell\"",
    ),
    (
        "Q04",
        "id = \"doorbell\" ",
        "id = \"door\" ",
        "id = \"door\"",
    ),
    (
        "Q04",
        "{ id = \"full\",",
        "{ id = \"Full form\",",
        "{ id = \"Full",
    ),
    (
        "Q05",
        "forms = [",
        "forms = [{ id = \"full\", scales = [\"doorbell.strain\"] }, ",
        "forms =",
    ),
    (
        "Q05",
        "{ id = \"often\", value = 2 }",
        "{ id = \"often\", value = 1 }",
        "id = \"never\"",
    ),
    ("Q05", "{ id = \"often\",", "{ id = \"never\",", "options ="),
    ("Q05", "{ id = \"tense\",", "{ id = \"calm\",", "bands ="),
    ("Q06", "name = \"CC0-1.0\"", "name = \"\"", "name = \"\""),
    ("Q06", "checked = 2026-11-24\n", "", "[licence]"),
    (
        "Q06",
        "evidence = \"seen\"  ",
        "evidence = \" \"  ",
        "evidence =",
    ),
];

const RULES: &[Bad] = &[
    (
        "Q08",
        "{ id = \"sometimes\", value = 1 }, { id = \"often\", value = 2 }",
        "{ id = \"often\", value = 2 }, { id = \"sometimes\", value = 1 }",
        "options =",
    ),
    (
        "Q09",
        "[response_sets.frequency]",
        "[response_sets.spare]\noptions = [{ id = \"a\", value = 0 }, { id = \"b\", value = 1 }]\n[response_sets.frequency]",
        "[response_sets.spare]",
    ),
    (
        "Q11",
        "reversed = [\"doorbell.3\"]",
        "reversed = [\"doorbell.4\"]",
        "reversed =",
    ),
    (
        "Q13",
        "minimum_answered = 2",
        "minimum_answered = 4",
        "minimum_answered",
    ),
    (
        "Q13",
        "minimum_answered = 2",
        "minimum_answered = 0",
        "minimum_answered",
    ),
    ("Q14", "range = [0, 100]", "range = [0, 150]", "range ="),
    ("Q14", "multiply = 50", "multiply = 60", "range ="),
    (
        "Q15",
        "{ id = \"tense\", from = 50 }",
        "{ id = \"tense\", from = 51 }",
        "cut =",
    ),
    (
        "Q15",
        "{ id = \"calm\", from = 0 }",
        "{ id = \"calm\", from = 1 }",
        "bands =",
    ),
    ("Q15", "cut = 50", "cut = 49", "cut ="),
    (
        "Q15",
        "bands_source = \"made up; descriptive, not clinical\"",
        "",
        "[[scales]]",
    ),
    (
        "Q16",
        "scales = [\"doorbell.strain\"] }]",
        "scales = [\"doorbell.stress\"] }]",
        "forms =",
    ),
    (
        "Q16",
        "scale = \"doorbell.strain\", n =",
        "scale = \"doorbell.stress\", n =",
        "norms =",
    ),
    ("Q16", "mean = 40.0", "mean = 140.0", "norms ="),
    ("Q16", "at_least = 90", "at_least = 190", "safety ="),
    ("Q16", "at_least = 90,", "", "safety ="),
    (
        "Q16",
        "at_least = 90",
        "at_least = 90, rise = true",
        "safety =",
    ),
    (
        "Q16",
        "scale = \"doorbell.strain\", at_least = 90",
        "item = \"doorbell.1\", at_least = 3",
        "safety =",
    ),
    (
        "Q16",
        "scale = \"doorbell.strain\", at_least",
        "at_least",
        "safety =",
    ),
    ("Q16", "changed = 34", "changed = 134", "change ="),
    ("Q16", "possibly = 17", "possibly = 34", "change ="),
    ("Q18", "score = 100.0", "score = 99.0", "{ answers ="),
    (
        "Q18",
        "answered = 2, band",
        "answered = 3, band",
        "{ answers =",
    ),
    (
        "Q18",
        "band = \"tense\" }] }",
        "band = \"calm\" }] }",
        "{ answers =",
    ),
    (
        "Q18",
        "\"doorbell.3\" = 0 }",
        "\"doorbell.3\" = 7 }",
        "{ answers =",
    ),
];

fn each_is_found_alone(table: &[Bad]) {
    for (code, old, new, stretch) in table {
        let doorbell = Doorbell::new().structure(old, new);
        let line = line_of(&doorbell.structure, stretch);
        let mut found = doorbell.faults();
        found.retain(|fault| fault.file == "doorbell.toml");
        let codes: Vec<_> = found.iter().map(|fault| &*fault.code).collect();
        assert!(codes.contains(code), "{code} {new:?}: {found:#?}");
        if *code != "Q05" {
            assert!(
                codes.iter().all(|other| other == code),
                "{code} {new:?}: {found:#?}"
            );
        }
        let named = found
            .iter()
            .any(|fault| fault.code == *code && fault.line == line);
        assert!(named, "{code} {new:?} is not on line {line}: {found:#?}");
    }
}

#[test]
fn the_documented_example_has_no_fault() {
    assert_eq!(Doorbell::new().faults(), []);
}

#[test]
fn each_fault_of_reading_is_named_with_its_line() {
    each_is_found_alone(READING);
}

#[test]
fn each_broken_rule_is_named_with_its_line() {
    each_is_found_alone(RULES);
}

fn only(doorbell: &Doorbell, code: &str) {
    let found = doorbell.faults();
    assert!(!found.is_empty(), "{code} was not found");
    assert!(
        found.iter().all(|fault| fault.code == code),
        "{code}: {found:#?}"
    );
}

#[test]
fn items_and_scales_that_do_not_fit_are_q10() {
    let items = "items = [\"doorbell.1\", \"doorbell.2\", \"doorbell.3\"]";
    for new in [
        "items = [\"doorbell.1\", \"doorbell.2\", \"doorbell.3\", \"doorbell.9\"]",
        "items = [\"doorbell.1\", \"doorbell.2\", \"doorbell.3\", \"doorbell.3\"]",
    ] {
        let found = Doorbell::new().structure(items, new).faults();
        assert_eq!(
            found.iter().filter(|f| f.code == "Q10").count(),
            1,
            "{found:#?}"
        );
    }
    only(
        &Doorbell::new().structure(items, "items = [\"doorbell.1\", \"doorbell.3\"]"),
        "Q10",
    );
}

#[test]
fn a_scale_without_items_is_q10() {
    let scale = "[[scales]]\nid = \"doorbell.none\"\nitems = []\nmethod = \"mean\"\n\
        minimum_answered = 1\nrange = [0, 2]\nhigher = \"worse\"\npublish_at = \"unit\"\n\
        scan = false\nbands = []\n[[scales]]";
    let doorbell = Doorbell::new().structure("[[scales]]", scale).locale(
        "[scales.",
        "[scales.\"doorbell.none\"]\nname = \"None\"\n[scales.",
    );
    only(&doorbell, "Q10");
}

/// A second set with other values for the second item.
fn with_second_set(options: &str) -> Doorbell {
    let set = format!("[response_sets.other]\noptions = {options}\n[response_sets.frequency]");
    Doorbell::new()
        .structure(
            "{ id = \"doorbell.2\", responses = \"frequency\" }",
            "{ id = \"doorbell.2\", responses = \"other\" }",
        )
        .structure("[response_sets.frequency]", &set)
        .locale(
            "[options.frequency]",
            "[options.other]\na = \"A\"\nb = \"B\"\n[options.frequency]",
        )
}

#[test]
fn one_option_is_no_choice() {
    let one = with_second_set("[{ id = \"a\", value = 0 }]").locale("b = \"B\"\n", "");
    let found = one.faults();
    assert!(found.iter().any(|fault| fault.code == "Q08"), "{found:#?}");
}

#[test]
fn an_item_without_its_set_is_q09() {
    let old = "{ id = \"doorbell.2\", responses = \"frequency\" }";
    let new = "{ id = \"doorbell.2\", responses = \"frequencies\" }";
    only(&Doorbell::new().structure(old, new), "Q09");
}

#[test]
fn other_ends_in_one_scale_are_q12() {
    only(
        &with_second_set("[{ id = \"a\", value = 0 }, { id = \"b\", value = 3 }]"),
        "Q12",
    );
}

#[test]
fn a_set_that_cannot_be_turned_round_is_q11() {
    let doorbell = Doorbell::new()
        .structure(
            "{ id = \"sometimes\", value = 1 }, { id = \"often\", value = 2 }",
            "{ id = \"sometimes\", value = 1 }, { id = \"often\", value = 4 }",
        )
        .structure("multiply = 50", "multiply = 25")
        .structure("\"doorbell.1\" = 2,", "\"doorbell.1\" = 4,");
    only(&doorbell, "Q11");
}

#[test]
fn verdicts_are_refused_where_none_may_be_given() {
    let doorbell =
        Doorbell::new().structure("individual_feedback = true", "individual_feedback = false");
    let found = doorbell.faults();
    let lines: Vec<usize> = found.iter().map(|fault| fault.line).collect();
    let (safety, bands) = (
        line_of(&doorbell.structure, "safety ="),
        line_of(&doorbell.structure, "bands ="),
    );
    assert_eq!(lines, [safety, bands], "{found:#?}");
    only(&doorbell, "Q17");
}

#[test]
fn a_file_without_an_example_is_q18() {
    let doorbell = Doorbell::new();
    let (start, end) = (
        doorbell.structure.find("examples = [").unwrap(),
        doorbell.structure.find("fhir_codes").unwrap(),
    );
    let examples = doorbell.structure[start..end].to_owned();
    only(&doorbell.structure(&examples, ""), "Q18");
}

#[test]
fn two_released_scales_that_share_an_item_are_q25() {
    let scale = |publish_at: &str| {
        format!(
            "[[scales]]\nid = \"doorbell.also\"\nitems = [\"doorbell.1\"]\nmethod = \"mean\"\n\
             minimum_answered = 1\nrange = [0, 2]\nhigher = \"worse\"\n\
             publish_at = \"{publish_at}\"\nscan = false\nbands = []\n[[scales]]"
        )
    };
    let with = |publish_at: &str| {
        Doorbell::new()
            .structure("[[scales]]", &scale(publish_at))
            .locale(
                "[scales.",
                "[scales.\"doorbell.also\"]\nname = \"Also\"\n[scales.",
            )
    };
    only(&with("organisation"), "Q25");
    assert_eq!(with("never").faults(), []);
}
