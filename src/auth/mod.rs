//! Who it is: activation, sign-ins, passwords, recovery, second factor, access tokens. Nothing
//! that can be found from an account is written by signing in; nobody is ever locked out by
//! somebody else's wrong guesses.

pub mod access_tokens;
pub mod idempotency;
pub mod limits;
pub mod vaults;

mod activation;
mod hashing;
mod passwords;
mod presence;
mod ready_made;
mod recovery;
mod second_factor;
mod sign_ins;
mod standing;
mod store;
mod sweep;

use std::sync::Arc;

pub use activation::{Activated, Activation};
pub use limits::{Attempt, Limits};
pub use presence::{Device, SecondFactor};
pub use recovery::{LostAuthenticator, Recovery};
pub use second_factor::Enrolment;
pub use sign_ins::{NewSignIn, Reset, SignInAttempt, SignedIn};
pub use sweep::{erase, sweep};

use crate::clock::Clock;
use crate::problem::{Kind, Problem};
use crate::settings::SignIn;
use crate::store::Store;
use crate::vault::ServerKeys;
use hashing::Hashing;
use presence::Lifetimes;
use vaults::Vault;

/// What everyone comes in by. Its use cases take more than one transaction, because a password
/// hash may never run inside a writing one; that is why it holds the store itself.
#[derive(Clone)]
pub struct Entrance(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Clock,
    keys: Arc<ServerKeys>,
    hashing: Hashing,
    lifetimes: Lifetimes,
    limits: Limits,
}

impl Entrance {
    /// The entrance of one running server.
    #[must_use]
    pub fn new(store: Store, clock: Clock, keys: Arc<ServerKeys>, settings: &SignIn) -> Self {
        Self(Arc::new(Inner {
            limits: Limits::new(&clock),
            hashing: Hashing::new(settings),
            lifetimes: Lifetimes::from(settings),
            store,
            clock,
            keys,
        }))
    }

    /// The rate limits, for the job that forgets old attempts.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Puts `change` on a vault that still is as it was read; else somebody was faster.
    async fn replace(&self, old: &Vault, new: &mut Vault) -> Result<(), Problem> {
        let mut tx = self.0.store.write().await?;
        new.sign(&self.0.keys);
        if !store::replace_vault(&mut tx, old, new).await? {
            return Err(Kind::Changed.into());
        }
        Ok(tx.commit().await?)
    }
}
