//! What one worker knows of her own check-in: what the server said, and what nobody said. A request
//! without an answer may have had its effect or not, wholly; everything else is certain.

use std::collections::{BTreeMap, BTreeSet};

/// Her check-in of one wave.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Said {
    /// None, or an erased one.
    Nothing,
    /// These answers.
    Answers {
        values: BTreeMap<String, i64>,
        /// Whether a ballot goes with them.
        counted: bool,
    },
}

/// How a request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    Done,
    /// With a problem of this kind: nothing was changed.
    Refused(String),
    /// With no answer, or with one that does not say what became of it: which.
    Unknown(String),
}

/// Everything that her check-in of one wave may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    may_be: BTreeSet<Said>,
}

impl Default for Ledger {
    fn default() -> Self {
        Self {
            may_be: [Said::Nothing].into(),
        }
    }
}

impl Ledger {
    /// A request that would make it so, and how it ended.
    pub fn note(&mut self, said: Said, ended: &Ended) {
        match ended {
            Ended::Done => self.may_be = [said].into(),
            Ended::Unknown(_) => {
                self.may_be.insert(said);
            }
            Ended::Refused(_) => {}
        }
    }

    /// What is really there must be one of them, and is certain from now on. Whether it was.
    pub fn allows(&mut self, seen: &Said) -> bool {
        let allowed = self.may_be.contains(seen);
        self.may_be = [seen.clone()].into();
        allowed
    }

    /// The one thing that it is; `None` while that is not certain.
    pub fn certain(&self) -> Option<&Said> {
        self.may_be.first().filter(|_| self.may_be.len() == 1)
    }
}

#[test]
fn a_ledger_allows_what_was_answered_and_either_side_of_what_was_not() {
    let sheet = |value| Said::Answers {
        values: [("a".to_owned(), value)].into(),
        counted: true,
    };
    let mut ledger = Ledger::default();
    ledger.note(sheet(1), &Ended::Done);
    assert!(!ledger.clone().allows(&Said::Nothing), "acknowledged");
    ledger.note(Said::Nothing, &Ended::Unknown(String::new()));
    assert!(ledger.clone().allows(&Said::Nothing));
    assert!(ledger.clone().allows(&sheet(1)));
    assert!(!ledger.clone().allows(&sheet(2)));
    ledger.note(sheet(2), &Ended::Refused("changed".to_owned()));
    assert!(!ledger.clone().allows(&sheet(2)), "refused");
    ledger.note(sheet(3), &Ended::Done);
    assert!(!ledger.clone().allows(&Said::Nothing));
    assert_eq!(ledger.certain(), Some(&sheet(3)));
}
