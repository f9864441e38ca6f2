//! When letters go out: at the organisation's one hour, so that the moment of a letter tells
//! nothing of anybody. Who asks for quiet hours has hers the next morning, with all who asked.

use chrono::{DateTime, Days, Utc};

use crate::ids::OrganisationId;
use crate::zones;

/// The morning hour of those who asked for quiet hours.
const MORNING: u8 = 8;

/// An organisation, as far as its letters need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrganisationHours {
    /// Which.
    pub id: OrganisationId,
    /// IANA time zone.
    pub zone: String,
    /// The one hour at which its letters go out, 0 to 23 in its zone.
    pub hour: u8,
    /// Whether this installation sends mail at all.
    pub sends_mail: bool,
}

impl OrganisationHours {
    /// When what is said now goes out: at the beginning of the organisation's hour, the present
    /// one if it is that hour now, else the next one.
    #[must_use]
    pub fn due(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.at(now, self.hour, 0)
    }

    /// The same for who asked for quiet hours: the morning after.
    #[must_use]
    pub fn due_quietly(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        self.at(now, MORNING, 1)
    }

    /// The given hour, so many days after the day of the next letters.
    fn at(&self, now: DateTime<Utc>, hour: u8, later: u64) -> DateTime<Utc> {
        let (today, present) = zones::local(&self.zone, now);
        let is_over = present > self.hour;
        let day = today.checked_add_days(Days::new(later + u64::from(is_over)));
        // A zone that the database of zones has lost is treated as UTC.
        day.and_then(|day| {
            zones::instant(&self.zone, day, hour).or_else(|| zones::instant("UTC", day, hour))
        })
        .unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_zone(zone: &str, hour: u8) -> OrganisationHours {
        OrganisationHours {
            id: OrganisationId::new(),
            zone: zone.to_owned(),
            hour,
            sends_mail: true,
        }
    }

    #[test]
    fn letters_go_out_at_the_one_hour_and_the_morning_after() {
        // Said at, at the hour, or the next morning; Almaty is five hours ahead.
        let cases = [
            (
                "2026-01-12T03:59:00Z",
                "2026-01-12T04:00:00Z",
                "2026-01-13T03:00:00Z",
            ),
            (
                "2026-01-12T04:00:30Z",
                "2026-01-12T04:00:00Z",
                "2026-01-13T03:00:00Z",
            ),
            (
                "2026-01-12T04:59:59Z",
                "2026-01-12T04:00:00Z",
                "2026-01-13T03:00:00Z",
            ),
            (
                "2026-01-12T05:00:00Z",
                "2026-01-13T04:00:00Z",
                "2026-01-14T03:00:00Z",
            ),
            (
                "2026-01-12T20:00:00Z",
                "2026-01-13T04:00:00Z",
                "2026-01-14T03:00:00Z",
            ),
        ];
        let place = in_zone("Asia/Almaty", 9);
        for (now, due, quietly) in cases {
            let now: DateTime<Utc> = now.parse().unwrap();
            assert_eq!(
                place.due(now),
                due.parse::<DateTime<Utc>>().unwrap(),
                "{now}"
            );
            let quietly: DateTime<Utc> = quietly.parse().unwrap();
            assert_eq!(place.due_quietly(now), quietly, "{now}");
        }
    }

    #[test]
    fn a_late_hour_and_a_clock_change_keep_the_wall_hour() {
        let place = in_zone("Europe/Chisinau", 23);
        let now = "2026-03-28T12:00:00Z".parse().unwrap();
        assert_eq!(place.due(now).to_rfc3339(), "2026-03-28T21:00:00+00:00");
        assert_eq!(
            place.due_quietly(now).to_rfc3339(),
            "2026-03-29T05:00:00+00:00"
        );
    }

    #[test]
    fn a_lost_zone_is_read_as_utc() {
        let place = in_zone("Nowhere/City", 9);
        let now = "2026-03-28T12:00:00Z".parse().unwrap();
        assert_eq!(place.due(now).to_rfc3339(), "2026-03-29T09:00:00+00:00");
    }
}
