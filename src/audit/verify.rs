//! Reading a chain from its first entry to its head, and saying where it is broken.

use super::chain::{Entry, Head};
use super::store::{Page, page, stored_head};
use crate::ids::OrganisationId;
use crate::store::{StoreError, Tx};
use crate::vault::ServerKeys;

/// What is wrong, and at which entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// An entry was changed, or was not written by this server.
    NotGenuine(i64),
    /// An entry does not follow the one before it: something was removed or put in.
    Gap(i64),
    /// The chain ends before or after the head that is stored.
    WrongEnd,
    /// A head that was written down earlier is not part of the chain.
    HeadNotFound,
}

/// The result for one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that were read.
    pub entries: u64,
    /// The chain's end, to be written down.
    pub head: Head,
    /// Empty if the chain is whole.
    pub findings: Vec<Finding>,
}

/// Reads the whole chain in pages. `noted` is a head that was written down earlier
/// ([`Head::text`]).
pub async fn verify(
    tx: &mut Tx,
    keys: &ServerKeys,
    organisation: OrganisationId,
    noted: Option<&str>,
) -> Result<Verdict, StoreError> {
    const MOST: i64 = 1000;
    let mut verdict = Verdict {
        entries: 0,
        head: Head::of_nothing(),
        findings: Vec::new(),
    };
    let mut noted_was_there = noted.is_none();
    loop {
        let after = verdict.head.number;
        let entries = page(tx, organisation, Page { after, most: MOST }).await?;
        if entries.is_empty() {
            break;
        }
        for entry in &entries {
            verdict.look_at(entry, keys);
            noted_was_there |= noted.is_some_and(|noted| entry.head().text() == noted);
        }
    }
    if stored_head(tx, organisation)
        .await?
        .unwrap_or_else(Head::of_nothing)
        != verdict.head
    {
        verdict.findings.push(Finding::WrongEnd);
    }
    if !noted_was_there {
        verdict.findings.push(Finding::HeadNotFound);
    }
    Ok(verdict)
}

impl Verdict {
    fn look_at(&mut self, entry: &Entry, keys: &ServerKeys) {
        if !entry.is_genuine(keys) {
            self.findings.push(Finding::NotGenuine(entry.number));
        }
        // The first entry that is left after retention follows one that is gone; a checkpoint
        // further on vouches for it (`Change::Checkpoint`).
        let follows = entry.number == self.head.number + 1 && entry.previous == self.head.digest;
        if !follows && self.entries > 0 {
            self.findings.push(Finding::Gap(entry.number));
        } else if !follows {
            self.findings.push(Finding::Gap(0));
        }
        self.settle_checkpoint(entry);
        self.entries += 1;
        self.head = entry.head();
    }

    /// A genuine checkpoint explains that the chain begins after number `removed_to`.
    fn settle_checkpoint(&mut self, entry: &Entry) {
        use super::Change;
        let Ok(Change::Checkpoint { .. }) = serde_json::from_str(&entry.change) else {
            return;
        };
        self.findings.retain(|finding| *finding != Finding::Gap(0));
    }
}
