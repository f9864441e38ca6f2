//! Submitting, replacing, withdrawing and erasing are one operation: her record's row is inserted
//! or compared and set, the ballot that it named is taken back, a new one is cast, or none.
//! Everything is read and sealed before; the writing transaction holds four statements at most.

use super::casting::{Casting, Reach, RecordOnly, Voting};
use super::choices::{self, Choices};
use super::consent;
use super::member::{Found, Member};
use super::record::{Cast, Record, padded_len};
use super::sheet::{Keep, Sheet};
use super::waves::{Sequel, State, Wave, major};
use super::{drafts, rosters, store};
use crate::app::App;
use crate::ballots::{self, Ballot, BallotContent, ScaleStep};
use crate::ids::{BallotId, UnitId, WaveId};
use crate::problem::{Kind, Problem};
use crate::questionnaires::feedback::Scored;
use crate::questionnaires::{Answers, Instrument, score};
use crate::rehearsal::point;
use crate::store::Tx;
use crate::vault::{Locator, WorkerKey, public_key_digest, seal_ballot};

/// How often a check-in is tried when others of hers overtake it.
const TRIES: u32 = 4;

/// A row of hers, ready to be written.
pub(super) struct Writing<'a> {
    pub wave: &'a Wave,
    pub key: &'a WorkerKey,
    pub at: Locator,
    pub old: Option<&'a Found<'a>>,
    pub record: Record,
    pub ballot: Option<Ballot>,
}

/// What came of a sheet.
pub struct Kept {
    /// Her record.
    pub record: Record,
    /// What she said in earlier waves of the questionnaire, oldest first.
    pub before: Vec<Scored>,
}

/// Hands in a sheet for an open wave, or changes what was handed in. The same sheet again changes
/// nothing and gives the same record, also after the close; who keeps no answers leaves nothing to
/// compare with, and casts anew.
pub async fn submit(app: &App, member: &Member<'_>, sheet: &Sheet) -> Result<Kept, Problem> {
    let was_open = sheet.sequel.wave.is_open(app.clock.now());
    let mut outcome = attempt(app, member, &sheet.sequel, sheet).await;
    for number in 1..TRIES {
        match &outcome {
            // A double click: the other one was faster, and may have said the same.
            Err(problem) if problem.kind == Kind::Changed => {}
            // It was closed since the sheet was read.
            Err(problem) if problem.kind == Kind::WaveClosed && was_open && number == 1 => {}
            _ => break,
        }
        app.store.settled().await?;
        let mut tx = app.store.read_newest().await?;
        let again = sequel(&mut tx, app, member, sheet.sequel.wave.id).await?;
        drop(tx);
        outcome = attempt(app, member, &again, sheet).await;
    }
    outcome
}

/// One try. The wave may have been closed, stopped or extended since it was read: the writing
/// transaction looks again.
async fn attempt(
    app: &App,
    member: &Member<'_>,
    sequel: &Sequel,
    sheet: &Sheet,
) -> Result<Kept, Problem> {
    member.must_be_active()?;
    let wave = &sequel.wave;
    let instrument = instrument_of(app, wave)?;
    let mut tx = app.store.read_newest().await?;
    let hers = member.hers(&mut tx, sequel).await?;
    let (old, before) = (hers.open.as_ref(), hers.before);
    if let Some(record) = repeated(wave, (old, hers.ended.as_ref()), sheet) {
        return Ok(Kept { record, before });
    }
    must_be_open(app, wave)?;
    let proof = agreed(&hers.choices, instrument)?;
    let casting = casting(app, &mut tx, member, wave, (old, sheet.reach)).await?;
    drop(tx);
    let key = old.map_or(member.present_key()?, |old| old.key);
    let (cast, ballot, record_only) = match casting {
        Casting::Nowhere(why) => (None, None, Some(why)),
        Casting::At(unit) => {
            let stayed = stayed(hers.previous, unit);
            let answers = (instrument, &sheet.scored.answers);
            let (cast, ballot) = fill_in(app, wave, answers, (key, unit, &stayed))?;
            (Some(cast), Some(ballot), None)
        }
    };
    let record = record_of(wave, sheet, proof, (cast, record_only));
    let at = key.record_locator(wave.id);
    let writing = Writing {
        wave,
        key,
        at,
        old,
        record,
        ballot,
    };
    let record = writing.write(app, Some(instrument)).await?;
    if hers.has_draft {
        drafts::forget(app, member, wave.id).await?;
    }
    Ok(Kept { record, before })
}

