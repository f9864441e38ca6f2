//! `[mail]` and `[webhooks]`: how letters and events leave this server.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use super::SettingsError;

/// The mail server that takes our letters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Its name.
    pub host: String,
    /// Its port; 587, 465 or 25 by `tls`, if left out.
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: Tls,
    /// Who we are to it; it is not asked for a sign-in without.
    pub user: Option<String>,
    /// Our password there.
    pub password: Option<Hidden>,
    /// A file that holds the password, instead.
    pub password_file: Option<PathBuf>,
    /// The sender of every letter: `Respite <respite@example.org>`.
    pub from: String,
    /// Seconds after which a mail server that does not answer counts as away.
    #[serde(default = "thirty")]
    pub timeout_seconds: u64,
}

const fn thirty() -> u64 {
    30
}

/// How a connection to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// TLS after the greeting, refused without.
    #[default]
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None: for a mail server on this machine only.
    None,
}

/// A secret that a log or an error never shows.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Hidden(String);

impl Hidden {
    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// What other programs may be told.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Webhooks {
    /// Whether addresses in private networks, and plain http, are allowed. An administrator of
    /// an organisation could reach through this server what only this server can reach.
    pub allow_private: bool,
    /// Seconds after which a receiver that has not answered has not received.
    pub timeout_seconds: u64,
}

impl Default for Webhooks {
    fn default() -> Self {
        Self {
            allow_private: false,
            timeout_seconds: 10,
        }
    }
}

impl Webhooks {
    /// How long a receiver may take.
    #[must_use]
    pub const fn patience(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

impl Mail {
    /// The port that is connected to.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.unwrap_or(match self.tls {
            Tls::Starttls => 587,
            Tls::Tls => 465,
            Tls::None => 25,
        })
    }

    /// How long the mail server may take over one letter.
    #[must_use]
    pub const fn patience(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }

    /// The password, wherever it lies; the last line break of a file is not part of it.
    pub fn password(&self) -> std::io::Result<Option<Hidden>> {
        match (&self.password, &self.password_file) {
            (Some(password), _) => Ok(Some(password.clone())),
            (None, Some(file)) => {
                let text = std::fs::read_to_string(file)?;
                Ok(Some(Hidden(text.trim_end_matches(['\r', '\n']).to_owned())))
            }
            (None, None) => Ok(None),
        }
    }

    /// Refuses what would send passwords and addresses in the clear, or half a sign-in.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let is_here = self.host == "localhost"
            || self
                .host
                .parse()
                .is_ok_and(|address: IpAddr| address.is_loopback());
        if self.tls == Tls::None && !is_here {
            return Err(SettingsError::Unsafe(
                "mail.tls = \"none\" is for a mail server on this machine (localhost) only",
            ));
        }
        if self.from.parse::<lettre::message::Mailbox>().is_err() {
            return Err(SettingsError::Unsafe(
                "mail.from must be a sender such as \"Respite <respite@example.org>\"",
            ));
        }
        if self.password.is_some() && self.password_file.is_some() {
            return Err(SettingsError::Unsafe(
                "set mail.password or mail.password_file, not both",
            ));
        }
        let has_password = self.password.is_some() || self.password_file.is_some();
        if self.user.is_some() != has_password {
            return Err(SettingsError::Unsafe(
                "set mail.user together with mail.password or mail.password_file",
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(text: &str) -> Mail {
        toml::from_str(&format!("from = 'Respite <r@example.org>'\n{text}")).unwrap()
    }

    #[test]
    fn nothing_leaves_this_machine_in_the_clear() {
        assert!(mail("host = 'mail.example.org'").check().is_ok());
        assert!(
            mail("host = 'mail.example.org'\ntls = 'none'")
                .check()
                .is_err()
        );
        for host in ["localhost", "127.0.0.1", "::1"] {
            assert!(
                mail(&format!("host = '{host}'\ntls = 'none'"))
                    .check()
                    .is_ok()
            );
        }
    }

    #[test]
    fn half_a_sign_in_is_refused_and_a_password_does_not_print() {
        assert!(mail("host = 'm.example.org'\nuser = 'r'").check().is_err());
        let whole = mail("host = 'm.example.org'\nuser = 'r'\npassword = 'a secret'");
        assert!(whole.check().is_ok());
        assert!(!format!("{whole:?}").contains("a secret"));
        assert_eq!(whole.password().unwrap().unwrap().reveal(), "a secret");
    }
}
