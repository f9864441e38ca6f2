//! What moves every record of a wave at once.

use chrono::NaiveDate;

use super::{StoreError, Tx, on};
use crate::ids::{OrganisationId, WaveId};
use crate::rehearsal::point;

/// SQLite keeps what was on every page that a statement changes, in memory, if the statement may
/// have to be undone by itself. `OR FAIL` says that it never is: who fails drops the transaction.
const SQLITE: &str = "INSERT OR FAIL INTO records (locator, organisation, keep_until, ciphertext)
    SELECT locator, $2, $3, ciphertext FROM open_records WHERE wave = $1 ORDER BY locator";

const POSTGRES: &str = "INSERT INTO records (locator, organisation, keep_until, ciphertext)
    SELECT locator, $2, $3, ciphertext FROM open_records WHERE wave = $1 ORDER BY locator";

const CLEAR: &str = "DELETE FROM open_records WHERE wave = $1";

impl Tx {
    /// Moves all records of a wave, in locator order, to those of ended waves. Belongs in a
    /// transaction of [`write_alone`](super::Store::write_alone).
    pub async fn move_records(
        &mut self,
        (organisation, wave): (OrganisationId, WaveId),
        keep_until: NaiveDate,
    ) -> Result<(), StoreError> {
        let copy = match self {
            Self::SqliteWrite(_) | Self::SqliteRead(_) => SQLITE,
            Self::Postgres(_) => POSTGRES,
        };
        on!(&mut *self, conn => sqlx::query(copy)
            .bind(wave).bind(organisation).bind(keep_until)
            .execute(conn).await.map(drop))?;
        point("ending.records-copied");
        on!(self, conn => sqlx::query(CLEAR).bind(wave).execute(conn).await.map(drop))?;
        Ok(())
    }
}
