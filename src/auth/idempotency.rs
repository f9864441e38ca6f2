//! `Idempotency-Key`: a repeated request gets the first one's reply. The reply lies under a key
//! made from the sign-in's token and sealed under it, for a day; a new sign-in does not replay.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Duration, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx, on};
use crate::vault::Token;

use super::SignedIn;

/// The longest key that a program may choose.
const LONGEST: usize = 200;

/// One request that happens once.
pub struct Once {
    token: Token,
    key: [u8; 32],
    request: String,
}

#[derive(Serialize, Deserialize)]
struct Remembered {
    request: String,
    reply: String,
}

impl Once {
    /// For the request with this key on this route (`POST /plans`); `request` is what must be
    /// the same when it is repeated.
    pub fn of(
        signed_in: &SignedIn,
        route: &'static str,
        key: &str,
        request: &impl Serialize,
    ) -> Result<Self, Problem> {
        if key.is_empty() || key.len() > LONGEST || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Problem::field(
                "Idempotency-Key",
                "must have 1 to 200 visible ASCII characters",
            ));
        }
        let request = serde_json::to_vec(request).map_err(|_| Kind::Broken)?;
        Ok(Self {
            token: signed_in.token.clone(),
            key: signed_in.token.idempotency_key(route, key),
            request: URL_SAFE_NO_PAD.encode(Sha256::digest(&request)),
        })
    }

    /// The reply of the first time, if there was one. The same key with another request is
    /// refused.
    pub async fn earlier<T: for<'de> Deserialize<'de>>(
        &self,
        tx: &mut Tx,
    ) -> Result<Option<T>, Problem> {
        let Some(sealed) = find(tx, &self.key).await? else {
            return Ok(None);
        };
        let text = self
            .token
            .open_reply(&self.key, &sealed)
            .map_err(|_| Kind::Broken)?;
        let first: Remembered = serde_json::from_slice(&text).map_err(|_| Kind::Broken)?;
        if first.request != self.request {
            return Err(Problem::field(
                "Idempotency-Key",
                "was used for another request",
            ));
        }
        let reply = serde_json::from_str(&first.reply).map_err(|_| Kind::Broken)?;
        Ok(Some(reply))
    }

    /// Keeps the reply, in the transaction that made what it speaks of: two at the same moment
    /// cannot both happen.
    pub async fn remember(
        &self,
        tx: &mut Tx,
        reply: &impl Serialize,
        now: DateTime<Utc>,
    ) -> Result<(), Problem> {
        let remembered = Remembered {
            request: self.request.clone(),
            reply: serde_json::to_string(reply).map_err(|_| Kind::Broken)?,
        };
        let text = serde_json::to_vec(&remembered).map_err(|_| Kind::Broken)?;
        let sealed = self.token.seal_reply(&self.key, &text);
        let sealed = sealed.map_err(|error| {
            tracing::error!(%error, "a reply is too long to be remembered");
            Problem::from(Kind::Broken)
        })?;
        let expires_on = (now + Duration::days(1)).date_naive();
        Ok(insert(tx, &self.key, &sealed, expires_on).await?)
    }
}

async fn find(tx: &mut Tx, key: &[u8; 32]) -> Result<Option<Vec<u8>>, StoreError> {
    const SQL: &str = "SELECT sealed FROM idempotency WHERE key = $1";
    Ok(on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(&key[..]).fetch_optional(conn).await)?)
}

async fn insert(
    tx: &mut Tx,
    key: &[u8; 32],
    sealed: &[u8],
    expires_on: NaiveDate,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO idempotency (key, sealed, expires_on) VALUES ($1, $2, $3)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(&key[..]).bind(sealed).bind(expires_on).execute(conn).await.map(drop))?;
    Ok(())
}
