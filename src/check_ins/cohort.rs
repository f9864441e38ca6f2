//! Who is counted with her: names of the settled members of her unit (membership, never
//! participation), and what has changed since the last wave. So that nobody can fill a team with
//! invented members unnoticed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::candidates;
use super::member::Member;
use super::roster::Candidate;
use super::store;
use super::waves::{State, Wave};
use crate::app::App;
use crate::ids::{AccountId, UnitId, WaveId};
use crate::people::organisations;
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};
use crate::zones::local_day;

/// What she is shown of her unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cohort {
    /// Her home unit.
    pub unit: UnitId,
    /// The fewest answers that are released together, from the next wave on.
    pub threshold: i64,
    /// Names of those who would be counted there if a wave opened now.
    pub settled: Vec<String>,
    /// From when on she is one of them; `None` before activation.
    pub counts_from: Option<DateTime<Utc>>,
    /// The latest wave that asked her unit, with the names that are counted in it.
    pub latest: Option<Latest>,
    /// What has changed since the wave before; `None` before a first one.
    pub changes: Option<Changes>,
}

/// A wave's roster of her unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    /// Which wave.
    pub wave: WaveId,
    /// Where it stands.
    pub state: State,
    /// When it opened.
    pub opened_at: DateTime<Utc>,
    /// The threshold that it was opened with.
    pub threshold: i64,
    /// Names of the settled members on its roster; accounts that were erased have none.
    pub settled: Vec<String>,
}

/// How her unit differs from the roster of the last wave: while one is open, of the one before it,
/// so that whoever was put in for it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changes {
    /// When that wave opened.
    pub since: DateTime<Utc>,
    /// Members now who were not on its roster of this unit.
    pub joined: usize,
    /// On its roster, but no longer members of this unit.
    pub left: usize,
    /// Vaults of present members that were made or reset since.
    pub vaults_renewed: usize,
}

/// Her unit's cohort; `None` for someone without a home unit.
pub async fn of(app: &App, member: &Member<'_>) -> Result<Option<Cohort>, Problem> {
    let mut tx = app.store.read().await?;
    let organisation = member.who.organisation;
    let names = store::people::names(&mut tx, organisation).await?;
    let everyone = candidates::all(&mut tx, app, organisation).await?;
    let Some(her) = everyone
        .iter()
        .find(|one| one.account == member.who.account)
    else {
        return Ok(None);
    };
    let present: Vec<&Candidate> = everyone.iter().filter(|one| one.unit == her.unit).collect();
    let settings = organisations::find(&mut tx, organisation)
        .await?
        .ok_or(Kind::NotFound)?;
    let now = app.clock.now();
    let today = local_day(&settings.zone, now);
    let is_settled = |one: &&&Candidate| one.asked(now, today).is_some_and(|asked| asked.settled);
    let settled = present.iter().filter(is_settled).map(|one| one.account);
    let waves = store::waves::latest_of_unit(&mut tx, her.unit).await?;
    let latest = match waves.first() {
        Some(wave) => Some(latest(&mut tx, wave, (her.unit, &names)).await?),
        None => None,
    };
    let changes = match waves.iter().find(|wave| !wave.is_open(now)) {
        Some(wave) => Some(changes(&mut tx, wave, (her.unit, &present)).await?),
        None => None,
    };
    Ok(Some(Cohort {
        unit: her.unit,
        threshold: settings.threshold,
        settled: named(&names, settled),
        counts_from: her.settled_from(),
        latest,
        changes,
    }))
}

async fn latest(
    tx: &mut Tx,
    wave: &Wave,
    (unit, names): (UnitId, &BTreeMap<AccountId, String>),
) -> Result<Latest, StoreError> {
    let roster = store::rosters::of_unit(tx, wave.id, unit).await?;
    let settled = roster
        .iter()
        .filter(|(_, settled)| *settled)
        .map(|(account, _)| *account);
    Ok(Latest {
        wave: wave.id,
        state: wave.state,
        opened_at: wave.opens_at,
        threshold: wave.threshold,
        settled: named(names, settled),
    })
}

async fn changes(
    tx: &mut Tx,
    wave: &Wave,
    (unit, present): (UnitId, &[&Candidate]),
) -> Result<Changes, StoreError> {
    let roster = store::rosters::of_unit(tx, wave.id, unit).await?;
    let then: BTreeSet<AccountId> = roster.iter().map(|(account, _)| *account).collect();
    let now: BTreeSet<AccountId> = present.iter().map(|one| one.account).collect();
    let is_renewed = |one: &&&Candidate| one.vault_since.is_some_and(|since| since > wave.opens_at);
    Ok(Changes {
        since: wave.opens_at,
        joined: now.difference(&then).count(),
        left: then.difference(&now).count(),
        vaults_renewed: present.iter().filter(is_renewed).count(),
    })
}

/// Names in alphabetical order, so that no order of rows shows.
fn named(
    all: &BTreeMap<AccountId, String>,
    accounts: impl Iterator<Item = AccountId>,
) -> Vec<String> {
    let mut chosen: Vec<String> = accounts
        .filter_map(|account| all.get(&account).cloned())
        .collect();
    chosen.sort_by_key(|name| name.to_lowercase());
    chosen
}
