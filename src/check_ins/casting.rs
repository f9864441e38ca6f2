//! Where a check-in counts. Pure: from the roster, her vault and her own choice; nobody votes
//! twice by a reset or a new vault.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::roster::Asked;
use crate::ids::{OrganisationId, UnitId};

/// How far she wants to be counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reach {
    /// In her unit and above.
    #[default]
    Unit,
    /// Only in the organisation's own numbers.
    Organisation,
    /// Not at all: the record is kept for herself.
    Nobody,
}

/// Why a check-in is kept for herself only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecordOnly {
    /// She chose so.
    Chosen,
    /// She was not on the roster when the wave opened.
    NotAsked,
    /// Her vault was made or reset after the wave opened.
    NewVault,
    /// The wave had closed.
    Late,
}

/// Where the ballot is cast, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Casting {
    /// At her unit, because she is settled there, or at the organisation.
    At(UnitId),
    /// Nowhere.
    Nowhere(RecordOnly),
}

/// Her vault, as far as voting is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vault {
    /// 1 for the first, one more for each reset.
    pub number: i64,
    /// When it was made.
    pub since: DateTime<Utc>,
}

/// The wave, as far as voting is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voting {
    /// Whose wave it is.
    pub organisation: OrganisationId,
    /// When it opened.
    pub opens_at: DateTime<Utc>,
    /// Whether any wave of the organisation had closed by then.
    pub is_after_another: bool,
}

impl Voting {
    /// Where she may cast. A ballot that replaces her own is not a second one, so it may be cast
    /// whatever has happened to her vault since.
    #[must_use]
    pub fn casting(
        &self,
        asked: Option<&Asked>,
        vault: Vault,
        reach: Reach,
        replaces: Option<UnitId>,
    ) -> Casting {
        if reach == Reach::Nobody {
            return Casting::Nowhere(RecordOnly::Chosen);
        }
        let Some(asked) = asked else {
            return Casting::Nowhere(RecordOnly::NotAsked);
        };
        let root = UnitId::from(self.organisation);
        if vault.since > self.opens_at && replaces.is_none() {
            // Who is settled had a vault when the wave opened: a first one now is not her first.
            let is_first = vault.number == 1 && !self.is_after_another && !asked.settled;
            return if is_first {
                Casting::At(root)
            } else {
                Casting::Nowhere(RecordOnly::NewVault)
            };
        }
        match reach {
            Reach::Unit if asked.settled => Casting::At(asked.unit),
            _ => Casting::At(root),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::AccountId;

    fn at(day: u32) -> DateTime<Utc> {
        format!("2026-03-{day:02}T00:00:00Z").parse().unwrap()
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table")]
    fn every_case_of_the_rule() {
        let organisation = OrganisationId::new();
        let (root, unit) = (UnitId::from(organisation), UnitId::new());
        let row = |settled| {
            Some(Asked {
                account: AccountId::new(),
                unit,
                settled,
            })
        };
        let vault = |number, day| Vault {
            number,
            since: at(day),
        };
        let (old, reset, new) = (vault(1, 1), vault(2, 12), vault(1, 12));
        let nowhere = Casting::Nowhere;
        let cases = [
            (row(true), old, Reach::Unit, None, false, Casting::At(unit)),
            (
                row(true),
                old,
                Reach::Organisation,
                None,
                false,
                Casting::At(root),
            ),
            (
                row(true),
                old,
                Reach::Nobody,
                None,
                false,
                nowhere(RecordOnly::Chosen),
            ),
            (row(false), old, Reach::Unit, None, false, Casting::At(root)),
            (
                None,
                old,
                Reach::Unit,
                None,
                false,
                nowhere(RecordOnly::NotAsked),
            ),
            (
                row(true),
                reset,
                Reach::Unit,
                None,
                false,
                nowhere(RecordOnly::NewVault),
            ),
            (
                row(false),
                reset,
                Reach::Unit,
                None,
                false,
                nowhere(RecordOnly::NewVault),
            ),
            (
                row(true),
                reset,
                Reach::Unit,
                Some(unit),
                false,
                Casting::At(unit),
            ),
            (row(false), new, Reach::Unit, None, false, Casting::At(root)),
            (
                row(false),
                new,
                Reach::Unit,
                None,
                true,
                nowhere(RecordOnly::NewVault),
            ),
            (
                None,
                new,
                Reach::Unit,
                None,
                false,
                nowhere(RecordOnly::NotAsked),
            ),
            (
                row(true),
                new,
                Reach::Unit,
                None,
                false,
                nowhere(RecordOnly::NewVault),
            ),
        ];
        for (number, (asked, vault, reach, replaces, after, expected)) in
            cases.into_iter().enumerate()
        {
            let voting = Voting {
                organisation,
                opens_at: at(10),
                is_after_another: after,
            };
            let casting = voting.casting(asked.as_ref(), vault, reach, replaces);
            assert_eq!(casting, expected, "case {number}");
        }
    }
}