impl Writing<'_> {
    /// A new row has the length that its instrument gives to all; a changed one keeps its own.
    pub(super) async fn write(
        self,
        app: &App,
        instrument: Option<&Instrument>,
    ) -> Result<Record, Problem> {
        let length = match (self.old, instrument) {
            (Some(old), _) => old.padded_len(),
            (None, Some(instrument)) => padded_len(instrument),
            (None, None) => return Err(Kind::Broken.into()),
        };
        let sealed = seal(self.key, &self.at, &self.record, length)?;
        let mut tx = app.store.write().await?;
        tx.share(self.wave.id).await?;
        point("check-in.begun");
        match self.old {
            None => {
                let now = (self.wave, app.clock.now());
                if !store::own::insert_open(&mut tx, &self.at, now, &sealed).await? {
                    return Err(Kind::WaveClosed.into());
                }
            }
            Some(old) => {
                self.must_still_be_open(&mut tx, app).await?;
                if !store::own::replace_open(&mut tx, &self.at, &old.sealed, &sealed).await? {
                    return Err(Kind::Changed.into());
                }
                point("check-in.record-replaced");
                self.take_back(&mut tx, &old.record).await?;
            }
        }
        point("check-in.record-written");
        if let Some(ballot) = &self.ballot {
            ballots::cast(&mut tx, ballot).await?;
            point("check-in.ballot-cast");
        }
        tx.commit().await?;
        point("check-in.committed");
        Ok(self.record)
    }

    /// The ballot that the old record names under the wave's present key must be there.
    async fn take_back(&self, tx: &mut Tx, old: &Record) -> Result<(), Problem> {
        let present = public_key_digest(&self.wave.public_key);
        let Some(cast) = old
            .ballot
            .as_ref()
            .filter(|cast| cast.key_digest == present)
        else {
            return Ok(());
        };
        if ballots::take_back(tx, cast.ballot, self.wave.id).await? {
            point("check-in.ballot-taken-back");
            return Ok(());
        }
        Err(Kind::Changed.into())
    }

    async fn must_still_be_open(&self, tx: &mut Tx, app: &App) -> Result<(), Problem> {
        let standing = store::waves::standing(tx, self.wave.id).await?;
        let is_open = standing.is_some_and(|(state, closes_at, public_key)| {
            state == State::Open.word()
                && app.clock.now() < closes_at
                && public_key == self.wave.public_key
        });
        if is_open {
            Ok(())
        } else {
            Err(Kind::WaveClosed.into())
        }
    }
}

pub(super) async fn load(
    tx: &mut Tx,
    app: &App,
    member: &Member<'_>,
    wave: WaveId,
) -> Result<Wave, Problem> {
    Ok(sequel(tx, app, member, wave).await?.wave)
}

/// The wave with what came before it; nothing is read of hers by a row that was changed.
pub(super) async fn sequel(
    tx: &mut Tx,
    app: &App,
    member: &Member<'_>,
    wave: WaveId,
) -> Result<Sequel, Problem> {
    let sequel = store::waves::sequel(tx, member.who.organisation, wave)
        .await?
        .ok_or(Kind::NotFound)?;
    if !sequel.wave.is_genuine(&app.keys) {
        tracing::error!("a wave row has been tampered with; nothing is sealed to it");
        return Err(Kind::WaveClosed.into());
    }
    Ok(sequel)
}

pub(super) fn instrument_of<'a>(app: &'a App, wave: &Wave) -> Result<&'a Instrument, Problem> {
    match app.catalogue.find(&wave.instrument) {
        Some(instrument) if major(&instrument.version.to_string()) == wave.major() => {
            Ok(instrument)
        }
        _ => {
            tracing::error!(instrument = %wave.instrument, "the instrument of a wave is missing");
            Err(Kind::Broken.into())
        }
    }
}

fn must_be_open(app: &App, wave: &Wave) -> Result<(), Problem> {
    // Whatever the row says, a wave that has ended takes no more answers.
    if wave.is_open(app.clock.now()) && !app.was_counted(wave.id) {
        Ok(())
    } else {
        Err(Kind::WaveClosed.into())
    }
}

/// The record that says exactly this already, in an open or an ended wave.
pub(super) fn repeated(
    wave: &Wave,
    (open, ended): (Option<&Found<'_>>, Option<&Found<'_>>),
    sheet: &Sheet,
) -> Option<Record> {
    if sheet.keep == Keep::Nothing {
        return None;
    }
    let is_lost = |record: &Record| {
        record
            .ballot
            .as_ref()
            .is_some_and(|cast| cast.key_digest != public_key_digest(&wave.public_key))
    };
    let found = match open {
        Some(open) => Some(&open.record).filter(|record| !is_lost(record)),
        None => ended.map(|ended| &ended.record),
    };
    found
        .filter(|record| record.says(&sheet.scored, sheet.reach))
        .cloned()
}

