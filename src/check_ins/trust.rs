//! Whether the server keys at hand are those of this database. A row that does not verify was
//! changed, or the key is the wrong one; only another row that does verify tells which. Nothing is
//! destroyed before that is known.

use std::collections::BTreeSet;

use super::store;
use super::waves::State;
use crate::app::App;
use crate::audit;
use crate::store::{StoreError, Tx};
use crate::vault::ServerKeys;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum NotItsKeys {
    /// Not one row verifies.
    #[error(
        "{file}: this is not the server key of this database. The file holds {held}, the newest \
         rows were made with {needed}, and none of them verifies. Put the right file there, or \
         name it with --server-key-file; nothing has been changed"
    )]
    None {
        /// The key file.
        file: String,
        /// Its numbers.
        held: String,
        /// The numbers that the rows name.
        needed: String,
    },
    /// The database cannot be asked.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl App {
    /// Refuses keys with which neither the newest audit entry of any organisation nor any wave that
    /// has not ended was made: a count would take every row for a changed one.
    pub async fn must_have_its_keys(&self) -> Result<(), NotItsKeys> {
        let rows = rows(&mut self.store.read().await?, &self.keys).await?;
        if rows.is_empty() || rows.iter().any(|row| row.is_genuine) {
            return Ok(());
        }
        let needed: BTreeSet<u32> = rows.iter().filter_map(|row| row.key).collect();
        Err(NotItsKeys::None {
            file: self.settings.server_key_file().display().to_string(),
            held: named(self.keys.numbers()),
            needed: named(needed.into_iter()),
        })
    }

    /// Whether some row verifies under the key that this tag or ciphertext names; for one that
    /// names none, under any key. Only then is it known that it was changed.
    pub(super) async fn has_key_of(&self, tx: &mut Tx, sealed: &[u8]) -> Result<bool, StoreError> {
        let number = ServerKeys::number_of(sealed);
        let rows = rows(tx, &self.keys).await?;
        Ok(rows
            .iter()
            .any(|row| row.is_genuine && (number.is_none() || row.key == number)))
    }
}

/// Whether a tag or ciphertext names a key that is not in the file.
pub(super) fn names_a_missing_key(keys: &ServerKeys, sealed: &[u8]) -> bool {
    ServerKeys::number_of(sealed).is_some_and(|number| keys.numbers().all(|known| known != number))
}

/// One row that was looked at.
struct Row {
    key: Option<u32>,
    is_genuine: bool,
}

async fn rows(tx: &mut Tx, keys: &ServerKeys) -> Result<Vec<Row>, StoreError> {
    let entries = audit::newest(tx).await?;
    let waves = store::waves::all(tx).await?;
    let entries = entries.iter().map(|entry| Row {
        key: ServerKeys::number_of(&entry.tag),
        is_genuine: entry.is_genuine(keys),
    });
    let waves = waves
        .iter()
        .filter(|wave| matches!(wave.state, State::Open | State::Counting))
        .map(|wave| Row {
            key: ServerKeys::number_of(&wave.tag),
            is_genuine: wave.is_genuine(keys),
        });
    Ok(entries.chain(waves).collect())
}

fn named(numbers: impl Iterator<Item = u32>) -> String {
    let words: Vec<String> = numbers.map(|number| format!("key {number}")).collect();
    if words.is_empty() {
        return "no key".to_owned();
    }
    words.join(", ")
}
