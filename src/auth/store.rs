//! The SQL of vaults, sign-ins and what else keeps people out.

use chrono::{DateTime, NaiveDate, Utc};

use crate::ids::{AccountId, OrganisationId, UnitId};
use crate::people::accounts::{Account, State};
use crate::store::{StoreError, Tx, on};

use super::vaults::{FormerVault, Vault};

pub(super) async fn vault(tx: &mut Tx, account: AccountId) -> Result<Option<Vault>, StoreError> {
    const SQL: &str = "SELECT * FROM vaults WHERE account = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_optional(conn).await)?)
}

/// A vault with the account that it belongs to and her home: all that a request has to know of
/// somebody, in one statement.
#[derive(sqlx::FromRow)]
pub(super) struct Arrival {
    #[sqlx(flatten)]
    pub vault: Vault,
    account_organisation: OrganisationId,
    sign_in: String,
    name: String,
    language: String,
    #[sqlx(try_from = "String")]
    state: State,
    state_until: Option<DateTime<Utc>>,
    state_reason: Option<String>,
    pub unit: Option<UnitId>,
    pub country: String,
}

impl Arrival {
    pub fn account(&self) -> Account {
        Account {
            organisation: self.account_organisation,
            id: self.vault.account,
            sign_in: self.sign_in.clone(),
            name: self.name.clone(),
            language: self.language.clone(),
            state: self.state,
            state_until: self.state_until,
            state_reason: self.state_reason.clone(),
        }
    }
}

pub(super) async fn arrival(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Option<Arrival>, StoreError> {
    const SQL: &str = "SELECT vaults.*, accounts.organisation AS account_organisation,
            accounts.sign_in, accounts.name, accounts.language, accounts.state,
            accounts.state_until, accounts.state_reason, members.unit, organisations.country
        FROM vaults JOIN accounts ON accounts.id = vaults.account
        JOIN organisations ON organisations.id = accounts.organisation
        LEFT JOIN members ON members.account = vaults.account
        WHERE vaults.account = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_optional(conn).await)?)
}

pub(super) async fn vaults_of(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Vault>, StoreError> {
    const SQL: &str = "SELECT * FROM vaults WHERE organisation = $1";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?)
}

/// Of every organisation: for the server's own keys, which belong to none.
pub(super) async fn all_vaults(tx: &mut Tx) -> Result<Vec<Vault>, StoreError> {
    const SQL: &str = "SELECT * FROM vaults ORDER BY account";
    Ok(on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?)
}

pub(super) async fn insert_vault(tx: &mut Tx, new: &Vault) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO vaults (organisation, account, number, since, epoch, public_key,
            tag, salt, memory_kib, passes, lanes, verifier, pepper, by_password, by_recovery,
            key_ring, totp, reset_at, reset_by)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
            $19)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(new.organisation).bind(new.account).bind(new.number).bind(new.since)
        .bind(new.epoch).bind(&new.public_key).bind(&new.tag).bind(&new.salt)
        .bind(new.memory_kib).bind(new.passes).bind(new.lanes).bind(&new.verifier)
        .bind(new.pepper).bind(&new.by_password).bind(&new.by_recovery).bind(&new.key_ring)
        .bind(&new.totp).bind(new.reset_at).bind(new.reset_by)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// Writes `new` over `old` if the row still is as it was read; says whether it was.
pub(super) async fn replace_vault(
    tx: &mut Tx,
    old: &Vault,
    new: &Vault,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE vaults SET number = $1, since = $2, epoch = $3, public_key = $4,
            tag = $5, salt = $6, memory_kib = $7, passes = $8, lanes = $9, verifier = $10,
            pepper = $11, by_password = $12, by_recovery = $13, key_ring = $14, totp = $15,
            reset_at = $16, reset_by = $17
        WHERE account = $18 AND tag = $19 AND verifier = $20 AND by_recovery = $21
            AND key_ring = $22 AND totp IS NOT DISTINCT FROM $23";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(new.number).bind(new.since).bind(new.epoch).bind(&new.public_key)
        .bind(&new.tag).bind(&new.salt).bind(new.memory_kib).bind(new.passes).bind(new.lanes)
        .bind(&new.verifier).bind(new.pepper).bind(&new.by_password).bind(&new.by_recovery)
        .bind(&new.key_ring).bind(&new.totp).bind(new.reset_at).bind(new.reset_by)
        .bind(old.account).bind(&old.tag).bind(&old.verifier).bind(&old.by_recovery)
        .bind(&old.key_ring).bind(&old.totp)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

pub(super) async fn delete_vault(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM vaults WHERE account = $1";
    on!(tx, conn => sqlx::query(SQL).bind(account).execute(conn).await.map(drop))?;
    Ok(())
}

pub(super) async fn former_vaults(
    tx: &mut Tx,
    account: AccountId,
) -> Result<Vec<FormerVault>, StoreError> {
    const SQL: &str = "SELECT * FROM former_vaults WHERE account = $1 ORDER BY number";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(account).fetch_all(conn).await)?)
}

pub(super) async fn insert_former_vault(
    tx: &mut Tx,
    former: &FormerVault,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO former_vaults
            (organisation, account, number, by_recovery, key_ring, kept_until)
        VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(former.organisation).bind(former.account).bind(former.number)
        .bind(&former.by_recovery).bind(&former.key_ring).bind(former.kept_until)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// Says whether it was there: two requests cannot both recover one vault.
pub(super) async fn delete_former_vault(
    tx: &mut Tx,
    former: &FormerVault,
) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM former_vaults WHERE account = $1 AND number = $2";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(former.account).bind(former.number)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

pub(super) async fn delete_former_vaults(
    tx: &mut Tx,
    account: AccountId,
) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM former_vaults WHERE account = $1";
    on!(tx, conn => sqlx::query(SQL).bind(account).execute(conn).await.map(drop))?;
    Ok(())
}

pub(super) async fn delete_codes(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM activation_codes WHERE account = $1";
    on!(tx, conn => sqlx::query(SQL).bind(account).execute(conn).await.map(drop))?;
    Ok(())
}

pub(super) async fn sign_in(tx: &mut Tx, token: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
    const SQL: &str = "SELECT sealed FROM sign_ins WHERE token = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(&token[..]).fetch_optional(conn).await)?)
}

pub(super) async fn insert_sign_in(
    tx: &mut Tx,
    token: &[u8; 32],
    sealed: &[u8],
    expires_on: NaiveDate,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO sign_ins (token, sealed, expires_on) VALUES ($1, $2, $3)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(&token[..]).bind(sealed).bind(expires_on)
        .execute(conn).await.map(drop))?;
    Ok(())
}

/// Writes the sealed part again; a sign-in that has been ended meanwhile stays ended.
pub(super) async fn renew_sign_in(
    tx: &mut Tx,
    token: &[u8; 32],
    sealed: &[u8],
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE sign_ins SET sealed = $1 WHERE token = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(sealed).bind(&token[..]).execute(conn).await.map(drop))?;
    Ok(())
}

pub(super) async fn delete_sign_in(tx: &mut Tx, token: &[u8; 32]) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM sign_ins WHERE token = $1";
    on!(tx, conn => sqlx::query(SQL).bind(&token[..]).execute(conn).await.map(drop))?;
    Ok(())
}

/// Remembers a one-time code; `false` if it was used before.
pub(super) async fn use_code(
    tx: &mut Tx,
    code: &[u8; 32],
    expires_at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO used_codes (code, expires_at) VALUES ($1, $2)
        ON CONFLICT (code) DO NOTHING";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(&code[..]).bind(expires_at)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
