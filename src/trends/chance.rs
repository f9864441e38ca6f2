//! How often a stable team shows so much (A6), and several scales as one (A12).

use statrs::function::erf::erfc;

/// Q: probability of a standard normal value above `x`. Far out it stays exact to ten digits, which
/// one minus the lower tail would not.
#[must_use]
pub fn upper_tail(x: f64) -> f64 {
    erfc(x / std::f64::consts::SQRT_2) / 2.0
}

/// p(Z, c): the chance that the largest of the scan's statistics over `rows` waves is at least `z`
/// in a team where nothing changed, at one given wave. The term beside the tail counts the crossings
/// of the templates; its factors are fitted to simulated stable teams.
#[must_use]
pub fn chance(z: f64, rows: u32) -> f64 {
    let c = f64::from(rows);
    let templates = (0.27 * (c - 2.0)).min(0.13 * c + 0.48).max(0.0);
    let density = (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt();
    (upper_tail(z) + templates * density).min(1.0)
}

/// One p for several scales (Simes, Biometrika 73, 1986): min of S p(i) / i over the sorted ones,
/// at most 1. `None` of none.
#[must_use]
pub fn simes(ps: &[f64]) -> Option<f64> {
    let mut sorted = ps.to_vec();
    sorted.sort_by(f64::total_cmp);
    let scales = super::plug_ins::count(sorted.len());
    let ranked = (1_u32..).zip(sorted);
    ranked
        .map(|(rank, p)| scales * p / f64::from(rank))
        .reduce(f64::min)
        .map(|p| p.min(1.0))
}
