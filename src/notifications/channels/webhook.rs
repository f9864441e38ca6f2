//! Webhooks, after Standard Webhooks: what has happened to which wave, signed, and nothing of what
//! was found.

use std::future::Future;
use std::pin::Pin;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Request, StatusCode};
use serde_json::json;
use tokio_rustls::TlsConnector;
use url::Url;

use super::connecting::{self, NotConnected, Way};
use super::signature::Secret;
use super::{Became, Extent, Sending, Trouble};
use crate::ids::WebhookId;
use crate::notifications::delivery::Post;
use crate::notifications::outbox::Letter;
use crate::notifications::store;

/// The longest address of a webhook.
const LONGEST: usize = 2000;

/// Where a webhook may lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target(Url);

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetFault {
    /// Not an address at all, or longer than 2000 characters.
    #[error("must be an address such as https://example.org/respite")]
    Malformed,
    /// http, where it is not allowed, or something else.
    #[error("must begin with https://")]
    NotHttps,
    /// A user or password in it would lie in the database in the clear.
    #[error("must not hold a user or a password: every call is signed")]
    Credentials,
    /// An address that is written out and not one of the public internet.
    #[error("must not lead into a private network")]
    Private,
}

impl Target {
    /// Reads an address. A name is looked up when it is called, not before.
    pub fn parse(text: &str, allow_private: bool) -> Result<Self, TargetFault> {
        let url = Url::parse(text.trim()).map_err(|_| TargetFault::Malformed)?;
        if text.len() > LONGEST || url.host().is_none() {
            return Err(TargetFault::Malformed);
        }
        if url.scheme() != "https" && !(allow_private && url.scheme() == "http") {
            return Err(TargetFault::NotHttps);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(TargetFault::Credentials);
        }
        let written_out = match url.host() {
            Some(url::Host::Ipv4(ip)) => Some(ip.into()),
            Some(url::Host::Ipv6(ip)) => Some(ip.into()),
            _ => None,
        };
        if !allow_private && written_out.is_some_and(|ip| !super::addresses::is_public(ip)) {
            return Err(TargetFault::Private);
        }
        Ok(Self(url))
    }

    /// The address as it is kept and shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

struct Webhooks<'a> {
    post: Post<'a>,
    tls: Option<TlsConnector>,
}

/// Makes ready for one round.
pub(super) fn open(post: Post<'_>) -> Box<dyn Sending + '_> {
    Box::new(Webhooks { post, tls: None })
}

impl Sending for Webhooks<'_> {
    fn send<'a>(
        &'a mut self,
        letter: &'a Letter,
    ) -> Pin<Box<dyn Future<Output = Became> + Send + 'a>> {
        Box::pin(async move {
            let later = |code| Became::Later(Trouble::of(code, Extent::Recipient));
            self.call(letter).await.unwrap_or_else(later)
        })
    }
}

impl Webhooks<'_> {
    async fn call(&mut self, letter: &Letter) -> Result<Became, NotConnected> {
        let id = WebhookId(letter.recipient);
        let mut tx = self.post.store.read().await.map_err(|_| "database")?;
        let found = store::webhooks::find(&mut tx, letter.organisation, id).await;
        drop(tx);
        let row = found.map_err(|_| "database")?;
        let Some(row) = row.filter(|row| row.ended_at.is_none()) else {
            return Ok(Became::NotWanted);
        };
        let secret = Secret::open(self.post.keys, id, &row.secret).map_err(|_| "server-key")?;
        let allow_private = self.post.settings.webhooks.allow_private;
        let target = Target::parse(&row.url, allow_private).map_err(|fault| match fault {
            TargetFault::Private => "private-address",
            _ => "address",
        })?;
        if target.0.scheme() == "https" && self.tls.is_none() {
            self.tls = connecting::tls();
        }
        let request = request(
            &target.0,
            letter,
            (&secret, self.post.clock.now().timestamp()),
        );
        let way = Way {
            to: &target.0,
            allow_private,
            tls: self.tls.as_ref(),
        };
        let sent = connecting::request(&way, request.ok_or("address")?);
        let patience = self.post.settings.webhooks.patience();
        match tokio::time::timeout(patience, sent).await {
            Ok(response) => Ok(became(response?.status())),
            Err(_) => Err("timeout"),
        }
    }
}

/// 2xx is received; 410 asks for no more; a redirect is not followed.
fn became(status: StatusCode) -> Became {
    let code = match status {
        StatusCode::GONE => return Became::Ended,
        status if status.is_success() => return Became::Sent,
        status if status.is_redirection() => "redirect",
        status if status.is_client_error() => "status-4xx",
        _ => "status-5xx",
    };
    Became::Later(Trouble::of(code, Extent::Recipient))
}

fn request(
    to: &Url,
    letter: &Letter,
    (secret, now): (&Secret, i64),
) -> Option<Request<Full<Bytes>>> {
    let body = payload(letter);
    let id = letter.id.to_string();
    let host = to.host_str()?;
    let host = match to.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let query = to.query().map(|query| format!("?{query}"));
    Request::post(format!("{}{}", to.path(), query.unwrap_or_default()))
        .header(HOST, host)
        .header(CONTENT_TYPE, "application/json")
        .header(USER_AGENT, "Respite")
        .header("webhook-signature", secret.sign(&id, now, &body))
        .header("webhook-timestamp", now)
        .header("webhook-id", id)
        .body(Full::new(Bytes::from(body)))
        .ok()
}

/// The same at every attempt: when it was announced, and of which wave.
fn payload(letter: &Letter) -> String {
    let about = letter
        .about
        .map_or_else(|| json!({}), |wave| json!({ "wave": wave }));
    json!({
        "type": letter.kind,
        "timestamp": letter.due_at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "data": about,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_webhooks_are_https_and_public() {
        use TargetFault::{Credentials, Malformed, NotHttps, Private};
        let cases = [
            ("https://example.org/hook?a=b", Ok(())),
            ("https://example.org:8443", Ok(())),
            ("http://example.org/hook", Err(NotHttps)),
            ("ftp://example.org/hook", Err(NotHttps)),
            ("https://user@example.org/", Err(Credentials)),
            ("https://:pw@example.org/", Err(Credentials)),
            ("https://127.0.0.1/", Err(Private)),
            ("https://0x7f.1/", Err(Private)),
            ("https://[::1]/", Err(Private)),
            ("https://169.254.169.254/latest", Err(Private)),
            ("example.org/hook", Err(Malformed)),
            ("https://", Err(Malformed)),
        ];
        for (text, expected) in cases {
            assert_eq!(Target::parse(text, false).map(|_| ()), expected, "{text}");
        }
        assert!(Target::parse("http://127.0.0.1:9/", true).is_ok());
        assert_eq!(Target::parse("ftp://127.0.0.1/", true), Err(NotHttps));
        let long = format!("https://example.org/{}", "a".repeat(LONGEST));
        assert_eq!(Target::parse(&long, false), Err(Malformed));
    }

    #[test]
    fn what_a_receiver_answers_decides() {
        let later = |code| Became::Later(Trouble::of(code, Extent::Recipient));
        let cases = [
            (200, Became::Sent),
            (204, Became::Sent),
            (299, Became::Sent),
            (301, later("redirect")),
            (307, later("redirect")),
            (400, later("status-4xx")),
            (404, later("status-4xx")),
            (410, Became::Ended),
            (429, later("status-4xx")),
            (500, later("status-5xx")),
            (503, later("status-5xx")),
        ];
        for (status, expected) in cases {
            assert_eq!(
                became(StatusCode::from_u16(status).unwrap()),
                expected,
                "{status}"
            );
        }
    }
}
