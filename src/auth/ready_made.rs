//! Vaults and sign-ins without a password, many in one transaction: for the benches, which need
//! thousands of people and measure something else. No password opens such a vault.

use chrono::{DateTime, Utc};

use super::presence::{Device, Presence, SecondFactor};
use super::sign_ins::seal;
use super::vaults::Vault;
use super::{Entrance, store};
use crate::people::accounts::{self, Account};
use crate::problem::Problem;
use crate::store::Tx;
use crate::vault::{Token, WorkerKey};

impl Entrance {
    /// An empty vault for an account that has none, made now; the account is active from now on.
    pub async fn ready_made_vault(
        &self,
        tx: &mut Tx,
        account: &Account,
    ) -> Result<WorkerKey, Problem> {
        let place = (account.organisation, account.id);
        let (mut vault, key, _) = Vault::make(place, self.0.clock.now());
        vault.sign(&self.0.keys);
        store::insert_vault(tx, &vault).await?;
        accounts::activate(tx, account).await?;
        Ok(key)
    }

    /// A sign-in to such a vault. It counts as used at `seen_at`, which may lie ahead: until a
    /// minute after that no request writes it again.
    pub async fn ready_made_sign_in(
        &self,
        tx: &mut Tx,
        (account, key): (&Account, &WorkerKey),
        seen_at: DateTime<Utc>,
    ) -> Result<Token, Problem> {
        let presence = Presence {
            account: account.id,
            key: key.clone(),
            epoch: 1,
            created_at: self.0.clock.now(),
            seen_at,
            device: Device::Own,
            second_factor: SecondFactor::NotShown,
        };
        let token = Token::new();
        let sealed = seal(&token, &presence)?;
        let expires_on = presence.expires_on(self.0.lifetimes);
        store::insert_sign_in(tx, &token.row_key(), &sealed, expires_on).await?;
        Ok(token)
    }
}