pub(super) async fn consented(
    tx: &mut Tx,
    member: &Member<'_>,
    instrument: &Instrument,
) -> Result<String, Problem> {
    agreed(&choices::read(tx, member).await?, instrument)
}

/// The proof that she has agreed to the present text of this instrument.
pub(super) fn agreed(choices: &Choices, instrument: &Instrument) -> Result<String, Problem> {
    let proof = consent::Text::of(instrument).proof();
    if choices.consents.get(&instrument.id) == Some(&proof) {
        return Ok(proof);
    }
    Err(Kind::Consent.into())
}

async fn casting(
    app: &App,
    tx: &mut Tx,
    member: &Member<'_>,
    wave: &Wave,
    (old, reach): (Option<&Found<'_>>, Reach),
) -> Result<Casting, Problem> {
    let asked = rosters::of(app, tx, (wave, member.who.account)).await?;
    let present = public_key_digest(&wave.public_key);
    let replaces = old
        .and_then(|old| old.record.ballot.as_ref())
        .filter(|cast| cast.key_digest == present)
        .map(|cast| cast.counted_at);
    // Only a vault that is newer than the wave depends on it.
    let is_after_another = member.vault.since > wave.opens_at
        && store::waves::any_closed_by(tx, wave.organisation, wave.opens_at).await?;
    let voting = Voting {
        organisation: wave.organisation,
        opens_at: wave.opens_at,
        is_after_another,
    };
    Ok(voting.casting(asked.as_ref(), member.vault, reach, replaces))
}

/// The scales on which she was counted at the same place in the wave before.
pub(super) fn stayed(earlier: Option<Found<'_>>, unit: UnitId) -> Vec<String> {
    earlier
        .and_then(|found| found.record.ballot)
        .filter(|cast| cast.counted_at == unit)
        .map(|cast| cast.scales)
        .unwrap_or_default()
}

/// Makes the ballot, and what the record remembers of it.
pub(super) fn fill_in(
    app: &App,
    wave: &Wave,
    (instrument, answers): (&Instrument, &Answers),
    (key, unit, stayed): (&WorkerKey, UnitId, &[String]),
) -> Result<(Cast, Ballot), Problem> {
    let scores = score(instrument, Some(&wave.form), answers);
    let steps_of = |scale: &str| {
        scores
            .iter()
            .find(|score| score.scale.id == scale)
            .and_then(|score| score.steps)
    };
    let scales: Vec<ScaleStep> = wave
        .scales
        .iter()
        .map(|scale| {
            let steps = steps_of(&scale.id);
            ScaleStep {
                steps,
                stayed: steps.is_some() && stayed.contains(&scale.id),
            }
        })
        .collect();
    let answered = wave
        .scales
        .iter()
        .zip(&scales)
        .filter(|(_, step)| step.steps.is_some())
        .map(|(scale, _)| scale.id.clone())
        .collect();
    let id = BallotId::new();
    let content = BallotContent {
        mark: key.ballot_mark(wave.id),
        counted_at: unit,
        scales,
    }
    .encode();
    let sealed = seal_ballot(&wave.public_key, wave.id, id, &content).map_err(|_| {
        tracing::error!("a wave has no usable public key");
        Problem::from(Kind::Broken)
    })?;
    let key_digest = public_key_digest(&wave.public_key);
    let cast = Cast {
        ballot: id,
        key_digest,
        counted_at: unit,
        scales: answered,
    };
    Ok((cast, Ballot::tagged(&app.keys, id, wave.id, sealed)))
}

pub(super) fn record_of(
    wave: &Wave,
    sheet: &Sheet,
    consent: String,
    (ballot, record_only): (Option<Cast>, Option<RecordOnly>),
) -> Record {
    let kept = sheet.keep == Keep::Answers;
    Record {
        format: 1,
        wave: wave.id,
        instrument: wave.instrument.clone(),
        consent,
        reach: sheet.reach,
        scored: kept.then(|| sheet.scored.clone()),
        ballot,
        record_only,
    }
}

pub(super) fn seal(
    key: &WorkerKey,
    at: &Locator,
    record: &Record,
    padded_len: usize,
) -> Result<Vec<u8>, Problem> {
    key.seal_record(at, &record.encode(), padded_len)
        .map_err(|_| {
            tracing::error!("a record is longer than its wave allows");
            Kind::Broken.into()
        })
}
