//! Signing in and out. A sign-in lies under the hash of its token and is sealed under the token:
//! the database does not know whose it is, and no row that can be found from an account changes.

use chrono::{DateTime, Duration, Utc};
use std::net::IpAddr;
use zeroize::Zeroizing;

use crate::ids::{AccountId, UnitId};
use crate::people::accounts::{self, Account, State};
use crate::people::permission::Who;
use crate::problem::{Kind, Problem};
use crate::vault::password::{self, Salt};
use crate::vault::{Token, WorkerKey, WrapKind, unwrap};

use super::hashing::Recipe;
use super::presence::{Device, Presence, SecondFactor};
use super::standing::may_come_in;
use super::vaults::Vault;
use super::{Entrance, second_factor, store};

/// A reset is shown at every sign-in for this long.
const RESET_SHOWN: Duration = Duration::days(30);

/// What somebody shows to come in.
pub struct SignInAttempt {
    /// Short name of the organisation.
    pub organisation: String,
    /// Sign-in name within it.
    pub sign_in: String,
    /// Wipes itself.
    pub password: Zeroizing<String>,
    /// The present code of the second factor, if the account has one.
    pub code: Option<String>,
    /// Whose device it is.
    pub device: Device,
    /// For the rate limits only; never stored or logged.
    pub from: Option<IpAddr>,
}

/// A sign-in that was just made; the token is shown this once.
pub struct NewSignIn {
    /// Opens everything: for the cookie or the reply, and nowhere else.
    pub token: Token,
    /// Who it is from now on.
    pub signed_in: SignedIn,
}

/// A reset that she did not necessarily ask for herself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reset {
    /// When the empty vault was opened.
    pub at: DateTime<Utc>,
    /// The administrator who issued the code; `None` if it came from the command line.
    pub by: Option<AccountId>,
}

/// Somebody who is signed in, at the moment of this request.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// For permissions.
    pub who: Who,
    /// Her present key, then those of earlier vaults that she has recovered. Never empty.
    pub keys: Vec<WorkerKey>,
    /// Her home unit, if she has one now.
    pub unit: Option<UnitId>,
    /// `Active` or `Left`; see [`must_be_active`](Self::must_be_active).
    pub state: State,
    /// Language of her pages.
    pub language: String,
    /// Country of her organisation.
    pub country: String,
    /// 1 for a first vault; each reset gives the next.
    pub vault_number: i64,
    /// When the present vault was made.
    pub vault_since: DateTime<Utc>,
    /// The epoch of this sign-in, which is the account's.
    pub epoch: i64,
    /// A reset of the last 30 days.
    pub reset: Option<Reset>,
    /// Whether the account has a second factor, shown or not.
    pub has_second_factor: bool,
    /// When she signed in on this device.
    pub since: DateTime<Utc>,
    /// When this sign-in ends if nothing more is asked.
    pub ends_at: DateTime<Utc>,
    /// Whose device she said it is.
    pub device: Device,
    /// The token of this request: seals idempotent replies and makes the CSRF value.
    pub token: Token,
}

impl SignedIn {
    /// The key under which everything new of hers is sealed.
    #[must_use]
    pub fn key(&self) -> &WorkerKey {
        &self.keys[0]
    }

    /// Refuses who may only read, export and erase.
    pub fn must_be_active(&self) -> Result<(), Problem> {
        if self.state == State::Left {
            return Err(Kind::ReadOnly.into());
        }
        Ok(())
    }
}

