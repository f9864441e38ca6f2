//! Alerts and findings as they are sent: the same to everyone whom the unit concerns.

use chrono::{DateTime, NaiveDate, Utc};
use poem_openapi::Object;
use poem_openapi::types::Any;
use uuid::Uuid;

use crate::alerts::findings::Finding;
use crate::alerts::list::{Alert, Turn};
use crate::alerts::telling::{Told, Voice};
use crate::app::App;
use crate::locales::Wording;
use crate::trends::Status;

/// What is said about a unit, in the viewer's language.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Told")]
pub struct ToldBody {
    /// Language of the sentences.
    language: String,
    /// What was found, a sentence or two each.
    sentences: Vec<String>,
    /// What it may mean.
    may_mean: Vec<String>,
    /// What it does not mean.
    does_not_mean: Vec<String>,
    /// What could be done next.
    next_steps: Vec<String>,
    /// What to keep in mind when looking again.
    follow_up: Vec<String>,
}

/// What was found about a unit at a wave. Final: later rows do not change it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Finding")]
pub struct FindingBody {
    wave: Uuid,
    /// Number of the wave within its plan.
    number: i64,
    closed_at: DateTime<Utc>,
    /// quiet, watch, elevated or high; null: not enough answers.
    status: Option<String>,
    /// What `respite trends` prints of the unit (docs/files.md); of the organisation, its scales.
    document: Any<serde_json::Value>,
}

/// An alert about a unit.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Alert")]
pub struct AlertBody {
    id: Uuid,
    unit: Uuid,
    plan: Uuid,
    instrument: Option<String>,
    /// The scale that leads; null where the level alone is high.
    scale: Option<String>,
    /// watch, elevated or high; the last one once it has ended.
    status: String,
    /// Whether nobody has said yet what will be done about it as it is now.
    waits_for_an_answer: bool,
    opened_at: DateTime<Utc>,
    closed_at: Option<DateTime<Utc>>,
    /// quiet, not-enough-answers, not-asked or plan-ended.
    closed_because: Option<String>,
    /// When the change began: the opening of its first wave.
    since: Option<DateTime<Utc>>,
    /// step or gradual.
    shape: Option<String>,
    /// Points of 100, positive is worse.
    shown_size: Option<f64>,
    /// The 80 % interval of the size.
    interval: Option<Vec<f64>>,
    /// The chance of at least this in a unit where nothing changed.
    p: Option<f64>,
    answered: Option<u64>,
    asked: Option<u64>,
    told: Option<ToldBody>,
    /// Its course, oldest first.
    course: Vec<TurnBody>,
    acknowledgement: Option<AcknowledgementBody>,
    /// What came of it, once it has ended.
    closing_note: Option<String>,
}

/// One step of the course of an alert.
#[derive(Clone, Debug, Object)]
#[oai(rename = "AlertTurn")]
pub struct TurnBody {
    wave: Uuid,
    /// When that wave closed.
    at: DateTime<Utc>,
    /// The status from then on; null: it ended.
    status: Option<String>,
}

/// What will be done, as a supervisor said.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Acknowledgement")]
pub struct AcknowledgementBody {
    at: DateTime<Utc>,
    /// The status that was acknowledged.
    status: String,
    /// In a few words; everyone in the unit can read them.
    planned: String,
    /// The day to look again.
    follow_up_on: Option<NaiveDate>,
}

/// Who speaks to the viewer, about an instrument.
pub fn voice<'a>(app: &'a App, instrument: Option<&str>, language: &str) -> Voice<'a> {
    Voice {
        wording: Wording::of(language),
        instrument: instrument
            .and_then(|id| app.catalogue.find(id))
            .map(AsRef::as_ref),
    }
}

impl ToldBody {
    /// What this voice says.
    pub fn of(voice: &Voice<'_>, told: Told) -> Self {
        Self {
            language: voice.wording.language().to_owned(),
            sentences: told.sentences,
            may_mean: told.may_mean,
            does_not_mean: told.does_not_mean,
            next_steps: told.next_steps,
            follow_up: told.follow_up,
        }
    }
}

impl FindingBody {
    /// Of a finding.
    pub fn of(finding: &Finding) -> Self {
        Self {
            wave: finding.wave.id.0,
            number: finding.wave.number,
            closed_at: finding.wave.closes_at,
            status: finding.status.map(|status| status.word().to_owned()),
            document: Any(serde_json::from_str(&finding.document).unwrap_or_default()),
        }
    }
}

impl AlertBody {
    /// Of an alert with its latest finding and its course.
    pub fn of(
        app: &App,
        (alert, finding, course): (&Alert, Option<&Finding>, &[Turn]),
        language: &str,
    ) -> Self {
        let instrument = finding.map(|finding| finding.wave.instrument.clone());
        let voice = voice(app, instrument.as_deref(), language);
        let facts = finding.map(|finding| &finding.facts);
        let change = facts.and_then(|facts| facts.change.as_ref());
        let told = finding.map(|finding| {
            let mut told = voice.tell(&finding.facts, finding.status);
            told.sentences
                .extend(alert.because().map(|because| voice.ended(because)));
            ToldBody::of(&voice, told)
        });
        Self {
            id: alert.id.0,
            unit: alert.unit.0,
            plan: alert.plan.0,
            scale: change.map(|change| change.scale.clone()),
            status: alert.status().word().to_owned(),
            waits_for_an_answer: alert.waits_for_an_answer(),
            opened_at: alert.opened_at,
            closed_at: alert.closed_at,
            closed_because: alert.closed_because.clone(),
            since: change.map(|change| change.since),
            shape: change.map(|change| if change.gradual { "gradual" } else { "step" }.to_owned()),
            shown_size: change.map(|change| change.shown_size),
            interval: change.map(|change| change.interval.to_vec()),
            p: change.map(|change| change.p),
            answered: facts.and_then(|facts| facts.answered),
            asked: facts.and_then(|facts| facts.asked),
            instrument,
            told,
            course: course.iter().map(turn).collect(),
            acknowledgement: acknowledgement(alert),
            closing_note: alert.closing_note.clone(),
        }
    }
}

fn turn(turn: &Turn) -> TurnBody {
    TurnBody {
        wave: turn.wave.0,
        at: turn.at,
        status: turn.status.map(|status: Status| status.word().to_owned()),
    }
}

fn acknowledgement(alert: &Alert) -> Option<AcknowledgementBody> {
    Some(AcknowledgementBody {
        at: alert.acknowledged_at?,
        status: alert.acknowledged_status.clone()?,
        planned: alert.planned.clone()?,
        follow_up_on: alert.follow_up_on,
    })
}
