//! One-time codes; only their hashes are kept.

use chrono::{DateTime, Utc};

use super::super::invitations::NewCode;
use crate::ids::AccountId;
use crate::store::{StoreError, Tx, on};
use crate::vault::ActivationCode;

/// Keeps a code's hash.
pub async fn insert(tx: &mut Tx, code: &ActivationCode, new: &NewCode) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO activation_codes
            (code, organisation, account, purpose, issued_by, issued_at, expires_at, used_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(code.hash().to_vec()).bind(new.organisation).bind(new.account)
        .bind(new.purpose.word()).bind(new.issued_by).bind(new.issued_at)
        .bind(new.issued_at + new.lifetime)
        .execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Forgets the codes of an account that were not used.
pub async fn forget_unused(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM activation_codes WHERE account = $1 AND used_at IS NULL";
    on!(tx, conn => sqlx::query(SQL).bind(account).execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Forgets every code of an account.
pub async fn forget_all(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM activation_codes WHERE account = $1";
    on!(tx, conn => sqlx::query(SQL).bind(account).execute(conn).await.map(|_| ()))?;
    Ok(())
}

/// Marks a code as used, if it is this account's, unused and not expired; one statement, so that
/// of two at the same moment one wins.
pub async fn use_up(
    tx: &mut Tx,
    account: AccountId,
    code: &ActivationCode,
    now: DateTime<Utc>,
) -> Result<Option<(String, Option<AccountId>)>, StoreError> {
    const SQL: &str = "UPDATE activation_codes SET used_at = $3
        WHERE code = $1 AND account = $2 AND used_at IS NULL AND expires_at > $3
        RETURNING purpose, issued_by";
    Ok(on!(tx, conn => sqlx::query_as(SQL)
        .bind(code.hash().to_vec()).bind(account).bind(now)
        .fetch_optional(conn).await)?)
}
