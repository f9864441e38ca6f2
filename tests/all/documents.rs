//! The documents say what the code does, and no link in them leads nowhere.

use std::fs;
use std::path::{Path, PathBuf};

use respite::problem::Kind;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The sections of a document: heading and first line below it.
fn sections(text: &str) -> Vec<(&str, &str)> {
    let mut sections = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            let first = lines.by_ref().find(|line| !line.is_empty()).unwrap_or("");
            sections.push((heading, first));
        }
    }
    sections
}

#[test]
fn every_problem_is_explained_and_nothing_else_is() {
    let text = fs::read_to_string(root().join("docs/problems.md")).expect("docs/problems.md");
    let said: Vec<(String, String)> = sections(&text)
        .into_iter()
        .map(|(slug, first)| (slug.to_owned(), first.to_owned()))
        .collect();
    let meant: Vec<(String, String)> = Kind::ALL
        .iter()
        .map(|kind| {
            (
                kind.slug().to_owned(),
                format!("*{}: {}*", kind.status(), kind.title()),
            )
        })
        .collect();
    for (said, meant) in said.iter().zip(&meant) {
        assert_eq!(
            said, meant,
            "docs/problems.md has the order of src/problem.rs"
        );
    }
    assert_eq!(
        said.len(),
        meant.len(),
        "docs/problems.md explains more or fewer problems"
    );
}

#[test]
fn no_link_leads_nowhere() {
    let mut lost = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).expect("a document is text");
        let beside = document.parent().expect("a document lies in a folder");
        for target in targets(&text) {
            let file = target.split('#').next().unwrap_or("");
            let outside = target.contains("://") || target.starts_with("mailto:");
            if !outside && !file.is_empty() && !beside.join(file).exists() {
                lost.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn every_decision_is_in_the_list() {
    let folder = root().join("docs/decisions");
    let list = fs::read_to_string(folder.join("README.md")).expect("the list of decisions");
    for entry in fs::read_dir(&folder).expect("the folder of decisions") {
        let name = entry
            .expect("an entry")
            .file_name()
            .into_string()
            .expect("a plain name");
        assert!(
            name == "README.md" || list.contains(&format!("({name})")),
            "{name} is not listed"
        );
    }
}

#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let text = fs::read_to_string(root().join("docs/threat-model.md")).expect("the threat model");
    let (_, tables) = text.split_once("## What tests try").expect("its tables");
    let tests = sources();
    let named: Vec<&str> = tables
        .split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|name| name.rsplit_once("::"))
        .map(|(_, test)| test)
        .collect();
    assert!(named.len() > 40, "only {} tests", named.len());
    let missing: Vec<_> = named.iter().filter(|test| !is_in(test, &tests)).collect();
    assert!(missing.is_empty(), "no such tests: {missing:#?}");
}

/// Whether a word stands in a text, and not only as a part of a longer one.
fn is_in(word: &str, text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].ends_with(is_part) && !text[at + word.len()..].starts_with(is_part)
    })
}

#[test]
fn a_word_is_found_only_as_a_whole() {
    assert!(is_in("a_b", "fn a_b() {"));
    assert!(!is_in("a_b", "fn a_b_c() { not_a_b }"));
}

#[test]
fn links_are_found_in_the_text_and_not_in_code() {
    let text = "See [a](b.md#c) and `[x](y)`.\n```\n[no](never)\n```\n[d](e/f.md)";
    assert_eq!(targets(text), ["b.md#c", "e/f.md"]);
    assert_eq!(
        sections("# t\n## one\n\nfirst\nsecond\n## two\n"),
        [("one", "first"), ("two", "")]
    );
}

/// What the links of a document point to, code left out.
fn targets(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
        for part in prose.split("](").skip(1) {
            found.extend(part.split(')').next().map(ToOwned::to_owned));
        }
    }
    found
}

/// All Markdown files of the repository, without what a build makes.
fn documents() -> Vec<PathBuf> {
    let found = files(&["."], "md");
    assert!(found.len() > 10, "only {} documents", found.len());
    found
}

/// The text of all code and all tests.
fn sources() -> String {
    let files = files(&["src", "tests"], "rs");
    let texts = files
        .iter()
        .map(|file| fs::read_to_string(file).expect("source is text"));
    texts.collect()
}

/// All files with an ending, without what a build makes.
fn files(below: &[&str], ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = below.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder can be read") {
            let path = entry.expect("an entry").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules"
            {
                folders.push(path);
            } else if path.extension().is_some_and(|its| its == ending) {
                found.push(path);
            }
        }
    }
    found
}
