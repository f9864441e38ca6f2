//! The recovery code: opens the same vault when the password is forgotten, and brings back the
//! records of a vault that was reset. It needs no server key.

use std::net::IpAddr;

use zeroize::Zeroizing;

use crate::ids::AccountId;
use crate::problem::{Kind, Problem};
use crate::vault::{RecoveryCode, WorkerKey, WrapKind, unwrap, wrap};

use super::passwords::must_be_strong;
use super::standing::may_come_in;
use super::vaults::{FormerVault, Vault};
use super::{Entrance, SignedIn, access_tokens, store};

/// What somebody shows who has forgotten her password.
pub struct Recovery {
    /// Short name of the organisation.
    pub organisation: String,
    /// Sign-in name within it.
    pub sign_in: String,
    /// The code that she has kept.
    pub recovery_code: RecoveryCode,
    /// Her new password.
    pub password: Zeroizing<String>,
    /// Whether the authenticator is lost too: then the second factor is taken off.
    pub lost_authenticator: LostAuthenticator,
    /// For the rate limits only.
    pub from: Option<IpAddr>,
}

/// Whether the phone with the second factor is lost as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostAuthenticator {
    /// Take the second factor off.
    Yes,
    /// Leave it as it is.
    No,
}

impl Entrance {
    /// Puts a new password on the vault that the code opens. Every sign-in ends.
    pub async fn recover(&self, recovery: &Recovery) -> Result<(), Problem> {
        let inner = &*self.0;
        let (organisation, sign_in) = (&recovery.organisation, &recovery.sign_in);
        let from = inner.limits.attempt(organisation, sign_in, recovery.from);
        inner.limits.admit_code(from).await?;
        must_be_strong(&recovery.password, sign_in)?;
        let found = self.look_up(organisation, sign_in).await?;
        let opened = found.as_ref().and_then(|(_, vault)| {
            let key = open(&recovery.recovery_code, vault.account, &vault.by_recovery)?;
            Some((vault, key))
        });
        let (Some((account, _)), Some((old, key))) = (&found, opened) else {
            return Err(Kind::WrongSignIn.into());
        };
        let now = inner.clock.now();
        may_come_in(account, now)?;
        let password = self.new_password(account.id, &recovery.password).await?;
        let mut new = old.clone();
        new.set_password(&password, &key);
        new.raise_epoch();
        if recovery.lost_authenticator == LostAuthenticator::Yes {
            new.totp = None;
        }
        if !old.is_genuine(&inner.keys) {
            // The server key was lost, or somebody changed the row: what it says of itself proves
            // nothing, so it counts as a vault made now, which casts in no open wave.
            new.number = new.number.max(1).saturating_add(1);
            new.since = now;
            new.public_key = key.public_key().to_vec();
        }
        let mut tx = inner.store.write().await?;
        new.sign(&inner.keys);
        if !store::replace_vault(&mut tx, old, &new).await? {
            return Err(Kind::Changed.into());
        }
        // Whoever lost her password may have lost what was made with it.
        access_tokens::revoke_all(&mut tx, account.id).await?;
        tx.commit().await?;
        inner.limits.remember(from);
        Ok(())
    }

    /// A new recovery code; the one before opens nothing any more.
    pub async fn renew_recovery_code(
        &self,
        signed_in: &SignedIn,
        password: &str,
    ) -> Result<RecoveryCode, Problem> {
        let old = self.prove(signed_in, password).await?;
        let (code, account) = (RecoveryCode::new(), old.account);
        let mut new = old.clone();
        new.by_recovery = wrap(
            &code.wrap_key(account),
            signed_in.key(),
            account,
            WrapKind::Recovery,
        );
        self.replace(&old, &mut new).await?;
        Ok(code)
    }

    /// Adds the key of a vault that was reset to her key ring, by the recovery code of that
    /// vault. No record moves: her history is read with every key.
    pub async fn recover_former_vault(
        &self,
        signed_in: &SignedIn,
        code: &RecoveryCode,
    ) -> Result<(), Problem> {
        let account = signed_in.who.account;
        let mut tx = self.0.store.read().await?;
        let formers = store::former_vaults(&mut tx, account).await?;
        drop(tx);
        let opened = formers.iter().find_map(|former| {
            let key = open(code, account, &former.by_recovery)?;
            Some((former, key))
        });
        let (former, found) = opened.ok_or_else(|| {
            Problem::with(
                Kind::Code,
                "This code opens no earlier vault of yours. Such vaults are kept for 12 months.",
            )
        })?;
        let old = self.vault_of(signed_in).await?;
        let mut new = old.clone();
        new.key_ring = grown_ring(signed_in, &old, (found, former))?;
        new.sign(&self.0.keys);
        let mut tx = self.0.store.write().await?;
        let first = store::delete_former_vault(&mut tx, former).await?;
        if !first || !store::replace_vault(&mut tx, &old, &new).await? {
            return Err(Kind::Changed.into());
        }
        Ok(tx.commit().await?)
    }
}

fn open(code: &RecoveryCode, account: AccountId, by_recovery: &[u8]) -> Option<WorkerKey> {
    unwrap(
        &code.wrap_key(account),
        by_recovery,
        account,
        WrapKind::Recovery,
    )
    .ok()
}

/// The ring with the found key, and with those that its vault had found before.
fn grown_ring(
    signed_in: &SignedIn,
    vault: &Vault,
    (found, former): (WorkerKey, &FormerVault),
) -> Result<Vec<u8>, Problem> {
    let key = signed_in.key();
    let mut ring = key
        .open_key_ring(vault.account, &vault.key_ring)
        .map_err(|_| Kind::Broken)?;
    let older = found
        .open_key_ring(vault.account, &former.key_ring)
        .unwrap_or_default();
    for candidate in std::iter::once(found).chain(older) {
        if candidate != *key && !ring.contains(&candidate) {
            ring.push(candidate);
        }
    }
    key.seal_key_ring(vault.account, &ring).map_err(|_| {
        Problem::with(
            Kind::NotNow,
            "Your key ring is full: export your earlier records first.",
        )
    })
}
