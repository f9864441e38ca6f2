//! Exact numbers: scores are whole numbers divided by whole numbers, so that a band edge is
//! compared without rounding. Never build one from a floating-point number.

use std::cmp::Ordering;
use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A fraction in lowest terms with a positive denominator.
///
/// Every part of an instrument file is bounded (numbers below a million, a few thousand items),
/// so the parts of a score stay far below the range of `i128`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fraction {
    top: i128,
    bottom: i128,
}

impl Fraction {
    /// Nought.
    pub const ZERO: Self = Self { top: 0, bottom: 1 };

    /// `top / bottom` in lowest terms; a zero `bottom` counts as one, so that no input can panic.
    #[must_use]
    pub fn new(top: i128, bottom: i128) -> Self {
        let bottom = if bottom == 0 { 1 } else { bottom };
        let divisor = greatest_common_divisor(top, bottom).max(1);
        let sign = if bottom < 0 { -1 } else { 1 };
        Self {
            top: sign * top / divisor,
            bottom: sign * bottom / divisor,
        }
    }

    /// The numerator in lowest terms; carries the sign.
    #[must_use]
    pub fn top(self) -> i128 {
        self.top
    }

    /// The denominator in lowest terms, at least 1.
    #[must_use]
    pub fn bottom(self) -> i128 {
        self.bottom
    }

    /// Reads a decimal such as `-12.50` exactly; `None` for exponents, signs alone, more than nine
    /// digits before or six after the point.
    #[must_use]
    pub fn from_decimal(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole) || !is_number(part) || whole.len() > 9 || part.len() > 6 {
            return None;
        }
        let scale = 10_i128.pow(u32::try_from(part.len()).ok()?);
        let top = whole.parse::<i128>().ok()? * scale + part.parse::<i128>().ok()?;
        Some(Self::new(if negative { -top } else { top }, scale))
    }

    /// The nearest floating-point number, for JSON and for pages.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "both parts are far below 2^53")]
    pub fn to_f64(self) -> f64 {
        self.top as f64 / self.bottom as f64
    }

    /// The number with `decimals` places, half away from zero: `-0.125` gives `-0.13`.
    #[must_use]
    pub fn rounded_text(self, decimals: u32) -> String {
        let scale = 10_i128.pow(decimals);
        let size = (2 * self.top.abs() * scale + self.bottom) / (2 * self.bottom);
        let sign = if self.top < 0 && size > 0 { "-" } else { "" };
        if decimals == 0 {
            return format!("{sign}{size}");
        }
        let width = decimals as usize;
        format!("{sign}{}.{:0width$}", size / scale, size % scale)
    }

    /// Without its sign.
    #[must_use]
    pub fn abs(self) -> Self {
        Self {
            top: self.top.abs(),
            bottom: self.bottom,
        }
    }

    /// The nearest whole number, halves upwards.
    #[must_use]
    pub fn rounded_half_up(self) -> i128 {
        (2 * self.top + self.bottom).div_euclid(2 * self.bottom)
    }
}

/// Euclid's; never negative.
pub(crate) fn greatest_common_divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.abs(), b.abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Default for Fraction {
    fn default() -> Self {
        Self::ZERO
    }
}

impl From<i64> for Fraction {
    fn from(whole: i64) -> Self {
        Self {
            top: i128::from(whole),
            bottom: 1,
        }
    }
}

impl From<usize> for Fraction {
    fn from(count: usize) -> Self {
        Self {
            top: i128::try_from(count).unwrap_or(i128::MAX),
            bottom: 1,
        }
    }
}

impl Add for Fraction {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(
            self.top * other.bottom + other.top * self.bottom,
            self.bottom * other.bottom,
        )
    }
}

impl Neg for Fraction {
    type Output = Self;
    fn neg(self) -> Self {
        Self {
            top: -self.top,
            bottom: self.bottom,
        }
    }
}

impl Sub for Fraction {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self + -other
    }
}

impl Mul for Fraction {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self::new(self.top * other.top, self.bottom * other.bottom)
    }
}

impl Div for Fraction {
    type Output = Self;
    /// Division by nought gives the dividend back; callers divide by counts and ranges above 0.
    fn div(self, other: Self) -> Self {
        Self::new(self.top * other.bottom, self.bottom * other.top)
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.top * other.bottom).cmp(&(other.top * self.bottom))
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bottom == 1 {
            self.top.fmt(f)
        } else {
            write!(f, "{}/{}", self.top, self.bottom)
        }
    }
}

impl fmt::Debug for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_decimals_round_half_away_from_zero() {
        let table = [
            ((1, 8), "0.13"),
            ((-1, 8), "-0.13"),
            ((100, 3), "33.33"),
            ((2, 3), "0.67"),
        ];
        for ((top, bottom), text) in table {
            assert_eq!(Fraction::new(top, bottom).rounded_text(2), text);
        }
        assert_eq!(Fraction::new(-1, 1000).rounded_text(2), "0.00");
        assert_eq!(Fraction::new(43, 2).rounded_text(0), "22");
    }

    #[test]
    fn a_decimal_is_read_exactly_or_not_at_all() {
        assert_eq!(Fraction::from_decimal("12.50"), Some(Fraction::new(25, 2)));
        assert_eq!(Fraction::from_decimal("-0.1"), Some(Fraction::new(-1, 10)));
        for text in ["", "-", "1e3", "nan", ".5", "5.", "1234567890", "0.1234567"] {
            assert_eq!(Fraction::from_decimal(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn adding_and_taking_away_gives_the_same_number(a in -9999_i128..9999, b in 1_i128..999,
                                                        c in -9999_i128..9999, d in 1_i128..999) {
            let (x, y) = (Fraction::new(a, b), Fraction::new(c, d));
            prop_assert_eq!(x + y - y, x);
            prop_assert_eq!(x.cmp(&y), (a * d).cmp(&(c * b)));
        }
    }
}
