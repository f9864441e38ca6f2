//! The vault of an account: its wraps, what proves a password, and the tag without which nobody
//! can change its public key, number, date, epoch, second factor or notice of a reset unnoticed.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use crate::ids::{AccountId, OrganisationId};
use crate::store::{StoreError, Tx};
use crate::vault::password::{self, Cost, Derived, Salt};
use crate::vault::{RecoveryCode, ServerKeys, WorkerKey, WrapKind, wrap};

use super::store;

/// One row of `vaults`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Vault {
    pub organisation: OrganisationId,
    pub account: AccountId,
    /// 1 for the first; each reset gives the next.
    pub number: i64,
    /// When this vault was made: decides where its ballots are counted.
    pub since: DateTime<Utc>,
    /// Sign-ins of a lower epoch are over.
    pub epoch: i64,
    pub public_key: Vec<u8>,
    pub tag: Vec<u8>,
    pub salt: Vec<u8>,
    pub memory_kib: i64,
    pub passes: i64,
    pub lanes: i64,
    pub verifier: Vec<u8>,
    /// Number of the server key that the pepper was made from.
    pub pepper: i64,
    pub by_password: Vec<u8>,
    pub by_recovery: Vec<u8>,
    pub key_ring: Vec<u8>,
    pub totp: Option<Vec<u8>>,
    pub reset_at: Option<DateTime<Utc>>,
    pub reset_by: Option<AccountId>,
}

/// The wrap of an earlier vault, kept in case its recovery code is found.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct FormerVault {
    pub organisation: OrganisationId,
    pub account: AccountId,
    pub number: i64,
    pub by_recovery: Vec<u8>,
    pub key_ring: Vec<u8>,
    pub kept_until: NaiveDate,
}

/// A password as it goes into a row.
pub(super) struct NewPassword {
    pub derived: Derived,
    pub salt: Salt,
    pub cost: Cost,
    /// Number of the server key behind the pepper.
    pub pepper: u32,
}

impl Vault {
    /// An empty vault, its key, and the recovery code to show once.
    pub fn make(
        place: (OrganisationId, AccountId),
        now: DateTime<Utc>,
    ) -> (Self, WorkerKey, RecoveryCode) {
        let (organisation, account) = place;
        let (key, recovery) = (WorkerKey::new(), RecoveryCode::new());
        let key_ring = key
            .seal_key_ring(account, &[])
            .expect("no keys always fit into a key ring");
        let vault = Self {
            organisation,
            account,
            number: 1,
            since: now,
            epoch: 1,
            public_key: key.public_key().to_vec(),
            tag: Vec::new(),
            salt: Vec::new(),
            memory_kib: 0,
            passes: 0,
            lanes: 0,
            verifier: Vec::new(),
            pepper: 0,
            by_password: Vec::new(),
            by_recovery: wrap(
                &recovery.wrap_key(account),
                &key,
                account,
                WrapKind::Recovery,
            ),
            key_ring,
            totp: None,
            reset_at: None,
            reset_by: None,
        };
        (vault, key, recovery)
    }

    /// Puts a password on it. The worker key stays the same.
    pub fn set_password(&mut self, new: &NewPassword, key: &WorkerKey) {
        self.salt = new.salt.0.to_vec();
        self.memory_kib = new.cost.memory_kib.into();
        self.passes = new.cost.passes.into();
        self.lanes = new.cost.lanes.into();
        self.verifier = password::stored_verifier(&new.derived.verifier).to_vec();
        self.pepper = new.pepper.into();
        self.by_password = wrap(&new.derived.wrap, key, self.account, WrapKind::Password);
    }

    /// Ends every sign-in made until now.
    pub fn raise_epoch(&mut self) {
        self.epoch = self.epoch.saturating_add(1);
    }

    /// Signs the row as it is now.
    pub fn sign(&mut self, keys: &ServerKeys) {
        self.tag = self.with_parts(|parts| keys.tag("account", parts));
    }

