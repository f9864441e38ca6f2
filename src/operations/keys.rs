//! The server key of an installation: made once, with an empty database. After that a missing one
//! is never replaced silently, because passwords and tags rest on it; a new one is added beside
//! it, and takes over what can be wrapped again.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context, ensure};
use chrono::{DateTime, Utc};

use crate::app::server_keys;
use crate::audit::{self, Change, Seal};
use crate::auth::vaults;
use crate::ballots;
use crate::check_ins::{self, restoring};
use crate::notifications;
use crate::people::organisations;
use crate::settings::Settings;
use crate::store::{Store, StoreError, Tx};
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

/// The keys of an installation that has some.
pub fn load(settings: &Settings) -> anyhow::Result<ServerKeys> {
    ServerKeys::load(&settings.server_key_file())
        .context("the server key is needed; name its file with --server-key-file")
}

/// Makes the key file of a new installation. Refuses to overwrite, and where a database already
/// rests on another key.
pub async fn create(settings: &Settings, store: &Store) -> anyhow::Result<ServerKeys> {
    let file = settings.server_key_file();
    ensure!(
        !file.exists(),
        "{} exists already; it is never overwritten",
        file.display()
    );
    server_keys(settings, store).await
}

/// What a rotation did.
#[derive(Debug)]
pub struct Rotated {
    /// Number of the new key.
    pub number: u32,
    /// What of the waves was moved to it.
    pub waves: check_ins::keys::Resting,
    /// Tags of accounts that were moved to it.
    pub accounts: u64,
    /// What of the letters was moved to it.
    pub letters: notifications::keys::Resting,
}

/// Adds a key, wraps wave keys, addresses, secrets of webhooks and tags of waves and accounts again, and enters it in every audit.
/// The old keys stay in the file. No server may be running with the old file.
pub async fn rotate(
    settings: &Settings,
    store: &Store,
    now: DateTime<Utc>,
) -> anyhow::Result<Rotated> {
    load(settings)?;
    let keys = ServerKeys::rotate(&settings.server_key_file())?;
    let by = Seal { keys: &keys, now };
    let mut tx = store.write().await?;
    let waves = check_ins::keys::rewrap(&mut tx, &keys).await?;
    let accounts = vaults::retag(&mut tx, &keys).await?;
    let letters = notifications::keys::rewrap(&mut tx, &keys).await?;
    let number = keys.number();
    for organisation in organisations::all(&mut tx).await? {
        let change = Change::ServerKeyAdded { number };
        audit::enter(&mut tx, &by, organisation.id, None, change).await?;
    }
    tx.commit().await?;
    Ok(Rotated {
        number,
        waves,
        accounts,
        letters,
    })
}

/// What still needs one key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Passwords that have not been changed since it was the current one.
    pub passwords: u64,
    /// Tags of accounts.
    pub accounts: u64,
    /// Tags of waves.
    pub waves: u64,
    /// Keys of waves that have not been counted.
    pub wave_keys: u64,
    /// Ballots that have not been counted.
    pub ballots: u64,
    /// Addresses of people who get letters.
    pub addresses: u64,
    /// Secrets of webhooks.
    pub secrets: u64,
    /// Audit entries.
    pub entries: u64,
}

/// What needs which key, by its number.
pub async fn needs(tx: &mut Tx) -> Result<BTreeMap<u32, Needs>, StoreError> {
    let mut needs: BTreeMap<u32, Needs> = BTreeMap::new();
    for (number, found) in vaults::resting(tx).await? {
        let needs = needs.entry(number).or_default();
        (needs.passwords, needs.accounts) = (found.peppers, found.tags);
    }
    for (number, found) in check_ins::keys::resting(tx).await? {
        let needs = needs.entry(number).or_default();
        (needs.waves, needs.wave_keys) = (found.tags, found.wave_keys);
    }
    for (number, found) in ballots::resting(tx).await? {
        needs.entry(number).or_default().ballots = found;
    }
    for (number, found) in notifications::keys::resting(tx).await? {
        let needs = needs.entry(number).or_default();
        (needs.addresses, needs.secrets) = (found.addresses, found.secrets);
    }
    for (number, found) in audit::resting(tx).await? {
        needs.entry(number).or_default().entries = found;
    }
    Ok(needs)
}

impl fmt::Display for Needs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [
            (self.passwords, "passwords (until they are next changed)"),
            (self.accounts, "accounts"),
            (self.waves, "waves"),
            (self.wave_keys, "keys of open waves"),
            (self.ballots, "ballots (until their wave closes)"),
            (self.addresses, "addresses for letters"),
            (self.secrets, "secrets of webhooks"),
            (self.entries, "audit entries (until their retention ends)"),
        ];
        let there = parts.iter().filter(|(count, _)| *count > 0);
        let words: Vec<String> = there
            .map(|(count, what)| format!("{count} {what}"))
            .collect();
        f.write_str(&words.join(", "))
    }
}
