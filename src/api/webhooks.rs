//! Webhooks, and letters that could not be delivered, for administrators of the whole
//! organisation. Nothing here says to whom a letter was to go.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::administrators::{Faults, Making, changing};
use super::credentials::Credentials;
use super::reply::{Answer, Done, Reply, done};
use super::sent::Sent;
use crate::app::App;
use crate::ids::{LetterId, WebhookId};
use crate::notifications::Event;
use crate::notifications::channels::Target;
use crate::notifications::undelivered::{self, Undelivered};
use crate::notifications::webhooks::{self, NewWebhook, Webhook};
use crate::people::permission::Administrator;
use crate::problem::{Fault, Kind, Problem};
use crate::store::Tx;

/// A webhook to be made.
#[derive(Object, Serialize)]
#[oai(rename = "NewWebhook", deny_unknown_fields)]
struct NewWebhookBody {
    /// Where it leads: https, without user and password.
    #[oai(validator(max_length = 2000))]
    url: String,
    /// `wave.opened`, `wave.closed`, `wave.stopped`, `results.ready`.
    #[oai(validator(max_items = 20))]
    events: Vec<String>,
}

/// A webhook that was just made.
#[derive(Object, Serialize, Deserialize)]
#[oai(rename = "MadeWebhook")]
struct MadeWebhookBody {
    /// Its id, to end it by.
    id: Uuid,
    /// Checks the signatures (Standard Webhooks, `v1`). Shown this once.
    secret: String,
}

/// A webhook without its secret.
#[derive(Object)]
#[oai(rename = "Webhook")]
struct WebhookBody {
    /// Its id.
    id: Uuid,
    /// Where it leads.
    url: String,
    /// What it is told.
    events: Vec<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it ended: by an administrator, or because its receiver answered 410.
    #[oai(skip_serializing_if_is_none)]
    ended_at: Option<DateTime<Utc>>,
}

/// Webhooks of the organisation.
#[derive(Object)]
#[oai(rename = "Webhooks")]
struct WebhooksBody {
    /// Newest first, ended ones too.
    webhooks: Vec<WebhookBody>,
}

/// A letter or call that was given up.
#[derive(Object)]
#[oai(rename = "Undelivered")]
struct UndeliveredBody {
    /// The receiver would know it by this: Message-ID or webhook-id.
    id: Uuid,
    /// `email` or `webhook`.
    channel: String,
    /// What it was to tell.
    kind: String,
    /// When it was given up.
    since: DateTime<Utc>,
    /// How often it was tried.
    attempts: i64,
    /// Why, as docs/operations.md explains it.
    #[oai(skip_serializing_if_is_none)]
    error: Option<String>,
}

/// What was given up; never to whom it was to go.
#[derive(Object)]
#[oai(rename = "UndeliveredList")]
struct UndeliveredListBody {
    /// Newest first.
    undelivered: Vec<UndeliveredBody>,
}

impl From<Webhook> for WebhookBody {
    fn from(webhook: Webhook) -> Self {
        let words = webhook.events.iter().map(|event| event.word().to_owned());
        Self {
            id: webhook.id.0,
            url: webhook.url,
            events: words.collect(),
            created_at: webhook.created_at,
            ended_at: webhook.ended_at,
        }
    }
}

impl From<Undelivered> for UndeliveredBody {
    fn from(letter: Undelivered) -> Self {
        Self {
            id: letter.id.0,
            channel: letter.channel,
            kind: letter.kind,
            since: letter.since,
            attempts: letter.attempts,
            error: letter.error,
        }
    }
}

/// Webhooks and what could not be delivered.
pub struct WebhooksApi;

#[OpenApi]
impl WebhooksApi {
    /// The webhooks of the organisation, without their secrets
    #[oai(path = "/webhooks", method = "get")]
    async fn list(&self, app: Data<&App>, credentials: Credentials) -> Answer<WebhooksBody> {
        let (mut tx, admin) = looking(&credentials, &app).await?;
        let webhooks = webhooks::list(&mut tx, admin.who.organisation).await?;
        Ok(Reply::ok(WebhooksBody {
            webhooks: webhooks.into_iter().map(WebhookBody::from).collect(),
        }))
    }

