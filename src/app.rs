//! What a running server holds. Everything else is in the database; a second server on the same
//! PostgreSQL has the same server key and nothing more.

use std::sync::Arc;

use crate::audit::Seal;
use crate::auth::Entrance;
use crate::clock::Clock;
use crate::questionnaires::Catalogue;
use crate::settings::Settings;
use crate::store::Store;
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
}

impl App {
    /// What an audit entry of this moment is sealed with.
    #[must_use]
    pub fn seal(&self) -> Seal<'_> {
        Seal {
            keys: &self.keys,
            now: self.clock.now(),
        }
    }
}
