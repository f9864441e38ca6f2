//! The day to look at an alert again: those who lead the unit are told once, in neutral words.

use std::collections::BTreeSet;

use chrono::Duration;

use super::judging::write_to;
use super::list::Alert;
use super::store;
use crate::app::App;
use crate::ids::{AccountId, UnitId};
use crate::notifications::Message;
use crate::notifications::notices::{self, Audience, Notice, NoticeKind};
use crate::people::{organisations, roles, units};
use crate::store::StoreError;
use crate::zones::local_day;

/// Tells every follow-up whose day has come where its organisation is. Returns how many.
pub async fn tell_due(app: &App) -> Result<u64, StoreError> {
    let now = app.clock.now();
    // Somewhere it may be tomorrow already.
    let latest = (now + Duration::hours(14)).date_naive();
    let mut tx = app.store.read().await?;
    let alerts = store::to_be_followed_up(&mut tx, latest).await?;
    drop(tx);
    let mut told = 0;
    for alert in alerts {
        told += u64::from(tell(app, &alert).await?);
    }
    Ok(told)
}

async fn tell(app: &App, alert: &Alert) -> Result<bool, StoreError> {
    let now = app.clock.now();
    let mut tx = app.store.write().await?;
    let Some(organisation) = organisations::find(&mut tx, alert.organisation).await? else {
        return Ok(false);
    };
    let today = local_day(&organisation.zone, now);
    let is_due = alert.follow_up_on.is_some_and(|day| day <= today);
    if !is_due || !store::told_follow_up(&mut tx, alert.id).await? {
        return Ok(false);
    }
    let notice = Notice {
        organisation: alert.organisation,
        kind: NoticeKind::FollowUp,
        unit: alert.unit,
        audience: Audience::Supervisors,
        wave: None,
        alert: Some(alert.id),
    };
    notices::post(&mut tx, &notice, now).await?;
    let tree = units::tree(&mut tx, alert.organisation).await?;
    let above: Vec<UnitId> = tree.line_above(alert.unit).collect();
    let leads = roles::supervisors(&mut tx, alert.organisation).await?;
    let hers = leads.into_iter().filter(|(_, unit)| above.contains(unit));
    let accounts: BTreeSet<AccountId> = hers.map(|(account, _)| account).collect();
    let accounts: Vec<AccountId> = accounts.into_iter().collect();
    let message = Message::FollowUpDue { alert: alert.id.0 };
    write_to(&mut tx, app, (alert.organisation, &accounts), message).await?;
    tx.commit().await?;
    Ok(true)
}
