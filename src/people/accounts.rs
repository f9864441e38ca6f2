//! One person's account in one organisation, and its states: invited, active, left, locked.
//! Nothing here is written by signing in or checking in.

use chrono::{DateTime, Utc};

use super::names::{Language, Name, SignInName};
use super::permission::Administrator;
use super::tree::UnknownWord;
use super::{invitations, members, store, units};
use crate::audit::{self, Change, Seal};
use crate::ids::{AccountId, OrganisationId, UnitId};
use crate::notifications::reminders;
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};
use invitations::{INVITATION_LIFETIME, Issued, NewCode, Purpose};
use members::Member;

/// Where an account stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Has a one-time code, no vault yet.
    Invited,
    /// Has a vault.
    Active,
    /// Reads, exports and erases her own data until `state_until`, nothing else.
    Left,
    /// Cannot sign in until `state_until`; is told why.
    Locked,
}

impl State {
    /// The word that tables and the API use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Left => "left",
            Self::Locked => "locked",
        }
    }
}

impl TryFrom<String> for State {
    type Error = UnknownWord;

    fn try_from(word: String) -> Result<Self, UnknownWord> {
        [Self::Invited, Self::Active, Self::Left, Self::Locked]
            .into_iter()
            .find(|state| state.word() == word)
            .ok_or(UnknownWord)
    }
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Account {
    /// The only organisation it belongs to.
    pub organisation: OrganisationId,
    /// Its id.
    pub id: AccountId,
    /// What she types to sign in; lower case, unique within the organisation.
    pub sign_in: String,
    /// What she is called.
    pub name: String,
    /// The language she reads.
    pub language: String,
    /// As it was last written; ask [`Account::state_at`] whether a lock is over.
    #[sqlx(try_from = "String")]
    pub state: State,
    /// End of a lock, or of the twelve months after leaving.
    pub state_until: Option<DateTime<Utc>>,
    /// Why it is locked.
    pub state_reason: Option<String>,
}

impl Account {
    /// The state now: a lock ends by itself.
    #[must_use]
    pub fn state_at(&self, now: DateTime<Utc>) -> State {
        let is_over = self.state_until.is_some_and(|until| until <= now);
        match self.state {
            State::Locked if is_over => State::Active,
            state => state,
        }
    }

    /// Whether a sign-in of hers counts now.
    #[must_use]
    pub fn may_sign_in(&self, now: DateTime<Utc>) -> bool {
        match self.state_at(now) {
            State::Active => true,
            State::Left => self.state_until.is_some_and(|until| now < until),
            State::Invited | State::Locked => false,
        }
    }

    /// Whether a one-time code can open a vault for her now.
    #[must_use]
    pub fn may_be_opened(&self, now: DateTime<Utc>) -> bool {
        matches!(self.state_at(now), State::Invited | State::Active)
    }
}

/// Someone to be invited.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// What she is called.
    pub name: Name,
    /// What she will type to sign in.
    pub sign_in: SignInName,
    /// The language she reads.
    pub language: Language,
    /// Her home.
    pub unit: UnitId,
}

/// One account, whoever asks: for the sign-in itself.
pub async fn find(tx: &mut Tx, id: AccountId) -> Result<Option<Account>, StoreError> {
    store::accounts::find(tx, id).await
}

/// One account of this organisation.
pub async fn find_in(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: AccountId,
) -> Result<Option<Account>, StoreError> {
    store::accounts::find_in(tx, organisation, id).await
}

/// The account with this sign-in name (in any case) at the organisation with this short name.
pub async fn by_sign_in(
    tx: &mut Tx,
    short_name: &str,
    sign_in: &str,
) -> Result<Option<Account>, StoreError> {
    store::accounts::by_sign_in(tx, short_name, &sign_in.trim().to_lowercase()).await
}

/// Someone whom this administrator may see: her home is one of his units. Without a home (she has
/// left) she is seen by who administers the whole organisation.
pub async fn seen_by(
    tx: &mut Tx,
    admin: &Administrator,
    id: AccountId,
) -> Result<Account, Problem> {
    let account = find_in(tx, admin.who.organisation, id)
        .await?
        .ok_or(Kind::NotFound)?;
    match members::of(tx, id).await? {
        Some(member) => admin.must_cover(member.unit)?,
        None => admin.must_cover_all()?,
    }
    Ok(account)
}

