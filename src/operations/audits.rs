//! The audit chains of an installation, checked one after another.

use crate::audit::{self, Verdict};
use crate::people::organisations;
use crate::store::{Store, StoreError};
use crate::vault::ServerKeys;

/// What was found in one organisation's chain.
#[derive(Debug)]
pub struct Checked {
    /// The organisation's short name.
    pub name: String,
    /// Entries, head, findings.
    pub verdict: Verdict,
}

/// Checks all chains, or only that of one organisation by its short name.
pub async fn verify(
    store: &Store,
    keys: &ServerKeys,
    only: Option<&str>,
    head: Option<&str>,
) -> Result<Vec<Checked>, StoreError> {
    let mut tx = store.read().await?;
    let mut checked = Vec::new();
    for organisation in organisations::all(&mut tx).await? {
        if only.is_some_and(|only| only != organisation.short_name) {
            continue;
        }
        let verdict = audit::verify(&mut tx, keys, organisation.id, head).await?;
        checked.push(Checked {
            name: organisation.short_name,
            verdict,
        });
    }
    Ok(checked)
}
