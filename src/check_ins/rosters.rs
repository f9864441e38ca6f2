//! The roster of an open wave, compared with the digest in the wave's row before anybody is cast by
//! it.

use std::sync::Arc;

use super::roster::{self, Asked};
use super::store;
use super::waves::Wave;
use crate::app::App;
use crate::ballots::Roster;
use crate::ids::AccountId;
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};

/// Her row in a wave whose own row is genuine; `None` if she is not asked. Refused if somebody has
/// changed roster or tree.
pub(super) async fn of(
    app: &App,
    tx: &mut Tx,
    (wave, account): (&Wave, AccountId),
) -> Result<Option<Asked>, Problem> {
    let known = match app.rosters.find(wave.id) {
        Some(known) => known,
        None => once(app, tx, wave).await?.ok_or(Kind::WaveClosed)?,
    };
    Ok(known.members.get(&account).map(|(unit, settled)| Asked {
        account,
        unit: *unit,
        settled: *settled,
    }))
}

async fn once(app: &App, tx: &mut Tx, wave: &Wave) -> Result<Option<Arc<Roster>>, StoreError> {
    let _turn = app.rosters.turn().await;
    match app.rosters.find(wave.id) {
        Some(known) => Ok(Some(known)),
        None => read(app, tx, wave).await,
    }
}

async fn read(app: &App, tx: &mut Tx, wave: &Wave) -> Result<Option<Arc<Roster>>, StoreError> {
    let tree = store::rosters::tree(tx, wave.id).await?;
    let asked = store::rosters::all(tx, wave.id).await?;
    if roster::digest(wave.threshold, &tree, &asked)[..] != wave.digest[..] {
        tracing::error!(wave = %wave.id, "a roster was changed from outside; nothing is cast");
        return Ok(None);
    }
    let rows = asked.into_iter();
    let roster = Arc::new(Roster {
        until: wave.closes_at,
        members: rows
            .map(|row| (row.account, (row.unit, row.settled)))
            .collect(),
    });
    app.rosters.keep(wave.id, roster.clone(), app.clock.now());
    Ok(Some(roster))
}
