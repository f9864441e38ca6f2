//! A one-time code and a password of her own choice make a vault: the first one, or after a reset
//! an empty one. Nobody else ever knows a password that opens it.

use std::net::IpAddr;

use chrono::{DateTime, Months, Utc};
use zeroize::Zeroizing;

use crate::audit::{self, Change, Seal};
use crate::people::accounts::{self, Account};
use crate::people::invitations::{self, Purpose, Redeemed};
use crate::problem::{Kind, Problem};
use crate::store::Tx;
use crate::vault::{ActivationCode, RecoveryCode};

use super::passwords::must_be_strong;
use super::vaults::{FormerVault, NewPassword, Vault};
use super::{Entrance, access_tokens, store};

/// How long the wrap of a vault that was reset waits for its recovery code.
const KEPT: Months = Months::new(12);

/// What somebody shows to make her vault.
pub struct Activation {
    /// Short name of the organisation.
    pub organisation: String,
    /// Sign-in name within it.
    pub sign_in: String,
    /// The code on her paper or screen.
    pub code: ActivationCode,
    /// The password that she has chosen.
    pub password: Zeroizing<String>,
    /// For the rate limits only.
    pub from: Option<IpAddr>,
}

/// A vault that was just made.
pub struct Activated {
    /// Opens the vault when the password is lost. Shown this once, stored nowhere.
    pub recovery_code: RecoveryCode,
    /// A first vault, or an empty one after a reset.
    pub purpose: Purpose,
    /// 1 for a first vault.
    pub vault_number: i64,
}

impl Entrance {
    /// Uses the code up and makes the vault, or does neither.
    pub async fn activate(&self, activation: &Activation) -> Result<Activated, Problem> {
        let inner = &*self.0;
        let (organisation, sign_in) = (&activation.organisation, &activation.sign_in);
        let from = inner.limits.attempt(organisation, sign_in, activation.from);
        inner.limits.admit_code(from).await?;
        must_be_strong(&activation.password, sign_in)?;
        let account = self.whose(activation).await?;
        let password = self.new_password(account.id, &activation.password).await?;
        let now = inner.clock.now();
        let mut tx = inner.store.write().await?;
        let code = &activation.code;
        let redeemed = invitations::redeem(&mut tx, organisation, sign_in, code, now).await?;
        if redeemed.account.id != account.id {
            return Err(Kind::Code.into());
        }
        let (vault, recovery_code) = self.open_vault(&mut tx, &redeemed, &password, now).await?;
        let change = Change::VaultMade {
            account: account.id,
            number: vault.number,
        };
        let by = Seal {
            keys: &inner.keys,
            now,
        };
        audit::enter(&mut tx, &by, account.organisation, Some(account.id), change).await?;
        tx.commit().await?;
        inner.limits.remember(from);
        Ok(Activated {
            recovery_code,
            purpose: redeemed.purpose,
            vault_number: vault.number,
        })
    }

    /// Whose code it is said to be: the pepper needs to know before the code is used up.
    async fn whose(&self, activation: &Activation) -> Result<Account, Problem> {
        let mut tx = self.0.store.read().await?;
        let account =
            accounts::by_sign_in(&mut tx, &activation.organisation, &activation.sign_in).await?;
        account.ok_or_else(|| Kind::Code.into())
    }

    async fn open_vault(
        &self,
        tx: &mut Tx,
        redeemed: &Redeemed,
        password: &NewPassword,
        now: DateTime<Utc>,
    ) -> Result<(Vault, RecoveryCode), Problem> {
        let account = &redeemed.account;
        let (mut vault, key, recovery_code) = Vault::make((account.organisation, account.id), now);
        vault.set_password(password, &key);
        match (store::vault(tx, account.id).await?, redeemed.purpose) {
            (None, _) => {
                vault.sign(&self.0.keys);
                store::insert_vault(tx, &vault).await?;
                accounts::activate(tx, account).await?;
            }
            (Some(old), Purpose::Reset) => {
                vault.number = old.number.saturating_add(1);
                vault.epoch = old.epoch.saturating_add(1);
                vault.reset_at = Some(now);
                vault.reset_by = redeemed.issued_by;
                vault.sign(&self.0.keys);
                keep_for_recovery(tx, &old, now).await?;
                if !store::replace_vault(tx, &old, &vault).await? {
                    return Err(Kind::Changed.into());
                }
                access_tokens::revoke_all(tx, account.id).await?;
            }
            // An invitation never empties a vault that is there.
            (Some(_), Purpose::Activation) => return Err(Kind::Code.into()),
        }
        Ok((vault, recovery_code))
    }
}

async fn keep_for_recovery(tx: &mut Tx, old: &Vault, now: DateTime<Utc>) -> Result<(), Problem> {
    let day = now.date_naive();
    let former = FormerVault {
        organisation: old.organisation,
        account: old.account,
        number: old.number,
        by_recovery: old.by_recovery.clone(),
        key_ring: old.key_ring.clone(),
        kept_until: day.checked_add_months(KEPT).unwrap_or(day),
    };
    Ok(store::insert_former_vault(tx, &former).await?)
}
