//! What a running server holds. Everything else is in the database; a second server on the same
//! PostgreSQL has the same server key and nothing more.

use std::sync::Arc;

use crate::clock::Clock;
use crate::settings::Settings;
use crate::store::Store;

/// Shared by every request and job. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// What the operator has set.
    pub settings: Arc<Settings>,
}
