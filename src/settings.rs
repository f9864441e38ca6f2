//! What the operator sets: `respite.toml`, then environment, then flags. Unknown keys are refused
//! with file, line and column.

mod mail;

use std::path::{Path, PathBuf};

use serde::Deserialize;

pub use mail::{Hidden, Mail, Tls, Webhooks};

/// The typed settings file. Every key has a default that works on one machine.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// `sqlite:FILE` or `postgres://…`.
    pub database: String,
    /// Address and port to serve on.
    pub listen: String,
    /// How people reach the service; required when listening beyond loopback, https only.
    pub public_url: Option<String>,
    /// The server key; default `server.key` beside an embedded database.
    pub server_key_file: Option<PathBuf>,
    /// Where the list of counted waves lies; default beside an embedded database.
    pub state_dir: Option<PathBuf>,
    /// More instruments than those built in.
    pub questionnaires: Questionnaires,
    /// Sign-ins and passwords.
    pub sign_in: SignIn,
    /// Lines and people that help, shown under every result.
    pub contacts: Vec<Contact>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed (the last hop that each added).
    pub trusted_proxies: Vec<std::net::IpAddr>,
    /// How letters are sent; without it none are.
    pub mail: Option<Mail>,
    /// What other programs may be told.
    pub webhooks: Webhooks,
}

/// Instruments from a folder, and licences that the administrator has accepted.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Questionnaires {
    /// A folder laid out like `questionnaires/`.
    pub folder: Option<PathBuf>,
    /// Ids of instruments whose separate licence text has been read and accepted.
    pub accepted_licences: Vec<String>,
}

/// Someone who helps. A number is shown only if a person has confirmed it, and when.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Two capital letters.
    pub country: String,
    /// What for.
    pub kind: ContactKind,
    /// Who answers.
    pub name: String,
    /// How to reach them.
    pub reach: String,
    /// When a person last confirmed it.
    pub confirmed_on: chrono::NaiveDate,
}

/// What a contact is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ContactKind {
    /// When life is in danger.
    Crisis,
    /// About how one is treated at work; does not report to a manager.
    Reporting,
    /// Everything else.
    Support,
}

impl ContactKind {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Crisis => "crisis",
            Self::Reporting => "reporting",
            Self::Support => "support",
        }
    }
}

/// Lifetimes of sign-ins and the cost of a password guess.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SignIn {
    /// Minutes without a request after which a sign-in on a shared device ends.
    pub idle_minutes: u32,
    /// Hours after which any sign-in ends.
    pub absolute_hours: u32,
    /// Argon2id memory in KiB (RFC 9106 second recommendation: 65536).
    pub argon2_memory_kib: u32,
    /// Argon2id passes.
    pub argon2_passes: u32,
    /// Argon2id lanes.
    pub argon2_lanes: u32,
    /// Password hashes computed at the same time; each takes the memory above.
    pub argon2_at_once: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            database: "sqlite:respite.db".to_owned(),
            listen: "127.0.0.1:8080".to_owned(),
            public_url: None,
            server_key_file: None,
            state_dir: None,
            questionnaires: Questionnaires::default(),
            sign_in: SignIn::default(),
            contacts: Vec::new(),
            trusted_proxies: Vec::new(),
            mail: None,
            webhooks: Webhooks::default(),
        }
    }
}

impl Default for SignIn {
    fn default() -> Self {
        Self {
            idle_minutes: 15,
            absolute_hours: 12,
            argon2_memory_kib: 65536,
            argon2_passes: 3,
            argon2_lanes: 1,
            argon2_at_once: 2,
        }
    }
}

/// Why settings were refused.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {cause}", file.display())]
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// What the operating system says.
        cause: std::io::Error,
    },
    /// Not TOML, an unknown key, a value of the wrong type; the text shows line and column.
    #[error("{}: {cause}", file.display())]
    Malformed {
        /// Which file.
        file: PathBuf,
        /// Line, column and the offending word.
        cause: toml::de::Error,
    },
    /// A combination that would not be safe.
    #[error("{0}")]
    Unsafe(&'static str),
}

impl Settings {
    /// Reads a settings file.
    pub fn read(file: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(file).map_err(|cause| SettingsError::Unreadable {
            file: file.to_owned(),
            cause,
        })?;
        toml::from_str(&text).map_err(|cause| SettingsError::Malformed {
            file: file.to_owned(),
            cause,
        })
    }

    /// Refuses to serve beyond loopback without a public https address: cookies, mail and QR
    /// codes need it.
    pub fn check_safety(&self) -> Result<(), SettingsError> {
        let beyond_loopback = !self
            .listen
            .parse::<std::net::SocketAddr>()
            .is_ok_and(|address| address.ip().is_loopback());
        match self.public_url.as_deref() {
            None if beyond_loopback => Err(SettingsError::Unsafe(
                "set public_url (https://…) before listening beyond loopback",
            )),
            Some(url) if !url.starts_with("https://") && beyond_loopback => {
                Err(SettingsError::Unsafe("public_url must begin with https://"))
            }
            None if self.mail.is_some() => Err(SettingsError::Unsafe(
                "set public_url with [mail]: every letter says where Respite is",
            )),
            _ => self.mail.as_ref().map_or(Ok(()), Mail::check),
        }
    }

    /// Whether letters are sent at all.
    #[must_use]
    pub const fn sends_mail(&self) -> bool {
        self.mail.is_some()
    }

    /// The folder of an embedded database; the working folder for PostgreSQL.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.database
            .strip_prefix("sqlite:")
            .and_then(|file| Path::new(file.strip_prefix("//").unwrap_or(file)).parent())
            .filter(|folder| !folder.as_os_str().is_empty())
            .map_or_else(|| PathBuf::from("."), Path::to_owned)
    }

    /// Where the server key lies.
    #[must_use]
    pub fn server_key_file(&self) -> PathBuf {
        self.server_key_file
            .clone()
            .unwrap_or_else(|| self.home().join("server.key"))
    }

    /// Where the list of counted waves lies.
    #[must_use]
    pub fn state_dir(&self) -> PathBuf {
        self.state_dir.clone().unwrap_or_else(|| self.home())
    }
}
