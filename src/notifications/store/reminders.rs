//! `reminders`.

use crate::ids::{AccountId, OrganisationId};
use crate::store::{StoreError, Tx, on};

/// Who has a confirmed address and chose e-mail, and whether she asked for quiet hours.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<(AccountId, bool)>, StoreError> {
    const SQL: &str = "SELECT account, quiet_hours FROM reminders
        WHERE organisation = $1 AND confirmed AND channel = 'email'";
    Ok(on!(tx, conn => sqlx::query_as(SQL).bind(organisation).fetch_all(conn).await)?)
}

/// Removes what is kept for her letters, and those that wait for her.
pub async fn delete(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    const CHOICE: &str = "DELETE FROM reminders WHERE account = $1";
    const LETTERS: &str = "DELETE FROM outbox WHERE channel = 'email' AND recipient = $1";
    for sql in [CHOICE, LETTERS] {
        on!(tx, conn => sqlx::query(sql).bind(account).execute(conn).await.map(drop))?;
    }
    Ok(())
}
