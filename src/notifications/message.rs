//! What can be said, to people and to programs. A message is a kind and the id of what it is about;
//! it has no place for a person.

use uuid::Uuid;

use crate::ids::WaveId;

/// What a person is told. Every message reads alike in a mailbox: there is something in Respite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// A wave takes answers.
    WaveOpen {
        /// Which.
        wave: WaveId,
    },
    /// A wave takes answers for three more days.
    WaveEndsSoon {
        /// Which.
        wave: WaveId,
    },
    /// A wave takes answers for longer than was said.
    WaveExtended {
        /// Which.
        wave: WaveId,
    },
    /// A wave was ended without a count.
    WaveStopped {
        /// Which.
        wave: WaveId,
    },
    /// A wave was counted, whatever came of it.
    ResultsThere {
        /// Which.
        wave: WaveId,
    },
    /// The day that was set to look at an alert again has come.
    FollowUpDue {
        /// The alert.
        alert: Uuid,
    },
    /// The code that shows that an address is hers: the only message with a code.
    ConfirmAddress,
}

impl Message {
    /// The word that the outbox uses; a mailbox never sees it.
    #[must_use]
    pub const fn kind(self) -> &'static str {
        match self {
            Self::WaveOpen { .. } => "wave-open",
            Self::WaveEndsSoon { .. } => "wave-ends-soon",
            Self::WaveExtended { .. } => "wave-extended",
            Self::WaveStopped { .. } => "wave-stopped",
            Self::ResultsThere { .. } => "results-there",
            Self::FollowUpDue { .. } => "follow-up-due",
            Self::ConfirmAddress => "confirm-address",
        }
    }

    /// What it is about.
    #[must_use]
    pub const fn about(self) -> Option<Uuid> {
        match self {
            Self::WaveOpen { wave }
            | Self::WaveEndsSoon { wave }
            | Self::WaveExtended { wave }
            | Self::WaveStopped { wave }
            | Self::ResultsThere { wave } => Some(wave.0),
            Self::FollowUpDue { alert } => Some(alert),
            Self::ConfirmAddress => None,
        }
    }
}

/// What a program is told: that it has happened to a wave, never what came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// A wave takes answers.
    WaveOpened,
    /// A wave takes answers no more.
    WaveClosed,
    /// A wave was ended without a count.
    WaveStopped,
    /// A wave was counted. Said after every count, so that it tells nothing of what was found.
    ResultsReady,
}

impl Event {
    /// Every event, in the order of a wave's life.
    pub const ALL: [Self; 4] = [
        Self::WaveOpened,
        Self::WaveClosed,
        Self::WaveStopped,
        Self::ResultsReady,
    ];

    /// The word that the outbox, the API and the payload use.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::WaveOpened => "wave.opened",
            Self::WaveClosed => "wave.closed",
            Self::WaveStopped => "wave.stopped",
            Self::ResultsReady => "results.ready",
        }
    }

    /// Reads [`word`](Self::word) back.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.word() == word)
    }
}
