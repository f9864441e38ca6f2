//! When the waves of a plan open and close: whole months from its first day, at the
//! organisation's notification hour, in the organisation's zone.

use chrono::{DateTime, Days, Duration, Months, NaiveDate, Utc};

use crate::zones;

/// Days between the close of one wave of an instrument and the opening of the next. Two almost
/// equal cohorts asked almost at once would be a difference (docs/threat-model.md).
pub const DAYS_BETWEEN_WAVES: i64 = 21;

/// The shortest month, for the check that a rhythm leaves room between waves.
const SHORTEST_MONTH_DAYS: i64 = 28;

/// The rhythm of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// Opening day of wave 1.
    pub first_day: NaiveDate,
    /// 3 for quarterly, 1 for monthly; 1 to 24.
    pub every_months: u32,
    /// Days from opening to close; 3 to 60.
    pub window_days: u32,
    /// Local hour of opening and close, 0 to 23.
    pub hour: u8,
    /// IANA zone name.
    pub zone: String,
}

/// Opening and close of one wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// From this instant on answers are taken.
    pub opens_at: DateTime<Utc>,
    /// Up to this instant, exclusive.
    pub closes_at: DateTime<Utc>,
}

/// Why a rhythm is not acceptable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RhythmFault {
    /// Outside 1 to 24.
    #[error("a wave every 1 to 24 months")]
    Months,
    /// Outside 3 to 60.
    #[error("a window of 3 to 60 days")]
    Window,
    /// Less than 21 days between close and next opening.
    #[error("at least 21 days must lie between the close of a wave and the next opening")]
    TooDense,
    /// Not a zone of the IANA database.
    #[error("a zone of the IANA database, such as Asia/Almaty")]
    Zone,
}

impl Rhythm {
    /// Checks ranges, zone, and the room between waves.
    pub fn check(&self) -> Result<(), RhythmFault> {
        if !(1..=24).contains(&self.every_months) {
            return Err(RhythmFault::Months);
        }
        if !(3..=60).contains(&self.window_days) {
            return Err(RhythmFault::Window);
        }
        let room = SHORTEST_MONTH_DAYS * i64::from(self.every_months);
        if room - i64::from(self.window_days) < DAYS_BETWEEN_WAVES {
            return Err(RhythmFault::TooDense);
        }
        zones::name(&self.zone).map(|_| ()).ok_or(RhythmFault::Zone)
    }

    /// The window of wave `number`, counting from 1; `None` beyond the calendar.
    #[must_use]
    pub fn window(&self, number: u32) -> Option<Window> {
        let months = self.every_months.checked_mul(number.checked_sub(1)?)?;
        let first = self.first_day.checked_add_months(Months::new(months))?;
        let last = first.checked_add_days(Days::new(u64::from(self.window_days)))?;
        Some(Window {
            opens_at: zones::instant(&self.zone, first, self.hour)?,
            closes_at: zones::instant(&self.zone, last, self.hour)?,
        })
    }
}

/// The earliest instant at which another wave of the same instrument may open.
#[must_use]
pub fn next_may_open(last_close: DateTime<Utc>) -> DateTime<Utc> {
    last_close + Duration::days(DAYS_BETWEEN_WAVES)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quarterly() -> Rhythm {
        Rhythm {
            first_day: NaiveDate::from_ymd_opt(2026, 1, 12).unwrap(),
            every_months: 3,
            window_days: 14,
            hour: 9,
            zone: "Asia/Almaty".to_owned(),
        }
    }

    #[test]
    fn waves_open_at_the_local_hour() {
        let window = quarterly().window(1).unwrap();
        assert_eq!(window.opens_at.to_rfc3339(), "2026-01-12T04:00:00+00:00");
        assert_eq!(window.closes_at.to_rfc3339(), "2026-01-26T04:00:00+00:00");
        assert_eq!(
            quarterly().window(4).unwrap().opens_at.to_rfc3339(),
            "2026-10-12T04:00:00+00:00"
        );
    }

    #[test]
    fn clock_changes_keep_the_wall_hour() {
        let rhythm = Rhythm {
            zone: "Europe/Chisinau".to_owned(),
            ..quarterly()
        };
        assert_eq!(
            rhythm.window(1).unwrap().opens_at.to_rfc3339(),
            "2026-01-12T07:00:00+00:00"
        );
        assert_eq!(
            rhythm.window(3).unwrap().opens_at.to_rfc3339(),
            "2026-07-12T06:00:00+00:00"
        );
    }

    #[test]
    fn a_month_end_is_kept_inside_the_month() {
        let rhythm = Rhythm {
            first_day: NaiveDate::from_ymd_opt(2026, 1, 31).unwrap(),
            every_months: 1,
            window_days: 7,
            ..quarterly()
        };
        assert_eq!(rhythm.check(), Ok(()));
        assert_eq!(
            rhythm.window(2).unwrap().opens_at.to_rfc3339(),
            "2026-02-28T04:00:00+00:00"
        );
    }

    #[test]
    fn rhythms_without_room_or_zone_are_refused() {
        let dense = Rhythm {
            every_months: 1,
            window_days: 8,
            ..quarterly()
        };
        assert_eq!(dense.check(), Err(RhythmFault::TooDense));
        let nowhere = Rhythm {
            zone: "Nowhere/City".to_owned(),
            ..quarterly()
        };
        assert_eq!(nowhere.check(), Err(RhythmFault::Zone));
        let never = Rhythm {
            every_months: 0,
            ..quarterly()
        };
        assert_eq!(never.check(), Err(RhythmFault::Months));
        let short = Rhythm {
            window_days: 2,
            ..quarterly()
        };
        assert_eq!(short.check(), Err(RhythmFault::Window));
    }

    #[test]
    fn numbers_beyond_the_calendar_have_no_window() {
        assert_eq!(quarterly().window(0), None);
        assert_eq!(quarterly().window(u32::MAX), None);
    }
}
