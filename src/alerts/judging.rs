//! After each count: what follows from the rows that were released. Found, kept and told in one
//! transaction of its own, which is certain to come: a wave that was counted and not yet judged is
//! found again by any server, and nothing is said of it twice.

use std::collections::{BTreeSet, HashMap};

use super::comparison::{History, KINDS};
use super::course::{Because, Step, step};
use super::facts::{Facts, organisation_status};
use super::list::Alert;
use super::store::{self, FindingRow, Unjudged};
use crate::app::App;
use crate::ids::{AccountId, AlertId, OrganisationId, UnitId, WaveId};
use crate::notifications::notices::{self, Audience, Notice, NoticeKind};
use crate::notifications::{self, Event, Message};
use crate::people::units::{self, UnitKind};
use crate::people::{organisations, roles};
use crate::rehearsal::point;
use crate::store::{StoreError, Tx};
use crate::tallies::released;
use crate::trends::{Judgement, Series, Status, judge};

/// What was found about one unit.
struct Found {
    unit: UnitId,
    status: Option<Status>,
    document: String,
    facts: Facts,
}

/// Judges every counted wave that has not been judged, oldest first. Returns how many. What is
/// wrong with one wave does not keep the others waiting.
pub async fn judge_due(app: &App) -> Result<u64, StoreError> {
    let mut tx = app.store.read().await?;
    let waves = store::unjudged(&mut tx).await?;
    drop(tx);
    let mut judged = 0;
    for wave in waves {
        match judge_one(app, &wave).await {
            Ok(is_new) => judged += u64::from(is_new),
            Err(error) => {
                tracing::error!(wave = %wave.wave, cause = %error, "a wave could not be judged");
            }
        }
    }
    end_alerts_without_a_future(app).await?;
    Ok(judged)
}

async fn judge_one(app: &App, of: &Unjudged) -> Result<bool, StoreError> {
    // Released rows are final, so they can be read before anyone has to wait.
    let mut tx = app.store.read().await?;
    let all = released::all(&mut tx, of.organisation).await?;
    let tree = units::tree(&mut tx, of.organisation).await?;
    let every_months = store::every_months(&mut tx, of.plan).await?;
    drop(tx);
    let kinds = tree.kinds();
    let Some(wave) = all.iter().find(|released| released.wave.id == of.wave) else {
        // Its tree is damaged, and that has been said where it was read.
        return Ok(false);
    };
    let Some(instrument) = app.catalogue.find(&wave.wave.instrument) else {
        tracing::error!(instrument = %wave.wave.instrument, "an instrument of a wave is missing");
        return Ok(false);
    };
    let history = History::of(of.wave, (&all, of.plan), (instrument, every_months));
    let found = history.map(|history| findings(of, &history, &kinds));
    let mut tx = app.store.write().await?;
    if !store::judge(&mut tx, of, app.clock.now()).await? {
        return Ok(false);
    }
    point("judging.noted");
    for found in found.unwrap_or_default() {
        keep(&mut tx, app, of, found).await?;
        point("judging.kept");
    }
    for alert in store::open_alerts(&mut tx, of.plan).await? {
        if !wave.tree.contains(&alert.unit) {
            turn(&mut tx, app, (alert, of.wave), Err(Because::NotAsked)).await?;
        }
    }
    tell(&mut tx, app, of).await?;
    point("judging.told");
    tx.commit().await?;
    point("judging.committed");
    Ok(true)
}

/// Everything that is concluded at a wave: about each unit that it asked, and the organisation.
fn findings(of: &Unjudged, history: &History<'_>, kinds: &HashMap<UnitId, UnitKind>) -> Vec<Found> {
    let mut found = Vec::new();
    let mut organisation = None;
    for kind in KINDS {
        let units = history.units(kind, kinds);
        if units.is_empty() && (organisation.is_some() || kind != KINDS[KINDS.len() - 1]) {
            continue;
        }
        let judgement = match Series::new(&history.released(&units)) {
            Ok(series) => judge(&series),
            Err(fault) => {
                tracing::error!(wave = %of.wave, %fault, "released rows do not fit together");
                continue;
            }
        };
        found.extend(of_units(history, &judgement, &units));
        if organisation.is_none() {
            organisation = Some(of_organisation(history, &judgement));
        }
    }
    found.extend(organisation);
    found
}

/// About each unit of a set that the judged wave asked.
fn of_units(history: &History<'_>, judgement: &Judgement, units: &[UnitId]) -> Vec<Found> {
    let asked = units
        .iter()
        .zip(&judgement.units)
        .filter(|(unit, _)| history.judged().tree.contains(unit));
    asked
        .map(|(unit, found)| Found {
            unit: *unit,
            status: found.status,
            document: text(found),
            facts: Facts::of_unit(history, judgement, (*unit, found)),
        })
        .collect()
}

fn of_organisation(history: &History<'_>, judgement: &Judgement) -> Found {
    Found {
        unit: *history.judged().tree.root(),
        status: organisation_status(judgement),
        document: text(&judgement.organisation),
        facts: Facts::of_organisation(history, judgement),
    }
}

