//! How often a unit of a given size will be shown: the set-up hint. Pure.

use statrs::distribution::{Binomial, DiscreteCDF};

/// How often, of all waves, at least `threshold` of `size` members answer, if each answers with
/// probability `response` (0..=1) on her own. By the publication rule a unit is published exactly
/// when so many have answered at or below it, so `size` counts the units below too.
#[must_use]
pub fn published_share(size: u64, threshold: u64, response: f64) -> f64 {
    if threshold == 0 {
        return 1.0;
    }
    if size < threshold {
        return 0.0;
    }
    // An impossible probability publishes nothing: the hint must not promise.
    Binomial::new(response, size).map_or(0.0, |answers| answers.sf(threshold - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum itself, term by term.
    fn summed(size: u32, threshold: u32, response: f64) -> f64 {
        let choose = |k: u32| (0..k).fold(1.0, |c, i| c * f64::from(size - i) / f64::from(i + 1));
        let term = |k: u32| {
            let (yes, no) = (f64::from(k), f64::from(size - k));
            choose(k) * response.powf(yes) * (1.0 - response).powf(no)
        };
        (threshold..=size).map(term).sum()
    }

    #[test]
    fn a_team_of_five_is_shown_in_about_a_quarter_of_the_waves_at_75_percent() {
        assert!((published_share(5, 5, 0.75) - 0.237).abs() < 0.001);
        assert!(published_share(4, 5, 1.0) == 0.0, "four are never shown");
        assert!(published_share(20, 5, 0.6) > 0.999);
    }

    #[test]
    fn the_share_is_the_binomial_sum() {
        for size in 5..=40 {
            for threshold in 5..=8 {
                for response in [0.0, 0.2, 0.6, 0.75, 1.0] {
                    let (is, sum) = (
                        published_share(size.into(), threshold.into(), response),
                        summed(size, threshold, response),
                    );
                    assert!(
                        (is - sum).abs() < 1e-9,
                        "{size} {threshold} {response}: {is} {sum}"
                    );
                }
            }
        }
    }
}
