//! The real program dies between sending a letter and noting that it was sent: the letter comes
//! again, and is recognisably the same; none is lost.

use std::collections::{BTreeMap, BTreeSet};

use poem::http::Method;
use serde_json::json;

use crate::support::serving::{Serve, Serving};
use crate::support::sink::{Arrived, Sink};
use crate::support::staffed::Staffed;
use crate::support::{TestStore, both};

/// People who get letters.
const MANY: usize = 3;

struct Installation {
    staffed: Staffed,
    sink: Sink,
    folder: tempfile::TempDir,
}

impl Installation {
    /// A server whose clock shows an instant when it starts.
    fn server(&self, now: &str) -> Serve {
        let settings = format!(
            "public_url = 'https://respite.example.org'
            [sign_in]
            argon2_memory_kib = 8
            argon2_passes = 1
            idle_minutes = 576000
            absolute_hours = 9600
            [mail]
            host = '127.0.0.1'
            port = {}
            tls = 'none'
            from = 'Respite <respite@example.org>'",
            self.sink.port
        );
        let server = self.staffed.server(self.folder.path(), now);
        server.settings(&settings)
    }

    /// Everybody asks for letters, and confirms her address with the code that comes.
    async fn subscribe(&self, serving: &Serving) {
        for (number, person) in self.staffed.people.iter().enumerate() {
            let mut caller = serving.caller();
            let wish = json!({
                "address": format!("worker{number}@example.org"), "channel": "email",
                "quiet_hours": false,
            });
            let to = (Method::PUT, "/me/reminders");
            let asked = caller.send(to, &person.token, Some(&wish)).await;
            asked.unwrap().good();
            let code = self.sink.until(1).await[0].code().expect("a code");
            let to = (Method::POST, "/me/reminders/confirmation");
            let body = json!({ "code": code });
            let confirmed = caller.send(to, &person.token, Some(&body)).await;
            confirmed.unwrap().good();
        }
    }
}

/// The program dies at a place after so many letters have arrived, and another one begins: how
/// often each letter came, sorted.
async fn each_came(store: TestStore, (death, before): (&str, usize), in_all: usize) -> Vec<usize> {
    let installation = Installation {
        staffed: Staffed::on(store, MANY).await,
        sink: Sink::open().await,
        folder: tempfile::tempdir().unwrap(),
    };
    let serving = installation.server("2026-01-12T08:00:00Z").start().await;
    installation.subscribe(&serving).await;
    drop(serving);
    let dying = installation
        .server("2026-02-02T03:59:59Z")
        .with("RESPITE_REHEARSE_DEATH", death)
        .spawn();
    let mut arrived = installation.sink.until(before).await;
    assert!(!dying.ends(), "it died");
    let serving = installation.server("2026-02-02T04:30:00Z").start().await;
    arrived.extend(installation.sink.until(in_all - before).await);
    drop(serving);
    let mut by_id: BTreeMap<String, Vec<&Arrived>> = BTreeMap::new();
    for letter in &arrived {
        let id = letter.header("Message-ID");
        by_id.entry(id).or_default().push(letter);
    }
    for same in by_id.values() {
        assert!(same.iter().all(|letter| *letter == same[0]), "{same:#?}");
    }
    let to: BTreeSet<&str> = by_id.values().map(|same| same[0].to.as_str()).collect();
    assert_eq!(to.len(), MANY, "nobody was left out: {arrived:#?}");
    let mut times: Vec<usize> = by_id.values().map(Vec::len).collect();
    times.sort_unstable();
    times
}

both!(
    a_letter_that_was_sent_as_the_program_died_comes_again_as_the_same,
    async |store| assert_eq!(each_came(store, ("letters.sent:2", 2), 4).await, [1, 1, 2])
);

both!(
    letters_that_were_taken_up_as_the_program_died_are_sent_by_the_next,
    async |store| assert_eq!(each_came(store, ("letters.claimed", 0), 3).await, [1, 1, 1])
);
