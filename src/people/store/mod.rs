//! The SQL of people: every statement names the organisation, so that nothing of another one
//! can be reached. Used by `people` alone.

pub mod accounts;
pub mod batch;
pub mod codes;
pub mod members;
pub mod roles;
pub mod units;

use crate::ids::OrganisationId;
use crate::store::{StoreError, Tx, on};

/// Makes changes to the people and units of one organisation wait for each other until the
/// commit: what a rule has checked (the last administrator, an empty unit) then still holds when
/// it is written. With one writer, as in an embedded database, nobody has to wait for it.
pub async fn hold(tx: &mut Tx, organisation: OrganisationId) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE organisations SET threshold = threshold WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(organisation).execute(conn).await.map(|_| ()))?;
    Ok(())
}
