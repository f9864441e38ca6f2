//! Requests that a machine makes up from the API's own document, sent by every role to the real
//! program: schemathesis looks for answers that the document does not describe. A minute each
//! unless `RESPITE_TEST_SECONDS` says otherwise:
//! `RESPITE_TEST_SECONDS=600 ./test.sh cargo test --test endurance any_request`.

mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use crate::support::serving::{Serve, Serving};
use crate::support::{Engine, both};
use world::{NOW, Role, World};

/// What is looked for in every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,unsupported_method,\
    allow_header_conformance,ignored_auth";
/// How many roles are at work at the same time.
const AT_ONCE: usize = 4;
const SEED: &str = "20260502";

/// Cheap passwords, and sign-ins that last as long as the test.
const SETTINGS: &str = "[sign_in]\nargon2_memory_kib = 8\nargon2_passes = 1\n\
    idle_minutes = 576000\nabsolute_hours = 9600\n";

#[test]
fn no_role_gets_an_answer_that_the_document_does_not_describe() {
    both::run(Engine::Sqlite, async |store| {
        let world = World::prepare(store).await;
        let serve = Serve::on(&world.address, &world.folder)
            .settings(SETTINGS)
            .with("RESPITE_REHEARSE_NOW", NOW);
        let serving = serve.start().await;
        let mut left = Vec::new();
        for role in Role::ALL {
            let file = world.folder.join(format!("{}.world.json", role.word()));
            std::fs::write(file, world.told(role).await.to_string()).unwrap();
            left.push(role);
        }
        left.reverse();
        let left = Mutex::new(left);
        let refused = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    while let Some(role) = next(&left) {
                        let asked = Asked::ask(role, &serving, &world.folder);
                        eprintln!("{}", asked.line());
                        if let Some(wrong) = asked.wrong() {
                            refused.lock().unwrap().push(wrong);
                        }
                    }
                });
            }
        });
        let refused = refused.into_inner().unwrap();
        assert!(refused.is_empty(), "{}", refused.join("\n\n"));
    });
}

fn next(left: &Mutex<Vec<Role>>) -> Option<Role> {
    left.lock().unwrap().pop()
}

/// What one role has met.
struct Asked {
    role: Role,
    is_clean: bool,
    said: String,
    /// Address, status, how often.
    answers: Vec<(String, u64, u64)>,
}

impl Asked {
    fn ask(role: Role, serving: &Serving, folder: &Path) -> Self {
        let file = |end: &str| folder.join(format!("{}.{end}", role.word()));
        let seconds = std::env::var("RESPITE_TEST_SECONDS").unwrap_or_else(|_| "60".to_owned());
        let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/endurance/any_request");
        let mut command = Command::new(python());
        command
            .args(["-m", "schemathesis.cli", "run"])
            .arg(format!("http://{}/api/v1/openapi.json", serving.address))
            .args(["--checks", CHECKS, "--seed", SEED, "--max-time", &seconds])
            .args(["--phases", "examples,coverage,fuzzing,stateful"])
            .args(["--continue-on-failure", "--no-color", "--warnings", "off"])
            .args(["--generation-database", "none", "--request-timeout", "30"])
            .args(["--suppress-health-check", "all"])
            .current_dir(folder)
            .env("PYTHONPATH", hooks)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("SCHEMATHESIS_HOOKS", "hooks")
            .env("RESPITE_WORLD", file("world.json"))
            .env("RESPITE_ANSWERS", file("answers.json"))
            .stdin(Stdio::null());
        let output = command.output().expect("RESPITE_TEST_PYTHON runs");
        let said = [output.stdout, output.stderr].concat();
        let answers = std::fs::read_to_string(file("answers.json")).unwrap_or_default();
        Self {
            role,
            is_clean: output.status.success(),
            said: String::from_utf8_lossy(&said).into_owned(),
            answers: serde_json::from_str(&answers).unwrap_or_default(),
        }
    }

    fn sum(&self, of: impl Fn(&(String, u64, u64)) -> bool) -> u64 {
        let answers = self.answers.iter().filter(|answer| of(answer));
        answers.map(|(_, _, many)| many).sum()
    }

    /// Addresses that have done what was asked.
    fn reached(&self) -> BTreeSet<&str> {
        let good = self
            .answers
            .iter()
            .filter(|(_, status, _)| is_good(*status));
        good.map(|(address, ..)| address.as_str()).collect()
    }

    fn line(&self) -> String {
        let all = self.sum(|_| true);
        let good = self.sum(|(_, status, _)| is_good(*status));
        let mut statuses = BTreeMap::<u64, u64>::new();
        for (_, status, many) in &self.answers {
            *statuses.entry(*status).or_default() += many;
        }
        format!(
            "{}: {all} requests, {good} of them did what was asked, on {} addresses; {statuses:?}",
            self.role.word(),
            self.reached().len()
        )
    }

    /// Why this is no proof, if it is none.
    fn wrong(&self) -> Option<String> {
        let (reached, least) = (self.reached().len(), self.role.least());
        if !self.is_clean {
            Some(format!("{}\n{}", self.line(), self.said))
        } else if reached < least {
            let line = self.line();
            Some(format!(
                "{line}: at least {least} were to be reached\n{}",
                self.said
            ))
        } else {
            None
        }
    }
}

fn is_good(status: u64) -> bool {
    (200..300).contains(&status)
}

fn python() -> String {
    std::env::var("RESPITE_TEST_PYTHON").unwrap_or_else(|_| {
        panic!(
            "set RESPITE_TEST_PYTHON to a Python that has what tests/requirements.txt names; \
             ./test.sh prepares one"
        )
    })
}
