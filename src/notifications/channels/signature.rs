//! What a receiver checks: Standard Webhooks, symmetric (`whsec_`, `v1,`). Pure.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::ids::WebhookId;
use crate::vault::{CannotOpen, ServerKeys, random_bytes};

const PURPOSE: &str = "webhook";
const PREFIX: &str = "whsec_";

/// What the two sides of a webhook share; 24 bytes, as the specification recommends.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// A new one.
    #[must_use]
    #[expect(
        clippy::new_without_default,
        reason = "a secret is made on purpose, never by default"
    )]
    pub fn new() -> Self {
        Self(Zeroizing::new(random_bytes::<24>().to_vec()))
    }

    /// As the receiver is told it, once: `whsec_…`.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&*self.0))
    }

    /// Reads [`shown`](Self::shown) back.
    #[must_use]
    pub fn read(shown: &str) -> Option<Self> {
        let bytes = STANDARD.decode(shown.strip_prefix(PREFIX)?).ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    /// Sealed under the current server key, for its webhook.
    #[must_use]
    pub fn seal(&self, keys: &ServerKeys, webhook: WebhookId) -> Vec<u8> {
        keys.seal(PURPOSE, webhook.bytes(), &self.0)
    }

    /// Opens what [`seal`](Self::seal) sealed.
    pub fn open(keys: &ServerKeys, webhook: WebhookId, sealed: &[u8]) -> Result<Self, CannotOpen> {
        keys.open(PURPOSE, webhook.bytes(), sealed).map(Self)
    }

    /// The header `webhook-signature` of one attempt: `v1,` and the HMAC-SHA-256 of
    /// `id.timestamp.body`.
    #[must_use]
    pub fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
        format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(a secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_gives_the_published_signature() {
        // From the reference implementations of Standard Webhooks and of Svix, which it comes from.
        let secret = Secret::read("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = secret.sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            r#"{"test": 2432232314}"#,
        );
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_shown_and_read_back_and_opens_for_its_webhook_only() {
        let (secret, keys, id) = (
            Secret::new(),
            ServerKeys::from_bytes([3; 32]),
            WebhookId::new(),
        );
        let again = Secret::read(&secret.shown()).unwrap();
        assert_eq!(again.sign("a", 1, "b"), secret.sign("a", 1, "b"));
        let sealed = secret.seal(&keys, id);
        let opened = Secret::open(&keys, id, &sealed).unwrap();
        assert_eq!(opened.sign("a", 1, "b"), secret.sign("a", 1, "b"));
        assert!(Secret::open(&keys, WebhookId::new(), &sealed).is_err());
        assert_ne!(Secret::new().shown(), secret.shown());
        assert_eq!(format!("{secret:?}"), "(a secret)");
    }
}
