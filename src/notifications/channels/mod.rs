//! The ways out. One file each, one line each in [`ALL`]; each gets a letter and says what became
//! of it. None holds a transaction while it talks to another machine.

mod addresses;
mod connecting;
mod email;
mod signature;
mod webhook;

use std::future::Future;
use std::pin::Pin;

pub use email::answers;
pub use signature::Secret;
pub use webhook::{Target, TargetFault};

use super::delivery::Post;
use super::outbox::Letter;

/// A way out by its word in the outbox.
pub struct Channel {
    /// The word.
    pub name: &'static str,
    /// Makes ready for one round; connects when the first letter comes.
    pub open: for<'a> fn(Post<'a>) -> Box<dyn Sending + 'a>,
}

/// Every way out.
pub const ALL: &[Channel] = &[
    Channel {
        name: "email",
        open: email::open,
    },
    Channel {
        name: "webhook",
        open: webhook::open,
    },
];

/// What a way out does in one round.
pub trait Sending: Send {
    /// Sends one letter.
    fn send<'a>(
        &'a mut self,
        letter: &'a Letter,
    ) -> Pin<Box<dyn Future<Output = Became> + Send + 'a>>;
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Became {
    /// Somebody else has it now.
    Sent,
    /// Nobody wants it any more: the choice, the address or the webhook is gone.
    NotWanted,
    /// The receiver asked never to be told again.
    Ended,
    /// It may be better later.
    Later(Trouble),
    /// It will never be taken.
    Never(Trouble),
}

/// Why a letter was not sent: a code of ours. What a server said may hold an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// The code, as `docs/operations.md` explains it.
    pub code: &'static str,
    /// Whom else it concerns in this round.
    pub extent: Extent,
}

/// Whether others can be tried in the same round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Only this letter.
    Letter,
    /// Every letter to the same recipient.
    Recipient,
    /// Every letter on this way: its server is away.
    Channel,
}

impl Trouble {
    const fn of(code: &'static str, extent: Extent) -> Self {
        Self { code, extent }
    }
}