fn text(of: &impl serde::Serialize) -> String {
    serde_json::to_string(of).expect("numbers and texts always are JSON")
}

/// Keeps a finding, and takes the alert of its unit one step further.
async fn keep(tx: &mut Tx, app: &App, of: &Unjudged, found: Found) -> Result<(), StoreError> {
    let row = FindingRow {
        organisation: of.organisation,
        wave: of.wave,
        unit: found.unit,
        status: found.status.map(|status| status.word().to_owned()),
        document: found.document,
        facts: text(&found.facts),
    };
    store::insert_finding(tx, &row).await?;
    let present = store::open_alert(tx, (of.plan, found.unit)).await?;
    let status = present.as_ref().map(Alert::status);
    match (step(status, found.status), present) {
        (Step::Open(status), _) => open(tx, app, of, (found.unit, status)).await,
        (Step::Turn(status), Some(alert)) => turn(tx, app, (alert, of.wave), Ok(status)).await,
        (Step::End(because), Some(alert)) => turn(tx, app, (alert, of.wave), Err(because)).await,
        (_, Some(alert)) => store::see(tx, alert.id, of.wave).await,
        (_, None) => Ok(()),
    }
}

async fn open(
    tx: &mut Tx,
    app: &App,
    of: &Unjudged,
    (unit, status): (UnitId, Status),
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let alert = Alert {
        organisation: of.organisation,
        id: AlertId::new(),
        plan: of.plan,
        unit,
        status: status.word().to_owned(),
        opened_wave: of.wave,
        latest_wave: of.wave,
        opened_at: now,
        changed_at: now,
        closed_at: None,
        closed_because: None,
        acknowledged_at: None,
        acknowledged_by: None,
        acknowledged_status: None,
        planned: None,
        follow_up_on: None,
        follow_up_told: false,
        closing_note: None,
        version: 1,
    };
    store::insert_alert(tx, &alert).await?;
    store::insert_turn(tx, &alert, of.wave, Some(&alert.status)).await?;
    announce(tx, app, &alert).await
}

/// Raises or lowers an alert, or ends it.
async fn turn(
    tx: &mut Tx,
    app: &App,
    (mut alert, wave): (Alert, WaveId),
    to: Result<Status, Because>,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    alert.latest_wave = wave;
    alert.changed_at = now;
    match to {
        Ok(status) => status.word().clone_into(&mut alert.status),
        Err(because) => {
            alert.closed_at = Some(now);
            alert.closed_because = Some(because.word().to_owned());
        }
    }
    store::update_course(tx, &alert).await?;
    let status = to.ok().map(Status::word);
    store::insert_turn(tx, &alert, wave, status).await?;
    announce(tx, app, &alert).await
}

/// One neutral notice for everyone whom the unit concerns.
async fn announce(tx: &mut Tx, app: &App, alert: &Alert) -> Result<(), StoreError> {
    let notice = Notice {
        organisation: alert.organisation,
        kind: NoticeKind::Alert,
        unit: alert.unit,
        audience: Audience::Everyone,
        wave: None,
        alert: Some(alert.id),
    };
    notices::post(tx, &notice, app.clock.now()).await
}

/// Every wave that was counted is told in the same way, whatever was found.
async fn tell(tx: &mut Tx, app: &App, of: &Unjudged) -> Result<(), StoreError> {
    let notice = Notice {
        organisation: of.organisation,
        kind: NoticeKind::Results,
        unit: of.organisation.into(),
        audience: Audience::Everyone,
        wave: Some(of.wave),
        alert: None,
    };
    let now = app.clock.now();
    notices::post(tx, &notice, now).await?;
    let news = (Event::ResultsReady, of.wave);
    notifications::announce(tx, of.organisation, news, now).await?;
    let leads = roles::supervisors(tx, of.organisation).await?;
    let accounts: BTreeSet<AccountId> = leads.into_iter().map(|(account, _)| account).collect();
    let accounts: Vec<AccountId> = accounts.into_iter().collect();
    let message = Message::ResultsThere { wave: of.wave };
    write_to(tx, app, (of.organisation, &accounts), message).await
}

/// Letters to those of these accounts who asked for letters.
pub(super) async fn write_to(
    tx: &mut Tx,
    app: &App,
    (organisation, accounts): (OrganisationId, &[AccountId]),
    message: Message,
) -> Result<(), StoreError> {
    if let Some(organisation) = organisations::find(tx, organisation).await? {
        let hours = organisation.hours(app.settings.sends_mail());
        notifications::tell(tx, &hours, accounts, message, app.clock.now()).await?;
    }
    Ok(())
}

/// Alerts of plans that have ended: no wave will ever raise, lower or end them.
async fn end_alerts_without_a_future(app: &App) -> Result<(), StoreError> {
    let mut tx = app.store.read().await?;
    if store::open_alerts_without_a_future(&mut tx)
        .await?
        .is_empty()
    {
        return Ok(());
    }
    drop(tx);
    let mut tx = app.store.write().await?;
    for alert in store::open_alerts_without_a_future(&mut tx).await? {
        let wave = alert.latest_wave;
        turn(&mut tx, app, (alert, wave), Err(Because::PlanEnded)).await?;
    }
    tx.commit().await
}
