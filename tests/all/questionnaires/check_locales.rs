//! Every rule on locales has a smallest bad file.

use super::{Doorbell, line_of, repository};

/// Code, what is replaced in the locale file by what, and a stretch of the line that is named.
type Bad = (&'static str, &'static str, &'static str, &'static str);

const LOCALES: &[Bad] = &[
    ("Q01", "format = 1", "format = 7", "format = 7"),
    ("Q02", "title = ", "tittle = \"x\"\ntitle = ", "tittle"),
    (
        "Q03",
        "instructions = \"Think of the last two weeks.\"\n",
        "",
        "# questionnaires",
    ),
    (
        "Q03",
        "status = \"draft\"",
        "status = \"final\"",
        "status =",
    ),
    (
        "Q03",
        "written_by = \"A. Nobody\"\n",
        "",
        "# questionnaires",
    ),
    ("Q04", "lang = \"en\"", "lang = \"English\"", "lang ="),
    (
        "Q19",
        "title = \"Doorbell strain\"\n",
        "",
        "# questionnaires",
    ),
    (
        "Q19",
        "title = \"Doorbell strain\"",
        "title = \" \"",
        "title =",
    ),
    ("Q19", "never = \"Never\"\n", "", "[options.frequency]"),
    (
        "Q19",
        "never = \"Never\"\n",
        "never = \"Never\"\nrarely = \"Rarely\"\n",
        "rarely",
    ),
    (
        "Q19",
        "\"doorbell.2\" = \"Do",
        "\"doorbell.9\" = \"Do",
        "\"doorbell.9\"",
    ),
    ("Q19", "calm = \"calm\", ", "", "bands ="),
    (
        "Q19",
        "calm = \"calm\", ",
        "calm = \"calm\", odd = \"odd\", ",
        "bands =",
    ),
    (
        "Q20",
        "instrument = \"doorbell\"",
        "instrument = \"bell\"",
        "instrument =",
    ),
    (
        "Q20",
        "version = \"1.0.0\"",
        "version = \"1.1.0\"",
        "version =",
    ),
    ("Q20", "lang = \"en\"", "lang = \"ru\"", "lang ="),
    ("Q21", "by a {visitor.one}", "by a guest", "\"doorbell.1\""),
    (
        "Q21",
        "by a {visitor.one}",
        "by a {visitor.many}",
        "guest = {",
    ),
    (
        "Q21",
        "by a {visitor.one}",
        "by a {visitor.one} {guest.one}",
        "\"doorbell.1\"",
    ),
    (
        "Q21",
        "by a {visitor.one}",
        "by a {visitor.one} }",
        "\"doorbell.1\"",
    ),
    (
        "Q21",
        "client = { one = \"client\" }",
        "client = {}",
        "choices =",
    ),
    (
        "Q21",
        "default = \"guest\"",
        "default = \"host\"",
        "default =",
    ),
];

#[test]
fn each_fault_of_a_locale_is_named_with_its_line() {
    for (code, old, new, stretch) in LOCALES {
        let doorbell = Doorbell::new().locale(old, new);
        let line = line_of(&doorbell.locale, stretch);
        let found = doorbell.faults();
        assert!(
            found
                .iter()
                .all(|f| f.code == *code && f.file == "doorbell.en.toml"),
            "{code} {new:?}: {found:#?}"
        );
        assert!(
            found.iter().any(|f| f.line == line),
            "{code} {new:?} is not on line {line}: {found:#?}"
        );
    }
}

fn codes(doorbell: &Doorbell, files: &[&str]) -> Vec<String> {
    doorbell
        .check(files)
        .into_iter()
        .map(|fault| fault.code)
        .collect()
}

#[test]
fn a_locale_lies_where_its_licence_wants_it() {
    let separate = Doorbell::new().structure("text = \"embedded\" ", "text = \"separate\" ");
    assert_eq!(
        separate
            .faults()
            .iter()
            .map(|f| &*f.code)
            .collect::<Vec<_>>(),
        ["Q07"]
    );
    let embedded = Doorbell::new();
    embedded.write("doorbell.toml", &embedded.structure);
    embedded.write("restricted/doorbell.en.toml", &embedded.locale);
    assert_eq!(codes(&embedded, &["doorbell.toml"]), ["Q07"]);
    assert_eq!(codes(&embedded, &["restricted/doorbell.en.toml"]), ["Q07"]);
}

#[test]
fn a_draft_is_refused_where_the_licence_forbids_translations() {
    let doorbell = Doorbell::new().structure("derivatives = true", "derivatives = false");
    let line = line_of(&doorbell.locale, "status =");
    let found = doorbell.faults();
    assert_eq!(
        (&*found[0].code, found[0].line, found.len()),
        ("Q07", line, 1),
        "{found:#?}"
    );
}

