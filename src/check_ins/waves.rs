//! A wave: one window of a plan, with its own copy of everything that its count will need.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{OrganisationId, PlanId, WaveId};
use crate::questionnaires::scale::PublishAt;
use crate::questionnaires::{Fraction, Instrument, Scale};
use crate::store::{StoreError, Tx};
use crate::vault::ServerKeys;

const KIND: &str = "wave";

/// Where a wave stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Answers are taken until its close.
    Open,
    /// Closed for everyone; its ballots are being counted.
    Counting,
    /// Counted, or closed without a count after a restore.
    Closed,
    /// Ended by an administrator; nothing was released.
    Stopped,
}

impl State {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Open, "open"),
        (Self::Counting, "counting"),
        (Self::Closed, "closed"),
        (Self::Stopped, "stopped"),
    ];

    /// The word that the table and the API use.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(state, _)| *state == self)
            .map_or("", |(_, word)| word)
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, name)| *name == word)
            .map(|(state, _)| *state)
    }
}

/// A released scale as the wave was opened with it; later versions of the instrument do not
/// change a wave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaveScale {
    /// Scale id.
    pub id: String,
    /// Highest step sum: a ballot holds 0 to this, or "missing".
    pub highest: u16,
    /// The cut as a place in the range, 0 to 100, as a fraction; `None` without a cut, and for
    /// every scale of a plan that offers untested translations.
    pub cut: Option<(i64, i64)>,
    /// Whether units below the organisation are released.
    pub at_units: bool,
}

/// A row of `waves`, read back and parsed.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    missing_docs,
    reason = "columns of migration 0003, which says what they are"
)]
pub struct Wave {
    pub organisation: OrganisationId,
    pub id: WaveId,
    pub plan: PlanId,
    pub number: i64,
    pub instrument: String,
    pub version: String,
    pub form: String,
    pub languages: Vec<String>,
    pub drafts: bool,
    pub scales: Vec<WaveScale>,
    pub threshold: i64,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    pub extended_at: Option<DateTime<Utc>>,
    pub state: State,
    pub public_key: [u8; 32],
    pub digest: Vec<u8>,
    pub tag: Vec<u8>,
}

/// A wave of the same organisation and questionnaire that opened before another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The wave.
    pub id: WaveId,
    /// Whose window it was.
    pub plan: PlanId,
    /// Counts from 1 within the plan.
    pub number: i64,
    /// Of the questionnaire, then.
    pub version: String,
    /// Whether an administrator, or the count, stopped it.
    pub is_stopped: bool,
}

/// A wave, and what came before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sequel {
    /// The wave.
    pub wave: Wave,
    /// Oldest first.
    pub earlier: Vec<Earlier>,
}

impl Sequel {
    /// The wave of the plan before this one that was not stopped, under the same major version.
    #[must_use]
    pub fn previous(&self) -> Option<WaveId> {
        self.earlier
            .iter()
            .filter(|one| one.plan == self.wave.plan && one.number < self.wave.number)
            .filter(|one| !one.is_stopped)
            .max_by_key(|one| one.number)
            .filter(|one| major(&one.version) == self.wave.major())
            .map(|one| one.id)
    }
}

/// A row of `waves` as the database gives it.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    organisation: OrganisationId,
    id: WaveId,
    plan: PlanId,
    number: i64,
    instrument: String,
    version: String,
    form: String,
    languages: String,
    drafts: bool,
    scales: String,
    threshold: i64,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    extended_at: Option<DateTime<Utc>>,
    state: String,
    public_key: Vec<u8>,
    digest: Vec<u8>,
    tag: Vec<u8>,
}

impl Row {
    /// `None` if the row was damaged: such a wave is treated as one with a wrong tag.
    pub(super) fn parse(self) -> Option<Wave> {
        Some(Wave {
            organisation: self.organisation,
            id: self.id,
            plan: self.plan,
            number: self.number,
            instrument: self.instrument,
            version: self.version,
            form: self.form,
            languages: serde_json::from_str(&self.languages).ok()?,
            drafts: self.drafts,
            scales: serde_json::from_str(&self.scales).ok()?,
            threshold: self.threshold,
            opens_at: self.opens_at,
            closes_at: self.closes_at,
            extended_at: self.extended_at,
            state: State::from_word(&self.state)?,
            public_key: self.public_key.try_into().ok()?,
            digest: self.digest,
            tag: self.tag,
        })
    }
}

/// A wave of an organisation.
pub async fn find(
    tx: &mut Tx,
    organisation: OrganisationId,
    wave: WaveId,
) -> Result<Option<Wave>, StoreError> {
    super::store::waves::find(tx, organisation, wave).await
}

