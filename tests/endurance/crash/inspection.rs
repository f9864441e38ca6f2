//! What must be true after any death: looked at through the server, as each owner sees it, and
//! behind its back.

use std::collections::{BTreeMap, BTreeSet};

use respite::ids::WaveId;
use respite::vault::public_key_digest;
use serde_json::Value;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::conclusions;
use super::ground::{Ground, Worker};
use super::ledger::Said;
use super::sql::Sql;
use super::sums;
use crate::support::serving::{Serve, Serving};

/// A check-in as its owner's export shows it.
#[derive(Clone, Debug)]
pub struct Seen {
    pub said: Said,
    pub ballot: Option<Cast>,
    pub draft: Said,
}

/// Which ballot goes with it.
#[derive(Clone, Debug)]
pub struct Cast {
    pub id: Uuid,
    pub key_digest: Vec<u8>,
    pub counted_at: Uuid,
    pub scales: Vec<String>,
}

/// What every worker sees, in their order, by wave.
pub type Sight = Vec<BTreeMap<WaveId, Seen>>;

/// Looks at everything while nobody sends anything; ledgers are certain afterwards.
pub async fn inspect(ground: &mut Ground, serving: &Serving) -> Sight {
    let sight = everyone(serving, &ground.workers).await;
    let mut sql = ground.sql().await;
    let states: BTreeMap<WaveId, String> = sql.waves().await.into_iter().collect();
    for (worker, seen) in ground.workers.iter_mut().zip(&sight) {
        let mut waves: BTreeSet<WaveId> = worker.ledgers.keys().copied().collect();
        waves.extend(seen.keys());
        for wave in waves {
            let (said, draft) = seen
                .get(&wave)
                .map_or((&Said::Nothing, &Said::Nothing), |seen| {
                    (&seen.said, &seen.draft)
                });
            let before = worker.ledger(wave).clone();
            let number = worker.number;
            assert!(
                worker.ledger(wave).allows(said),
                "worker {number} in wave {wave} knows {before:#?}, and finds {said:#?}"
            );
            if states.get(&wave).is_none_or(|state| state != "open") {
                // Drafts of ended waves go by their date.
                continue;
            }
            let before = worker.draft(wave).clone();
            assert!(
                worker.draft(wave).allows(draft),
                "worker {number} kept {before:#?}, and finds {draft:#?}"
            );
        }
    }
    ballots_are_those_of_the_records(&mut sql, &sight).await;
    keys_and_ballots_go_together(&mut sql).await;
    everything_ended_once(&mut sql, ground).await;
    conclusions::are_there_once(&mut sql).await;
    for (wave, state) in sql.waves().await {
        if state == "closed" && ground.was_counted_elsewhere {
            let rows = sql.tallies(wave).await;
            assert!(rows.is_empty(), "counted a second time: {rows:?}");
        } else if state == "closed" {
            sums::are_those_of_the_records(&mut sql, wave, &sight).await;
        }
    }
    sight
}

/// What needs no server: the file is whole, the doctor content, the audit unbroken.
pub async fn is_sound(ground: &Ground, serve: &Serve) {
    if ground.serve.database.starts_with("sqlite:") {
        let found = ground.sql().await.texts("PRAGMA integrity_check").await;
        assert_eq!(found, ["ok"]);
    }
    for arguments in [&["doctor"][..], &["audit", "verify"]] {
        let mut command = serve.command(arguments[0]);
        let ended = command.args(&arguments[1..]).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stdout);
        assert!(ended.status.success(), "{arguments:?}: {said}");
    }
}

/// The export of each, eight at a time.
async fn everyone(serving: &Serving, workers: &[Worker]) -> Sight {
    let mut sight = Vec::new();
    for some in workers.chunks(8) {
        let mut readers = JoinSet::new();
        for worker in some {
            let (mut caller, token) = (serving.caller(), worker.token.clone());
            let number = worker.number;
            readers.spawn(async move {
                let export = caller.get("/me/export", &token).await.unwrap().good();
                (number, read(&export))
            });
        }
        sight.extend(readers.join_all().await);
    }
    sight.sort_by_key(|(number, _)| *number);
    sight.into_iter().map(|(_, seen)| seen).collect()
}

fn read(export: &Value) -> BTreeMap<WaveId, Seen> {
    let waves = export["waves"].as_array().unwrap().iter();
    waves
        .map(|wave| {
            let record = &wave["record"];
            let ballot: Option<Cast> = (!record["ballot"].is_null()).then(|| Cast {
                id: of(&record["ballot"]["ballot"]),
                key_digest: of(&record["ballot"]["key_digest"]),
                counted_at: of(&record["ballot"]["counted_at"]),
                scales: of(&record["ballot"]["scales"]),
            });
            let said = answers(&record["scored"]["answers"], ballot.is_some());
            let draft = answers(&export["drafts"][wave["wave"].as_str().unwrap()], false);
            (
                of(&wave["wave"]),
                Seen {
                    said,
                    ballot,
                    draft,
                },
            )
        })
        .collect()
}

