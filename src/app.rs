//! What a running server holds. Everything else is in the database; a second server on the same
//! PostgreSQL has the same server key and nothing more.

use std::sync::Arc;

use anyhow::{Context, bail};

use crate::audit::Seal;
use crate::auth::Entrance;
use crate::ballots::Rosters;
use crate::clock::Clock;
use crate::notifications::delivery::Post;
use crate::questionnaires::{Catalogue, Fault};
use crate::settings::Settings;
use crate::store::{Opening, Store, copy};
use crate::tallies::CountedWaves;
use crate::vault::ServerKeys;

/// Shared by every request and job. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// What the operator has set.
    pub settings: Arc<Settings>,
    /// The server's own keys.
    pub keys: Arc<ServerKeys>,
    /// What everyone comes in by.
    pub entrance: Entrance,
    /// What can be asked.
    pub catalogue: Arc<Catalogue>,
    /// Waves that may never be counted again.
    pub counted: Arc<CountedWaves>,
    /// Rosters of open waves, checked.
    pub rosters: Arc<Rosters>,
}

impl App {
    /// Opens everything that the settings name, and first of all remembers which waves have been
    /// counted.
    pub async fn open(settings: Settings, clock: Clock) -> anyhow::Result<Self> {
        let store = Store::open(&settings.database, Opening::AsItIs).await?;
        let keys = server_keys(&settings, &store).await?;
        Self::over(store, (settings, clock), keys).await
    }

    /// The same over a database that is open already, with keys that are at hand. Refuses keys that
    /// nothing in the database was made with, and a list that cannot be written.
    pub async fn over(
        store: Store,
        (settings, clock): (Settings, Clock),
        keys: ServerKeys,
    ) -> anyhow::Result<Self> {
        let keys = Arc::new(keys);
        let folder = settings.state_dir();
        let counted = CountedWaves::open(&folder)
            .with_context(|| format!("the list of counted waves in {}", folder.display()))?;
        let entrance = Entrance::new(
            store.clone(),
            clock.clone(),
            keys.clone(),
            &settings.sign_in,
        );
        let app = Self {
            store,
            clock,
            keys,
            entrance,
            catalogue: Arc::new(catalogue(&settings).map_err(|faults| {
                let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
                anyhow::anyhow!("the questionnaires cannot be used:\n{}", lines.join("\n"))
            })?),
            counted: Arc::new(counted),
            rosters: Arc::default(),
            settings: Arc::new(settings),
        };
        app.must_have_its_keys().await?;
        app.remember_ended_waves().await?;
        Ok(app)
    }

    /// What a round of letters needs.
    #[must_use]
    pub fn post(&self) -> Post<'_> {
        Post {
            store: &self.store,
            clock: &self.clock,
            keys: &self.keys,
            settings: &self.settings,
        }
    }

    /// What an audit entry of this moment is sealed with.
    #[must_use]
    pub fn seal(&self) -> Seal<'_> {
        Seal {
            keys: &self.keys,
            now: self.clock.now(),
        }
    }
}

/// The keys that a server starts with. Makes the file where the database is empty; else a missing
/// file is an error that says what to do.
pub async fn server_keys(settings: &Settings, store: &Store) -> anyhow::Result<ServerKeys> {
    let file = settings.server_key_file();
    if file.exists() {
        return ServerKeys::load(&file).context("the server key cannot be used");
    }
    let mut tx = store.read().await?;
    if copy::first_used(&mut tx).await?.is_some() {
        bail!(
            "{}: the server key is missing, and this database rests on it. Put it back, or name \
             it with --server-key-file; without it nobody can sign in with a password",
            file.display()
        );
    }
    ServerKeys::create(&file).context("the server key cannot be made")
}

/// What is built in, and what the operator's folder adds; every fault with file and line.
pub fn catalogue(settings: &Settings) -> Result<Catalogue, Vec<Fault>> {
    match &settings.questionnaires.folder {
        None => Ok(Catalogue::embedded()),
        Some(folder) => Catalogue::with_folder(folder, &settings.questionnaires.accepted_licences),
    }
}
