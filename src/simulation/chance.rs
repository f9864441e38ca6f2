//! Chance with a seed: one stream for each organisation, so that none depends on another.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// A stream of chance.
pub(super) struct Chance {
    stream: StdRng,
    /// Normal values come in pairs.
    spare: Option<f64>,
}

impl Chance {
    /// The stream of one organisation: seed and number are the key of a cipher.
    pub fn of((seed, number): (u64, u32)) -> Self {
        let mut key = [0_u8; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..12].copy_from_slice(&number.to_le_bytes());
        Self {
            stream: StdRng::from_seed(key),
            spare: None,
        }
    }

    /// From 0 to below 1.
    pub fn share(&mut self) -> f64 {
        self.stream.random()
    }

    /// Whether something of this probability happens.
    pub fn happens(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// A standard normal value, by Marsaglia's polar method.
    pub fn normal(&mut self) -> f64 {
        if let Some(spare) = self.spare.take() {
            return spare;
        }
        loop {
            let (x, y) = (2.0 * self.share() - 1.0, 2.0 * self.share() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                let factor = (-2.0 * square.ln() / square).sqrt();
                self.spare = Some(y * factor);
                return x * factor;
            }
        }
    }

    /// A normal value around nought with this standard deviation.
    pub fn around_nought(&mut self, sd: f64) -> f64 {
        sd * self.normal()
    }
}