    /// Whether nobody without the server key has touched the signed part.
    pub fn is_genuine(&self, keys: &ServerKeys) -> bool {
        self.with_parts(|parts| keys.check("account", parts, &self.tag))
    }

    fn with_parts<T>(&self, use_parts: impl FnOnce(&[&[u8]]) -> T) -> T {
        use_parts(&[
            self.account.bytes(),
            self.organisation.bytes(),
            &self.public_key,
            &self.number.to_be_bytes(),
            &self.since.timestamp_micros().to_be_bytes(),
            &self.epoch.to_be_bytes(),
            self.totp.as_deref().unwrap_or_default(),
            &self
                .reset_at
                .map_or([0; 8], |at| at.timestamp_micros().to_be_bytes()),
            self.reset_by.as_ref().map_or(&[][..], |by| by.bytes()),
        ])
    }

    /// The salt and cost of its password; `None` if the row is damaged.
    pub fn recipe(&self) -> Option<(Salt, Cost)> {
        let cost = Cost {
            memory_kib: self.memory_kib.try_into().ok()?,
            passes: self.passes.try_into().ok()?,
            lanes: self.lanes.try_into().ok()?,
        };
        Some((Salt(self.salt.as_slice().try_into().ok()?), cost))
    }
}

/// When somebody's vault was made: what rosters and the page of "who is counted with me" need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VaultMade {
    /// Whose it is.
    pub account: AccountId,
    /// 1 for the first; above 1 there was a reset.
    pub number: i64,
    /// When it was made or reset.
    pub since: DateTime<Utc>,
    /// What is written to her is sealed to this.
    pub public_key: [u8; 32],
}

/// How much still needs one server key: what `doctor` counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Resting {
    /// Passwords that have not been changed since the key was the current one.
    pub peppers: u64,
    /// Tags of account rows.
    pub tags: u64,
}

/// What rests on which server key, by its number.
pub async fn resting(tx: &mut Tx) -> Result<BTreeMap<u32, Resting>, StoreError> {
    let mut resting: BTreeMap<u32, Resting> = BTreeMap::new();
    for vault in store::all_vaults(tx).await? {
        if let Ok(number) = u32::try_from(vault.pepper) {
            resting.entry(number).or_default().peppers += 1;
        }
        if let Some(number) = ServerKeys::number_of(&vault.tag) {
            resting.entry(number).or_default().tags += 1;
        }
    }
    Ok(resting)
}

/// Signs every account row whose tag is right with the current key; after a rotation. Returns how
/// many. Peppers stay until the next change of password.
pub async fn retag(tx: &mut Tx, keys: &ServerKeys) -> Result<u64, StoreError> {
    let mut signed = 0;
    for old in store::all_vaults(tx).await? {
        if ServerKeys::number_of(&old.tag) == Some(keys.number()) || !old.is_genuine(keys) {
            continue;
        }
        let mut new = old.clone();
        new.sign(keys);
        if store::replace_vault(tx, &old, &new).await? {
            signed += 1;
        }
    }
    Ok(signed)
}

/// Every vault of an organisation whose tag is right; whoever has none is nowhere counted.
pub async fn made(
    tx: &mut Tx,
    keys: &ServerKeys,
    organisation: OrganisationId,
) -> Result<Vec<VaultMade>, StoreError> {
    let rows = store::vaults_of(tx, organisation).await?;
    let (genuine, forged): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|vault| vault.is_genuine(keys));
    if !forged.is_empty() {
        tracing::error!(
            vaults = forged.len(),
            "account rows were changed from outside"
        );
    }
    let made = genuine.iter().filter_map(|vault| {
        Some(VaultMade {
            account: vault.account,
            number: vault.number,
            since: vault.since,
            public_key: vault.public_key.as_slice().try_into().ok()?,
        })
    });
    Ok(made.collect())
}