/// Someone whom this administrator may change. Who holds a role beyond his units can be changed
/// only by someone who covers that too: otherwise a reset of her would lend him her power.
/// Changes of one organisation wait here for each other.
pub async fn in_reach(
    tx: &mut Tx,
    admin: &Administrator,
    id: AccountId,
) -> Result<Account, Problem> {
    store::hold(tx, admin.who.organisation).await?;
    let account = seen_by(tx, admin, id).await?;
    let held = store::roles::of_account(tx, id).await?;
    if held.iter().all(|held| admin.covers(held.unit)) {
        Ok(account)
    } else {
        Err(Problem::with(
            Kind::NotNow,
            "This person holds a role beyond your units: ask an administrator of those.",
        ))
    }
}

/// Makes an account with a home and a one-time code.
pub async fn invite(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    new: &NewPerson,
) -> Result<(Account, Issued), Problem> {
    store::hold(tx, admin.who.organisation).await?;
    units::open_and_hers(tx, admin, new.unit).await?;
    let organisation = admin.who.organisation;
    invite_into(tx, by, organisation, Some(admin.who.account), new).await
}

/// The same without an administrator: the first one, made on the command line.
pub(super) async fn invite_into(
    tx: &mut Tx,
    by: &Seal<'_>,
    organisation: OrganisationId,
    actor: Option<AccountId>,
    new: &NewPerson,
) -> Result<(Account, Issued), Problem> {
    let account = Account {
        organisation,
        id: AccountId::new(),
        sign_in: new.sign_in.to_string(),
        name: new.name.to_string(),
        language: new.language.to_string(),
        state: State::Invited,
        state_until: None,
        state_reason: None,
    };
    if !store::accounts::insert(tx, &account).await? {
        return Err(Problem::with(
            Kind::Taken,
            "Someone in this organisation has this sign-in name: choose another.",
        ));
    }
    let member = Member {
        organisation,
        account: account.id,
        unit: new.unit,
        since: by.now,
        away_from: None,
        away_until: None,
    };
    store::members::put(tx, &member).await?;
    let code = NewCode {
        organisation,
        account: account.id,
        purpose: Purpose::Activation,
        issued_by: actor,
        issued_at: by.now,
        lifetime: INVITATION_LIFETIME,
    };
    let issued = Issued {
        code: invitations::issue(tx, code).await?,
        expires_at: by.now + INVITATION_LIFETIME,
    };
    let change = Change::AccountMade {
        account: account.id,
    };
    audit::enter(tx, by, organisation, actor, change).await?;
    Ok((account, issued))
}

/// Notes that she has made her first vault.
pub async fn activate(tx: &mut Tx, account: &Account) -> Result<(), StoreError> {
    let active = Account {
        state: State::Active,
        state_until: None,
        state_reason: None,
        ..account.clone()
    };
    store::accounts::update_state(tx, &active).await
}

/// Changes what she is called, or the language that she reads.
pub async fn change(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    id: AccountId,
    (name, language): (Option<Name>, Option<Language>),
) -> Result<Account, Problem> {
    let before = in_reach(tx, admin, id).await?;
    let mut account = before.clone();
    if let Some(name) = name {
        account.name = name.to_string();
    }
    if let Some(language) = language {
        account.language = language.to_string();
    }
    if account != before {
        store::accounts::update(tx, &account).await?;
        let change = Change::AccountChanged { account: id };
        audit::enter(
            tx,
            by,
            account.organisation,
            Some(admin.who.account),
            change,
        )
        .await?;
    }
    Ok(account)
}

/// Changes the language of who asks for it herself.
pub async fn choose_language(
    tx: &mut Tx,
    id: AccountId,
    language: &Language,
) -> Result<(), StoreError> {
    store::accounts::update_language(tx, id, language.as_str()).await
}

/// Removes an account with its codes, roles, home and reminders. What lies in other tables under it (vault)
/// must be gone; the caller enters it in the audit, as her own doing.
pub async fn remove(
    tx: &mut Tx,
    organisation: OrganisationId,
    id: AccountId,
) -> Result<(), StoreError> {
    store::codes::forget_all(tx, id).await?;
    store::roles::delete_all(tx, id).await?;
    store::members::delete(tx, id).await?;
    reminders::forget(tx, id).await?;
    store::accounts::delete(tx, organisation, id).await
}
