//! Erasing an account: first her ballots and records of open waves, each in a transaction of its
//! own, then the account and its wraps. Her other rows can be opened by nobody from then on, and
//! stay until their date: deleting them together would tell a reader of dumps which were hers.

use super::choices;
use super::erase::erase;
use super::member::Member;
use super::store;
use super::waves::State;
use crate::app::App;
use crate::audit::{self, Change};
use crate::auth;
use crate::people::accounts::{self, Account};
use crate::people::{self, roles};
use crate::problem::{Kind, Problem};
use crate::rehearsal::point;
use crate::store::StoreError;

/// Erases everything about her that names her. There is no way back.
pub async fn erase_account(app: &App, member: &Member<'_>) -> Result<(), Problem> {
    let mut tx = app.store.read_newest().await?;
    let who = member.who;
    roles::must_leave_an_administrator(&mut tx, who.organisation, who.account).await?;
    let waves = store::waves::of_organisation(&mut tx, who.organisation).await?;
    let mut answered = Vec::new();
    for wave in waves
        .iter()
        .filter(|wave| matches!(wave.state, State::Open | State::Counting))
    {
        let found = member.open_records(&mut tx, wave.id).await?;
        if found.iter().any(|found| !found.record.is_empty()) {
            answered.push(wave);
        }
    }
    drop(tx);
    if answered.iter().any(|wave| !wave.is_open(app.clock.now())) {
        let detail = "A wave that you answered is being counted. Try again in a few minutes.";
        return Err(Problem::with(Kind::NotNow, detail));
    }
    for wave in answered {
        erase(app, member, wave.id).await?;
    }
    point("account.check-ins-erased");
    let mut tx = app.store.write().await?;
    people::hold(&mut tx, who.organisation).await?;
    roles::must_leave_an_administrator(&mut tx, who.organisation, who.account).await?;
    auth::erase(&mut tx, who.account).await?;
    accounts::remove(&mut tx, who.organisation, who.account).await?;
    point("account.removed");
    let change = Change::Erased {
        account: who.account,
    };
    audit::enter(
        &mut tx,
        &app.seal(),
        who.organisation,
        Some(who.account),
        change,
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Takes a consent back. What lies in open waves of the instrument is erased; records of ended
/// waves are hers and stay.
pub async fn withdraw_consent(
    app: &App,
    member: &Member<'_>,
    instrument: &str,
) -> Result<(), Problem> {
    let mut tx = app.store.read_newest().await?;
    let mut choices = choices::read(&mut tx, member).await?;
    let waves = store::waves::of_organisation(&mut tx, member.who.organisation).await?;
    drop(tx);
    let now = app.clock.now();
    for wave in waves
        .iter()
        .filter(|wave| wave.instrument == instrument && wave.is_open(now))
    {
        erase(app, member, wave.id).await?;
    }
    point("consent.check-ins-erased");
    choices.consents.remove(instrument);
    let mut tx = app.store.write().await?;
    choices::write(&mut tx, member, &choices).await?;
    point("consent.withdrawn");
    Ok(tx.commit().await?)
}

/// Erases an account whose twelve months after leaving are over. Her records can be opened by
/// nobody from then on.
pub async fn forget_account(app: &App, account: &Account) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    auth::erase(&mut tx, account.id).await?;
    accounts::remove(&mut tx, account.organisation, account.id).await?;
    let change = Change::Erased {
        account: account.id,
    };
    audit::enter(&mut tx, &app.seal(), account.organisation, None, change).await?;
    tx.commit().await
}
