//! People from a CSV file: checked as a whole, every bad line named, and either all of them are
//! invited in one transaction or none.

mod places;
mod reading;
mod table;

use std::collections::HashSet;

pub use reading::{Line, MOST_FAULTS};
pub use table::codes_as_csv;

use super::invitations::{INVITATION_LIFETIME, NewCode, Purpose};
use super::permission::Administrator;
use super::roles::Held;
use super::store::batch::{self, ROWS, Row};
use super::{accounts, members, store, units};
use crate::audit::{self, Change, Seal};
use crate::ids::{AccountId, UnitId};
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};
use crate::vault::ActivationCode;

/// Someone who has just been invited from a file.
#[derive(Debug)]
pub struct Invited {
    /// Where she stands in the file.
    pub line: u64,
    /// Her account.
    pub account: AccountId,
    /// What she is called.
    pub name: String,
    /// What she types to sign in.
    pub sign_in: String,
    /// Her home.
    pub unit: UnitId,
    /// To be shown or printed once.
    pub code: ActivationCode,
}

/// Reads a file and checks every line against the organisation as it is now. Changes nothing.
pub async fn check(tx: &mut Tx, admin: &Administrator, file: &[u8]) -> Result<Vec<Line>, Problem> {
    let organisation = admin.who.organisation;
    let tree = units::tree(tx, organisation).await?;
    let taken: HashSet<String> = store::accounts::sign_in_names(tx, organisation)
        .await?
        .into_iter()
        .collect();
    let places = places::Places::of(&tree, |unit| admin.covers(unit));
    reading::read(file, &places, &taken).map_err(Problem::invalid)
}

/// Invites everyone in the file, or nobody.
pub async fn apply(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    file: &[u8],
) -> Result<Vec<Invited>, Problem> {
    let organisation = admin.who.organisation;
    store::hold(tx, organisation).await?;
    let lines = check(tx, admin, file).await?;
    let like = NewCode {
        organisation,
        // Each row brings its own.
        account: admin.who.account,
        purpose: Purpose::Activation,
        issued_by: Some(admin.who.account),
        issued_at: by.now,
        lifetime: INVITATION_LIFETIME,
    };
    let rows: Vec<Row> = lines.iter().map(row).collect();
    for chunk in rows.chunks(ROWS) {
        if chunk.len() == ROWS {
            batch::insert(tx, chunk, &like).await?;
        } else {
            one_by_one(tx, chunk, &like).await?;
        }
    }
    let count = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let actor = Some(admin.who.account);
    audit::enter(
        tx,
        by,
        organisation,
        actor,
        Change::AccountsImported { count },
    )
    .await?;
    for (line, row) in lines.iter().zip(&rows) {
        grant(tx, admin, by, line, row.account).await?;
    }
    let invited = lines.iter().zip(rows).map(|(line, row)| Invited {
        line: line.line,
        account: row.account,
        name: row.name,
        sign_in: row.sign_in,
        unit: row.unit,
        code: row.code,
    });
    Ok(invited.collect())
}

fn row(line: &Line) -> Row {
    Row {
        account: AccountId::new(),
        sign_in: line.sign_in.to_string(),
        name: line.name.to_string(),
        language: line.language.to_string(),
        unit: line.unit,
        code: ActivationCode::new(),
    }
}

/// The rest of a file that does not fill a statement.
async fn one_by_one(tx: &mut Tx, rows: &[Row], like: &NewCode) -> Result<(), Problem> {
    for row in rows {
        let account = accounts::Account {
            organisation: like.organisation,
            id: row.account,
            sign_in: row.sign_in.clone(),
            name: row.name.clone(),
            language: row.language.clone(),
            state: accounts::State::Invited,
            state_until: None,
            state_reason: None,
        };
        if !store::accounts::insert(tx, &account).await? {
            return Err(Kind::Changed.into());
        }
        let home = members::Member {
            organisation: like.organisation,
            account: row.account,
            unit: row.unit,
            since: like.issued_at,
            away_from: None,
            away_until: None,
        };
        store::members::put(tx, &home).await?;
        let new = NewCode {
            account: row.account,
            ..*like
        };
        store::codes::insert(tx, &row.code, &new).await?;
    }
    Ok(())
}

async fn grant(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    line: &Line,
    account: AccountId,
) -> Result<(), StoreError> {
    let (organisation, actor) = (admin.who.organisation, Some(admin.who.account));
    for &(role, unit) in &line.roles {
        let held = Held {
            account,
            role,
            unit,
            granted_at: by.now,
        };
        if store::roles::insert(tx, organisation, &held, actor).await? {
            let change = Change::RoleGranted {
                account,
                role: role.word().to_owned(),
                unit,
            };
            audit::enter(tx, by, organisation, actor, change).await?;
        }
    }
    Ok(())
}
