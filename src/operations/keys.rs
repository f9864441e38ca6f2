//! The server key of an installation: made once, with an empty database; after that a missing
//! one is never replaced silently, because passwords and tags rest on it.

use anyhow::{Context, bail};

use crate::audit;
use crate::check_ins::restoring;
use crate::settings::Settings;
use crate::store::copy;
use crate::store::{EngineName, Store, StoreError, Tx};
use crate::vault::ServerKeys;

/// How many row tags of the installation were made with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fit {
    /// Tags that were looked at.
    pub tags: u64,
    /// Those among them that verify.
    pub genuine: u64,
}

/// Looks at the newest audit entry of each organisation and at every wave.
pub async fn fit(tx: &mut Tx, keys: &ServerKeys) -> Result<Fit, StoreError> {
    let entries = audit::newest(tx).await?;
    let waves = restoring::all_waves(tx).await?;
    let genuine_entries = entries.iter().filter(|entry| entry.is_genuine(keys));
    let genuine_waves = waves.iter().filter(|wave| wave.is_genuine(keys));
    Ok(Fit {
        genuine: (genuine_entries.count() + genuine_waves.count()) as u64,
        tags: (entries.len() + waves.len()) as u64,
    })
}

/// The keys that a server starts with. Makes the file where an embedded database is new; else a
/// missing file is an error that says what to do.
pub async fn server_keys(settings: &Settings, store: &Store) -> anyhow::Result<ServerKeys> {
    let file = settings.server_key_file();
    if file.exists() {
        return Ok(ServerKeys::load(&file)?);
    }
    let name = file.display();
    let mut tx = store.read().await?;
    if copy::first_used(&mut tx).await?.is_some() {
        bail!(
            "{name}: the server key is missing, and this database rests on it. Put it back, or \
             name it with --server-key-file; without it nobody can sign in with a password"
        );
    }
    if store.engine() == EngineName::Postgres {
        bail!(
            "{name}: there is no server key yet. Every server needs the same one: run `respite \
             key create` once, and copy the file to the others"
        );
    }
    let keys = ServerKeys::create(&file).context("the server key cannot be made")?;
    tracing::info!("made the server key {name}: keep a copy of it apart from the backups");
    Ok(keys)
}
