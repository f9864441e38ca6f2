//! The first administrator of an organisation: made on the command line by who runs the server,
//! because nobody inside could grant it.

use super::accounts::{self, NewPerson, State};
use super::invitations::{self, INVITATION_LIFETIME, Issued, NewCode, Purpose};
use super::names::{Language, Name, ShortName, SignInName};
use super::organisations::{self, NewOrganisation, Organisation};
use super::permission::Role;
use super::roles::Held;
use super::store;
use crate::audit::{self, Change, Seal};
use crate::ids::AccountId;
use crate::problem::{Kind, Problem};
use crate::store::Tx;

/// Who is to administer what.
#[derive(Clone, Debug)]
pub struct First {
    /// The organisation's short name.
    pub organisation: ShortName,
    /// How to make the organisation if it is not there.
    pub make: Option<NewOrganisation>,
    /// What the administrator types to sign in.
    pub sign_in: SignInName,
    /// What the administrator is called.
    pub name: Name,
    /// The language that the administrator reads.
    pub language: Language,
}

/// Makes an administrator of the whole organisation, and the organisation if need be. For an
/// account that was never activated it issues a new code.
pub async fn first_administrator(
    tx: &mut Tx,
    by: &Seal<'_>,
    first: &First,
) -> Result<(Organisation, AccountId, Issued), Problem> {
    let organisation = find_or_make(tx, by, first).await?;
    store::hold(tx, organisation.id).await?;
    let short_name = first.organisation.as_str();
    let known = accounts::by_sign_in(tx, short_name, first.sign_in.as_str()).await?;
    let (account, issued) = match known {
        None => {
            let person = NewPerson {
                name: first.name.clone(),
                sign_in: first.sign_in.clone(),
                language: first.language.clone(),
                unit: organisation.id.into(),
            };
            accounts::invite_into(tx, by, organisation.id, None, &person).await?
        }
        Some(account) if account.state == State::Invited => {
            let issued = invite_again(tx, by, &account).await?;
            (account, issued)
        }
        Some(_) => {
            return Err(Problem::with(
                Kind::Taken,
                "An activated account has this sign-in name: choose another.",
            ));
        }
    };
    appoint(tx, by, &organisation, account.id).await?;
    Ok((organisation, account.id, issued))
}

async fn find_or_make(tx: &mut Tx, by: &Seal<'_>, first: &First) -> Result<Organisation, Problem> {
    let there = organisations::by_short_name(tx, first.organisation.as_str()).await?;
    match (there, &first.make) {
        (Some(organisation), _) => Ok(organisation),
        (None, Some(new)) => organisations::make(tx, by, new).await,
        (None, None) => Err(Problem::with(
            Kind::NotFound,
            "There is no organisation of this short name.",
        )),
    }
}

async fn invite_again(
    tx: &mut Tx,
    by: &Seal<'_>,
    account: &accounts::Account,
) -> Result<Issued, Problem> {
    let new = NewCode {
        organisation: account.organisation,
        account: account.id,
        purpose: Purpose::Activation,
        issued_by: None,
        issued_at: by.now,
        lifetime: INVITATION_LIFETIME,
    };
    let code = invitations::issue(tx, new).await?;
    let change = Change::CodeIssued {
        account: account.id,
        purpose: Purpose::Activation.word().to_owned(),
    };
    audit::enter(tx, by, account.organisation, None, change).await?;
    Ok(Issued {
        code,
        expires_at: by.now + INVITATION_LIFETIME,
    })
}

async fn appoint(
    tx: &mut Tx,
    by: &Seal<'_>,
    organisation: &Organisation,
    account: AccountId,
) -> Result<(), Problem> {
    let held = Held {
        account,
        role: Role::Administrator,
        unit: organisation.id.into(),
        granted_at: by.now,
    };
    if store::roles::insert(tx, organisation.id, &held, None).await? {
        let change = Change::RoleGranted {
            account,
            role: Role::Administrator.word().to_owned(),
            unit: held.unit,
        };
        audit::enter(tx, by, organisation.id, None, change).await?;
    }
    Ok(())
}
