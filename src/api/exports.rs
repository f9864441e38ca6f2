//! What the organisation keeps about her, for her own export: account, home, roles, dates of her
//! vault, reminders, and every audit entry that names her account.

use serde_json::{Value, json};

use crate::app::App;
use crate::audit::{self, Page};
use crate::auth::SignedIn;
use crate::notifications::reminders;
use crate::people::{accounts, members, roles};
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};

/// Entries of the chain read at a time.
const PAGE: i64 = 1000;

/// Her account as data.
pub async fn account(app: &App, viewer: &SignedIn) -> Result<Value, Problem> {
    let mut tx = app.store.read().await?;
    let account = accounts::find(&mut tx, viewer.who.account)
        .await?
        .ok_or(Kind::SignIn)?;
    let home = members::of(&mut tx, account.id).await?.map(|home| {
        json!({
            "unit": home.unit, "since": home.since,
            "away_from": home.away_from, "away_until": home.away_until,
        })
    });
    let roles: Vec<Value> = roles::of_account(&mut tx, account.id)
        .await?
        .iter()
        .map(|held| json!({ "role": held.role.word(), "unit": held.unit }))
        .collect();
    let reminders = reminders::export(&mut tx, &app.keys, account.id).await?;
    let audit = entries(&mut tx, viewer).await?;
    Ok(json!({
        "id": account.id, "name": account.name, "sign_in": account.sign_in,
        "language": account.language, "state": account.state.word(),
        "state_until": account.state_until, "state_reason": account.state_reason,
        "home": home, "roles": roles,
        "vault": { "number": viewer.vault_number, "since": viewer.vault_since },
        "reset_at": viewer.reset.as_ref().map(|reset| reset.at),
        "second_factor": viewer.has_second_factor,
        "reminders": reminders,
        "audit": audit,
    }))
}

async fn entries(tx: &mut Tx, viewer: &SignedIn) -> Result<Vec<Value>, StoreError> {
    let her = viewer.who.account;
    let (mut found, mut after) = (Vec::new(), 0);
    loop {
        let page = Page { after, most: PAGE };
        let entries = audit::page(tx, viewer.who.organisation, page).await?;
        let Some(last) = entries.last() else {
            return Ok(found);
        };
        after = last.number;
        for entry in &entries {
            if entry.actor == Some(her) || entry.change.contains(&her.to_string()) {
                let change: Value = serde_json::from_str(&entry.change).unwrap_or_default();
                found.push(json!({ "at": entry.at, "actor": entry.actor, "change": change }));
            }
        }
    }
}
