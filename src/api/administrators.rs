//! What every address for administrators begins and ends with: who she is and what she covers,
//! versions where two may edit, and lists in pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem_openapi::types::ToJSON;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::credentials::Credentials;
use crate::app::App;
use crate::auth::access_tokens::Scope;
use crate::auth::idempotency::Once;
use crate::people;
use crate::people::permission::{Administrator, Who};
use crate::problem::{Fault, Kind, Problem};
use crate::store::Tx;

/// The longest page of a list.
pub const MOST: usize = 200;
/// A page of a list when nobody says how long.
const USUAL: usize = 50;

/// An administrator, or a program of hers, who reads.
pub async fn reading(credentials: &Credentials, app: &App) -> Result<(Tx, Administrator), Problem> {
    let who = credentials.reader(app, Scope::ReadPeople).await?;
    let mut tx = app.store.read().await?;
    let admin = Administrator::of(&mut tx, who).await?;
    Ok((tx, admin))
}

/// An administrator who changes something. Changes of one organisation wait for each other.
pub async fn changing(
    credentials: &Credentials,
    app: &App,
) -> Result<(Tx, Administrator), Problem> {
    at_work(app, credentials.viewer(app).await?.who).await
}

async fn at_work(app: &App, who: Who) -> Result<(Tx, Administrator), Problem> {
    let mut tx = app.store.write().await?;
    people::hold(&mut tx, who.organisation).await?;
    let admin = Administrator::of(&mut tx, who).await?;
    Ok((tx, admin))
}

/// An administrator who makes something: a repeated request with the same `Idempotency-Key` gets
/// the first one's reply.
pub struct Making {
    /// The transaction.
    pub tx: Tx,
    /// Who she is.
    pub admin: Administrator,
    once: Option<Once>,
}

impl Making {
    /// Begins on a route (`POST /units`).
    pub async fn begin(
        credentials: &Credentials,
        app: &App,
        route: &'static str,
        (key, request): (Option<&str>, &impl Serialize),
    ) -> Result<Self, Problem> {
        let viewer = credentials.viewer(app).await?;
        let once = key
            .map(|key| Once::of(&viewer, route, key, request))
            .transpose()?;
        let (tx, admin) = at_work(app, viewer.who).await?;
        Ok(Self { tx, admin, once })
    }

    /// The reply of the first time, if there was one.
    pub async fn earlier<T: DeserializeOwned>(&mut self) -> Result<Option<T>, Problem> {
        match &self.once {
            Some(once) => once.earlier(&mut self.tx).await,
            None => Ok(None),
        }
    }

    /// Keeps the reply with what it speaks of, and commits both.
    pub async fn finish(mut self, app: &App, reply: &impl Serialize) -> Result<(), Problem> {
        if let Some(once) = &self.once {
            once.remember(&mut self.tx, reply, app.clock.now()).await?;
        }
        Ok(self.tx.commit().await?)
    }
}

/// The version of what is shown: the same text, the same version.
pub fn version(body: &impl ToJSON) -> String {
    let digest = Sha256::digest(body.to_json_string().as_bytes());
    format!("\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..12]))
}

/// Refuses a change by someone who has read an older version.
pub fn must_match(if_match: Option<&str>, body: &impl ToJSON) -> Result<(), Problem> {
    match if_match {
        None => Ok(()),
        Some(read) => {
            let now = version(body);
            let is_same = read
                .split(',')
                .any(|one| one.trim() == now || one.trim() == "*");
            if is_same {
                Ok(())
            } else {
                Err(Kind::Changed.into())
            }
        }
    }
}

/// How long a page is to be.
pub fn page_length(limit: Option<u64>) -> Result<usize, Problem> {
    match limit.map(usize::try_from) {
        None => Ok(USUAL),
        Some(Ok(limit)) if (1..=MOST).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::field("limit", "must be 1 to 200")),
    }
}

/// A place in a list, as the caller gets it: opaque.
#[must_use]
pub fn cursor_of(place: &str) -> String {
    URL_SAFE_NO_PAD.encode(place)
}

/// The place that a cursor of ours stands for.
pub fn place_of(cursor: &str) -> Result<String, Problem> {
    URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .filter(|place| !place.contains(char::is_control))
        .ok_or_else(|| Problem::field("cursor", "is not one that a list of ours has given"))
}

/// Gathers the faults of a request, so that all are told at once.
#[derive(Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// The value, or its fault kept.
    pub fn keep<T>(&mut self, parsed: Result<T, Fault>) -> Option<T> {
        parsed.map_err(|fault| self.0.push(fault)).ok()
    }

    /// The value of a field that may be left out.
    pub fn keep_some<T>(&mut self, parsed: Option<Result<T, Fault>>) -> Option<T> {
        parsed.and_then(|parsed| self.keep(parsed))
    }

    /// Keeps several faults.
    pub fn add(&mut self, faults: Vec<Fault>) {
        self.0.extend(faults);
    }

    /// What has been gathered, if everything is there.
    pub fn none_or<T>(self, whole: Option<T>) -> Result<T, Problem> {
        match whole {
            Some(whole) if self.0.is_empty() => Ok(whole),
            _ => Err(Problem::invalid(self.0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_version_is_refused_and_none_is_not_asked_for() {
        let (old, new) = (vec![1_u32], vec![2_u32]);
        let etag = version(&new);
        for fits in [None, Some("*"), Some(etag.as_str())] {
            assert!(must_match(fits, &new).is_ok(), "{fits:?}");
        }
        let refused = must_match(Some(&version(&old)), &new);
        assert_eq!(refused, Err(Kind::Changed.into()));
    }

    #[test]
    fn a_cursor_is_read_back_and_a_foreign_one_is_refused() {
        assert_eq!(place_of(&cursor_of("émile")), Ok("émile".to_owned()));
        for foreign in ["%%", "/w==", "_w"] {
            assert!(place_of(foreign).is_err(), "{foreign}");
        }
    }
}
