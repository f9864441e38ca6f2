//! The table of ballots: cast, taken back, read by the count, destroyed.

use crate::ids::{BallotId, WaveId};
use crate::store::{StoreError, Tx, on};
use crate::vault::ServerKeys;

const KIND: &str = "ballot";

/// A ballot as it lies in the table.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Ballot {
    /// Random; only her record knows it.
    pub id: BallotId,
    /// Which wave counts it.
    pub wave: WaveId,
    /// Row tag: a ballot without it was not put here by a server.
    pub tag: Vec<u8>,
    /// Sealed to the wave's public key.
    pub sealed: Vec<u8>,
}

impl Ballot {
    /// A ballot with its tag.
    #[must_use]
    pub fn tagged(keys: &ServerKeys, id: BallotId, wave: WaveId, sealed: Vec<u8>) -> Self {
        let tag = keys.tag(KIND, &[wave.bytes(), id.bytes(), &sealed]);
        Self {
            id,
            wave,
            tag,
            sealed,
        }
    }

    /// Whether a server with this key put it here, for this wave.
    #[must_use]
    pub fn is_genuine(&self, keys: &ServerKeys) -> bool {
        keys.check(
            KIND,
            &[self.wave.bytes(), self.id.bytes(), &self.sealed],
            &self.tag,
        )
    }
}

/// Casts a ballot.
pub async fn cast(tx: &mut Tx, ballot: &Ballot) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO ballots (id, wave, tag, sealed) VALUES ($1, $2, $3, $4)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(ballot.id).bind(ballot.wave).bind(&ballot.tag).bind(&ballot.sealed)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(())
}

/// Takes a ballot back; whether it was there.
pub async fn take_back(tx: &mut Tx, id: BallotId, wave: WaveId) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM ballots WHERE id = $1 AND wave = $2";
    let gone = on!(tx, conn => sqlx::query(SQL).bind(id).bind(wave)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(gone == 1)
}

/// The next ballots of a wave in id order, after `after`.
pub async fn page(
    tx: &mut Tx,
    wave: WaveId,
    after: Option<BallotId>,
    most: i64,
) -> Result<Vec<Ballot>, StoreError> {
    const FIRST: &str =
        "SELECT id, wave, tag, sealed FROM ballots WHERE wave = $1 ORDER BY id LIMIT $2";
    const NEXT: &str = "SELECT id, wave, tag, sealed FROM ballots
        WHERE wave = $1 AND id > $3 ORDER BY id LIMIT $2";
    Ok(match after {
        None => on!(tx, conn => sqlx::query_as(FIRST).bind(wave).bind(most)
            .fetch_all(conn).await)?,
        Some(after) => on!(tx, conn => sqlx::query_as(NEXT).bind(wave).bind(most).bind(after)
            .fetch_all(conn).await)?,
    })
}

/// Destroys all ballots of a wave; how many there were.
pub async fn destroy(tx: &mut Tx, wave: WaveId) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM ballots WHERE wave = $1";
    Ok(on!(tx, conn => sqlx::query(SQL).bind(wave)
        .execute(conn).await.map(|done| done.rows_affected()))?)
}

/// How many ballots carry a tag of which server key.
pub async fn resting(tx: &mut Tx) -> Result<Vec<(u32, u64)>, StoreError> {
    const SQL: &str = "SELECT SUBSTR(tag, 1, 5) AS heading, COUNT(*) AS tags FROM ballots
        GROUP BY SUBSTR(tag, 1, 5)";
    let rows: Vec<(Vec<u8>, i64)> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    let numbered = rows.into_iter().filter_map(|(heading, tags)| {
        Some((ServerKeys::number_of(&heading)?, u64::try_from(tags).ok()?))
    });
    Ok(numbered.collect())
}
