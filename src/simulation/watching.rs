//! What counts as an alarm, as the start of one, and as a rise that was noticed.

use crate::trends::Status;

/// The levels that are counted, in the order of all results.
pub(super) const LEVELS: [Status; 3] = [Status::Watch, Status::Elevated, Status::High];

/// What one unit showed at one wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// No row.
    Nothing,
    /// A row, and nothing to compare it with.
    First,
    /// A level, without memory.
    Level(Status),
}

/// Whether a unit is in alarm at each wave: from this level on, held over one wave without a row.
pub(super) fn alarms(seen: &[Seen], level: Status) -> Vec<bool> {
    let (mut is_on, mut gaps) = (false, 0);
    let one = |seen: &Seen| {
        gaps = if *seen == Seen::Nothing { gaps + 1 } else { 0 };
        match seen {
            Seen::Level(found) => is_on = *found >= level,
            Seen::Nothing if gaps > 1 => is_on = false,
            Seen::Nothing | Seen::First => {}
        }
        is_on
    };
    seen.iter().map(one).collect()
}

/// How many alarms begin from a wave on (counted from 1): after two waves without one, or at that
/// first wave itself.
pub(super) fn starts(alarms: &[bool], from: u32) -> u32 {
    let first = from.saturating_sub(1) as usize;
    let begins = |at: usize| {
        let quiet = at == first || !alarms[at.saturating_sub(2).max(first)..at].contains(&true);
        alarms[at] && quiet
    };
    let starts = (first..alarms.len()).filter(|at| begins(*at)).count();
    u32::try_from(starts).unwrap_or(u32::MAX)
}

/// Whether a change was noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Noticed {
    /// In so many waves, 1 for at once.
    In(u32),
    /// Not to the end.
    Never,
    /// There was an alarm in the wave before already.
    Untold,
}

/// Whether a change at a wave was noticed.
pub(super) fn noticed(alarms: &[bool], at: u32) -> Noticed {
    let change = at.saturating_sub(1) as usize;
    if change > 0 && alarms.get(change - 1) == Some(&true) {
        return Noticed::Untold;
    }
    let after = alarms.get(change..).unwrap_or_default();
    let found = (1..).zip(after).find(|(_, on)| **on);
    found.map_or(Noticed::Never, |(waves, _)| Noticed::In(waves))
}

#[cfg(test)]
mod tests {
    use super::*;

    const N: Seen = Seen::Nothing;
    const F: Seen = Seen::First;
    const Q: Seen = Seen::Level(Status::Quiet);
    const E: Seen = Seen::Level(Status::Elevated);

    #[test]
    fn an_alarm_is_held_over_one_wave_without_a_row() {
        let on = |seen: &[Seen]| {
            let alarms = alarms(seen, Status::Watch).into_iter();
            alarms
                .map(|on| if on { 'x' } else { '.' })
                .collect::<String>()
        };
        assert_eq!(on(&[F, E, N, E, N, N, E, Q, N]), ".xxxx.x..");
        assert_eq!(on(&[N, F, Q, E, F, N]), "...xxx");
    }

    #[test]
    fn an_alarm_starts_after_two_waves_without_one() {
        let starts = |text: &str, from| {
            let alarms: Vec<bool> = text.chars().map(|on| on == 'x').collect();
            starts(&alarms, from)
        };
        assert_eq!(starts("..x.x..xx", 1), 2);
        assert_eq!(starts("xxxx.....", 3), 1, "the first counted wave is one");
        assert_eq!(starts("x........", 3), 0);
        assert_eq!(starts("", 5), 0);
    }

    #[test]
    fn a_rise_is_noticed_after_so_many_waves_unless_there_was_an_alarm_before() {
        let alarms = [false, true, false, false, true];
        assert_eq!(noticed(&alarms, 2), Noticed::In(1));
        assert_eq!(noticed(&alarms, 3), Noticed::Untold);
        assert_eq!(noticed(&alarms, 4), Noticed::In(2));
        assert_eq!(noticed(&alarms[..3], 1), Noticed::In(2));
        assert_eq!(noticed(&[false; 3], 2), Noticed::Never);
    }
}
