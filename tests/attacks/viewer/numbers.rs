//! Every number that can be fetched is fed to the attack, or excused by name and with a reason. The
//! names come from the document and from the bodies themselves.

use std::collections::BTreeSet;

use serde_json::Value;

use super::crawl::Fetched;
use super::shown;

/// Her own, as she gave it; nobody else can fetch it. It is the attacker's own knowledge.
const HERS: &str = "her own answer, on her own sign-in";
/// About accounts, not answers.
const MEMBERSHIP: &str = "who is a member of what, and since when";
/// What somebody with power has decided.
const SETTING: &str = "a setting or a plan, the same whatever is answered";

/// Computed from released rows: `concluded` computes every one again.
const CONCLUDED: &str = "follows from released rows";

/// Route (`*` for every one), field (`*` at its end for everything below), and why it tells nothing
/// about anybody's answers.
const EXCUSED: [(&str, &str, &str); 40] = [
    ("/me", ".vault_number", MEMBERSHIP),
    ("/me", ".recovered_vaults", MEMBERSHIP),
    ("/me", ".organisation*", MEMBERSHIP),
    ("/me", ".unit*", MEMBERSHIP),
    ("/me", ".roles[].unit*", MEMBERSHIP),
    ("/me", ".reset*", MEMBERSHIP),
    ("/sign-ins/current", ".reset*", MEMBERSHIP),
    ("/me/waves", ".waves[].number", SETTING),
    ("/me/waves", ".waves[].check_in*", HERS),
    ("/me/waves/{wave}", ".number", SETTING),
    ("/me/waves/{wave}", ".check_in*", HERS),
    ("/me/waves/{wave}/form", ".items[].options[].value", SETTING),
    ("/me/waves/{wave}/draft", ".answers*", HERS),
    ("/me/choices", ".reach", HERS),
    ("/me/export", "*", HERS),
    ("/me/cohort", ".threshold", SETTING),
    ("/me/cohort", ".latest.threshold", SETTING),
    ("/me/cohort", ".changes.*", MEMBERSHIP),
    ("/me/unit/roles", ".roles[].role", MEMBERSHIP),
    ("/plans", ".plans[].*", SETTING),
    ("/waves", ".waves[].number", SETTING),
    ("/waves", ".waves[].threshold", SETTING),
    ("/audit", ".entries[].number", "the place in the chain"),
    ("/audit", ".next", "the place in the chain"),
    (
        "/audit",
        ".entries[].change*",
        "what somebody with power did",
    ),
    ("/people", ".people[].*", MEMBERSHIP),
    ("/people/{id}", "*", MEMBERSHIP),
    ("/people/{id}/roles", ".roles[].role", MEMBERSHIP),
    ("/units", ".units[].*", "made from the number of members"),
    ("/units/{id}", "*", "made from the number of members"),
    ("/units/{unit}/trend", ".plans*", CONCLUDED),
    ("/me/trend", ".plans*", CONCLUDED),
    ("/alerts", ".alerts*", CONCLUDED),
    ("/me/alerts", ".alerts*", CONCLUDED),
    ("/alerts/{alert}", "*", CONCLUDED),
    ("/me/notices", ".unread", "what she has read herself"),
    (
        "/undelivered",
        ".undelivered[].attempts",
        "how often a letter was tried; letters go to whole rosters",
    ),
    ("/organisation", ".notification_hour", SETTING),
    ("/organisation", ".threshold", SETTING),
    ("*", ".status", "of a problem: the status of the answer"),
];

/// Fields that every released row has beside its numbers of answers.
const OF_A_ROW: [&str; 1] = ["number"];

fn is_excused(route: &str, field: &str) -> bool {
    let route = route.strip_prefix("/api/v1").unwrap_or(route);
    EXCUSED.iter().any(|(at, name, _)| {
        let is_there = *at == "*" || *at == route;
        let is_named = match name.strip_suffix('*') {
            Some(begin) => field.starts_with(begin),
            None => field == *name,
        };
        is_there && is_named
    })
}

fn is_fed(field: &str) -> bool {
    let name = field.rsplit('.').next().unwrap_or_default();
    shown::FIELDS.contains(&name) || OF_A_ROW.contains(&name)
}

