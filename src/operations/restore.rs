//! A backup back into an empty database of either engine. Everything happens in one transaction:
//! a restore that fails leaves the database empty.

use std::path::Path;

use anyhow::{Context, bail, ensure};
use chrono::{DateTime, Utc};

use super::{keys, progress};
use crate::audit::{self, Change, Seal};
use crate::check_ins::restoring::{self, Settled};
use crate::check_ins::waves::State;
use crate::people::organisations;
use crate::rehearsal::point;
use crate::settings::Settings;
use crate::store::copy;
use crate::store::{Opening, Schema, Store, Tx};
use crate::tallies::CountedWaves;
use crate::vault::ServerKeys;

/// What to do without the list of counted waves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WithoutList {
    /// Refuse.
    Refuse,
    /// Stop every wave that was open, so that none can be counted twice.
    StopOpenWaves,
}

/// What a restore did.
#[derive(Debug)]
pub struct Restored {
    /// Rows that were loaded.
    pub rows: u64,
    /// What became of the waves that had not ended.
    pub waves: Settled,
}

/// Loads a backup.
pub async fn restore(
    settings: &Settings,
    file: &Path,
    now: DateTime<Utc>,
    without_list: WithoutList,
) -> anyhow::Result<Restored> {
    must_be_of_this_schema(file).await?;
    let list = list(settings, without_list)?;
    let keys = ServerKeys::load(&settings.server_key_file())
        .context("the server key that was in use when the backup was made is needed")?;
    let mut from = copy::open(file).await?;
    must_fit(&mut from, &keys).await?;
    let rows = copy::size(&mut from).await?;
    must_be_its_list(&mut from, list.as_ref()).await?;
    let store = Store::open(&settings.database, Opening::Migrate).await?;
    let by = Seal { keys: &keys, now };
    let waves = load(&store, &mut from, &by, (list.as_ref(), rows)).await?;
    remember_ended(settings, &store).await?;
    store.empty_log().await?;
    store.close().await;
    Ok(Restored { rows, waves })
}

async fn must_be_of_this_schema(file: &Path) -> anyhow::Result<()> {
    let name = file.display();
    ensure!(file.is_file(), "{name}: there is no such file");
    let schema = Schema::of_sqlite(file)
        .await
        .with_context(|| format!("{name}: cannot be read"))?;
    let Schema { there, known } = schema;
    match there {
        0 => bail!("{name}: this is not a backup of Respite"),
        there if there < known => bail!(
            "{name}: the backup has schema {there}, this program {known}: restore it with the \
             version that made it, then run `respite migrate` of this one"
        ),
        there if there > known => bail!(
            "{name}: the backup has schema {there}, this program only {known}: restore it with \
             the version that made it"
        ),
        _ => Ok(()),
    }
}

/// `None` only where the operator said that there is no list.
fn list(settings: &Settings, without_list: WithoutList) -> anyhow::Result<Option<CountedWaves>> {
    let folder = settings.state_dir();
    if without_list == WithoutList::StopOpenWaves {
        return Ok(None);
    }
    if !CountedWaves::is_there(&folder) {
        bail!(
            "{}: the list of counted waves is not there. Without it a wave could be counted \
             twice, which would tell too much. Put the list back, name its folder with \
             --state-dir, or give --no-count-list to stop every wave that was open",
            folder.display()
        );
    }
    Ok(Some(CountedWaves::open(&folder)?))
}

async fn must_fit(from: &mut Tx, server_keys: &ServerKeys) -> anyhow::Result<()> {
    let fit = keys::fit(from, server_keys).await?;
    ensure!(
        fit.tags == 0 || fit.genuine > 0,
        "the server key does not fit this backup: none of its {} row tags was made with it. Put \
         the server.key of that installation in its place",
        fit.tags
    );
    Ok(())
}

/// A server writes every ended wave on its list. One that knows none of the waves that had ended
/// when the backup was made is that of another installation, or was begun anew.
async fn must_be_its_list(from: &mut Tx, list: Option<&CountedWaves>) -> anyhow::Result<()> {
    let waves = restoring::all_waves(from).await?;
    let (open, ended): (Vec<_>, Vec<_>) = waves
        .iter()
        .partition(|wave| matches!(wave.state, State::Open | State::Counting));
    let is_its_own = list.is_none_or(|list| {
        open.is_empty() || ended.is_empty() || ended.iter().any(|wave| list.contains(wave.id))
    });
    ensure!(
        is_its_own,
        "the list of counted waves knows none of the {} waves that had ended when the backup was \
         made: it is not that of this installation. Put the right list back, or give \
         --no-count-list to stop every wave that was open",
        ended.len()
    );
    Ok(())
}

/// The one transaction.
async fn load(
    store: &Store,
    from: &mut Tx,
    by: &Seal<'_>,
    (list, rows): (Option<&CountedWaves>, u64),
) -> anyhow::Result<Settled> {
    let mut to = store.write_alone().await?;
    if let Some(table) = copy::first_used(&mut to).await? {
        bail!(
            "the database is not empty (there are rows in `{table}`): a restore never overwrites \
             anything; name a new one with --database"
        );
    }
    let bar = progress::of_rows(rows, "restore");
    copy::all(from, &mut to, &|| bar.inc(1)).await?;
    bar.finish_and_clear();
    for organisation in organisations::all(&mut to).await? {
        audit::enter(&mut to, by, organisation.id, None, Change::Restored).await?;
    }
    let settled = restoring::settle(&mut to, by, list).await?;
    to.commit().await?;
    point("restore.committed");
    Ok(settled)
}

/// Every server does the same at its start; here it makes the list for the next restore.
async fn remember_ended(settings: &Settings, store: &Store) -> anyhow::Result<()> {
    let folder = settings.state_dir();
    let mut tx = store.read().await?;
    let ended = restoring::ended(&mut tx).await?;
    CountedWaves::open(&folder)
        .and_then(|list| list.add(&ended))
        .with_context(|| format!("{}: the list of counted waves", folder.display()))
}
