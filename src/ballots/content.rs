//! What is inside a ballot: no name, no item, no language. All ballots of a wave have one length.

use std::fmt;

use crate::ids::UnitId;

const FORMAT: u8 = 2;
const UNIT: usize = 16;
const MARK: usize = 16;
/// On the wire: the scale was not answered.
const MISSING: u16 = u16::MAX;

/// One ballot, as it is before sealing and after opening. It does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct BallotContent {
    /// The same for all ballots that one person casts in one wave, and for no others: the count
    /// notices a ballot that was taken back and has been put into the table again.
    pub mark: BallotMark,
    /// Her unit if she is settled there and chose so, else the organisation's own unit.
    pub counted_at: UnitId,
    /// One for each released scale of the instrument, in the instrument's order.
    pub scales: Vec<ScaleStep>,
}

/// Whose ballot it is, for whoever has another of hers in the same wave, and for nobody else: only
/// her key gives it.
pub type BallotMark = [u8; MARK];

/// Her answer to one scale.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ScaleStep {
    /// Step sum from the lowest option, 0 to 65,534; `None` if the scale was not answered.
    pub steps: Option<u16>,
    /// Whether her ballot of the wave before was cast here with this scale answered.
    pub stayed: bool,
}

/// Bytes that are no ballot of this wave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("these bytes are not a ballot with {scales} scales")]
pub struct NotABallot {
    /// How many scales this wave releases.
    pub scales: usize,
}

/// Length of every ballot of a wave that releases this many scales.
#[must_use]
pub const fn content_len(scales: usize) -> usize {
    1 + MARK + UNIT + 2 * scales + scales.div_ceil(8)
}

/// Length of the same ballot when it is sealed.
#[must_use]
pub const fn sealed_len(scales: usize) -> usize {
    crate::vault::sealed_ballot_len(content_len(scales))
}

impl fmt::Debug for BallotContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BallotContent")
    }
}

impl fmt::Debug for ScaleStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScaleStep")
    }
}

impl BallotContent {
    /// The bytes to be sealed: [`content_len`] of them.
    #[must_use]
    pub fn encode(&self) -> zeroize::Zeroizing<Vec<u8>> {
        let mut bytes = zeroize::Zeroizing::new(Vec::with_capacity(content_len(self.scales.len())));
        bytes.push(FORMAT);
        bytes.extend_from_slice(&self.mark);
        bytes.extend_from_slice(self.counted_at.bytes());
        for scale in &self.scales {
            bytes.extend_from_slice(&scale.steps.unwrap_or(MISSING).to_be_bytes());
        }
        for eight in self.scales.chunks(8) {
            let bits = eight.iter().enumerate();
            bytes.push(bits.fold(0, |byte, (at, scale)| byte | u8::from(scale.stayed) << at));
        }
        bytes
    }

    /// Reads the ballot of a wave that releases this many scales.
    pub fn decode(bytes: &[u8], scales: usize) -> Result<Self, NotABallot> {
        Self::read(bytes, scales).ok_or(NotABallot { scales })
    }

    fn read(bytes: &[u8], scales: usize) -> Option<Self> {
        let rest = bytes.strip_prefix(&[FORMAT])?;
        let (mark, rest) = rest.split_first_chunk::<MARK>()?;
        let (unit, rest) = rest.split_first_chunk::<UNIT>()?;
        let (steps, bits) = rest.split_at_checked(2 * scales)?;
        if bits.len() != scales.div_ceil(8) || has_stray_bits(bits, scales) {
            return None;
        }
        let (steps, _) = steps.as_chunks::<2>();
        let read = steps.iter().enumerate().map(|(at, steps)| {
            let steps = u16::from_be_bytes(*steps);
            ScaleStep {
                steps: (steps != MISSING).then_some(steps),
                stayed: bits[at / 8] >> (at % 8) & 1 == 1,
            }
        });
        Some(Self {
            mark: *mark,
            counted_at: UnitId(uuid::Uuid::from_bytes(*unit)),
            scales: read.collect(),
        })
    }
}

/// Whether a bit is set that belongs to no scale.
fn has_stray_bits(bits: &[u8], scales: usize) -> bool {
    let used = scales % 8;
    used != 0 && bits.last().is_some_and(|last| last >> used != 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn content() -> impl Strategy<Value = BallotContent> {
        let steps = prop_oneof![Just(None), (0..MISSING).prop_map(Some)];
        let scale = (steps, any::<bool>()).prop_map(|(steps, stayed)| ScaleStep { steps, stayed });
        let scales = prop::collection::vec(scale, 0..20);
        (any::<[u8; 32]>(), scales).prop_map(|(bytes, scales)| BallotContent {
            mark: bytes[..16].try_into().unwrap(),
            counted_at: UnitId(uuid::Uuid::from_slice(&bytes[16..]).unwrap()),
            scales,
        })
    }

    proptest! {
        #[test]
        fn every_ballot_comes_back_and_length_tells_only_the_number_of_scales(
            content in content(),
        ) {
            let bytes = content.encode();
            prop_assert_eq!(bytes.len(), content_len(content.scales.len()));
            let read = BallotContent::decode(&bytes, content.scales.len()).unwrap();
            prop_assert_eq!(&read, &content);
            prop_assert_eq!(read.scales, content.scales.clone());
            prop_assert!(BallotContent::decode(&bytes, content.scales.len() + 1).is_err());
        }

        #[test]
        fn foreign_bytes_are_a_ballot_only_if_they_encode_to_themselves(
            bytes: Vec<u8>,
            scales in 0_usize..40,
        ) {
            if let Ok(content) = BallotContent::decode(&bytes, scales) {
                prop_assert_eq!(&content.encode()[..], &bytes[..]);
            }
        }
    }
}
