//! Where the program can die between two statements, and what brings it there. Every place that
//! `src` names is on this list, and every one on it is named there.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::Engine;

/// What brings the program to a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Workers check in for the first time.
    Submit,
    /// Workers send other answers.
    Replace,
    /// Workers want to be counted no longer.
    Withdraw,
    /// Workers erase their check-ins.
    Erase,
    /// Workers take their consent back.
    WithdrawConsent,
    /// A worker erases her account.
    EraseAccount,
    /// A worker answers after the close.
    AnswerLate,
    /// A worker whose check-in was not counted erases it after the close.
    EraseLate,
    /// The wave's time is over.
    Close,
    /// The same, and the list says that it was counted already.
    CloseCounted,
    /// An administrator stops the wave.
    Stop,
    /// The open tables are written anew.
    Rebuild,
    /// The next wave of the plan opens.
    Open,
    /// A backup is restored.
    Restore,
    /// Workers sign in after it, and their ballots are cast again.
    CastAgain,
}

/// Way, place, and for which time it is passed when the program dies.
pub type Death = (Way, &'static str, u32);

const ON_BOTH: &[Death] = &[
    (Way::Submit, "check-in.begun", 2),
    (Way::Submit, "check-in.record-written", 2),
    (Way::Submit, "check-in.ballot-cast", 1),
    (Way::Submit, "check-in.committed", 2),
    (Way::Replace, "check-in.record-replaced", 1),
    (Way::Replace, "check-in.ballot-taken-back", 3),
    (Way::Replace, "check-in.ballot-cast", 2),
    (Way::Replace, "check-in.committed", 3),
    (Way::Withdraw, "check-in.ballot-taken-back", 2),
    (Way::Withdraw, "check-in.record-written", 1),
    (Way::Withdraw, "check-in.committed", 1),
    (Way::Erase, "check-in.record-replaced", 2),
    (Way::Erase, "check-in.record-written", 1),
    (Way::Erase, "check-in.committed", 2),
    (Way::Erase, "erase.records-emptied", 1),
    (Way::WithdrawConsent, "check-in.record-written", 1),
    (Way::WithdrawConsent, "consent.check-ins-erased", 1),
    (Way::WithdrawConsent, "consent.withdrawn", 2),
    (Way::EraseAccount, "account.check-ins-erased", 1),
    (Way::EraseAccount, "account.removed", 1),
    (Way::AnswerLate, "late.record-written", 1),
    (Way::EraseLate, "erase.late-record-emptied", 1),
    (Way::Close, "job.claimed", 1),
    (Way::Close, "closing.turned-to-counting", 1),
    (Way::Close, "closing.counting", 1),
    (Way::Close, "count.page-read", 1),
    (Way::Close, "closing.counted", 1),
    (Way::Close, "closing.turned-to-closed", 1),
    (Way::Close, "closing.scale-released", 2),
    (Way::Close, "ending.tables-locked", 1),
    (Way::Close, "ending.records-copied", 1),
    (Way::Close, "ending.records-moved", 1),
    (Way::Close, "ending.key-destroyed", 1),
    (Way::Close, "ending.ballots-destroyed", 1),
    (Way::Close, "row-order.statement", 3),
    (Way::Close, "ending.tables-rebuilt", 1),
    (Way::Close, "closing.audited", 1),
    (Way::Close, "closing.committed", 1),
    (Way::Close, "closing.listed", 1),
    (Way::Close, "judging.noted", 1),
    (Way::Close, "judging.kept", 1),
    (Way::Close, "judging.told", 1),
    (Way::Close, "judging.committed", 1),
    (Way::CloseCounted, "ending.key-destroyed", 1),
    (Way::CloseCounted, "ending.audited", 1),
    (Way::CloseCounted, "ending.committed", 1),
    (Way::Stop, "stopping.turned", 1),
    (Way::Stop, "ending.records-moved", 1),
    (Way::Stop, "ending.ballots-destroyed", 1),
    (Way::Stop, "stopping.audited", 1),
    (Way::Stop, "stopping.committed", 1),
    (Way::Stop, "stopping.listed", 1),
    (Way::Rebuild, "row-order.statement", 1),
    (Way::Rebuild, "row-order.statement", 2),
    (Way::Rebuild, "row-order.statement", 3),
    (Way::Rebuild, "row-order.statement", 4),
    (Way::Rebuild, "row-order.statement", 5),
    (Way::Rebuild, "row-order.committed", 1),
    (Way::Open, "opening.wave-inserted", 1),
    (Way::Open, "opening.roster-copied", 1),
    (Way::Open, "opening.told", 1),
    (Way::Restore, "restore.rows-copied", 1),
    (Way::Restore, "restore.wave-rekeyed", 1),
    (Way::Restore, "restore.settled", 1),
    (Way::Restore, "restore.committed", 1),
    (Way::CastAgain, "check-in.record-replaced", 2),
    (Way::CastAgain, "check-in.ballot-cast", 1),
    (Way::CastAgain, "check-in.committed", 3),
];

/// The writer that commits in groups or one alone, and a rebuild of more statements.
const ON_SQLITE: &[Death] = &[
    (Way::Replace, "group.before-its-next-step", 40),
    (Way::Replace, "group.before-its-next-step", 47),
    (Way::Replace, "group.committed", 30),
    (Way::Replace, "group.committed", 33),
    (Way::Rebuild, "row-order.statement", 6),
    (Way::Rebuild, "row-order.statement", 7),
    (Way::Rebuild, "row-order.statement", 8),
    (Way::Rebuild, "row-order.statement", 9),
    (Way::Rebuild, "row-order.statement", 10),
    (Way::Close, "alone.before-its-end", 1),
    (Way::Close, "alone.committed", 1),
];

/// Places that `letters.rs` rehearses, with a mail server.
const OF_LETTERS: &[&str] = &["letters.claimed", "letters.sent"];

/// Everything that is rehearsed on an engine.
pub fn deaths(engine: Engine) -> impl Iterator<Item = Death> {
    let more = match engine {
        Engine::Sqlite => ON_SQLITE,
        Engine::Postgres => &[],
    };
    ON_BOTH.iter().chain(more).copied()
}

#[test]
fn every_place_where_the_program_can_die_is_rehearsed() {
    let mut named = BTreeSet::new();
    names_in(Path::new("src"), &mut named);
    let rehearsed: BTreeSet<String> = deaths(Engine::Sqlite)
        .map(|(_, place, _)| place)
        .chain(OF_LETTERS.iter().copied())
        .map(str::to_owned)
        .collect();
    assert!(named.len() > 30, "{named:?}");
    assert_eq!(named, rehearsed);
}

fn names_in(folder: &Path, named: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            names_in(&path, named);
        } else if path.extension().is_some_and(|end| end == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            let calls = text.split("point(\"").skip(1);
            named.extend(calls.map(|call| call.split('"').next().unwrap().to_owned()));
        }
    }
}
