//! What those who lead a unit say about an alert: what will be done and when they look again, and
//! in the end what came of it. Everyone in the unit can read it.

use chrono::{Duration, NaiveDate};

use super::list::{self, Alert};
use super::store::{self, Acknowledged};
use crate::audit::{self, Change, Seal};
use crate::ids::AlertId;
use crate::people::permission::Supervisor;
use crate::problem::{Fault, Kind, Problem};
use crate::store::Tx;
use crate::tallies::sight::Sight;

/// Longest text, in characters.
pub const MOST_CHARACTERS: usize = 1000;
/// A day to look again lies within so many days.
const LATEST_FOLLOW_UP_DAYS: i64 = 400;

/// What will be done about an alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledgement {
    planned: String,
    follow_up_on: Option<NaiveDate>,
}

impl Acknowledgement {
    /// Checks the words and the day to look again, which lies between tomorrow and 400 days from
    /// `today`.
    pub fn parse(
        planned: &str,
        follow_up_on: Option<NaiveDate>,
        today: NaiveDate,
    ) -> Result<Self, Problem> {
        let mut faults = Vec::new();
        let planned = words("planned", planned).map_err(|fault| faults.push(fault));
        if let Some(day) = follow_up_on
            && !(today < day && day <= today + Duration::days(LATEST_FOLLOW_UP_DAYS))
        {
            let message = "must lie after today, and within 400 days";
            faults.push(Fault::new("follow_up_on", message));
        }
        match planned {
            Ok(planned) if faults.is_empty() => Ok(Self {
                planned,
                follow_up_on,
            }),
            _ => Err(Problem::invalid(faults)),
        }
    }
}

/// A few words: not empty, no control characters but line breaks.
fn words(field: &str, text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::new(field, "say in a few words what will be done"));
    }
    if text.chars().count() > MOST_CHARACTERS {
        return Err(Fault::new(field, "must have at most 1000 characters"));
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        return Err(Fault::new(field, "must not have control characters"));
    }
    Ok(text.to_owned())
}

/// An alert that this supervisor may answer. HR may read alerts where the setting says so, but
/// what is done is said by those who lead the unit.
pub async fn hers(tx: &mut Tx, supervisor: &Supervisor, alert: AlertId) -> Result<Alert, Problem> {
    let sight = Sight::to_follower(tx, supervisor.who).await?;
    let alert = list::one(tx, &sight, alert).await?;
    supervisor.must_cover(alert.unit)?;
    Ok(alert)
}

/// Says what will be done; a later one replaces it.
pub async fn acknowledge(
    tx: &mut Tx,
    by: &Seal<'_>,
    (supervisor, alert): (&Supervisor, &Alert),
    what: &Acknowledgement,
) -> Result<Alert, Problem> {
    supervisor.must_cover(alert.unit)?;
    if alert.closed_at.is_some() {
        return Err(Problem::with(
            Kind::NotNow,
            "This alert has ended: write a closing note instead.",
        ));
    }
    let acknowledged = Acknowledged {
        by: supervisor.who.account,
        at: by.now,
        planned: &what.planned,
        follow_up_on: what.follow_up_on,
    };
    if !store::acknowledge(tx, alert, &acknowledged).await? {
        return Err(Kind::Changed.into());
    }
    let change = Change::AlertAcknowledged { alert: alert.id };
    entered(tx, by, supervisor, change).await?;
    again(tx, alert).await
}

/// Says what came of an alert that has ended.
pub async fn write_note(
    tx: &mut Tx,
    by: &Seal<'_>,
    (supervisor, alert): (&Supervisor, &Alert),
    note: &str,
) -> Result<Alert, Problem> {
    supervisor.must_cover(alert.unit)?;
    let note = words("note", note).map_err(|fault| Problem::invalid(vec![fault]))?;
    if alert.closed_at.is_none() {
        return Err(Problem::with(
            Kind::NotNow,
            "This alert is open: it ends by itself when the unit has been quiet at two check-ins.",
        ));
    }
    if !store::write_note(tx, alert, &note).await? {
        return Err(Kind::Changed.into());
    }
    let change = Change::AlertNoteWritten { alert: alert.id };
    entered(tx, by, supervisor, change).await?;
    again(tx, alert).await
}

async fn entered(
    tx: &mut Tx,
    by: &Seal<'_>,
    supervisor: &Supervisor,
    change: Change,
) -> Result<(), Problem> {
    let who = supervisor.who;
    audit::enter(tx, by, who.organisation, Some(who.account), change).await?;
    Ok(())
}

async fn again(tx: &mut Tx, alert: &Alert) -> Result<Alert, Problem> {
    let found = store::find(tx, alert.organisation, alert.id).await?;
    found.ok_or_else(|| Kind::NotFound.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledgement_has_words_and_a_day_that_is_still_to_come() {
        let today = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
        let day = |days: i64| Some(today + Duration::days(days));
        for (words, follow_up, fits) in [
            ("one more night off", day(30), true),
            ("one more night off", None, true),
            ("one\nmore", day(400), true),
            ("  ", day(30), false),
            ("one more\u{7}", None, false),
            ("x", day(0), false),
            ("x", day(401), false),
            (&"й".repeat(1000), None, true),
            (&"й".repeat(1001), None, false),
        ] {
            let parsed = Acknowledgement::parse(words, follow_up, today);
            assert_eq!(parsed.is_ok(), fits, "{words:?} {follow_up:?}");
        }
        let both = Acknowledgement::parse("", day(-1), today).unwrap_err();
        let fields: Vec<_> = both.faults.iter().map(|fault| &*fault.field).collect();
        assert_eq!(fields, ["planned", "follow_up_on"]);
    }
}
