//! Leaving and locking. Both take effect at once, both are in the audit, and neither opens or
//! removes anything of hers.

use chrono::{DateTime, Duration, Months, Utc};

use super::accounts::{self, Account, State};
use super::names::Reason;
use super::permission::Administrator;
use super::{roles, store};
use crate::audit::{self, Change, Seal};
use crate::ids::AccountId;
use crate::notifications::reminders;
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};

/// How long who has left can still read, export and erase her own data.
pub const AFTER_LEAVING: Months = Months::new(12);
/// The longest lock.
pub const LONGEST_LOCK_DAYS: i64 = 30;

/// Notes that she has left: her home, roles, codes and reminders go, her own data stay hers for
/// twelve months.
pub async fn depart(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    id: AccountId,
) -> Result<Account, Problem> {
    let mut account = accounts::in_reach(tx, admin, id).await?;
    if account.state == State::Left {
        return Ok(account);
    }
    roles::must_leave_an_administrator(tx, account.organisation, id).await?;
    store::members::delete(tx, id).await?;
    store::roles::delete_all(tx, id).await?;
    store::codes::forget_unused(tx, id).await?;
    reminders::forget(tx, id).await?;
    account.state_until = by.now.checked_add_months(AFTER_LEAVING);
    account.state = State::Left;
    account.state_reason = None;
    store::accounts::update_state(tx, &account).await?;
    let change = Change::Departed { account: id };
    audit::enter(
        tx,
        by,
        account.organisation,
        Some(admin.who.account),
        change,
    )
    .await?;
    Ok(account)
}

/// Locks an active account for some days, for its security; she is told why.
pub async fn lock(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    id: AccountId,
    (days, reason): (i64, &Reason),
) -> Result<Account, Problem> {
    if !(1..=LONGEST_LOCK_DAYS).contains(&days) {
        return Err(Problem::field("days", "must be 1 to 30"));
    }
    let mut account = accounts::in_reach(tx, admin, id).await?;
    if account.state_at(by.now) != State::Active {
        return Err(Problem::with(
            Kind::NotNow,
            "Only an active account can be locked; end an earlier lock first.",
        ));
    }
    roles::must_leave_an_administrator(tx, account.organisation, id).await?;
    account.state_until = Some(by.now + Duration::days(days));
    account.state = State::Locked;
    account.state_reason = Some(reason.to_string());
    store::accounts::update_state(tx, &account).await?;
    store::codes::forget_unused(tx, id).await?;
    let change = Change::Locked { account: id };
    audit::enter(
        tx,
        by,
        account.organisation,
        Some(admin.who.account),
        change,
    )
    .await?;
    Ok(account)
}

/// Ends a lock.
pub async fn unlock(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    id: AccountId,
) -> Result<Account, Problem> {
    let account = accounts::in_reach(tx, admin, id).await?;
    if account.state != State::Locked {
        return Ok(account);
    }
    accounts::activate(tx, &account).await?;
    let change = Change::Unlocked { account: id };
    audit::enter(
        tx,
        by,
        account.organisation,
        Some(admin.who.account),
        change,
    )
    .await?;
    Ok(Account {
        state: State::Active,
        state_until: None,
        state_reason: None,
        ..account
    })
}

/// Accounts whose twelve months after leaving are over, of every organisation: for the job that
/// erases them.
pub async fn ended(tx: &mut Tx, now: DateTime<Utc>) -> Result<Vec<Account>, StoreError> {
    store::accounts::left_until(tx, now).await
}