impl Entrance {
    /// Signs somebody in. An unknown name costs the same time and answers the same as a wrong
    /// password.
    pub async fn sign_in(&self, attempt: &SignInAttempt) -> Result<NewSignIn, Problem> {
        let inner = &*self.0;
        let from = inner
            .limits
            .attempt(&attempt.organisation, &attempt.sign_in, attempt.from);
        let admission = inner.limits.admit(from).await?;
        let found = self
            .look_up(&attempt.organisation, &attempt.sign_in)
            .await?;
        let vault = found.as_ref().map(|(_, vault)| vault);
        let key = self.unlock(vault, &attempt.password).await?;
        drop(admission);
        let (Some(key), Some((account, vault))) = (key, &found) else {
            return Err(Kind::WrongSignIn.into());
        };
        let now = inner.clock.now();
        may_come_in(account, now)?;
        if !vault.is_genuine(&inner.keys) {
            tracing::error!("an account row was changed from outside: sign-in refused");
            return Err(Kind::Broken.into());
        }
        let code = second_factor::check(vault, &key, attempt.code.as_deref(), now)?;
        let presence = Presence {
            account: account.id,
            key,
            epoch: vault.epoch,
            created_at: now,
            seen_at: now,
            device: attempt.device,
            second_factor: match code {
                Some(_) => SecondFactor::Shown,
                None => SecondFactor::NotShown,
            },
        };
        let token = self.begin(&presence, code).await?;
        inner.limits.remember(from);
        let signed_in = self.authenticate(&token).await?;
        Ok(NewSignIn { token, signed_in })
    }

    /// Who sent this request. Notes the use now and then, and nothing else.
    pub async fn authenticate(&self, token: &Token) -> Result<SignedIn, Problem> {
        let inner = &*self.0;
        let now = inner.clock.now();
        let mut tx = inner.store.read_newest().await?;
        let sealed = store::sign_in(&mut tx, &token.row_key()).await?;
        let presence = sealed
            .and_then(|sealed| token.open(&sealed).ok())
            .and_then(|text| Presence::decode(&text))
            .filter(|presence| !presence.is_over(now, inner.lifetimes))
            .ok_or(Kind::SignIn)?;
        let arrival = store::arrival(&mut tx, presence.account)
            .await?
            .filter(|found| found.vault.epoch == presence.epoch)
            .filter(|found| found.vault.is_genuine(&inner.keys))
            .ok_or(Kind::SignIn)?;
        drop(tx);
        let (account, unit, country) = (arrival.account(), arrival.unit, arrival.country);
        let vault = arrival.vault;
        may_come_in(&account, now)?;
        let renewed = presence.renewed(now);
        if let Some(renewed) = &renewed {
            self.note_use(token, renewed).await;
        }
        let presence = renewed.unwrap_or(presence);
        Ok(SignedIn {
            who: Who {
                account: account.id,
                organisation: account.organisation,
                second_factor: presence.second_factor == SecondFactor::Shown,
            },
            keys: key_ring(&presence.key, &vault)?,
            unit,
            state: account.state_at(now),
            language: account.language,
            country,
            vault_number: vault.number,
            vault_since: vault.since,
            epoch: vault.epoch,
            reset: vault
                .reset_at
                .filter(|at| now - *at < RESET_SHOWN)
                .map(|at| Reset {
                    at,
                    by: vault.reset_by,
                }),
            has_second_factor: vault.totp.is_some(),
            since: presence.created_at,
            ends_at: presence.ends_at(inner.lifetimes),
            device: presence.device,
            token: token.clone(),
        })
    }

    /// Ends this sign-in; its token opens nothing any more.
    pub async fn sign_out(&self, token: &Token) -> Result<(), Problem> {
        let mut tx = self.0.store.write().await?;
        store::delete_sign_in(&mut tx, &token.row_key()).await?;
        Ok(tx.commit().await?)
    }

    /// Ends every sign-in of hers, this one too.
    pub async fn sign_out_everywhere(&self, signed_in: &SignedIn) -> Result<(), Problem> {
        let old = self.vault_of(signed_in).await?;
        let mut new = old.clone();
        new.raise_epoch();
        self.replace(&old, &mut new).await?;
        self.sign_out(&signed_in.token).await
    }

    /// The vault of somebody signed in, as it is now.
    pub(super) async fn vault_of(&self, signed_in: &SignedIn) -> Result<Vault, Problem> {
        let mut tx = self.0.store.read().await?;
        let vault = store::vault(&mut tx, signed_in.who.account).await?;
        vault
            .filter(|vault| vault.epoch == signed_in.epoch)
            .ok_or_else(|| Kind::SignIn.into())
    }

