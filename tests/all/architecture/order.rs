//! Who may use whom. A new folder under `src/` gets its place here, and nowhere else.

use super::reading::Source;

/// From low to high: a module may use those that stand before it, never those after it.
const ORDER: &[&str] = &[
    // The ground.
    "ids",
    "clock",
    "zones",
    "rehearsal",
    "settings",
    "locales",
    "store",
    "problem",
    "vault",
    "questionnaires",
    // Who exists, and what was done.
    "audit",
    "notifications",
    "people",
    // Where a person disappears.
    "ballots",
    "tallies",
    // Who it is, what a running server holds, and what one person tells us.
    "auth",
    "app",
    "check_ins",
    // What a unit may see of itself.
    "trends",
    "alerts",
    // Made-up organisations, to measure the trends.
    "simulation",
    // What is done.
    "sessions",
    "programmes",
    "peers",
    "referrals",
    "support_plans",
    // The doors, and what opens them.
    "web",
    "api",
    "pages",
    "router",
    "jobs",
    "operations",
    "demo",
    "bench",
    "cli",
];

/// What a module may not use although it stands lower. The first three lines are the privacy
/// wall: whatever is concluded about a unit is computed from released rows.
const WALLS: &[(&str, &[&str])] = &[
    ("trends", &["check_ins", "ballots", "vault", "auth"]),
    ("alerts", &["check_ins", "ballots", "vault"]),
    ("support_plans", &["check_ins", "ballots"]),
    // What is measured is the rule and the method, and nothing real.
    (
        "simulation",
        &[
            "store",
            "vault",
            "auth",
            "check_ins",
            "ballots",
            "people",
            "alerts",
        ],
    ),
    // Nothing connects a score with a request for help.
    (
        "sessions",
        &["check_ins", "ballots", "tallies", "trends", "alerts"],
    ),
    ("programmes", &["check_ins", "ballots"]),
    (
        "peers",
        &["check_ins", "ballots", "tallies", "trends", "alerts"],
    ),
    (
        "referrals",
        &["check_ins", "ballots", "tallies", "trends", "alerts"],
    ),
    // Cryptography and questionnaires know nothing of databases and settings.
    ("vault", &["clock", "settings", "store"]),
    (
        "questionnaires",
        &[
            "clock", "settings", "store", "vault", "people", "auth", "audit",
        ],
    ),
    // Two doors, side by side.
    ("pages", &["api"]),
    ("jobs", &["api", "pages", "router", "web"]),
];

/// Uses that go the wrong way, and modules without a place.
pub fn faults(source: &Source) -> Vec<String> {
    let from = source.home();
    if from.is_empty() {
        return Vec::new();
    }
    let Some(place) = ORDER.iter().position(|name| *name == from) else {
        return vec![format!(
            "{}: `{from}` has no place yet: add it to ORDER in {}",
            source.path,
            file!()
        )];
    };
    let walls = WALLS
        .iter()
        .filter(|(name, _)| *name == from)
        .flat_map(|(_, walls)| *walls);
    let walls: Vec<&str> = walls.copied().collect();
    let mut faults = Vec::new();
    for found in source.uses() {
        let Some(to) = found
            .path
            .first()
            .map(String::as_str)
            .filter(|to| *to != from)
        else {
            continue;
        };
        // Anything else at the root is a macro or a re-export of `lib.rs`.
        let Some(target) = ORDER.iter().position(|name| *name == to) else {
            continue;
        };
        let at = format!("{}:{}", source.path, found.line);
        if target > place {
            faults.push(format!(
                "{at}: `{from}` stands below `{to}` and may not use it"
            ));
        }
        if walls.contains(&to) {
            faults.push(format!("{at}: `{from}` may not name `{to}`"));
        }
        if found.path.get(1).is_some_and(|part| part == "store") {
            faults.push(format!(
                "{at}: the SQL of `{to}` is its own; ask `{to}` instead"
            ));
        }
    }
    faults
}
