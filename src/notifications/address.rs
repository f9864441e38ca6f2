//! An e-mail address: parsed once, shown masked, kept sealed at one length with the code that
//! confirms it.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::ids::AccountId;
use crate::vault::{CannotOpen, ServerKeys, random_bytes};

/// Every address is sealed at this length, so that a row tells nothing of it.
const ROOM: usize = 384;
/// The longest address that mail knows (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;
const PURPOSE: &str = "reminder";

/// An address that a letter can be sent to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Address(String);

impl Address {
    /// Reads what somebody typed.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const WRONG: &str = "must be an e-mail address such as name@example.org";
        let text = text.trim();
        if text.len() > LONGEST || !text.is_ascii() {
            return Err(WRONG);
        }
        let parsed: lettre::Address = text.parse().map_err(|_| WRONG)?;
        Ok(Self(parsed.to_string()))
    }

    /// The whole address: for the letter itself, and for nothing that is shown.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Enough to know one's own address by: `a…@example.org`.
    #[must_use]
    pub fn masked(&self) -> String {
        let (name, domain) = self.0.rsplit_once('@').unwrap_or(("", ""));
        let first: String = name.chars().take(1).collect();
        format!("{first}…@{domain}")
    }
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(an address)")
    }
}

/// What lies sealed in a row of `reminders`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Where her letters go.
    pub address: Address,
    /// Six digits, until she has shown that the address is hers.
    pub code: Option<String>,
}

impl Contact {
    /// Seals it under the current server key; every result is equally long.
    #[must_use]
    pub fn seal(&self, keys: &ServerKeys, account: AccountId) -> Vec<u8> {
        let text = serde_json::to_vec(self).expect("two texts always are JSON");
        let mut text = Zeroizing::new(text);
        // JSON ends where it ends: spaces behind it mean nothing.
        let padded = text.len().max(ROOM);
        text.resize(padded, b' ');
        keys.seal(PURPOSE, account.bytes(), &text)
    }

    /// Opens what [`seal`](Self::seal) sealed for this account.
    pub fn open(keys: &ServerKeys, account: AccountId, sealed: &[u8]) -> Result<Self, CannotOpen> {
        let text = keys.open(PURPOSE, account.bytes(), sealed)?;
        serde_json::from_slice(&text).map_err(|_| CannotOpen)
    }
}

/// Six random digits.
#[must_use]
pub fn new_code() -> String {
    // 2^64 is so much more than a million that no code is noticeably likelier than another.
    let number = u64::from_be_bytes(random_bytes()) % 1_000_000;
    format!("{number:06}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_shown_masked() {
        let address = Address::parse(" aigerim@example.org ").unwrap();
        assert_eq!(address.reveal(), "aigerim@example.org");
        assert_eq!(address.masked(), "a…@example.org");
        assert!(!format!("{address:?}").contains("aigerim"));
    }

    #[test]
    fn what_is_no_address_or_would_be_more_than_one_is_refused() {
        let long = format!("{}@example.org", "a".repeat(250));
        let wrong = [
            "",
            "a",
            "@",
            "a@",
            "@b",
            "a b@example.org",
            "a@example.org, b@example.org",
            "a@example.org\r\nBcc: b@example.org",
            "Name <a@example.org>",
            "ä@example.org",
            &long,
        ];
        for text in wrong {
            assert!(Address::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn every_sealed_contact_is_equally_long_and_opens_for_its_account_only() {
        let keys = ServerKeys::from_bytes([7; 32]);
        let account = AccountId::new();
        let longest = format!("{}@{}.org", "a".repeat(64), ["b"; 92].join("."));
        let mut lengths = std::collections::BTreeSet::new();
        for (text, code) in [("a@b.org", None), (&*longest, Some("123456".to_owned()))] {
            let address = Address::parse(text).unwrap();
            let contact = Contact { address, code };
            let sealed = contact.seal(&keys, account);
            lengths.insert(sealed.len());
            assert_eq!(Contact::open(&keys, account, &sealed), Ok(contact));
            assert_eq!(
                Contact::open(&keys, AccountId::new(), &sealed),
                Err(CannotOpen)
            );
        }
        assert_eq!(lengths.len(), 1);
    }

    #[test]
    fn a_code_has_six_digits() {
        for _ in 0..1000 {
            let code = new_code();
            assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()));
        }
    }
}