    /// The account behind a name, if it has a vault.
    pub(super) async fn look_up(
        &self,
        organisation: &str,
        sign_in: &str,
    ) -> Result<Option<(Account, Vault)>, Problem> {
        let mut tx = self.0.store.read().await?;
        let Some(account) = accounts::by_sign_in(&mut tx, organisation, sign_in).await? else {
            return Ok(None);
        };
        let vault = store::vault(&mut tx, account.id).await?;
        Ok(vault.map(|vault| (account, vault)))
    }

    /// Her key, if the password is right. Takes as long for nobody's vault as for somebody's.
    pub(super) async fn unlock(
        &self,
        vault: Option<&Vault>,
        password: &str,
    ) -> Result<Option<WorkerKey>, Problem> {
        let inner = &*self.0;
        let recipe = vault.and_then(|vault| self.recipe(vault));
        let is_somebody = recipe.is_some();
        let recipe = match recipe {
            Some(recipe) => recipe,
            None => self.recipe_of_nobody()?,
        };
        let derived = inner.hashing.derive(password, recipe).await?;
        let Some(vault) = vault.filter(|_| is_somebody) else {
            return Ok(None);
        };
        if !password::matches(&derived.verifier, &vault.verifier) {
            return Ok(None);
        }
        let key = unwrap(
            &derived.wrap,
            &vault.by_password,
            vault.account,
            WrapKind::Password,
        );
        Ok(key.ok())
    }

    fn recipe(&self, vault: &Vault) -> Option<Recipe> {
        let (salt, cost) = vault.recipe()?;
        let number = u32::try_from(vault.pepper).ok()?;
        let pepper = self.0.keys.pepper(number, vault.account)?;
        Some(Recipe { salt, cost, pepper })
    }

    fn recipe_of_nobody(&self) -> Result<Recipe, Problem> {
        let keys = &self.0.keys;
        let pepper = keys.pepper(keys.number(), AccountId(uuid::Uuid::nil()));
        Ok(Recipe {
            salt: Salt([0; 16]),
            cost: self.0.hashing.cost(),
            pepper: pepper.ok_or(Kind::Broken)?,
        })
    }

    /// Writes a new sign-in, and the one-time code that it used, if any.
    pub(super) async fn begin(
        &self,
        presence: &Presence,
        code: Option<second_factor::UsedCode>,
    ) -> Result<Token, Problem> {
        let token = Token::new();
        let sealed = seal(&token, presence)?;
        let mut tx = self.0.store.write().await?;
        if let Some(code) = code {
            code.spend(&mut tx, &self.0.keys).await?;
        }
        let expires_on = presence.expires_on(self.0.lifetimes);
        store::insert_sign_in(&mut tx, &token.row_key(), &sealed, expires_on).await?;
        tx.commit().await?;
        Ok(token)
    }

    /// Keeps a sign-in alive. A failure costs her nothing but a sign-in that ends earlier.
    async fn note_use(&self, token: &Token, presence: &Presence) {
        let written = async {
            let sealed = seal(token, presence)?;
            let mut tx = self.0.store.write().await?;
            store::renew_sign_in(&mut tx, &token.row_key(), &sealed).await?;
            Ok::<_, Problem>(tx.commit().await?)
        };
        if written.await.is_err() {
            tracing::warn!("a sign-in could not be renewed");
        }
    }

    /// Writes a changed sign-in over the present one.
    pub(super) async fn rewrite(&self, token: &Token, presence: &Presence) -> Result<(), Problem> {
        let sealed = seal(token, presence)?;
        let mut tx = self.0.store.write().await?;
        store::renew_sign_in(&mut tx, &token.row_key(), &sealed).await?;
        Ok(tx.commit().await?)
    }
}

pub(super) fn seal(token: &Token, presence: &Presence) -> Result<Vec<u8>, Problem> {
    token.seal(&presence.encode()).map_err(|error| {
        tracing::error!(%error, "a sign-in could not be sealed");
        Kind::Broken.into()
    })
}

fn key_ring(key: &WorkerKey, vault: &Vault) -> Result<Vec<WorkerKey>, Problem> {
    let earlier = key.open_key_ring(vault.account, &vault.key_ring);
    let earlier = earlier.map_err(|error| {
        tracing::error!(%error, "a key ring cannot be opened");
        Problem::from(Kind::Broken)
    })?;
    Ok([vec![key.clone()], earlier].concat())
}
