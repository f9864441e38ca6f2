//! Every refusal that a person can meet, in one table. The JSON door sends it as RFC 9457
//! problem+json; `docs/problems.md` explains each `type`. No text here names a person, a row or
//! a library.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Clock;
use crate::store::StoreError;

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $slug:literal, $status:literal, $title:literal;)*) => {
        /// What went wrong, as far as the caller needs to know.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// Every kind, in the order of `docs/problems.md`.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Last part of the problem's `type`.
            #[must_use]
            pub const fn slug(self) -> &'static str { match self { $(Self::$name => $slug,)* } }

            /// HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 { match self { $(Self::$name => $status,)* } }

            /// One short sentence for people.
            #[must_use]
            pub const fn title(self) -> &'static str { match self { $(Self::$name => $title,)* } }
        }
    };
}

problems! {
    /// Not JSON, not UTF-8, a missing body, a field of the wrong type.
    Unreadable = "unreadable", 400, "This request could not be read";
    /// No sign-in, or one that has expired or been ended.
    SignIn = "sign-in", 401, "Sign in first";
    /// Name or password wrong; never says which.
    WrongSignIn = "wrong-sign-in", 401, "The sign-in name, the password or the code is not right";
    /// A cookie sign-in without its CSRF value, or from another site.
    OtherSite = "other-site", 403, "This request did not come from Respite's own pages";
    /// A role with power needs a second factor in this organisation.
    SecondFactor = "second-factor", 403, "Your role needs a second factor here";
    /// An account that has left.
    ReadOnly = "read-only", 403, "This account can only read, export and erase its own data";
    /// A locked account, or one that has ended; said only after a right password.
    Locked = "locked", 403, "This account cannot be signed in to";
    /// Not there, or not yours: both answer alike.
    NotFound = "not-found", 404, "There is nothing here for you";
    /// Known path, unknown method.
    Method = "method", 405, "This address does not take that method";
    /// Two people changed the same thing, or a request overtook another.
    Changed = "changed", 409, "This has been changed in the meantime: read it again";
    /// A name or id that is in use.
    Taken = "taken", 409, "This name is in use";
    /// The wave is closed, being counted or stopped.
    WaveClosed = "wave-closed", 409, "This wave is closed";
    /// The rules of plans, waves, units or roles forbid it now.
    NotNow = "not-now", 409, "This cannot be done in the present state";
    /// No consent to the present text of this instrument.
    Consent = "consent", 409, "Read and accept the consent text first";
    /// A used, expired or unknown one-time code.
    Code = "code", 410, "This code is not valid: ask for a new one";
    /// The body is larger than this address takes.
    TooLarge = "too-large", 413, "This request is too large";
    /// Not JSON or CSV where it is expected.
    MediaType = "media-type", 415, "Send the media type that this address takes";
    /// Readable, but a value is not acceptable; each fault names its field.
    Invalid = "invalid", 422, "Something in this request is not acceptable";
    /// A new password that is too short, too common or holds the sign-in name.
    WeakPassword = "weak-password", 422, "Choose another password";
    /// Too many attempts from one network or for one name.
    TooMany = "too-many", 429, "Too many attempts: wait a little";
    /// A defect of ours; nothing was changed.
    Broken = "broken", 500, "Something went wrong here; nothing was changed";
    /// The disk of the database is full; reading goes on, and so does storing when there is room.
    StorageFull = "storage-full", 503, "Respite has no room left to store this: try again later";
    /// The database is locked or gone; nothing was acknowledged.
    Unavailable = "unavailable", 503, "Respite cannot store or read anything right now: try again";
}

/// One value that is not acceptable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field, as the request names it (`answers.cbi.work.1`), or `line 7, column sign_in`.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl Fault {
    /// A fault of one field.
    #[must_use]
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// A refusal on its way to a door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which row of the table.
    pub kind: Kind,
    /// What to do next, in one or two sentences; never about a person.
    pub detail: Option<String>,
    /// Which fields, for [`Kind::Invalid`] and [`Kind::WeakPassword`].
    pub faults: Vec<Fault>,
    /// Seconds, for [`Kind::TooMany`].
    pub retry_after: Option<u64>,
}

impl Problem {
    /// A problem that says what to do next.
    #[must_use]
    pub fn with(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..kind.into()
        }
    }

    /// [`Kind::Invalid`] with its faults.
    #[must_use]
    pub fn invalid(faults: Vec<Fault>) -> Self {
        Self {
            faults,
            ..Kind::Invalid.into()
        }
    }

    /// [`Kind::Invalid`] of one field.
    #[must_use]
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid(vec![Fault::new(field, message)])
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self {
            kind,
            detail: None,
            faults: Vec::new(),
            retry_after: None,
        }
    }
}

impl From<StoreError> for Problem {
    /// A duplicate that a use case did not expect means that two requests met.
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate(_) => Kind::Changed.into(),
            StoreError::Full(ref source) => {
                if is_news() {
                    tracing::error!(
                        cause = %source,
                        "the disk is full: nothing can be stored until there is room again"
                    );
                }
                Kind::StorageFull.into()
            }
            StoreError::Unusable(ref source) => {
                // sqlx prints statements and codes, never bound values.
                tracing::error!(cause = %source, "the database could not be used");
                Kind::Unavailable.into()
            }
        }
    }
}

/// Whether nobody has said for a minute that the disk is full: a thousand people who are refused
/// must not fill it with lines.
fn is_news() -> bool {
    const AGAIN: Duration = Duration::from_mins(1);
    static SAID: Mutex<Option<Duration>> = Mutex::new(None);
    let now = Clock::system().ticks();
    let mut said = SAID.lock().unwrap_or_else(PoisonError::into_inner);
    let is_news = said.is_none_or(|said| now >= said + AGAIN);
    if is_news {
        *said = Some(now);
    }
    is_news
}
