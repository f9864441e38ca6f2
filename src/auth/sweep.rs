//! What has run out goes: a job calls it. And what goes with an account that is erased.

use chrono::{DateTime, Utc};

use crate::ids::AccountId;
use crate::store::{StoreError, Tx, on};

use super::{access_tokens, store};

/// Deletes everything of this folder that has run out. Safe at any time, on any server.
pub async fn sweep(tx: &mut Tx, now: DateTime<Utc>) -> Result<(), StoreError> {
    const SIGN_INS: &str = "DELETE FROM sign_ins WHERE expires_on < $1";
    const REPLIES: &str = "DELETE FROM idempotency WHERE expires_on < $1";
    const FORMER: &str = "DELETE FROM former_vaults WHERE kept_until < $1";
    const USED: &str = "DELETE FROM used_codes WHERE expires_at <= $1";
    const TOKENS: &str = "DELETE FROM access_tokens WHERE expires_at <= $1";
    const CODES: &str = "DELETE FROM activation_codes WHERE expires_at <= $1";
    for sql in [SIGN_INS, REPLIES, FORMER] {
        on!(tx, conn => sqlx::query(sql)
            .bind(now.date_naive()).execute(conn).await.map(drop))?;
    }
    for sql in [USED, TOKENS, CODES] {
        on!(tx, conn => sqlx::query(sql).bind(now).execute(conn).await.map(drop))?;
    }
    Ok(())
}

/// Removes vault, earlier vaults, codes and access tokens of an account. Her sign-ins open
/// nothing from then on and go at their own day; nothing else can be found from the account.
pub async fn erase(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    access_tokens::revoke_all(tx, account).await?;
    store::delete_codes(tx, account).await?;
    store::delete_former_vaults(tx, account).await?;
    store::delete_vault(tx, account).await
}
