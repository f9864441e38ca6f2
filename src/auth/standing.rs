//! Whether an account may come in at all, and what it is told if not. Pure; asked only after a
//! right password, so that nobody else learns anything.

use chrono::{DateTime, Utc};

use crate::people::accounts::{Account, State};
use crate::problem::{Kind, Problem};

/// Refuses accounts that are locked, have ended, or were never activated.
pub(super) fn may_come_in(account: &Account, now: DateTime<Utc>) -> Result<(), Problem> {
    let is_over = account.state_until.is_some_and(|until| until <= now);
    match account.state {
        State::Active => Ok(()),
        // A lock ends by itself; twelve months after leaving, so does the account.
        State::Locked if is_over => Ok(()),
        State::Left if !is_over => Ok(()),
        State::Invited => Err(Kind::SignIn.into()),
        State::Locked => Err(Problem::with(Kind::Locked, locked(account))),
        State::Left => Err(Problem::with(
            Kind::Locked,
            "The time in which you could read and take along your own records is over.",
        )),
    }
}

fn locked(account: &Account) -> String {
    let until = account.state_until.map_or_else(String::new, |until| {
        format!(" until {}", until.format("%Y-%m-%d"))
    });
    let reason = account.state_reason.as_deref();
    let reason = reason.map_or_else(|| ".".to_owned(), |reason| format!(": {reason}"));
    format!("Your account was locked for its security{until}{reason}")
}