    /// Make a webhook; its secret is shown this once
    #[oai(path = "/webhooks", method = "post")]
    async fn make(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// A repeated request with the same key gets the same reply.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        new: Sent<NewWebhookBody>,
    ) -> Answer<MadeWebhookBody> {
        let once = (key.0.as_deref(), &new.0);
        let mut making = Making::begin(&credentials, &app, "POST /webhooks", once).await?;
        making.admin.must_cover_all()?;
        if let Some(earlier) = making.earlier().await? {
            return Ok(Reply::created(earlier));
        }
        let new = parsed(&new, app.settings.webhooks.allow_private)?;
        let who = making.admin.who;
        let place = (who.organisation, who.account);
        let (made, secret) = webhooks::make(&mut making.tx, &app.seal(), place, &new).await?;
        let body = MadeWebhookBody {
            id: made.id.0,
            secret: secret.shown(),
        };
        making.finish(&app, &body).await?;
        Ok(Reply::created(body))
    }

    /// End a webhook; what waits for it is not sent
    #[oai(path = "/webhooks/:id", method = "delete")]
    async fn end(&self, app: Data<&App>, credentials: Credentials, id: Path<Uuid>) -> Answer<Done> {
        let (mut tx, admin) = changing(&credentials, &app).await?;
        admin.must_cover_all()?;
        let place = (admin.who.organisation, WebhookId(id.0));
        let actor = Some(admin.who.account);
        if !webhooks::end(&mut tx, &app.seal(), place, actor).await? {
            return Err(Kind::NotFound.into());
        }
        tx.commit().await?;
        Ok(done())
    }

    /// Send a webhook a call that says nothing, within a minute
    #[oai(path = "/webhooks/:id/test", method = "post")]
    async fn test(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        id: Path<Uuid>,
    ) -> Answer<Done> {
        let (mut tx, admin) = changing(&credentials, &app).await?;
        admin.must_cover_all()?;
        let place = (admin.who.organisation, WebhookId(id.0));
        webhooks::test(&mut tx, place, app.clock.now()).await?;
        tx.commit().await?;
        Ok(done())
    }

    /// Letters and calls that were given up
    #[oai(path = "/undelivered", method = "get")]
    async fn undelivered(
        &self,
        app: Data<&App>,
        credentials: Credentials,
    ) -> Answer<UndeliveredListBody> {
        let (mut tx, admin) = looking(&credentials, &app).await?;
        let letters = undelivered::list(&mut tx, admin.who.organisation).await?;
        Ok(Reply::ok(UndeliveredListBody {
            undelivered: letters.into_iter().map(UndeliveredBody::from).collect(),
        }))
    }

    /// Try one of them again, within a minute
    #[oai(path = "/undelivered/:id/retry", method = "post")]
    async fn retry(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        id: Path<Uuid>,
    ) -> Answer<Done> {
        let (mut tx, admin) = changing(&credentials, &app).await?;
        admin.must_cover_all()?;
        let organisation = admin.who.organisation;
        undelivered::retry(&mut tx, organisation, LetterId(id.0), app.clock.now()).await?;
        tx.commit().await?;
        Ok(done())
    }
}

/// An administrator of the whole organisation who reads; no program does.
async fn looking(credentials: &Credentials, app: &App) -> Result<(Tx, Administrator), Problem> {
    let who = credentials.viewer(app).await?.who;
    let mut tx = app.store.read().await?;
    let admin = Administrator::of(&mut tx, who).await?;
    admin.must_cover_all()?;
    Ok((tx, admin))
}

fn parsed(sent: &NewWebhookBody, allow_private: bool) -> Result<NewWebhook, Problem> {
    let mut faults = Faults::default();
    let target = Target::parse(&sent.url, allow_private)
        .map_err(|fault| Fault::new("url", fault.to_string()));
    let target = faults.keep(target);
    let mut events = Vec::new();
    for word in &sent.events {
        let event = Event::from_word(word).ok_or_else(|| {
            let words = Event::ALL.map(Event::word).join(", ");
            Fault::new("events", format!("must be of {words}"))
        });
        events.extend(faults.keep(event));
    }
    if sent.events.is_empty() {
        faults.add(vec![Fault::new("events", "name at least one")]);
    }
    events.sort_unstable();
    events.dedup();
    faults.none_or(target.map(|target| NewWebhook { target, events }))
}
