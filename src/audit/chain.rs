//! How entries hang together: each digest covers the entry and the digest before it.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::Seal;
use crate::ids::{AccountId, OrganisationId};
use crate::vault::ServerKeys;

const KIND: &str = "audit";

/// The end of a chain: number of the last entry (0 before the first) and its digest (32 bytes).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Number of the last entry, counting from 1.
    pub number: i64,
    /// Digest of the last entry; zeros before the first.
    pub digest: Vec<u8>,
}

impl Head {
    /// The head of an empty chain.
    #[must_use]
    pub fn of_nothing() -> Self {
        Self {
            number: 0,
            digest: vec![0; 32],
        }
    }

    /// `number:hex`, as it is logged daily and given to `audit verify --head`.
    #[must_use]
    pub fn text(&self) -> String {
        use std::fmt::Write;
        self.digest
            .iter()
            .fold(format!("{}:", self.number), |mut text, byte| {
                let _ = write!(text, "{byte:02x}");
                text
            })
    }
}

/// One entry of an organisation's chain.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Entry {
    /// Whose chain.
    pub organisation: OrganisationId,
    /// Place in the chain, counting from 1.
    pub number: i64,
    /// When the change was made.
    pub at: DateTime<Utc>,
    /// Who made it; `None` for jobs and the command line.
    pub actor: Option<AccountId>,
    /// The change as JSON text, exactly as authenticated.
    pub change: String,
    /// Digest of the entry before.
    pub previous: Vec<u8>,
    /// Row tag over the digest.
    pub tag: Vec<u8>,
}

impl Entry {
    pub(super) fn following(
        before: &Head,
        by: &Seal<'_>,
        organisation: OrganisationId,
        (actor, change): (Option<AccountId>, String),
    ) -> Self {
        let mut entry = Self {
            organisation,
            number: before.number + 1,
            at: by.now,
            actor,
            change,
            previous: before.digest.clone(),
            tag: Vec::new(),
        };
        entry.tag = by.keys.tag(KIND, &[&entry.digest()]);
        entry
    }

    /// SHA-256 over every column but the tag, each with its length.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        let actor = self
            .actor
            .map(|actor| actor.bytes().to_vec())
            .unwrap_or_default();
        let parts: [&[u8]; 6] = [
            self.organisation.bytes(),
            &self.number.to_be_bytes(),
            &self.at.timestamp_micros().to_be_bytes(),
            &actor,
            self.change.as_bytes(),
            &self.previous,
        ];
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        digest.finalize().into()
    }

    /// The chain's head after this entry.
    #[must_use]
    pub fn head(&self) -> Head {
        Head {
            number: self.number,
            digest: self.digest().to_vec(),
        }
    }

    /// Whether a server with this key wrote the entry as it is.
    #[must_use]
    pub fn is_genuine(&self, keys: &ServerKeys) -> bool {
        keys.check(KIND, &[&self.digest()], &self.tag)
    }
}
