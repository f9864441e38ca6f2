//! From what check-ins know to what is sent, and back. These answers travel on their owner's own
//! sign-in only.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use poem_openapi::types::ToJSON;
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use super::padding::{STEP, spaces};
use super::results::{ResultBody, result};
use crate::app::App;
use crate::auth::SignedIn;
use crate::check_ins::casting::{Reach, RecordOnly, Vault};
use crate::check_ins::choices;
use crate::check_ins::history::{self, Own};
use crate::check_ins::member::{Member, Standing};
use crate::check_ins::record::Record;
use crate::check_ins::sheet::{self, Filled, Keep, Sheet};
use crate::check_ins::submit::Kept;
use crate::ids::{OrganisationId, UnitId, WaveId};
use crate::problem::{Kind, Problem};

/// How far a check-in is counted.
#[derive(Clone, Copy, Debug, Enum, PartialEq, Eq)]
#[oai(rename_all = "lowercase", rename = "Reach")]
pub enum ReachWord {
    /// Her unit and above.
    Unit,
    /// Only the organisation's own numbers.
    Organisation,
    /// Not at all: for herself.
    Nobody,
}

/// A filled-in form.
#[derive(Debug, Object)]
#[oai(rename = "Sheet", deny_unknown_fields)]
pub struct SheetBody {
    /// By item id: the value of the chosen option, or null for a skipped item.
    pub answers: BTreeMap<String, Option<i64>>,
    /// Language of the form; the wave's first if left out.
    #[oai(validator(max_length = 35))]
    pub language: Option<String>,
    /// How far to count it; her standing choice if left out.
    pub reach: Option<ReachWord>,
    /// Whether to keep the answers in her own record; true if left out.
    pub keep: Option<bool>,
    /// Must be true to keep answers to a wave that has closed; they are counted nowhere.
    pub late: Option<bool>,
}

/// An unfinished form.
#[derive(Debug, Object)]
#[oai(rename = "Draft", deny_unknown_fields)]
pub struct DraftBody {
    /// Items answered so far.
    pub answers: BTreeMap<String, Option<i64>>,
}

/// An unfinished form as it was kept.
#[derive(Clone, Debug, Object)]
#[oai(rename = "KeptDraft")]
pub struct KeptDraft {
    /// Items answered so far.
    pub answers: BTreeMap<String, Option<i64>>,
    /// Spaces, so that the length tells nothing.
    pub padding: String,
}

/// One wave as she sees it.
#[derive(Clone, Debug, Object)]
#[oai(rename = "OwnWave")]
pub struct OwnWave {
    pub wave: Uuid,
    pub plan: Uuid,
    /// Counts from 1 within the plan.
    pub number: i64,
    pub instrument: String,
    pub form: String,
    pub languages: Vec<String>,
    pub opens_at: DateTime<Utc>,
    pub closes_at: DateTime<Utc>,
    /// When the close was moved, if it was; everyone is told at least a day before it.
    pub extended_at: Option<DateTime<Utc>>,
    /// open, counting, closed or stopped.
    pub state: String,
    /// Whether answers are taken right now.
    pub is_open: bool,
    /// Whether she is on its roster.
    pub is_asked: bool,
    /// Her own check-in; only she can read this.
    pub check_in: Option<CheckInBody>,
    /// Spaces, so that the length tells nothing.
    pub padding: String,
}

/// Her check-in of one wave.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CheckIn")]
pub struct CheckInBody {
    pub wave: Uuid,
    /// How far she wanted it counted.
    pub reach: ReachWord,
    /// Where it is counted: `unit`, `organisation`, or null if nowhere.
    pub counted_at: Option<String>,
    /// Why it is kept for herself only: `chosen`, `not-asked`, `new-vault`, `late`.
    pub record_only: Option<String>,
    /// Her answers; null if she keeps none.
    pub answers: Option<BTreeMap<String, i64>>,
    /// What may be said about them; null without answers.
    pub result: Option<ResultBody>,
    /// Spaces, so that the length tells nothing.
    pub padding: String,
}

/// Lists of her own.
#[derive(Clone, Debug, Object)]
#[oai(rename = "OwnWaves")]
pub struct OwnWaves {
    /// Oldest first.
    pub waves: Vec<OwnWave>,
}

impl From<ReachWord> for Reach {
    fn from(word: ReachWord) -> Self {
        match word {
            ReachWord::Unit => Self::Unit,
            ReachWord::Organisation => Self::Organisation,
            ReachWord::Nobody => Self::Nobody,
        }
    }
}

impl From<Reach> for ReachWord {
    fn from(reach: Reach) -> Self {
        match reach {
            Reach::Unit => Self::Unit,
            Reach::Organisation => Self::Organisation,
            Reach::Nobody => Self::Nobody,
        }
    }
}

/// The viewer as check-ins know her.
#[must_use]
pub fn member(viewer: &SignedIn) -> Member<'_> {
    Member {
        who: viewer.who,
        keys: &viewer.keys,
        vault: Vault {
            number: viewer.vault_number,
            since: viewer.vault_since,
        },
        standing: match viewer.must_be_active() {
            Ok(()) => Standing::Active,
            Err(_) => Standing::ReadOnly,
        },
    }
}

