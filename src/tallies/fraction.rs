//! Exact fractions and their rounding. Scores stay whole numbers over a common denominator until
//! the released number is made, so that no order of adding can change it.

/// A fraction with a positive denominator.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fraction {
    pub numerator: i128,
    pub denominator: i128,
}

/// One over the tolerance of every comparison (1e-9): decimals in a file stand for fractions that
/// they cannot write exactly.
const PER_TOLERANCE: i128 = 1_000_000_000;

impl Fraction {
    pub const fn new(numerator: i128, denominator: i128) -> Self {
        Self {
            numerator,
            denominator,
        }
    }

    /// The greatest whole number that is at most this, or at most the tolerance above it.
    pub const fn floor(self) -> i128 {
        let whole = self.numerator.div_euclid(self.denominator);
        let rest = self.numerator.rem_euclid(self.denominator);
        if rest + self.tolerance() >= self.denominator {
            whole + 1
        } else {
            whole
        }
    }

    /// The least whole number that is at least this, or at most the tolerance below it.
    pub const fn ceil(self) -> i128 {
        -Self::new(-self.numerator, self.denominator).floor()
    }

    /// Rounded to a whole number, halves up.
    pub const fn round_half_up(self) -> i128 {
        Self::new(2 * self.numerator + self.denominator, 2 * self.denominator).floor()
    }

    /// Whether this is at least nought, or at most the tolerance below it.
    pub const fn is_at_least_nought(self) -> bool {
        self.numerator + self.tolerance() >= 0
    }

    /// Below a denominator of 1e9 it is nothing: there, two fractions are equal or further apart.
    const fn tolerance(self) -> i128 {
        self.denominator / PER_TOLERANCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_go_up_and_a_hair_is_no_difference() {
        const DEEP: i128 = 10_i128.pow(14);
        for (numerator, denominator, floor, ceil, rounded) in [
            (7, 2, 3, 4, 4),
            (5, 2, 2, 3, 3),
            (-5, 2, -3, -2, -2),
            (6, 2, 3, 3, 3),
            (3 * DEEP - 10_000, DEEP, 3, 3, 3),
            (3 * DEEP + 10_000, DEEP, 3, 3, 3),
            (3 * DEEP - 1_000_000, DEEP, 2, 3, 3),
            (3 * DEEP + 1_000_000, DEEP, 3, 4, 3),
            (DEEP / 2 - 10_000, DEEP, 0, 1, 1),
            (DEEP / 2 - 1_000_000, DEEP, 0, 1, 0),
        ] {
            let fraction = Fraction::new(numerator, denominator);
            let found = (fraction.floor(), fraction.ceil(), fraction.round_half_up());
            assert_eq!(found, (floor, ceil, rounded), "{numerator}/{denominator}");
        }
    }
}