fn answers(given: &Value, counted: bool) -> Said {
    if given.is_null() {
        return Said::Nothing;
    }
    let values = of(given);
    Said::Answers { values, counted }
}

fn of<T: serde::de::DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

/// While a wave is open, its ballots are exactly those that records name under its present key.
async fn ballots_are_those_of_the_records(sql: &mut Sql, sight: &Sight) {
    let mut named = BTreeSet::new();
    for (wave, state) in sql.waves().await {
        if state != "open" && state != "counting" {
            continue;
        }
        let public: [u8; 32] = sql.public_key(wave).await.try_into().unwrap();
        let present = public_key_digest(&public);
        let cast = sight
            .iter()
            .filter_map(|seen| seen.get(&wave)?.ballot.as_ref());
        for cast in cast.filter(|cast| cast.key_digest == present) {
            assert!(named.insert((cast.id, wave)), "a ballot is named twice");
        }
    }
    let there: BTreeSet<_> = sql.ballots().await.into_iter().collect();
    let lost: Vec<_> = named.difference(&there).collect();
    let nobodys: Vec<_> = there.difference(&named).collect();
    assert!(
        lost.is_empty(),
        "ballots that records name are gone: {lost:?}"
    );
    assert!(
        nobodys.is_empty(),
        "ballots that no record names: {nobodys:?}"
    );
}

/// No ballot without its wave's key, no key without its wave, nothing open of an ended wave.
async fn keys_and_ballots_go_together(sql: &mut Sql) {
    const NEVER: [(&str, &str); 7] = [
        (
            "a wave that takes or counts answers has no key",
            "SELECT COUNT(*) FROM waves w WHERE w.state IN ('open', 'counting')
                AND NOT EXISTS (SELECT 1 FROM wave_keys k WHERE k.wave = w.id)",
        ),
        (
            "an ended wave still has its key",
            "SELECT COUNT(*) FROM wave_keys k JOIN waves w ON w.id = k.wave
                WHERE w.state NOT IN ('open', 'counting')",
        ),
        (
            "a ballot has lost its key",
            "SELECT COUNT(*) FROM ballots b
                WHERE NOT EXISTS (SELECT 1 FROM wave_keys k WHERE k.wave = b.wave)",
        ),
        (
            "an ended wave still has open records",
            "SELECT COUNT(*) FROM open_records r
                WHERE NOT EXISTS (SELECT 1 FROM wave_keys k WHERE k.wave = r.wave)",
        ),
        (
            "a record is there twice",
            "SELECT COUNT(*) FROM open_records o JOIN records r ON r.locator = o.locator",
        ),
        (
            "something is released of a wave that is not closed",
            "SELECT COUNT(*) FROM tallies t JOIN waves w ON w.id = t.wave
                WHERE w.state <> 'closed'",
        ),
        (
            "a wave has no roster",
            "SELECT COUNT(*) FROM waves w
                WHERE NOT EXISTS (SELECT 1 FROM roster r WHERE r.wave = w.id)",
        ),
    ];
    const LEFT_BEHIND: &str = "SELECT COUNT(*) FROM sqlite_master WHERE name LIKE '%anew%'";
    for (what, question) in NEVER {
        assert_eq!(sql.number(question).await, 0, "{what}");
    }
    if let Sql::Sqlite(_) = sql {
        assert_eq!(sql.number(LEFT_BEHIND).await, 0, "half a rebuild is left");
    }
}

/// Each wave was opened once and ended once, in the audit and on the list of counted waves.
async fn everything_ended_once(sql: &mut Sql, ground: &Ground) {
    let changes = sql.texts("SELECT change FROM audit").await;
    let changes: Vec<Value> = changes
        .iter()
        .map(|text| serde_json::from_str(text).unwrap())
        .collect();
    let list = std::fs::read_to_string(ground.folder.path().join("counted-waves")).unwrap();
    for (wave, state) in sql.waves().await {
        let id = wave.to_string();
        let entries = |names: &[&str]| {
            let of_wave = changes.iter().filter(|change| change["wave"] == id[..]);
            of_wave
                .filter(|change| names.iter().any(|name| change["change"] == *name))
                .count()
        };
        let has_ended = usize::from(state == "closed" || state == "stopped");
        assert_eq!(entries(&["wave-opened"]), 1);
        let closed = if ground.was_counted_elsewhere {
            "restored-wave-closed"
        } else {
            "wave-closed"
        };
        let ends = [closed, "wave-stopped"];
        assert_eq!(entries(&ends), has_ended, "audit of a wave that is {state}");
        let listed = list.lines().filter(|line| *line == id).count();
        assert_eq!(listed, has_ended, "the list, of a wave that is {state}");
    }
}
