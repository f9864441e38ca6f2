//! What is told of a wave: inside to everyone, outside to its whole roster, whoever has answered,
//! and to webhooks.

use chrono::{DateTime, Utc};

use super::store;
use super::waves::Wave;
use crate::app::App;
use crate::ids::AccountId;
use crate::notifications::notices::{self, Audience, Notice, NoticeKind};
use crate::notifications::{self, Event, Message};
use crate::people::organisations;
use crate::store::{StoreError, Tx};

/// Tells everyone on the roster, in the transaction of what is told. It is the roster and nothing
/// else: who has answered is not known here, and must not be.
pub(super) async fn roster(
    tx: &mut Tx,
    app: &App,
    wave: &Wave,
    message: Message,
) -> Result<(), StoreError> {
    let Some(organisation) = organisations::find(tx, wave.organisation).await? else {
        return Ok(());
    };
    let asked = store::rosters::all(tx, wave.id).await?;
    let accounts: Vec<AccountId> = asked.iter().map(|row| row.account).collect();
    let hours = organisation.hours(app.settings.sends_mail());
    notifications::tell(tx, &hours, &accounts, message, app.clock.now()).await?;
    Ok(())
}

/// Announces what has happened to the wave, in the transaction of it.
pub(super) async fn programs(
    tx: &mut Tx,
    app: &App,
    wave: &Wave,
    event: Event,
) -> Result<(), StoreError> {
    let news = (event, wave.id);
    notifications::announce(tx, wave.organisation, news, app.clock.now()).await?;
    Ok(())
}

/// A wave takes answers from now on.
pub(super) async fn opened(tx: &mut Tx, app: &App, wave: &Wave) -> Result<(), StoreError> {
    inside(tx, (wave, NoticeKind::WaveOpened), app.clock.now()).await?;
    roster(tx, app, wave, Message::WaveOpen { wave: wave.id }).await?;
    programs(tx, app, wave, Event::WaveOpened).await
}

/// A wave was ended without a count, by an administrator or because somebody had changed it.
pub(super) async fn stopped(tx: &mut Tx, app: &App, wave: &Wave) -> Result<(), StoreError> {
    inside(tx, (wave, NoticeKind::WaveStopped), app.clock.now()).await?;
    roster(tx, app, wave, Message::WaveStopped { wave: wave.id }).await?;
    programs(tx, app, wave, Event::WaveStopped).await
}

/// Tells everyone inside the application what has become of a wave.
pub(super) async fn inside(
    tx: &mut Tx,
    (wave, kind): (&Wave, NoticeKind),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let notice = Notice {
        organisation: wave.organisation,
        kind,
        unit: wave.organisation.into(),
        audience: Audience::Everyone,
        wave: Some(wave.id),
        alert: None,
    };
    notices::post(tx, &notice, now).await
}
