//! Where people are at home: exactly one unit each, where they are counted. Moves and absences
//! take effect at once and reach only later waves, which copy the tree and the roster.

use chrono::{DateTime, NaiveDate, Utc};

use super::accounts::{self, State};
use super::permission::Administrator;
use super::{store, units};
use crate::audit::{self, Change, Seal};
use crate::ids::{AccountId, OrganisationId, UnitId};
use crate::problem::{Kind, Problem};
use crate::store::{StoreError, Tx};

/// A person's place in her home unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Member {
    /// Whose organisation.
    pub organisation: OrganisationId,
    /// The person.
    pub account: AccountId,
    /// Her home.
    pub unit: UnitId,
    /// Since when she is at home there.
    pub since: DateTime<Utc>,
    /// First day away; no reason is stored.
    pub away_from: Option<NaiveDate>,
    /// Last day away; none: until further notice.
    pub away_until: Option<NaiveDate>,
}

impl Member {
    /// Whether she is away on that day: neither asked nor counted.
    #[must_use]
    pub fn is_away(&self, day: NaiveDate) -> bool {
        self.away_from.is_some_and(|from| from <= day)
            && self.away_until.is_none_or(|until| day <= until)
    }
}

/// Her home, unless she has left.
pub async fn of(tx: &mut Tx, account: AccountId) -> Result<Option<Member>, StoreError> {
    store::members::of(tx, account).await
}

/// Who is at home directly in a unit, in no order.
pub async fn of_unit(
    tx: &mut Tx,
    organisation: OrganisationId,
    unit: UnitId,
) -> Result<Vec<Member>, StoreError> {
    store::members::of_unit(tx, organisation, unit).await
}

/// Everyone with a home in the organisation, in no order; who has left has none.
pub async fn of_organisation(
    tx: &mut Tx,
    organisation: OrganisationId,
) -> Result<Vec<Member>, StoreError> {
    store::members::of_organisation(tx, organisation).await
}

/// Gives someone another home. Who had left is taken back by it.
pub async fn move_home(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    account: AccountId,
    unit: UnitId,
) -> Result<Member, Problem> {
    let account = accounts::in_reach(tx, admin, account).await?;
    units::open_and_hers(tx, admin, unit).await?;
    let before = of(tx, account.id).await?;
    if let Some(member) = before.filter(|member| member.unit == unit) {
        return Ok(member);
    }
    if account.state == State::Left {
        store::accounts::take_back(tx, account.organisation, account.id).await?;
    }
    let member = Member {
        organisation: account.organisation,
        account: account.id,
        unit,
        since: by.now,
        away_from: before.and_then(|member| member.away_from),
        away_until: before.and_then(|member| member.away_until),
    };
    store::members::put(tx, &member).await?;
    let change = Change::HomeMoved {
        account: account.id,
        unit,
    };
    audit::enter(
        tx,
        by,
        account.organisation,
        Some(admin.who.account),
        change,
    )
    .await?;
    Ok(member)
}

/// Notes that someone is away from one day to another (or until further notice).
pub async fn set_absence(
    tx: &mut Tx,
    admin: &Administrator,
    by: &Seal<'_>,
    account: AccountId,
    days: Option<(NaiveDate, Option<NaiveDate>)>,
) -> Result<Member, Problem> {
    let account = accounts::in_reach(tx, admin, account).await?;
    let mut member = of(tx, account.id).await?.ok_or(Kind::NotNow)?;
    let (from, until) = days.map_or((None, None), |(from, until)| (Some(from), until));
    if let (Some(from), Some(until)) = (from, until)
        && until < from
    {
        return Err(Problem::field("until", "must not be before the first day"));
    }
    if (member.away_from, member.away_until) == (from, until) {
        return Ok(member);
    }
    (member.away_from, member.away_until) = (from, until);
    store::members::set_away(tx, account.id, from, until).await?;
    let change = Change::AbsenceSet {
        account: account.id,
    };
    audit::enter(
        tx,
        by,
        account.organisation,
        Some(admin.who.account),
        change,
    )
    .await?;
    Ok(member)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_days_of_an_absence_belong_to_it() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        let mut member = Member {
            organisation: OrganisationId::new(),
            account: AccountId::new(),
            unit: UnitId::new(),
            since: DateTime::UNIX_EPOCH,
            away_from: None,
            away_until: None,
        };
        assert!(!member.is_away(day(5)));
        (member.away_from, member.away_until) = (Some(day(3)), Some(day(5)));
        let away: Vec<_> = (1..=7).filter(|d| member.is_away(day(*d))).collect();
        assert_eq!(away, [3, 4, 5]);
        member.away_until = None;
        assert!(member.is_away(day(30)), "until further notice");
    }
}
