//! Opaque ids. All are random (UUID version 4): an id must never tell when something happened,
//! or in which order.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type,
            serde::Serialize, serde::Deserialize,
        )]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id that nobody can guess or order.
            #[must_use]
            #[expect(clippy::disallowed_methods, clippy::new_without_default, reason = "ids are made here")]
            pub fn new() -> Self {
                Self(Uuid::new_v4())
            }

            /// The sixteen bytes, as they go into digests and associated data.
            #[must_use]
            pub fn bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )* };
}

ids! {
    /// A group of organisations.
    NetworkId,
    /// One organisation; also the id of the root unit of its tree.
    OrganisationId,
    /// An organisation, site or team: a node of the tree.
    UnitId,
    /// One person's account in one organisation.
    AccountId,
    /// A check-in plan.
    PlanId,
    /// One window of a check-in plan.
    WaveId,
    /// A ballot, without a name.
    BallotId,
    /// An access token for another program.
    AccessTokenId,
    /// What waits to be sent to one recipient.
    LetterId,
    /// An address of another program that is told of events.
    WebhookId,
    /// An alert about a unit.
    AlertId,
    /// A notice inside the application.
    NoticeId,
}

impl From<OrganisationId> for UnitId {
    /// The organisation's own unit, the root of its tree.
    fn from(id: OrganisationId) -> Self {
        Self(id.0)
    }
}
