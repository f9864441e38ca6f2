//! The audit chain, for administrators of the whole organisation. Ids only: no name is stored.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::param::Query;
use poem_openapi::types::Any;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::credentials::Credentials;
use super::reply::{Answer, Reply};
use crate::app::App;
use crate::audit::{self, Entry, Page};
use crate::auth::access_tokens::Scope;
use crate::people::permission::Administrator;

/// Entries on one page.
const MOST: i64 = 200;

/// One entry.
#[derive(Clone, Debug, Object)]
#[oai(rename = "AuditEntry")]
pub struct EntryBody {
    /// Place in the chain, counting from 1.
    number: i64,
    at: DateTime<Utc>,
    /// Account that made the change; null for jobs and the command line.
    actor: Option<Uuid>,
    /// What was changed, by ids.
    change: Any<serde_json::Value>,
    /// Digest of this entry: write it down to check the chain against later.
    head: String,
}

/// Entries in the order of the chain.
#[derive(Clone, Debug, Object)]
#[oai(rename = "AuditEntries")]
pub struct EntriesBody {
    entries: Vec<EntryBody>,
    /// Give this as `after` for the next page; null at the end.
    next: Option<i64>,
}

/// The route of the audit.
pub struct AuditApi;

#[OpenApi]
impl AuditApi {
    /// Audit entries of the organisation, oldest first
    #[oai(path = "/audit", method = "get")]
    async fn entries(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// Entries after this number.
        #[oai(validator(minimum(value = "0")))]
        after: Query<Option<i64>>,
    ) -> Answer<EntriesBody> {
        let who = credentials.reader(&app, Scope::ReadAudit).await?;
        let mut tx = app.store.read().await?;
        Administrator::of(&mut tx, who).await?.must_cover_all()?;
        let page = Page {
            after: after.0.unwrap_or(0),
            most: MOST,
        };
        let entries = audit::page(&mut tx, who.organisation, page).await?;
        let is_full = i64::try_from(entries.len()).is_ok_and(|count| count == MOST);
        let next = entries.last().filter(|_| is_full).map(|entry| entry.number);
        Ok(Reply::ok(EntriesBody {
            entries: entries.iter().map(body).collect(),
            next,
        }))
    }
}

fn body(entry: &Entry) -> EntryBody {
    EntryBody {
        number: entry.number,
        at: entry.at,
        actor: entry.actor.map(|actor| actor.0),
        change: Any(serde_json::from_str(&entry.change).unwrap_or_default()),
        head: entry.head().text(),
    }
}
