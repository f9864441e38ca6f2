//! Wall time and instants: the only place that knows zones. Rules, like all of the ground.

use chrono::{DateTime, Datelike, NaiveDate, Timelike, Utc};
use jiff::tz::TimeZone;

/// The zone as the IANA database writes it; `None` if it has no such zone.
#[must_use]
pub fn name(zone: &str) -> Option<String> {
    let known = TimeZone::get(zone).ok()?;
    Some(known.iana_name().unwrap_or(zone).to_owned())
}

/// The instant at which clocks in this zone show the full hour on this day; in the gap of a clock
/// change, the later side. `None` for a zone that is not known, and beyond the calendar.
#[must_use]
pub fn instant(zone: &str, day: NaiveDate, hour: u8) -> Option<DateTime<Utc>> {
    let zone = TimeZone::get(zone).ok()?;
    let (year, month) = (
        i16::try_from(day.year()).ok()?,
        i8::try_from(day.month()).ok()?,
    );
    let date = jiff::civil::Date::new(year, month, i8::try_from(day.day()).ok()?).ok()?;
    let wall = date.to_datetime(jiff::civil::Time::new(i8::try_from(hour).ok()?, 0, 0, 0).ok()?);
    let instant = zone.to_ambiguous_timestamp(wall).compatible().ok()?;
    DateTime::from_timestamp_micros(instant.as_microsecond())
}

/// Day and hour that clocks in this zone show at an instant; those of UTC if the zone is not known
/// any more.
#[must_use]
pub fn local(zone: &str, instant: DateTime<Utc>) -> (NaiveDate, u8) {
    let here = TimeZone::get(zone).ok().and_then(|zone| {
        let instant = jiff::Timestamp::from_microsecond(instant.timestamp_micros()).ok()?;
        let wall = zone.to_datetime(instant);
        let (month, day) = (
            u32::try_from(wall.month()).ok()?,
            u32::try_from(wall.day()).ok()?,
        );
        let date = NaiveDate::from_ymd_opt(i32::from(wall.year()), month, day)?;
        Some((date, u8::try_from(wall.hour()).ok()?))
    });
    here.unwrap_or_else(|| {
        let hour = u8::try_from(instant.hour()).unwrap_or(0);
        (instant.date_naive(), hour)
    })
}

/// The calendar day of an instant in a zone; in UTC if the zone is not known any more.
#[must_use]
pub fn local_day(zone: &str, instant: DateTime<Utc>) -> NaiveDate {
    local(zone, instant).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_and_hour_are_those_of_the_place() {
        let evening = "2026-01-11T20:00:00Z".parse().unwrap();
        assert_eq!(local_day("Asia/Almaty", evening).to_string(), "2026-01-12");
        assert_eq!(local("Asia/Almaty", evening).1, 1);
        assert_eq!(local_day("Nowhere/City", evening).to_string(), "2026-01-11");
        assert_eq!(local("Nowhere/City", evening).1, 20);
    }

    #[test]
    fn an_hour_that_a_clock_change_leaves_out_is_the_later_side() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 29).unwrap();
        let at = |hour| instant("Europe/Chisinau", day, hour).map(|at| at.to_rfc3339());
        assert_eq!(at(2).as_deref(), Some("2026-03-29T00:00:00+00:00"));
        assert_eq!(at(3).as_deref(), Some("2026-03-29T01:00:00+00:00"));
        assert_eq!(at(4).as_deref(), Some("2026-03-29T01:00:00+00:00"));
        assert_eq!(at(24), None);
        assert_eq!(instant("Nowhere/City", day, 9), None);
    }
}