#[test]
fn two_locales_of_one_language_are_refused() {
    let doorbell = Doorbell::new();
    doorbell.write("restricted/doorbell.en.toml", &doorbell.locale);
    let found: Vec<String> = doorbell
        .faults()
        .into_iter()
        .map(|fault| fault.code)
        .collect();
    assert_eq!(found, ["Q07", "Q20"]);
}

#[test]
fn a_locale_alone_is_checked_against_the_structure_file_beside_it() {
    let doorbell = Doorbell::new().locale("\"doorbell.3\" = ", "\"doorbell.4\" = ");
    doorbell.write("doorbell.toml", &doorbell.structure);
    doorbell.write("doorbell.en.toml", &doorbell.locale);
    assert_eq!(codes(&doorbell, &["doorbell.en.toml"]), ["Q19", "Q19"]);
    doorbell.write(
        "nobell.en.toml",
        doorbell.locale.replace("doorbell", "nobell"),
    );
    assert_eq!(codes(&doorbell, &["nobell.en.toml"]), ["Q20"]);
}

/// A shipped locale with one stretch replaced, checked alone.
fn shipped(name: &str, old: &str, new: &str) -> Vec<super::Found> {
    let text = std::fs::read_to_string(repository("questionnaires").join(name)).unwrap();
    assert!(text.contains(old), "{old:?} is not in {name}");
    let doorbell = Doorbell::new();
    doorbell.write(name, text.replacen(old, new, 1));
    doorbell.check(&[name])
}

#[test]
fn wording_that_differs_from_the_published_one_is_q22() {
    let found = shipped(
        "cbi.en.toml",
        "Does your work frustrate you?",
        "Does your work really frustrate you?",
    );
    assert_eq!((found.len(), &*found[0].code), (1, "Q22"), "{found:#?}");
    assert!(found[0].message.contains("cbi.work.3"), "{found:#?}");
    assert!(
        found[0].message.contains("6 words, expected 5"),
        "{found:#?}"
    );
    let found = shipped("cbi.en.toml", "Seldom", "Rarely");
    assert_eq!((found.len(), &*found[0].code), (1, "Q22"), "{found:#?}");
    let found = shipped(
        "cbi.en.toml",
        "people = { many = \"people\" }",
        "people = { many = \"folk\" }",
    );
    assert_eq!(
        found.len(),
        6,
        "each item of the client scale differs: {found:#?}"
    );
    assert!(found[0].message.contains("client = people"), "{found:#?}");
}

#[test]
fn a_known_misprint_is_reported_as_one() {
    let found = shipped(
        "restricted/who5.en.toml",
        "active and vigorous",
        "active and vigourous",
    );
    assert_eq!((found.len(), &*found[0].code), (1, "Q22"), "{found:#?}");
    assert!(found[0].message.contains("misprint"), "{found:#?}");
    let found = shipped(
        "restricted/proqol5.en.toml",
        "in the last 30 days.",
        "lately.",
    );
    assert_eq!(
        found.len(),
        4,
        "the introduction, with each choice of words: {found:#?}"
    );
}

#[test]
fn a_status_needs_a_source_and_fingerprints() {
    let source = "status_source = \"written for this page\"\n";
    let doorbell = Doorbell::new()
        .locale("\"draft\"", "\"published\"")
        .locale(source, "");
    assert_eq!(
        doorbell
            .faults()
            .iter()
            .map(|f| &*f.code)
            .collect::<Vec<_>>(),
        ["Q23"]
    );
    assert_eq!(
        Doorbell::new()
            .locale("\"draft\"", "\"validated\"")
            .faults(),
        []
    );
    let english = std::fs::read_to_string(repository("questionnaires/psi.en.toml")).unwrap();
    let russian = english.replace("lang = \"en\"", "lang = \"ru\"");
    let folder = Doorbell::new();
    folder.write("psi.ru.toml", &russian);
    assert_eq!(codes(&folder, &["psi.ru.toml"]), ["Q23"]);
    folder.write(
        "psi.ru.toml",
        russian.replace(
            "\"published\"",
            "\"draft\"\nwritten_by = \"A\"\nread_by = \"\"",
        ),
    );
    assert_eq!(folder.check(&["psi.ru.toml"]), []);
    folder.write("psi.ru.toml", &russian);
    folder.write("fingerprints.ru.json", "{\"psi.role\": [\"00\"]}");
    assert!(
        codes(&folder, &["psi.ru.toml"])
            .iter()
            .all(|code| code == "Q22")
    );
}

#[test]
fn a_language_may_do_without_words_that_it_does_not_need() {
    let english = Doorbell::new();
    let start = english.locale.find("[words.visitor]").unwrap();
    let end = english.locale.find("[scales.").unwrap();
    let words = english.locale[start..end].to_owned();
    let without = english
        .locale(&words, "")
        .locale("by a {visitor.one}", "at the door");
    assert_eq!(without.faults(), []);
}