/// Numbers of an answer that are neither part of a released row nor excused.
pub fn unexplained(fetched: &Fetched) -> Vec<String> {
    let mut found = Vec::new();
    walk(&fetched.answer.json(), "", &mut |field, is_in_row| {
        let is_fed = is_in_row && is_fed(field);
        if !is_fed && !is_excused(&fetched.route, field) {
            found.push(format!("{} {field}", fetched.route));
        }
    });
    found
}

/// Tells of every number in a body: its field, and whether it stands in a released row.
fn walk(value: &Value, field: &str, tell: &mut impl FnMut(&str, bool)) {
    match value {
        Value::Array(all) => all
            .iter()
            .for_each(|one| walk(one, &format!("{field}[]"), tell)),
        Value::Object(fields) => {
            let is_row = shown::is_row(value);
            for (name, inner) in fields {
                let field = format!("{field}.{name}");
                if inner.is_number() {
                    tell(&field, is_row);
                } else {
                    walk(inner, &field, tell);
                }
            }
        }
        Value::Number(_) => tell(field, false),
        _ => {}
    }
}

/// Numbers that the document promises, and whatever it leaves open: each is to be fed or excused.
pub fn unexplained_in_the_document() -> BTreeSet<String> {
    let document: Value = serde_json::from_str(&respite::api::service().spec()).expect("JSON");
    let mut found = BTreeSet::new();
    for (route, methods) in document["paths"].as_object().expect("paths") {
        for (_, media) in fields_of(&methods["get"]["responses"]["200"]["content"]) {
            let mut schema = Schema {
                document: &document,
                tell: &mut |field, names| {
                    let is_row = ["unit", "wave", "scale", "published"];
                    let is_row = is_row.iter().all(|name| names.contains(*name));
                    let is_fed = is_row && is_fed(field);
                    if !is_fed && !is_excused(route, field) {
                        found.insert(format!("{route} {field}"));
                    }
                },
            };
            schema.walk(&media["schema"], ("", &BTreeSet::new()), 0);
        }
    }
    found
}

/// A schema, and who is told of its numbers and of the fields that stand beside each.
struct Schema<'a, F: FnMut(&str, &BTreeSet<String>)> {
    document: &'a Value,
    tell: &'a mut F,
}

impl<F: FnMut(&str, &BTreeSet<String>)> Schema<'_, F> {
    fn walk(&mut self, schema: &Value, at: (&str, &BTreeSet<String>), depth: usize) {
        assert!(depth < 20, "a schema without an end at {}", at.0);
        if let Some(name) = schema["$ref"].as_str() {
            let name = name.strip_prefix("#").expect("a schema of this document");
            let inner = self.document.pointer(name).expect("a schema").clone();
            return self.walk(&inner, at, depth + 1);
        }
        let parts = ["allOf", "oneOf", "anyOf"];
        let parts: Vec<&Value> = parts
            .iter()
            .filter_map(|word| schema[*word].as_array())
            .flatten()
            .collect();
        for part in &parts {
            self.walk(part, at, depth + 1);
        }
        match schema["type"].as_str() {
            Some("integer" | "number") => (self.tell)(at.0, at.1),
            Some("array") => {
                let field = format!("{}[]", at.0);
                self.walk(&schema["items"], (&field, at.1), depth + 1);
            }
            Some("object") => self.walk_fields(schema, at.0, depth),
            None if parts.is_empty() => (self.tell)(at.0, at.1),
            _ => {}
        }
    }

    fn walk_fields(&mut self, schema: &Value, at: &str, depth: usize) {
        let fields = fields_of(&schema["properties"]);
        let names: BTreeSet<String> = fields.iter().map(|(name, _)| (*name).clone()).collect();
        for (name, inner) in &fields {
            self.walk(inner, (&format!("{at}.{name}"), &names), depth + 1);
        }
        let others = &schema["additionalProperties"];
        if others.is_object() {
            self.walk(others, (&format!("{at}.*"), &names), depth + 1);
        } else if fields.is_empty() {
            (self.tell)(at, &names);
        }
    }
}

fn fields_of(value: &Value) -> Vec<(&String, &Value)> {
    value.as_object().into_iter().flatten().collect()
}
