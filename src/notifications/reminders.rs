//! Whether a person gets letters, and where. Her address lies under the server key; nothing here
//! is written by signing in or checking in.

use chrono::{DateTime, Duration, Utc};
use subtle::ConstantTimeEq;

use super::address::{Address, Contact, new_code};
use super::message::Message;
use super::{outbox, store};
use crate::ids::{AccountId, OrganisationId};
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};
use crate::vault::ServerKeys;

/// How long a code is good.
const CODE_LIFETIME: Duration = Duration::hours(24);
/// How often a code may be entered wrongly.
const TRIES: i64 = 5;

/// By which way she gets letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// She gets none.
    None,
    /// By e-mail, once the address is confirmed.
    Email,
}

impl Choice {
    /// The word that the table and the API use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Email => "email",
        }
    }

    /// Reads [`word`](Self::word) back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::None, Self::Email]
            .into_iter()
            .find(|choice| choice.word() == word)
    }
}

/// Her reminders, as she sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reminders {
    /// `a…@example.org`; never the whole address.
    pub address: String,
    /// Whether she has shown that it is hers.
    pub confirmed: bool,
    /// By which way.
    pub choice: Choice,
    /// Whether her letters come the next morning.
    pub quiet_hours: bool,
    /// Language of her letters.
    pub language: String,
}

/// What she wants from now on.
#[derive(Clone, Debug)]
pub struct Wish {
    /// A new address; the one that is there stays if left out.
    pub address: Option<Address>,
    /// By which way.
    pub choice: Choice,
    /// Whether her letters come the next morning.
    pub quiet_hours: bool,
    /// Language of her letters.
    pub language: String,
}

/// Her reminders; `None` if she has never asked for any.
pub async fn of(
    tx: &mut Tx,
    keys: &ServerKeys,
    account: AccountId,
) -> Result<Option<Reminders>, Problem> {
    let Some(row) = store::reminders::find(tx, account).await? else {
        return Ok(None);
    };
    let contact = Contact::open(keys, account, &row.sealed).map_err(|_| Kind::Broken)?;
    Ok(Some(shown(&row, &contact)))
}

/// Everything about her letters for her own export, the whole address too.
pub async fn export(
    tx: &mut Tx,
    keys: &ServerKeys,
    account: AccountId,
) -> Result<serde_json::Value, StoreError> {
    let Some(row) = store::reminders::find(tx, account).await? else {
        return Ok(serde_json::Value::Null);
    };
    // What the present keys do not open has no address that could be given to her.
    let contact = Contact::open(keys, account, &row.sealed).ok();
    Ok(serde_json::json!({
        "address": contact.as_ref().map(|contact| contact.address.reveal()),
        "confirmed": row.confirmed,
        "channel": row.channel,
        "quiet_hours": row.quiet_hours,
        "language": row.language,
    }))
}

/// Writes what she wants. A new address is not used before she has entered the code that is sent
/// to it; the same address while it is not confirmed gets a new code.
pub async fn choose(
    tx: &mut Tx,
    keys: &ServerKeys,
    (organisation, account): (OrganisationId, AccountId),
    wish: &Wish,
    now: DateTime<Utc>,
) -> Result<Reminders, Problem> {
    let before = store::reminders::find(tx, account).await?;
    let known = before
        .as_ref()
        .and_then(|row| Contact::open(keys, account, &row.sealed).ok());
    let address = wish
        .address
        .clone()
        .or(known.as_ref().map(|known| known.address.clone()));
    let address = address.ok_or_else(|| Problem::field("address", "is needed the first time"))?;
    let is_same = known.as_ref().is_some_and(|known| known.address == address);
    let is_confirmed = is_same && before.as_ref().is_some_and(|row| row.confirmed);
    let wants_code = !is_confirmed && (wish.address.is_some() || !is_same);
    let code = if wants_code {
        Some(new_code())
    } else {
        known.and_then(|known| known.code)
    };
    let contact = Contact { address, code };
    let (code_until, code_attempts) = match &before {
        Some(row) if !wants_code => (row.code_until, row.code_attempts),
        _ => (Some(now + CODE_LIFETIME), 0),
    };
    let row = store::reminders::Row {
        organisation,
        account,
        sealed: contact.seal(keys, account),
        confirmed: is_confirmed,
        code_until,
        code_attempts,
        channel: wish.choice.word().to_owned(),
        quiet_hours: wish.quiet_hours,
        language: wish.language.clone(),
    };
    store::reminders::put(tx, &row).await?;
    if wants_code {
        let kind = Message::ConfirmAddress.kind();
        store::reminders::delete_codes(tx, account, kind).await?;
        outbox::confirm(tx, (organisation, account), now).await?;
    }
    Ok(shown(&row, &contact))
}

/// Counts a try of a code: commit before [`confirm`], so that no error brings the try back. Refused
/// where none is left, or none was asked for.
pub async fn take_try(tx: &mut Tx, account: AccountId, now: DateTime<Utc>) -> Result<(), Problem> {
    if store::reminders::take_try(tx, account, (TRIES, now)).await? {
        Ok(())
    } else {
        Err(Kind::Code.into())
    }
}

/// Confirms her address with the code that was sent to it.
pub async fn confirm(
    tx: &mut Tx,
    keys: &ServerKeys,
    account: AccountId,
    code: &str,
) -> Result<Reminders, Problem> {
    let mut row = store::reminders::find(tx, account)
        .await?
        .ok_or(Kind::Code)?;
    let mut contact = Contact::open(keys, account, &row.sealed).map_err(|_| Kind::Broken)?;
    let right = contact.code.take().ok_or(Kind::Code)?;
    let given: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if !bool::from(right.as_bytes().ct_eq(given.as_bytes())) {
        let detail =
            "This is not the code of the last mail. After five wrong ones, ask for a new mail.";
        return Err(Problem::with(Kind::Code, detail));
    }
    let old = std::mem::replace(&mut row.sealed, contact.seal(keys, account));
    if !store::reminders::reseal(tx, account, (&old, &row.sealed)).await? {
        return Err(Kind::Changed.into());
    }
    row.confirmed = true;
    row.code_until = None;
    row.code_attempts = 0;
    store::reminders::put(tx, &row).await?;
    store::reminders::delete_codes(tx, account, Message::ConfirmAddress.kind()).await?;
    Ok(shown(&row, &contact))
}

fn shown(row: &store::reminders::Row, contact: &Contact) -> Reminders {
    Reminders {
        address: contact.address.masked(),
        confirmed: row.confirmed,
        choice: Choice::from_word(&row.channel).unwrap_or(Choice::None),
        quiet_hours: row.quiet_hours,
        language: row.language.clone(),
    }
}

/// Forgets her address and choices, and every letter that waits for her.
pub async fn forget(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    store::reminders::delete(tx, account).await
}