impl Wave {
    /// Whether answers are taken now.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.state == State::Open && self.opens_at <= now && now < self.closes_at
    }

    /// Whether the row still is what this server made.
    #[must_use]
    pub fn is_genuine(&self, keys: &ServerKeys) -> bool {
        self.with_parts(|parts| keys.check(KIND, parts, &self.tag))
    }

    /// Tags the row anew, after it was made or extended.
    pub(super) fn seal(&mut self, keys: &ServerKeys) {
        self.tag = self.with_parts(|parts| keys.tag(KIND, parts));
    }

    fn with_parts<T>(&self, work: impl FnOnce(&[&[u8]]) -> T) -> T {
        let scales = serde_json::to_vec(&self.scales).expect("scales always are JSON");
        work(&[
            self.organisation.bytes(),
            self.id.bytes(),
            self.plan.bytes(),
            &self.number.to_be_bytes(),
            self.instrument.as_bytes(),
            self.version.as_bytes(),
            self.form.as_bytes(),
            &scales,
            &self.opens_at.timestamp_micros().to_be_bytes(),
            &self.closes_at.timestamp_micros().to_be_bytes(),
            &self
                .extended_at
                .map_or([0; 8], |at| at.timestamp_micros().to_be_bytes()),
            &self.public_key,
            &self.digest,
        ])
    }

    /// The major version of the instrument that was asked.
    #[must_use]
    pub fn major(&self) -> &str {
        major(&self.version)
    }
}

/// The part of a version before its first dot.
#[must_use]
pub fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or_default()
}

/// The released scales of a form, as a wave copies them.
#[must_use]
pub fn released(instrument: &Instrument, form: &str, drafts: bool) -> Vec<WaveScale> {
    instrument
        .released_scales(Some(form))
        .into_iter()
        .filter_map(|scale| {
            let place = cut_place(scale).filter(|_| !drafts);
            Some(WaveScale {
                id: scale.id.clone(),
                highest: scale.highest_step(),
                cut: match place {
                    Some(place) => Some((
                        i64::try_from(place.top()).ok()?,
                        i64::try_from(place.bottom()).ok()?,
                    )),
                    None => None,
                },
                at_units: scale.publish_at == PublishAt::Unit,
            })
        })
        .collect()
}

/// The cut as a place in the range, 0 to 100.
fn cut_place(scale: &Scale) -> Option<Fraction> {
    let (low, high) = scale.range;
    Some((scale.cut? - low) / (high - low) * Fraction::new(100, 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock;

    fn wave(plan: PlanId, number: i64) -> Wave {
        let opens_at = clock::Clock::system().now();
        Wave {
            organisation: OrganisationId::new(),
            id: WaveId::new(),
            plan,
            number,
            instrument: "cbi".to_owned(),
            version: "2.1.0".to_owned(),
            form: "full".to_owned(),
            languages: Vec::new(),
            drafts: false,
            scales: Vec::new(),
            threshold: 5,
            opens_at,
            closes_at: opens_at,
            extended_at: None,
            state: State::Open,
            public_key: [0; 32],
            digest: Vec::new(),
            tag: Vec::new(),
        }
    }

    /// Number, version, and whether it was stopped.
    fn previous(of: &[(i64, &str, bool)]) -> Option<i64> {
        let plan = PlanId::new();
        let one = |plan, &(number, version, is_stopped): &(i64, &str, bool)| Earlier {
            id: WaveId::new(),
            plan,
            number,
            version: version.to_owned(),
            is_stopped,
        };
        let mut earlier: Vec<Earlier> = of.iter().map(|row| one(plan, row)).collect();
        earlier.push(one(PlanId::new(), &(4, "2.1.0", false)));
        let sequel = Sequel {
            wave: wave(plan, 5),
            earlier,
        };
        let found = sequel.previous()?;
        let found = sequel.earlier.iter().find(|one| one.id == found)?;
        Some(found.number)
    }

    #[test]
    fn the_wave_before_is_the_last_of_the_plan_that_was_not_stopped() {
        type Earlier = (i64, &'static str, bool);
        let cases: &[(&[Earlier], Option<i64>)] = &[
            (&[], None),
            (&[(3, "2.0.0", false), (4, "2.1.0", false)], Some(4)),
            (&[(3, "2.0.0", false), (4, "2.1.0", true)], Some(3)),
            (&[(4, "2.1.0", true)], None),
            // Another major version lies between: nothing older is compared with.
            (&[(3, "2.0.0", false), (4, "1.9.0", false)], None),
            (&[(4, "2.0.0", false), (6, "2.1.0", false)], Some(4)),
        ];
        for (earlier, expected) in cases {
            assert_eq!(previous(earlier), *expected, "{earlier:?}");
        }
    }
}
