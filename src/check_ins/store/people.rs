//! Names, for the one page where colleagues read them.

use std::collections::BTreeMap;

use crate::ids::{AccountId, OrganisationId};
use crate::store::{StoreError, Tx, on};

/// The name of every account of the organisation.
pub async fn names(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<BTreeMap<AccountId, String>, StoreError> {
    const SQL: &str = "SELECT id, name FROM accounts WHERE organisation = $1";
    let rows: Vec<(AccountId, String)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?;
    Ok(rows.into_iter().collect())
}
