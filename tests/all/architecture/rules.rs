//! What every file keeps to, one function a rule. Each gives its complaints as sentences.

use super::reading::Source;

/// A file that nobody can keep in mind is two files.
pub fn length(source: &Source) -> Vec<String> {
    const MOST: usize = 400;
    let lines = source.text.lines().count();
    let fault = (lines > MOST).then(|| format!("{}: {lines} lines, more than {MOST}", source.path));
    fault.into_iter().collect()
}

/// Every module says at its top what it is for.
pub fn module_sentence(source: &Source) -> Vec<String> {
    let first = source.text.lines().next().unwrap_or("");
    let said = first
        .strip_prefix("//! ")
        .is_some_and(|sentence| !sentence.trim().is_empty());
    let fault = (!said).then(|| format!("{}: does not begin with a `//!` sentence", source.path));
    fault.into_iter().collect()
}

/// Time, ids and chance have one home each.
pub fn time_and_chance(source: &Source) -> Vec<String> {
    const HOMES: &[(&str, &[&str])] = &[
        ("Utc::now", &["clock.rs"]),
        ("Local::now", &[]),
        ("SystemTime::now", &["clock.rs"]),
        ("new_v4", &["ids.rs"]),
        ("now_v7", &[]),
        ("rand::rng", &[]),
        ("thread_rng", &[]),
        ("OsRng", &["vault/chance.rs"]),
        ("getrandom::", &["vault/chance.rs"]),
    ];
    let strays = HOMES
        .iter()
        .filter(|(_, homes)| !homes.contains(&source.path.as_str()));
    strays
        .flat_map(|(word, _)| named(source, &source.code, word))
        .collect()
}

/// What only one engine understands lies in `store/`.
pub fn engine_words(source: &Source) -> Vec<String> {
    const WORDS: &[&str] = &[
        "pg_advisory",
        "pg_catalog",
        "TRUNCATE",
        "PRAGMA",
        "LOCK TABLE",
        "wal_checkpoint",
        "sqlite_master",
        "sqlite_schema",
        "information_schema",
        "FOR UPDATE",
        "CURRENT_TIMESTAMP",
        "datetime('now')",
        "VACUUM",
    ];
    if source.home() == "store" {
        return Vec::new();
    }
    WORDS
        .iter()
        .flat_map(|word| named(source, &source.spoken, word))
        .collect()
}

/// SQL is a constant that a search finds, and no door speaks it.
pub fn statements(source: &Source) -> Vec<String> {
    let mut faults = named(source, &source.code, "AssertSqlSafe");
    let door = matches!(
        source.home(),
        "" | "api" | "app" | "cli" | "demo" | "pages" | "router" | "web"
    );
    for call in ["query(", "query_as(", "query_scalar(", "raw_sql("] {
        for (at, _) in source.spoken.match_indices(call) {
            let before = &source.spoken[..at];
            if !before.ends_with("sqlx::") {
                continue;
            }
            let line = before.lines().count();
            if door {
                faults.push(format!(
                    "{}:{line}: SQL in a door: ask the capability",
                    source.path
                ));
            }
            let argument = source.spoken[at + call.len()..].trim_start();
            let name = argument.starts_with(|c: char| c.is_alphabetic() || c == '_');
            let made = ["r\"", "r#", "format!", "concat!"]
                .iter()
                .any(|made| argument.starts_with(made));
            if !name || made {
                faults.push(format!("{}:{line}: name this SQL as a const", source.path));
            }
        }
    }
    faults
}

/// Rules are functions of their arguments: no waiting, no transaction, no clock, no web.
pub fn purity(source: &Source) -> Vec<String> {
    const FOLDERS: &[&str] = &["vault", "questionnaires", "trends", "simulation"];
    const FILES: &[&str] = &[
        "alerts/comparison.rs",
        "alerts/course.rs",
        "alerts/facts.rs",
        "alerts/telling.rs",
        "ballots/content.rs",
        "locales.rs",
        "tallies/publication.rs",
        "tallies/table.rs",
    ];
    const WORDS: &[&str] = &[
        "async",
        "await",
        "Tx",
        "Store",
        "Clock",
        "poem",
        "poem_openapi",
        "sqlx",
        "tokio",
    ];
    let rule_file = FOLDERS.contains(&source.home()) || FILES.contains(&source.path.as_str());
    if !rule_file {
        return Vec::new();
    }
    WORDS
        .iter()
        .flat_map(|word| named(source, &source.code, word))
        .collect()
}

/// A capability names what can go wrong; only the outermost layer may say "something did".
pub fn errors(source: &Source) -> Vec<String> {
    if matches!(
        source.home(),
        "" | "cli" | "jobs" | "demo" | "operations" | "app" | "bench" | "build"
    ) {
        return Vec::new();
    }
    named(source, &source.code, "anyhow")
}

/// Work left for later has an issue, so that someone finds it.
pub fn promises(source: &Source) -> Vec<String> {
    let lines = source.text.lines().enumerate();
    lines
        .filter(|(_, line)| {
            ["TODO", "FIXME", "XXX"]
                .iter()
                .any(|word| line.contains(word))
        })
        .filter(|(_, line)| {
            !line
                .split('#')
                .skip(1)
                .any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        })
        .map(|(at, _)| {
            format!(
                "{}:{}: later work without an issue number",
                source.path,
                at + 1
            )
        })
        .collect()
}

/// Types carry the words of the people who use them.
pub fn names(source: &Source) -> Vec<String> {
    const VAGUE: &[&str] = &[
        "Manager", "Helper", "Util", "Utils", "Handler", "Data", "Info",
    ];
    let mut faults = Vec::new();
    for (at, line) in source.code.lines().enumerate() {
        let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
        while let Some(word) = words.next() {
            if !matches!(word, "struct" | "enum" | "trait" | "type") {
                continue;
            }
            let name = words.next().unwrap_or("");
            if VAGUE.iter().any(|vague| name.ends_with(vague)) {
                faults.push(format!(
                    "{}:{}: `{name}` says too little",
                    source.path,
                    at + 1
                ));
            }
        }
    }
    faults
}

/// The places where a word stands by itself, not as a part of a longer one.
fn named(source: &Source, text: &str, word: &str) -> Vec<String> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    let open_end = word.ends_with(|c: char| !part(c)) || word.contains("pg_");
    let mut faults = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let alone = line.match_indices(word).any(|(at, _)| {
            !line[..at].ends_with(part) && (open_end || !line[at + word.len()..].starts_with(part))
        });
        if alone {
            faults.push(format!(
                "{}:{}: `{word}` has no place here",
                source.path,
                number + 1
            ));
        }
    }
    faults
}
