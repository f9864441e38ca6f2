//! How often a letter is tried, and when. A server that is down for a night delays; after about
//! three days a letter is given up and listed.

use chrono::Duration;

/// Minutes from one try to the next.
const WAITS: [i64; 8] = [1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60, 24 * 60];

/// How much longer than that a wait may be, in hundredths: so that what failed together is not
/// tried together.
const JITTER: i64 = 20;

/// How long to wait after so many tries; `None` when that was the last. `chance` is any byte.
#[must_use]
pub fn wait_after(tries: i64, chance: u8) -> Option<Duration> {
    let last = usize::try_from(tries).ok()?.checked_sub(1)?;
    let minutes = WAITS.get(last)?;
    let more = minutes * 60 * JITTER * i64::from(chance) / (100 * 255);
    Some(Duration::minutes(*minutes) + Duration::seconds(more))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_is_tried_nine_times_in_about_three_days() {
        let minutes = [1, 5, 30, 120, 360, 720, 1440, 1440];
        for (tries, minutes) in (1..).zip(minutes) {
            let least = wait_after(tries, 0).unwrap();
            let most = wait_after(tries, 255).unwrap();
            assert_eq!(least, Duration::minutes(minutes), "after {tries}");
            assert_eq!(most, Duration::seconds(minutes * 72), "after {tries}");
        }
        for never in [0, -1, 9, 10, i64::MAX] {
            assert_eq!(wait_after(never, 0), None, "after {never}");
        }
        let whole: Duration = (1..=8).filter_map(|tries| wait_after(tries, 0)).sum();
        assert!(whole > Duration::hours(68) && whole < Duration::hours(72));
    }

    #[test]
    fn more_chance_never_means_a_shorter_wait() {
        for tries in 1..=8 {
            let waits: Vec<_> = (0..=255).map(|chance| wait_after(tries, chance)).collect();
            assert!(waits.is_sorted(), "after {tries}");
        }
    }
}
