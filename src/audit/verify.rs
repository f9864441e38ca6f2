//! Reading a chain from its first entry to its head, and saying where it is broken.

use super::Change;
use super::chain::{Entry, Head};
use super::store::{Page, page, stored_head};
use crate::ids::OrganisationId;
use crate::store::{StoreError, Tx};
use crate::vault::ServerKeys;

/// Entries read at a time.
const PAGE: i64 = 1000;
/// Findings that are kept; with a wrong key every entry would be one.
const MOST_FINDINGS: usize = 100;

/// What is wrong, and at which entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// There is no entry at all, although making the organisation left one.
    Empty,
    /// The chain begins with this entry, and no checkpoint says that those before were removed
    /// when their time was over.
    NoBeginning(i64),
    /// An entry was changed, or was not written by this server.
    NotGenuine(i64),
    /// An entry does not follow the one before it: something was removed, moved or put in.
    Gap(i64),
    /// The chain ends before or after the head that is stored.
    WrongEnd,
    /// A head that was written down earlier is not part of the chain.
    HeadNotFound,
    /// The head that was written down is older than the entries that are kept, which begin with
    /// this one: it cannot be checked any more.
    HeadTooOld(i64),
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("there is no entry at all"),
            Self::NoBeginning(number) => write!(
                f,
                "the entries before {number} are missing, and no checkpoint says that their time \
                 was over"
            ),
            Self::NotGenuine(number) => write!(
                f,
                "entry {number} was changed, or was not written with this server key"
            ),
            Self::Gap(number) => write!(
                f,
                "entry {number} does not follow the one before it: something was removed, moved \
                 or put in"
            ),
            Self::WrongEnd => f.write_str("the chain does not end where the stored head says"),
            Self::HeadNotFound => f.write_str("the given head is not part of the chain"),
            Self::HeadTooOld(number) => write!(
                f,
                "the given head is older than entry {number}, with which the chain begins: give a \
                 newer one"
            ),
        }
    }
}

/// The result for one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Entries that were read.
    pub entries: u64,
    /// The chain's end, to be written down.
    pub head: Head,
    /// Empty if the chain is whole; the first hundred.
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
    let mut reading = Reading {
        keys,
        noted,
        before: None,
        vouched: false,
        noted_found: noted.is_none(),
        entries: 0,
        head: Head::of_nothing(),
        findings: Vec::new(),
    };
    loop {
        let after = reading.head.number;
        let most = Page { after, most: PAGE };
        let entries = page(tx, organisation, most).await?;
        if entries.is_empty() {
            break;
        }
        for entry in &entries {
            reading.look_at(entry);
        }
    }
    let stored = stored_head(tx, organisation).await?;
    Ok(reading.end(&stored.unwrap_or_else(Head::of_nothing)))
}

struct Reading<'a> {
    keys: &'a ServerKeys,
    noted: Option<&'a str>,
    /// What the first entry follows.
    before: Option<Head>,
    /// A genuine checkpoint says that everything up to `before` was removed in its time.
    vouched: bool,
    noted_found: bool,
    entries: u64,
    head: Head,
    findings: Vec<Finding>,
}

impl Reading<'_> {
    fn look_at(&mut self, entry: &Entry) {
        let follows = entry.number == self.head.number + 1 && entry.previous == self.head.digest;
        let is_genuine = entry.is_genuine(self.keys);
        if !is_genuine {
            self.find(Finding::NotGenuine(entry.number));
        }
        match &self.before {
            None => {
                let before = Head {
                    number: entry.number - 1,
                    digest: entry.previous.clone(),
                };
                self.noted_found |= self.noted.is_some_and(|noted| before.text() == noted);
                self.vouched = before == Head::of_nothing();
                self.before = Some(before);
            }
            Some(_) if !follows => self.find(Finding::Gap(entry.number)),
            Some(_) => {}
        }
        if is_genuine {
            self.settle_checkpoint(entry);
        }
        self.entries += 1;
        self.head = entry.head();
        self.noted_found |= self.noted.is_some_and(|noted| self.head.text() == noted);
    }

    fn settle_checkpoint(&mut self, entry: &Entry) {
        let (Ok(Change::Checkpoint { head, .. }), Some(before)) =
            (serde_json::from_str(&entry.change), &self.before)
        else {
            return;
        };
        self.vouched |= head == before.text();
    }

    fn find(&mut self, finding: Finding) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        }
    }

    fn end(mut self, stored: &Head) -> Verdict {
        match &self.before {
            None => self.find(Finding::Empty),
            Some(before) if !self.vouched => self.find(Finding::NoBeginning(before.number + 1)),
            Some(_) => {}
        }
        if *stored != self.head {
            self.find(Finding::WrongEnd);
        }
        if !self.noted_found {
            self.find(self.missing_head());
        }
        Verdict {
            entries: self.entries,
            head: self.head,
            findings: self.findings,
        }
    }

    fn missing_head(&self) -> Finding {
        let number = self.noted.and_then(|noted| noted.split_once(':'));
        let number = number.and_then(|(number, _)| number.parse::<i64>().ok());
        match (&self.before, number) {
            (Some(before), Some(number)) if number < before.number => {
                Finding::HeadTooOld(before.number + 1)
            }
            _ => Finding::HeadNotFound,
        }
    }
}
