//! A new password rewraps the same worker key: no record moves, and every other sign-in ends.

use crate::ids::AccountId;
use crate::people::accounts;
use crate::problem::{Fault, Kind, Problem};
use crate::vault::password::{Salt, check_password};

use super::hashing::Recipe;
use super::presence::{Presence, SecondFactor};
use super::vaults::{NewPassword, Vault};
use super::{Entrance, NewSignIn, SignedIn};

/// Refuses a password that is too short, too common or holds the sign-in name.
pub(super) fn must_be_strong(password: &str, sign_in: &str) -> Result<(), Problem> {
    check_password(password, sign_in).map_err(|fault| Problem {
        faults: vec![Fault::new("password", fault.to_string())],
        ..Kind::WeakPassword.into()
    })
}

impl Entrance {
    /// Changes her password. The present sign-in goes on under a new token; all others end.
    pub async fn change_password(
        &self,
        signed_in: &SignedIn,
        old_password: &str,
        new_password: &str,
    ) -> Result<NewSignIn, Problem> {
        let account = signed_in.who.account;
        let mut tx = self.0.store.read().await?;
        let known = accounts::find(&mut tx, account).await?;
        drop(tx);
        must_be_strong(new_password, &known.ok_or(Kind::SignIn)?.sign_in)?;
        let old = self.prove(signed_in, old_password).await?;
        let mut new = old.clone();
        let password = self.new_password(account, new_password).await?;
        new.set_password(&password, signed_in.key());
        new.raise_epoch();
        self.replace(&old, &mut new).await?;
        // Two transactions: none may show which sign-in belongs to an account.
        self.sign_out(&signed_in.token).await?;
        let presence = Presence {
            account,
            key: signed_in.key().clone(),
            epoch: new.epoch,
            created_at: signed_in.since,
            seen_at: self.0.clock.now(),
            device: signed_in.device,
            second_factor: if signed_in.who.second_factor {
                SecondFactor::Shown
            } else {
                SecondFactor::NotShown
            },
        };
        let token = self.begin(&presence, None).await?;
        let signed_in = self.authenticate(&token).await?;
        Ok(NewSignIn { token, signed_in })
    }

    /// Whether she knows her password, asked again before what cannot be undone.
    pub async fn confirm(&self, signed_in: &SignedIn, password: &str) -> Result<(), Problem> {
        self.prove(signed_in, password).await.map(drop)
    }

    /// Her vault, if she knows her password: asked again before anything that a stolen sign-in
    /// must not do. Counted like a sign-in.
    pub(super) async fn prove(
        &self,
        signed_in: &SignedIn,
        password: &str,
    ) -> Result<Vault, Problem> {
        let attempt = self
            .0
            .limits
            .attempt("", &signed_in.who.account.to_string(), None);
        self.0.limits.admit_again(attempt).await?;
        let vault = self.vault_of(signed_in).await?;
        self.unlock(Some(&vault), password)
            .await?
            .ok_or(Kind::WrongSignIn)?;
        self.0.limits.remember(attempt);
        Ok(vault)
    }

    /// Runs a new password through everything, ready to be put on a vault.
    pub(super) async fn new_password(
        &self,
        account: AccountId,
        password: &str,
    ) -> Result<NewPassword, Problem> {
        let inner = &*self.0;
        let (salt, cost, pepper) = (Salt::new(), inner.hashing.cost(), inner.keys.number());
        let recipe = Recipe {
            salt,
            cost,
            pepper: inner.keys.pepper(pepper, account).ok_or(Kind::Broken)?,
        };
        Ok(NewPassword {
            derived: inner.hashing.derive(password, recipe).await?,
            salt,
            cost,
            pepper,
        })
    }
}
