//! Notices inside the application: the channel that everyone has. A notice is written once for all
//! whom a unit concerns, never for one person, and nothing here knows who has read it: what she
//! has read lies in her own sealed row (`check_ins/news.rs`).

mod store;

use chrono::{DateTime, Utc};

use crate::ids::{AlertId, NoticeId, OrganisationId, UnitId, WaveId};
use crate::store::{StoreError, Tx};

/// What a notice is about; its words are neutral and the same for everyone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// A wave takes answers.
    WaveOpened,
    /// A wave takes answers for longer.
    WaveExtended,
    /// A wave was ended without a count.
    WaveStopped,
    /// A wave was counted.
    Results,
    /// An alert was opened, raised, lowered or ended.
    Alert,
    /// The day that was set to look at an alert again has come.
    FollowUp,
}

impl NoticeKind {
    /// Every kind, with the word that the table and the API use.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::WaveOpened, "wave-opened"),
        (Self::WaveExtended, "wave-extended"),
        (Self::WaveStopped, "wave-stopped"),
        (Self::Results, "results"),
        (Self::Alert, "alert"),
        (Self::FollowUp, "follow-up"),
    ];

    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        let found = Self::ALL.iter().find(|(kind, _)| *kind == self);
        found.map_or("", |(_, word)| word)
    }

    fn from_word(word: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(_, known)| *known == word);
        found.map(|(kind, _)| *kind)
    }
}

/// For whom a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Who works at or below the unit, and who follows it.
    Everyone,
    /// Who leads the unit or one above it.
    Supervisors,
}

impl Audience {
    const fn word(self) -> &'static str {
        match self {
            Self::Everyone => "everyone",
            Self::Supervisors => "supervisors",
        }
    }
}

/// A notice to be posted.
#[derive(Clone, Copy, Debug)]
pub struct Notice {
    /// Whose.
    pub organisation: OrganisationId,
    /// What it is about.
    pub kind: NoticeKind,
    /// Whom it concerns: those at or below this unit.
    pub unit: UnitId,
    /// Which of them.
    pub audience: Audience,
    /// The wave that it is about, if any.
    pub wave: Option<WaveId>,
    /// The alert that it is about, if any.
    pub alert: Option<AlertId>,
}

/// A notice as it was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in `Notice`")]
pub struct Posted {
    pub id: NoticeId,
    /// When.
    pub at: DateTime<Utc>,
    pub kind: NoticeKind,
    pub unit: UnitId,
    pub audience: Audience,
    pub wave: Option<WaveId>,
    pub alert: Option<AlertId>,
}

/// Posts a notice, in the transaction of what it tells.
pub async fn post(tx: &mut Tx, notice: &Notice, now: DateTime<Utc>) -> Result<(), StoreError> {
    store::insert(tx, notice, now).await
}

/// The notices of an organisation from an instant on, newest first. Which of them a viewer may
/// read follows from her units.
pub async fn since(
    tx: &mut Tx,
    organisation: OrganisationId,
    from: DateTime<Utc>,
) -> Result<Vec<Posted>, StoreError> {
    store::since(tx, organisation, from).await
}

/// Removes what is older than an instant.
pub async fn forget(tx: &mut Tx, before: DateTime<Utc>) -> Result<(), StoreError> {
    store::forget(tx, before).await
}
