//! What a record holds when it is open: her answers, what they came to, and which ballot is hers.
//! It exists in clear only while her key is at hand; in the database it is one padded row.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::casting::{Reach, RecordOnly};
use crate::ids::{BallotId, UnitId, WaveId};
use crate::questionnaires::Instrument;
use crate::questionnaires::feedback::Scored;

/// A worker's record of one wave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Format of this record; 1.
    pub format: u8,
    /// Which wave it belongs to.
    pub wave: WaveId,
    /// Which instrument was asked; empty after erasure.
    pub instrument: String,
    /// Version and hash of the consent text that she had accepted.
    pub consent: String,
    /// How far she wanted to be counted.
    pub reach: Reach,
    /// Her answers, with version, form and wording; `None` after erasure, or if she keeps none.
    pub scored: Option<Scored>,
    /// Her ballot, if one was cast.
    pub ballot: Option<Cast>,
    /// Why there is none.
    pub record_only: Option<RecordOnly>,
}

/// The ballot that belongs to a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cast {
    /// Its random id.
    pub ballot: BallotId,
    /// Digest of the wave's public key then; another digest means that the wave was restored and
    /// the ballot is gone.
    pub key_digest: [u8; 32],
    /// Where it was counted.
    pub counted_at: UnitId,
    /// Released scales that it answered.
    pub scales: Vec<String>,
}

impl Record {
    /// What is left after erasure: nothing but the fact that this row exists.
    #[must_use]
    pub fn erased(wave: WaveId) -> Self {
        Self {
            format: 1,
            wave,
            instrument: String::new(),
            consent: String::new(),
            reach: Reach::Nobody,
            scored: None,
            ballot: None,
            record_only: None,
        }
    }

    /// Whether it was erased, or never said anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.scored.is_none() && self.ballot.is_none()
    }

    /// Whether another submission says exactly the same.
    #[must_use]
    pub fn says(&self, sheet: &Scored, reach: Reach) -> bool {
        self.reach == reach && self.scored.as_ref() == Some(sheet)
    }

    /// The bytes that are sealed.
    #[must_use]
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(serde_json::to_vec(self).expect("texts and numbers always are JSON"))
    }

    /// Reads the bytes of an opened row; `None` if they are of a format that is not known.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes)
            .ok()
            .filter(|record: &Self| record.format == 1)
    }
}

/// The one length to which all records of a wave are padded: room for every item and scale of the
/// instrument, in steps of 2048, so that every shipped instrument has the same.
#[must_use]
pub fn padded_len(instrument: &Instrument) -> usize {
    let items: usize = instrument.items.iter().map(|item| item.id.len() + 10).sum();
    let scales: usize = instrument
        .scales
        .iter()
        .map(|scale| scale.id.len() + 4)
        .sum();
    (1024 + items + scales).next_multiple_of(2048)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::questionnaires::{Answers, Catalogue, Status};

    fn fullest(instrument: &Instrument) -> Record {
        let largest = |item: &crate::questionnaires::instrument::Item| {
            let set = instrument.response_set_of(item)?;
            set.options.iter().map(|option| option.value).max()
        };
        let given: BTreeMap<String, Option<i64>> = instrument
            .items
            .iter()
            .map(|item| (item.id.clone(), largest(item)))
            .collect();
        let form = instrument.forms.first().map(|form| form.id.clone());
        let answers = Answers::parse(instrument, form.as_deref(), &given).unwrap();
        Record {
            format: 1,
            wave: WaveId::new(),
            instrument: instrument.id.clone(),
            consent: format!("2026-11-24 {}", "f".repeat(64)),
            reach: Reach::Organisation,
            scored: Some(Scored {
                version: instrument.version,
                lang: "zh-Hant-TW".to_owned(),
                status: Status::Published,
                form,
                answers,
            }),
            ballot: Some(Cast {
                ballot: BallotId::new(),
                key_digest: [255; 32],
                counted_at: UnitId::new(),
                scales: instrument
                    .scales
                    .iter()
                    .map(|scale| scale.id.clone())
                    .collect(),
            }),
            record_only: None,
        }
    }

    #[test]
    fn the_fullest_record_of_every_shipped_instrument_fits_one_length() {
        for instrument in Catalogue::embedded().iter() {
            let length = fullest(instrument).encode().len();
            assert_eq!(padded_len(instrument), 2048, "{}", instrument.id);
            assert!(length + 8 <= 2048, "{}: {length}", instrument.id);
        }
    }

    #[test]
    fn a_record_comes_back_as_it_was() {
        for instrument in Catalogue::embedded().iter() {
            let record = fullest(instrument);
            assert_eq!(Record::decode(&record.encode()), Some(record));
        }
        assert_eq!(Record::decode(b"not a record"), None);
    }
}