/// Reads a sheet against its wave; what it leaves out comes from her standing choices.
pub async fn sheet(
    app: &App,
    member: &Member<'_>,
    wave: WaveId,
    body: SheetBody,
) -> Result<Sheet, Problem> {
    let filled = Filled {
        answers: body.answers,
        language: body.language,
    };
    let (sequel, scored) = sheet::read(app, member, wave, &filled).await?;
    let reach = match body.reach {
        Some(word) => word.into(),
        None => {
            choices::read(&mut app.store.read_newest().await?, member)
                .await?
                .reach
        }
    };
    let keep = if body.keep == Some(false) {
        Keep::Nothing
    } else {
        Keep::Answers
    };
    Ok(Sheet {
        sequel,
        scored,
        reach,
        keep,
    })
}

/// Everything of hers that an answer is made from.
pub struct Sight<'a> {
    app: &'a App,
    country: &'a str,
    all: Vec<Own>,
}

impl<'a> Sight<'a> {
    /// Opens her records with her keys.
    pub async fn of(app: &'a App, viewer: &'a SignedIn) -> Result<Self, Problem> {
        Ok(Self {
            app,
            country: &viewer.country,
            all: history::all(app, &member(viewer)).await?,
        })
    }

    /// Her waves, oldest first.
    #[must_use]
    pub fn own_waves(&self) -> Vec<OwnWave> {
        self.all.iter().map(|own| self.own_wave(own)).collect()
    }

    /// One wave as it is sent.
    pub fn wave(&self, wave: WaveId) -> Result<OwnWave, Problem> {
        Ok(self.own_wave(self.find(wave)?))
    }

    fn find(&self, wave: WaveId) -> Result<&Own, Problem> {
        self.all
            .iter()
            .find(|own| own.wave.id == wave)
            .ok_or_else(|| Kind::NotFound.into())
    }

    fn own_wave(&self, own: &Own) -> OwnWave {
        let wave = &own.wave;
        padded(OwnWave {
            wave: wave.id.0,
            plan: wave.plan.0,
            number: wave.number,
            instrument: wave.instrument.clone(),
            form: wave.form.clone(),
            languages: wave.languages.clone(),
            opens_at: wave.opens_at,
            closes_at: wave.closes_at,
            extended_at: wave.extended_at,
            state: wave.state.word().to_owned(),
            is_open: wave.is_open(self.app.clock.now()),
            is_asked: own.is_asked,
            check_in: own
                .record
                .as_ref()
                .map(|record| self.check_in_of(own, record)),
            padding: String::new(),
        })
    }

    fn check_in_of(&self, own: &Own, record: &Record) -> CheckInBody {
        let feedback = history::feedback(self.app, &self.all, own);
        let result = feedback.map(|feedback| result(self.app, self.country, &feedback));
        check_in_body(own.wave.organisation, record, result)
    }
}

/// A check-in that was just made, as it is sent.
#[must_use]
pub fn check_in(app: &App, viewer: &SignedIn, kept: &Kept) -> CheckInBody {
    let (record, before) = (&kept.record, &kept.before);
    let feedback = history::read_against(app, record, before);
    let result = feedback.map(|feedback| result(app, &viewer.country, &feedback));
    padded(check_in_body(viewer.who.organisation, record, result))
}

fn check_in_body(
    organisation: OrganisationId,
    record: &Record,
    result: Option<ResultBody>,
) -> CheckInBody {
    let root = UnitId::from(organisation);
    let place = |unit: UnitId| if unit == root { "organisation" } else { "unit" };
    let answers = record.scored.as_ref().map(|scored| {
        scored
            .answers
            .iter()
            .map(|(item, value)| (item.to_owned(), value))
            .collect()
    });
    CheckInBody {
        wave: record.wave.0,
        reach: record.reach.into(),
        counted_at: record
            .ballot
            .as_ref()
            .map(|cast| place(cast.counted_at).to_owned()),
        record_only: record.record_only.map(|why| why_word(why).to_owned()),
        answers,
        result,
        padding: String::new(),
    }
}

/// A body with room for padding.
trait Padded: ToJSON {
    fn pad(&mut self, padding: String);
}

impl Padded for OwnWave {
    fn pad(&mut self, padding: String) {
        self.padding = padding;
    }
}

impl Padded for CheckInBody {
    fn pad(&mut self, padding: String) {
        self.padding = padding;
    }
}

impl Padded for KeptDraft {
    fn pad(&mut self, padding: String) {
        self.padding = padding;
    }
}

/// A kept draft as it is sent.
#[must_use]
pub fn kept_draft(answers: BTreeMap<String, Option<i64>>) -> KeptDraft {
    let padding = String::new();
    padded(KeptDraft { answers, padding })
}

fn padded<T: Padded>(mut body: T) -> T {
    let length = body.to_json_string().len();
    body.pad(spaces(length, STEP));
    body
}

fn why_word(why: RecordOnly) -> &'static str {
    match why {
        RecordOnly::Chosen => "chosen",
        RecordOnly::NotAsked => "not-asked",
        RecordOnly::NewVault => "new-vault",
        RecordOnly::Late => "late",
    }
}
