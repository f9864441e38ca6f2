//! Who is asked, and where she is counted: the settled rule, and the digest that lets the count
//! notice any later change of the copied tree or roster.

use chrono::{DateTime, Duration, NaiveDate, Utc};
use sha2::{Digest, Sha256};

use crate::ids::{AccountId, UnitId};

/// Days that both her vault and her place in the unit must be old before the wave opens.
pub const SETTLED_DAYS: i64 = 14;

/// A member as the opening of a wave finds her.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Her account.
    pub account: AccountId,
    /// Her home unit.
    pub unit: UnitId,
    /// Since when she is there.
    pub unit_since: DateTime<Utc>,
    /// When her present vault was made; `None` before activation.
    pub vault_since: Option<DateTime<Utc>>,
    /// First day away, if any.
    pub away_from: Option<NaiveDate>,
    /// Last day away; `None` with `away_from` means: until further notice.
    pub away_until: Option<NaiveDate>,
}

/// A row of the roster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Asked {
    /// Her account.
    pub account: AccountId,
    /// Her home unit when the wave opened.
    pub unit: UnitId,
    /// Whether she may be counted there; otherwise at the organisation.
    pub settled: bool,
}

/// A unit of the copied tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The unit.
    pub unit: UnitId,
    /// The unit above it; `None` for the organisation.
    pub parent: Option<UnitId>,
}

impl Candidate {
    /// Her row in a wave that opens at this instant, which falls on `today` where she is; `None`
    /// while she is away.
    #[must_use]
    pub fn asked(&self, opens_at: DateTime<Utc>, today: NaiveDate) -> Option<Asked> {
        if self.is_away(today) {
            return None;
        }
        let settled = self.settled_from().is_some_and(|from| from <= opens_at);
        Some(Asked {
            account: self.account,
            unit: self.unit,
            settled,
        })
    }

    /// From which instant on she is counted in her unit; `None` before activation.
    #[must_use]
    pub fn settled_from(&self) -> Option<DateTime<Utc>> {
        let since = self.vault_since?.max(self.unit_since);
        Some(since + Duration::days(SETTLED_DAYS))
    }

    /// Away on a day: not asked and not counted, no reason kept.
    #[must_use]
    pub fn is_away(&self, day: NaiveDate) -> bool {
        self.away_from.is_some_and(|from| from <= day)
            && self.away_until.is_none_or(|until| day <= until)
    }
}

/// How many are asked directly at a unit: its settled members; at the organisation also all others
/// on the roster, wherever they work. Summed up the tree it is the `asked` of a publication.
#[must_use]
pub fn asked_at(place: &Place, asked: &[Asked]) -> i64 {
    let is_root = place.parent.is_none();
    let counts = |row: &&Asked| {
        if row.settled {
            row.unit == place.unit
        } else {
            is_root
        }
    };
    i64::try_from(asked.iter().filter(counts).count()).unwrap_or(i64::MAX)
}

/// SHA-256 over the threshold, the tree and the roster, sorted and length-prefixed: the order of
/// rows in the database does not matter, any change of them does.
#[must_use]
pub fn digest(threshold: i64, tree: &[Place], asked: &[Asked]) -> [u8; 32] {
    let (mut tree, mut asked) = (tree.to_vec(), asked.to_vec());
    tree.sort_unstable();
    asked.sort_unstable();
    let mut digest = Sha256::new();
    digest.update(threshold.to_be_bytes());
    digest.update((tree.len() as u64).to_be_bytes());
    for place in &tree {
        digest.update(place.unit.bytes());
        digest.update([u8::from(place.parent.is_some())]);
        digest.update(place.parent.map_or([0; 16], |parent| *parent.bytes()));
    }
    digest.update((asked.len() as u64).to_be_bytes());
    for row in &asked {
        digest.update(row.account.bytes());
        digest.update(row.unit.bytes());
        digest.update([u8::from(row.settled)]);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn candidate() -> Candidate {
        Candidate {
            account: AccountId::new(),
            unit: UnitId::new(),
            unit_since: at("2026-01-01T00:00:00Z"),
            vault_since: Some(at("2026-01-03T00:00:00Z")),
            away_from: None,
            away_until: None,
        }
    }

    #[test]
    fn a_member_settles_fourteen_days_after_vault_and_place() {
        let settled = |opens| {
            candidate()
                .asked(at(opens), at(opens).date_naive())
                .unwrap()
                .settled
        };
        assert!(!settled("2026-01-16T23:59:59Z"));
        assert!(settled("2026-01-17T00:00:00Z"));
    }

    #[test]
    fn who_has_no_vault_yet_is_asked_but_not_settled() {
        let invited = Candidate {
            vault_since: None,
            ..candidate()
        };
        assert!(
            !invited
                .asked(
                    at("2027-01-01T00:00:00Z"),
                    at("2027-01-01T00:00:00Z").date_naive()
                )
                .unwrap()
                .settled
        );
    }

    #[test]
    fn who_is_away_is_not_asked() {
        let day = |text: &str| Some(text.parse().unwrap());
        let away = Candidate {
            away_from: day("2026-02-01"),
            away_until: day("2026-02-10"),
            ..candidate()
        };
        assert!(
            away.asked(
                at("2026-01-31T09:00:00Z"),
                at("2026-01-31T09:00:00Z").date_naive()
            )
            .is_some()
        );
        assert!(
            away.asked(
                at("2026-02-01T09:00:00Z"),
                at("2026-02-01T09:00:00Z").date_naive()
            )
            .is_none()
        );
        assert!(
            away.asked(
                at("2026-02-10T09:00:00Z"),
                at("2026-02-10T09:00:00Z").date_naive()
            )
            .is_none()
        );
        assert!(
            away.asked(
                at("2026-02-11T09:00:00Z"),
                at("2026-02-11T09:00:00Z").date_naive()
            )
            .is_some()
        );
        let until_further_notice = Candidate {
            away_until: None,
            ..away
        };
        assert!(
            until_further_notice
                .asked(
                    at("2030-01-01T09:00:00Z"),
                    at("2030-01-01T09:00:00Z").date_naive()
                )
                .is_none()
        );
    }

    #[test]
    fn the_digest_ignores_order_and_notices_every_change() {
        let place = Place {
            unit: UnitId::new(),
            parent: None,
        };
        let below = Place {
            unit: UnitId::new(),
            parent: Some(place.unit),
        };
        let row = |settled| Asked {
            account: AccountId::new(),
            unit: below.unit,
            settled,
        };
        let (first, second) = (row(true), row(false));
        let original = digest(5, &[place, below], &[first, second]);
        assert_eq!(original, digest(5, &[below, place], &[second, first]));
        let moved = Asked {
            unit: place.unit,
            ..first
        };
        let settled = Asked {
            settled: true,
            ..second
        };
        assert_ne!(original, digest(6, &[place, below], &[first, second]));
        assert_ne!(original, digest(5, &[place, below], &[moved, second]));
        assert_ne!(original, digest(5, &[place, below], &[first, settled]));
        assert_ne!(original, digest(5, &[place, below], &[first]));
        assert_ne!(original, digest(5, &[place], &[first, second]));
    }
}
