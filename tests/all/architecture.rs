//! The shape of the source, as a test: who may use whom, and what every file keeps to.
//! Each rule is first tried on small made-up sources, so that it is known to be able to fail.

mod order;
mod reading;
mod rules;

use reading::{Source, sources};

/// Holds every file of `src/` to one rule.
fn hold(rule: fn(&Source) -> Vec<String>) {
    let faults: Vec<String> = sources("src").iter().flat_map(rule).collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// The complaints of one rule about one made-up file.
fn about(rule: fn(&Source) -> Vec<String>, path: &str, text: &str) -> usize {
    rule(&Source::new(path, text)).len()
}

#[test]
fn modules_use_only_what_lies_below_them() {
    hold(order::faults);
}

#[test]
fn a_use_in_the_wrong_direction_is_noticed() {
    let wrong = [
        ("people/mod.rs", "use crate::check_ins::waves;"),
        ("trends/mod.rs", "use crate::ballots::Ballot;"),
        ("alerts/rise.rs", "fn f(a: &crate::check_ins::Answers) {}"),
        (
            "support_plans/mod.rs",
            "use crate::{ids::UnitId, check_ins::{records, Wave}};",
        ),
        ("trends/scan.rs", "use super::super::check_ins::records;"),
        ("people/mod.rs", "use super::tallies;"),
        ("vault/mod.rs", "use crate::store::{Store, Tx};"),
        ("api/trends.rs", "use crate::trends::store::rows;"),
        ("jobs/mod.rs", "use crate::api;"),
        ("newcomers/mod.rs", ""),
    ];
    for (path, text) in wrong {
        assert!(about(order::faults, path, text) > 0, "{path}: {text}");
    }
    let right = [
        (
            "check_ins/mod.rs",
            "use crate::{ids::{UnitId, WaveId}, store::Tx, vault::WorkerKey};",
        ),
        (
            "trends/mod.rs",
            "use crate::tallies::Publication; // not crate::check_ins::records",
        ),
        ("trends/mod.rs", "const ADVICE: &str = \"crate::ballots\";"),
        (
            "trends/mod.rs",
            "#[cfg(test)]\nmod tests { use crate::check_ins::waves; }",
        ),
        (
            "people/store.rs",
            "use super::store; use crate::people::store::rows;",
        ),
        (
            "api/people.rs",
            "use crate::people; use crate::web::{Viewer as Me, Reply};",
        ),
        ("lib.rs", "pub use crate::cli::run;"),
    ];
    for (path, text) in right {
        assert_eq!(about(order::faults, path, text), 0, "{path}: {text}");
    }
}

#[test]
fn paths_are_read_however_they_are_written() {
    let text = "use crate::{a::{self, B as C}, d};\nlet x = super::e::f(crate::g!(1));";
    let uses = Source::new("people/units.rs", text).uses();
    let read: Vec<String> = uses.iter().map(|found| found.path.join("::")).collect();
    assert_eq!(read, ["a::self", "a::B", "d", "people::e::f", "g"]);
    assert_eq!(
        uses.iter().map(|found| found.line).collect::<Vec<_>>(),
        [1, 1, 1, 2, 2]
    );
}

#[test]
fn strings_comments_and_tests_are_set_aside() {
    let text = "let a = r#\"Utc::now \"# ; /* Utc::now /* twice */ */ let q = '\"'; // Utc::now\n\
                fn life<'a>(x: &'a str) {} let r#type = \"\\\"Utc::now\";\n\
                #[cfg(test)]\nmod tests { fn f() { Utc::now() } }\nlet kept = 1;";
    let source = Source::new("people/mod.rs", text);
    assert!(!source.code.contains("Utc"), "{}", source.code);
    assert!(source.code.contains("let kept = 1;"));
    assert!(
        source.spoken.contains("r#\"Utc::now \"#"),
        "{}",
        source.spoken
    );
    assert_eq!(source.code.lines().count(), text.lines().count());
}

#[test]
fn no_file_is_longer_than_can_be_kept_in_mind() {
    hold(rules::length);
    for source in sources("tests") {
        assert!(
            rules::length(&source).is_empty(),
            "{:?}",
            rules::length(&source)
        );
    }
    assert_eq!(about(rules::length, "people/mod.rs", &"\n".repeat(401)), 1);
    assert_eq!(about(rules::length, "people/mod.rs", &"\n".repeat(400)), 0);
}

#[test]
fn every_module_says_what_it_is_for() {
    hold(rules::module_sentence);
    let folders = ["tests/all", "tests/attacks", "tests/endurance"];
    for source in folders.into_iter().flat_map(sources) {
        assert!(
            rules::module_sentence(&source).is_empty(),
            "{}",
            source.path
        );
    }
    assert_eq!(
        about(rules::module_sentence, "people/mod.rs", "use std::fs;\n"),
        1
    );
    assert_eq!(
        about(
            rules::module_sentence,
            "people/mod.rs",
            "//!\nuse std::fs;\n"
        ),
        1
    );
    assert_eq!(
        about(
            rules::module_sentence,
            "people/mod.rs",
            "//! Who exists, and where.\n"
        ),
        0
    );
}

#[test]
fn time_ids_and_chance_come_from_one_place_each() {
    hold(rules::time_and_chance);
    let wrong = [
        "chrono::Utc::now()",
        "SystemTime::now()",
        "Uuid::new_v4()",
        "rand::rng()",
    ];
    for text in wrong {
        assert_eq!(
            about(rules::time_and_chance, "people/mod.rs", text),
            1,
            "{text}"
        );
    }
    assert_eq!(
        about(
            rules::time_and_chance,
            "vault/mod.rs",
            "getrandom::fill(&mut b)"
        ),
        1
    );
    assert_eq!(
        about(
            rules::time_and_chance,
            "vault/chance.rs",
            "getrandom::fill(&mut b)"
        ),
        0
    );
    assert_eq!(about(rules::time_and_chance, "clock.rs", "Utc::now()"), 0);
}

#[test]
fn only_the_store_speaks_to_one_engine() {
    hold(rules::engine_words);
    let wrong = [
        "SELECT pg_advisory_xact_lock($1)",
        "LOCK TABLE ballots",
        "PRAGMA x",
        "TRUNCATE b",
    ];
    for text in wrong {
        let text = format!("const SQL: &str = \"{text}\";");
        assert_eq!(
            about(rules::engine_words, "tallies/store.rs", &text),
            1,
            "{text}"
        );
        assert_eq!(
            about(rules::engine_words, "store/rebuild.rs", &text),
            0,
            "{text}"
        );
    }
    assert_eq!(
        about(rules::engine_words, "tallies/mod.rs", "// no TRUNCATE here"),
        0
    );
}

#[test]
fn statements_are_constants_and_no_door_speaks_sql() {
    hold(rules::statements);
    let wrong = [
        "sqlx::query(\"DELETE\")",
        "sqlx::query_as( r\"x\")",
        "sqlx::query(&text)",
    ];
    for text in wrong {
        assert_eq!(
            about(rules::statements, "people/store.rs", text),
            1,
            "{text}"
        );
    }
    assert_eq!(
        about(rules::statements, "api/people.rs", "sqlx::query(SQL)"),
        1
    );
    assert_eq!(
        about(
            rules::statements,
            "people/store.rs",
            "sqlx::query_as(Self::SQL)"
        ),
        0
    );
    assert_eq!(
        about(rules::statements, "people/store.rs", "AssertSqlSafe(x)"),
        1
    );
}

#[test]
fn rule_files_are_functions_of_their_arguments() {
    hold(rules::purity);
    for path in [
        "vault/mod.rs",
        "tallies/publication.rs",
        "trends/scan.rs",
        "ballots/content.rs",
    ] {
        for text in [
            "async fn f() {}",
            "fn f(tx: &mut Tx) {}",
            "use poem::web;",
            "fn f(c: &Clock) {}",
        ] {
            assert_eq!(about(rules::purity, path, text), 1, "{path}: {text}");
        }
        assert_eq!(about(rules::purity, path, "fn f(asynchronous: Txt) {}"), 0);
    }
    assert_eq!(
        about(
            rules::purity,
            "alerts/store.rs",
            "async fn f(tx: &mut Tx) {}"
        ),
        0
    );
}

#[test]
fn a_capability_names_what_can_go_wrong() {
    hold(rules::errors);
    assert_eq!(
        about(rules::errors, "people/mod.rs", "use anyhow::Context;"),
        1
    );
    assert_eq!(
        about(rules::errors, "cli/serve.rs", "use anyhow::Context;"),
        0
    );
}

#[test]
fn work_left_for_later_has_an_issue() {
    hold(rules::promises);
    assert_eq!(about(rules::promises, "people/mod.rs", "// TODO: later"), 1);
    assert_eq!(
        about(rules::promises, "people/mod.rs", "// TODO(#12): later"),
        0
    );
}

#[test]
fn types_have_telling_names() {
    hold(rules::names);
    assert_eq!(
        about(rules::names, "people/mod.rs", "pub struct PeopleManager;"),
        1
    );
    assert_eq!(about(rules::names, "people/mod.rs", "enum Info { A }"), 1);
    assert_eq!(
        about(
            rules::names,
            "people/mod.rs",
            "struct Unit; // a data structure Data"
        ),
        0
    );
}
