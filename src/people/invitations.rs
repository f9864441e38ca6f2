//! One-time codes, on paper or on screen: the invitation of someone new, and the reset of someone
//! who has lost her password. Only hashes are kept; a new code makes the older ones worthless.

use chrono::{DateTime, Duration, Utc};

use super::accounts::{self, Account, State};
use super::permission::Administrator;
use super::store;
use crate::audit::{self, Change, Seal};
use crate::ids::{AccountId, OrganisationId};
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};
use crate::vault::ActivationCode;

/// How long an invitation can be used: two weeks reach everyone on leave or nights.
pub const INVITATION_LIFETIME: Duration = Duration::days(14);
/// How long a reset can be used: it opens a new vault, so it should not lie around.
pub const RESET_LIFETIME: Duration = Duration::days(3);

/// What a code opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A first vault.
    Activation,
    /// A new, empty vault.
    Reset,
}

impl Purpose {
    /// The word in the table.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Activation => "activation",
            Self::Reset => "reset",
        }
    }
}

/// What to write down about a code.
#[derive(Clone, Copy, Debug)]
pub struct NewCode {
    /// Whose organisation.
    pub organisation: OrganisationId,
    /// Whose code.
    pub account: AccountId,
    /// What it opens.
    pub purpose: Purpose,
    /// The administrator; none on the command line.
    pub issued_by: Option<AccountId>,
    /// Now.
    pub issued_at: DateTime<Utc>,
    /// How long it can be used.
    pub lifetime: Duration,
}

/// A code to be shown once.
#[derive(Debug)]
pub struct Issued {
    /// The code itself: for her eyes, stored nowhere.
    pub code: ActivationCode,
    /// Until when it can be used.
    pub expires_at: DateTime<Utc>,
}

/// What a code has opened.
#[derive(Clone, Debug)]
pub struct Redeemed {
    /// Whose it was.
    pub account: Account,
    /// What for.
    pub purpose: Purpose,
    /// Who had issued it; none on the command line.
    pub issued_by: Option<AccountId>,
}

/// Makes a code; older unused ones of the account are forgotten.
pub async fn issue(tx: &mut Tx, new: NewCode) -> Result<ActivationCode, StoreError> {
    let code = ActivationCode::new();
    store::codes::forget_unused(tx, new.account).await?;
    store::codes::insert(tx, &code, &new).await?;
    Ok(code)
}

/// Uses a code up. Unknown organisation, name and code, used and expired ones, and accounts that
/// have left or are locked all answer alike. The caller commits only if what the code is for
/// (a password that is good enough) has been done too.
pub async fn redeem(
    tx: &mut Tx,
    short_name: &str,
    sign_in: &str,
    code: &ActivationCode,
    now: DateTime<Utc>,
) -> Result<Redeemed, Problem> {
    let sign_in = sign_in.trim().to_lowercase();
    let account = accounts::by_sign_in(tx, short_name, &sign_in)
        .await?
        .filter(|account| account.may_be_opened(now))
        .ok_or(Kind::Code)?;
    let (purpose, issued_by) = store::codes::use_up(tx, account.id, code, now)
        .await?
        .ok_or(Kind::Code)?;
    let purpose = if purpose == Purpose::Reset.word() {
        Purpose::Reset
    } else {
        Purpose::Activation
    };
    Ok(Redeemed {
        account,
        purpose,
        issued_by,
    })
}

/// A new invitation for someone who has not activated her account yet.
pub async fn invite_again(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    account: AccountId,
) -> Result<Issued, Problem> {
    let account = accounts::in_reach(tx, admin, account).await?;
    if account.state != State::Invited {
        return Err(Problem::with(
            Kind::NotNow,
            "This account has been activated: if its password is lost, issue a reset.",
        ));
    }
    issue_by(tx, admin, by, (account.id, Purpose::Activation)).await
}

/// A code that gives someone a new, empty vault: her records so far stay closed unless she has
/// her recovery code. Nobody resets herself.
pub async fn reset(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    account: AccountId,
) -> Result<Issued, Problem> {
    let account = accounts::in_reach(tx, admin, account).await?;
    if account.id == admin.who.account {
        return Err(Problem::with(
            Kind::NotNow,
            "Change your password, or use your recovery code: nobody resets herself.",
        ));
    }
    if account.state_at(by.now) != State::Active {
        return Err(Problem::with(
            Kind::NotNow,
            "Only an active account can be reset.",
        ));
    }
    issue_by(tx, admin, by, (account.id, Purpose::Reset)).await
}

async fn issue_by(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    (account, purpose): (AccountId, Purpose),
) -> Result<Issued, Problem> {
    let lifetime = match purpose {
        Purpose::Activation => INVITATION_LIFETIME,
        Purpose::Reset => RESET_LIFETIME,
    };
    let new = NewCode {
        organisation: admin.who.organisation,
        account,
        purpose,
        issued_by: Some(admin.who.account),
        issued_at: by.now,
        lifetime,
    };
    let code = issue(tx, new).await?;
    let change = Change::CodeIssued {
        account,
        purpose: purpose.word().to_owned(),
    };
    audit::enter(tx, by, new.organisation, new.issued_by, change).await?;
    Ok(Issued {
        code,
        expires_at: by.now + lifetime,
    })
}
