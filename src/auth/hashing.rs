//! The slow part of signing in, a few at a time: each run of Argon2id takes tens of megabytes.
//! Never called while a write transaction is held, because everyone else would wait for it.

use std::sync::Arc;

use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::problem::{Kind, Problem};
use crate::settings::SignIn;
use crate::vault::password::{self, Cost, Derived, Salt};
use crate::vault::server_key::Pepper;

/// What a password is run through.
pub(super) struct Recipe {
    pub salt: Salt,
    pub cost: Cost,
    pub pepper: Pepper,
}

/// Where password hashes wait for their turn.
pub(super) struct Hashing {
    turns: Arc<Semaphore>,
    cost: Cost,
}

impl Hashing {
    pub fn new(settings: &SignIn) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(settings.argon2_at_once.max(1))),
            cost: Cost {
                memory_kib: settings.argon2_memory_kib,
                passes: settings.argon2_passes,
                lanes: settings.argon2_lanes,
            },
        }
    }

    /// The cost of new passwords.
    pub const fn cost(&self) -> Cost {
        self.cost
    }

    /// Runs Argon2id once, away from the threads that serve requests.
    pub async fn derive(&self, password: &str, recipe: Recipe) -> Result<Derived, Problem> {
        let password = Zeroizing::new(password.to_owned());
        let turn = self.turns.clone().acquire_owned().await;
        let run = move || {
            // Held to the end of the run, even if whoever asked has gone away meanwhile: else
            // requests that are broken off could fill the memory.
            let _turn = turn;
            password::derive(&password, &recipe.salt, recipe.cost, &recipe.pepper)
        };
        match tokio::task::spawn_blocking(run).await {
            Ok(Ok(derived)) => Ok(derived),
            Ok(Err(cost)) => {
                tracing::error!(%cost, "the settings or a row name an impossible cost");
                Err(Kind::Broken.into())
            }
            Err(_) => Err(Kind::Broken.into()),
        }
    }
}
