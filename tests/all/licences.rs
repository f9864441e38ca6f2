//! Every dependency, on every platform, is held to `deny.toml`: licences, sources, bans.
//! It reads what `cargo metadata` says, so it needs no tool that a newcomer would have to install.

use std::process::Command;

use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};

/// The parts of `deny.toml` that are checked here; cargo-deny knows more.
#[derive(Deserialize)]
struct Rules {
    licenses: LicenceRules,
    bans: Bans,
    sources: SourceRules,
    advisories: Advisories,
}

#[derive(Deserialize)]
struct LicenceRules {
    allow: Vec<String>,
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    wildcards: String,
    deny: Vec<Excused>,
    #[serde(default)]
    skip: Vec<Excused>,
}

#[derive(Deserialize)]
struct SourceRules {
    #[serde(rename = "unknown-registry")]
    unknown_registry: String,
    #[serde(rename = "unknown-git")]
    unknown_git: String,
}

#[derive(Deserialize)]
struct Advisories {
    ignore: Vec<Excused>,
}

/// An entry that is only as good as its reason.
#[derive(Deserialize)]
struct Excused {
    #[serde(alias = "crate", alias = "id")]
    name: String,
    #[serde(default)]
    reason: String,
}

/// What `cargo metadata` says, as far as the rules ask.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// Where it comes from; nothing for the packages of this repository.
    source: Option<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    /// A registry other than cargo's own.
    registry: Option<String>,
}

/// All that is wrong, one sentence each.
fn faults(rules: &Rules, packages: &[Package]) -> Vec<String> {
    let mut faults = faults_of_the_rules(rules, packages);
    for package in packages {
        let called = format!("{} {}", package.name, package.version);
        let Some(source) = &package.source else {
            faults.extend(faults_of_our_own(rules, package));
            continue;
        };
        if let Some(fault) = licence_fault(&rules.licenses, package) {
            faults.push(format!("{called}: {fault}"));
        }
        if rules.sources.unknown_git == "deny" && source.starts_with("git+") {
            faults.push(format!(
                "{called}: comes from a repository, not from the registry"
            ));
        } else if !source.starts_with("registry+") && !source.starts_with("sparse+") {
            faults.push(format!("{called}: comes from an unknown kind of source"));
        }
        if let Some(ban) = rules.bans.deny.iter().find(|ban| ban.name == package.name) {
            faults.push(format!("{called}: banned, because it {}", ban.reason));
        }
        if rules.sources.unknown_registry == "deny" {
            let foreign = package
                .dependencies
                .iter()
                .filter(|wish| wish.registry.is_some());
            faults.extend(
                foreign.map(|wish| format!("{called}: takes {} from elsewhere", wish.name)),
            );
        }
    }
    faults
}

/// Our own packages may have any licence, but not vague or foreign wishes.
fn faults_of_our_own(rules: &Rules, package: &Package) -> Vec<String> {
    let mut faults = Vec::new();
    for wish in &package.dependencies {
        if rules.bans.wildcards == "deny" && wish.req == "*" {
            faults.push(format!(
                "{}: takes any version of {}",
                package.name, wish.name
            ));
        }
        if rules.sources.unknown_registry == "deny" && wish.registry.is_some() {
            faults.push(format!(
                "{}: takes {} from elsewhere",
                package.name, wish.name
            ));
        }
    }
    faults
}

/// A ban or an excuse without a reason teaches nobody; an exception for nothing hides the next.
fn faults_of_the_rules(rules: &Rules, packages: &[Package]) -> Vec<String> {
    let excused = rules
        .bans
        .deny
        .iter()
        .chain(&rules.bans.skip)
        .chain(&rules.advisories.ignore);
    let unexplained = excused.filter(|entry| entry.reason.trim().is_empty());
    let stale = rules.licenses.exceptions.iter().filter(|exception| {
        packages
            .iter()
            .all(|package| package.name != exception.name)
    });
    unexplained
        .map(|entry| format!("deny.toml: {} has no reason", entry.name))
        .chain(stale.map(|entry| format!("deny.toml: nothing needs the exception {}", entry.name)))
        .collect()
}

fn licence_fault(rules: &LicenceRules, package: &Package) -> Option<String> {
    let Some(text) = &package.license else {
        return Some("names no licence".into());
    };
    // The older way of writing a choice, with a slash, is understood as a choice.
    let Ok(expression) = Expression::parse_mode(text, ParseMode::LAX) else {
        return Some(format!("has a licence that cannot be read: {text}"));
    };
    let excepted = rules
        .exceptions
        .iter()
        .filter(|entry| entry.name == package.name);
    let allowed: Vec<Licensee> = rules
        .allow
        .iter()
        .chain(excepted.flat_map(|entry| &entry.allow))
        .map(|name| Licensee::parse(name).expect("deny.toml names licences as SPDX does"))
        .collect();
    let may = expression.evaluate(|wanted| allowed.iter().any(|licence| licence.satisfies(wanted)));
    (!may).then(|| format!("has a licence that is not on the list: {text}"))
}

