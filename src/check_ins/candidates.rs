//! Everyone who may be asked now, with the date of her vault. A vault whose row tag is wrong counts
//! as none: who writes to the database cannot make a member settled.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::roster::Candidate;
use super::store;
use crate::app::App;
use crate::auth::vaults;
use crate::ids::{AccountId, OrganisationId};
use crate::store::{StoreError, Tx};

/// All candidates of an organisation, in no order.
pub async fn all(
    tx: &mut Tx,
    app: &App,
    organisation: OrganisationId,
) -> Result<Vec<Candidate>, StoreError> {
    let made: HashMap<AccountId, DateTime<Utc>> = vaults::made(tx, &app.keys, organisation)
        .await?
        .into_iter()
        .map(|vault| (vault.account, vault.since))
        .collect();
    let homes = store::rosters::homes(tx, organisation, app.clock.now()).await?;
    Ok(homes
        .into_iter()
        .map(
            |(account, unit, unit_since, away_from, away_until)| Candidate {
                account,
                unit,
                unit_since,
                vault_since: made.get(&account).copied(),
                away_from,
                away_until,
            },
        )
        .collect())
}
