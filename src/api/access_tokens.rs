//! Access tokens for other programs, as their owner makes and ends them.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::param::{Header, Path};
use poem_openapi::{Object, OpenApi};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::credentials::Credentials;
use super::reply::{Answer, Done, Reply, done};
use super::sent::Sent;
use crate::app::App;
use crate::auth::access_tokens::{self, Listed, NewToken, Scope};
use crate::auth::idempotency::Once;
use crate::ids::AccessTokenId;
use crate::people::names::Name;
use crate::problem::Problem;

/// A token to be made.
#[derive(Object, Serialize)]
#[oai(deny_unknown_fields)]
struct NewTokenBody {
    /// What she calls it.
    name: String,
    /// `read-units`, `read-waves`, `read-people`, `read-audit`.
    scopes: Vec<String>,
    /// How long it lives, 1 to 366 days.
    #[oai(default = "three_months")]
    days: i64,
}

fn three_months() -> i64 {
    90
}

/// A token without its secret.
#[derive(Object)]
struct TokenBody {
    /// Its id, to end it by.
    id: Uuid,
    /// What she has called it.
    name: String,
    /// What it may be used for, within what she may do herself.
    scopes: Vec<String>,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it ends.
    expires_at: DateTime<Utc>,
}

impl From<Listed> for TokenBody {
    fn from(token: Listed) -> Self {
        Self {
            id: token.id.0,
            name: token.name,
            scopes: token.scopes.words(),
            created_at: token.created_at,
            expires_at: token.expires_at,
        }
    }
}

/// A token that was just made.
#[derive(Object, Serialize, Deserialize)]
struct MadeBody {
    /// Its id, to end it by.
    id: Uuid,
    /// For `Authorization: Bearer`. Shown this once; it opens no vault.
    token: String,
    /// When it ends.
    expires_at: DateTime<Utc>,
}

/// Her tokens.
#[derive(Object)]
struct TokensBody {
    /// Newest first.
    tokens: Vec<TokenBody>,
}

/// Access tokens.
pub struct AccessTokensApi;

#[OpenApi]
impl AccessTokensApi {
    /// Her tokens, without their secrets
    #[oai(path = "/me/access-tokens", method = "get")]
    async fn list(&self, app: Data<&App>, credentials: Credentials) -> Answer<TokensBody> {
        let viewer = credentials.viewer(&app).await?;
        let mut tx = app.store.read().await?;
        let tokens = access_tokens::list(&mut tx, viewer.who.account).await?;
        Ok(Reply::ok(TokensBody {
            tokens: tokens.into_iter().map(TokenBody::from).collect(),
        }))
    }

    /// Make a token; its secret is shown this once
    #[oai(path = "/me/access-tokens", method = "post")]
    async fn make(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Sent<NewTokenBody>,
    ) -> Answer<MadeBody> {
        let viewer = credentials.viewer(&app).await?;
        let once = match key.0.as_deref() {
            Some(key) => Some(Once::of(&viewer, "POST /me/access-tokens", key, &body.0)?),
            None => None,
        };
        let name = Name::of_field("name", &body.name);
        let new = NewToken {
            name: name.map_err(|fault| Problem::invalid(vec![fault]))?,
            scopes: Scope::parse_all(&body.scopes)?,
            days: body.days,
        };
        let mut tx = app.store.write().await?;
        if let Some(once) = &once
            && let Some(earlier) = once.earlier(&mut tx).await?
        {
            return Ok(Reply::created(earlier));
        }
        let (token, listed) = app
            .entrance
            .make_access_token(&mut tx, &viewer, &new)
            .await?;
        let made = MadeBody {
            id: listed.id.0,
            token: token.to_string(),
            expires_at: listed.expires_at,
        };
        if let Some(once) = &once {
            once.remember(&mut tx, &made, app.clock.now()).await?;
        }
        tx.commit().await?;
        Ok(Reply::created(made))
    }

    /// End a token
    #[oai(path = "/me/access-tokens/:id", method = "delete")]
    async fn end(&self, app: Data<&App>, credentials: Credentials, id: Path<Uuid>) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        let mut tx = app.store.write().await?;
        app.entrance
            .end_access_token(&mut tx, &viewer, AccessTokenId(id.0))
            .await?;
        tx.commit().await?;
        Ok(done())
    }
}