fn rules() -> Rules {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/deny.toml"))
        .expect("deny.toml lies at the root");
    toml::from_str(&text).expect("deny.toml has the sections that are checked")
}

#[test]
fn every_dependency_keeps_to_the_rules() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let said = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--locked",
            "--all-features",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        said.status.success(),
        "{}",
        String::from_utf8_lossy(&said.stderr)
    );
    let metadata: Metadata = serde_json::from_slice(&said.stdout).expect("cargo speaks JSON");
    assert!(
        metadata.packages.len() > 100,
        "cargo named only a few packages"
    );

    let faults = faults(&rules(), &metadata.packages);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A dependency that is as it should be, until a test makes it worse.
fn good() -> Package {
    Package {
        name: "good".into(),
        version: "1.0.0".into(),
        license: Some("MIT OR GPL-3.0-only".into()),
        source: Some("registry+somewhere".into()),
        dependencies: Vec::new(),
    }
}

/// What is found in one package under the real rules without their exceptions.
fn found(package: Package) -> String {
    let mut rules = rules();
    rules.licenses.exceptions.clear();
    faults(&rules, &[package]).join("; ")
}

#[test]
fn a_choice_with_one_good_licence_passes() {
    for licence in [
        "MIT OR GPL-3.0-only",
        "MIT/Apache-2.0",
        "Apache-2.0 / MIT",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR MIT",
    ] {
        assert_eq!(
            found(Package {
                license: Some(licence.into()),
                ..good()
            }),
            "",
            "{licence}"
        );
    }
}

#[test]
fn a_licence_that_is_not_on_the_list_is_refused() {
    for licence in [
        "GPL-3.0-only",
        "MIT AND AGPL-3.0-only",
        "MPL-2.0",
        "my own words",
        "",
    ] {
        let faults = found(Package {
            license: Some(licence.into()),
            ..good()
        });
        assert!(faults.contains("licence"), "{licence}: {faults}");
    }
    assert!(
        found(Package {
            license: None,
            ..good()
        })
        .contains("names no licence")
    );
}

#[test]
fn an_exception_covers_its_own_crate_alone() {
    let mut rules = rules();
    rules.licenses.exceptions = vec![Exception {
        name: "good".into(),
        allow: vec!["MPL-2.0".into()],
    }];
    let reciprocal = || Package {
        license: Some("MPL-2.0".into()),
        ..good()
    };
    assert!(faults(&rules, &[reciprocal()]).is_empty());
    let other = Package {
        name: "other".into(),
        ..reciprocal()
    };
    assert_eq!(faults(&rules, &[reciprocal(), other]).len(), 1);
}

#[test]
fn a_source_other_than_the_registry_is_refused() {
    let git = Package {
        source: Some("git+somewhere".into()),
        ..good()
    };
    assert!(found(git).contains("repository"));
    let wish = |req: &str, registry: Option<&str>| Dependency {
        name: "wanted".into(),
        req: req.into(),
        registry: registry.map(Into::into),
    };
    let foreign = Package {
        dependencies: vec![wish("^1", Some("another"))],
        ..good()
    };
    assert!(found(foreign).contains("from elsewhere"));
    let ours = Package {
        source: None,
        dependencies: vec![wish("*", None)],
        ..good()
    };
    assert!(found(ours).contains("any version"));
}

#[test]
fn a_banned_crate_is_refused_with_the_reason() {
    for name in ["openssl-sys", "native-tls", "aws-lc-rs"] {
        let faults = found(Package {
            name: name.into(),
            ..good()
        });
        assert!(faults.contains("banned, because"), "{name}: {faults}");
    }
}

#[test]
fn an_excuse_without_a_reason_or_a_use_is_refused() {
    let mut rules = rules();
    rules.advisories.ignore.push(Excused {
        name: "an advisory".into(),
        reason: " ".into(),
    });
    rules.licenses.exceptions = vec![Exception {
        name: "gone".into(),
        allow: Vec::new(),
    }];
    let faults = faults(&rules, &[good()]).join("; ");
    assert!(faults.contains("an advisory has no reason"), "{faults}");
    assert!(
        faults.contains("nothing needs the exception gone"),
        "{faults}"
    );
}
