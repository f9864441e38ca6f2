//! Her choices: consent, how far she is counted, who is counted with her, export and erasure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::types::Any;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::check_in_bodies::{ReachWord, member};
use super::credentials::Credentials;
use super::exports;
use super::padding::pad_export;
use super::reply::{Answer, Done, Reply, done};
use super::sent::Sent;
use crate::app::App;
use crate::check_ins::cohort::{self, Cohort, Latest};
use crate::check_ins::{choices, consent, erasure, history};
use crate::problem::{Kind, Problem};

/// Her standing choices.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Choices")]
pub struct ChoicesBody {
    /// How far she is counted unless a sheet says otherwise.
    pub reach: ReachWord,
    /// By instrument: the version and hash of the text she accepted.
    #[oai(read_only)]
    pub consents: BTreeMap<String, String>,
}

/// A new standing choice.
#[derive(Clone, Debug, Object)]
#[oai(rename = "NewChoices", deny_unknown_fields)]
pub struct NewChoices {
    /// How far she is counted unless a sheet says otherwise.
    pub reach: ReachWord,
}

/// A consent text.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ConsentText")]
pub struct ConsentText {
    pub instrument: String,
    pub version: String,
    pub language: String,
    pub text: String,
    /// Send this back to consent to exactly this text.
    pub hash: String,
    /// Whether she has accepted it.
    pub is_accepted: bool,
}

/// Consent to exactly one text.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Consent", deny_unknown_fields)]
pub struct ConsentBody {
    /// Hash of the text that was shown.
    #[oai(validator(max_length = 128))]
    pub hash: String,
}

/// What cannot be undone is asked for with the password.
#[derive(Object)]
#[oai(rename = "Erasure", deny_unknown_fields)]
pub struct ErasureBody {
    /// Her password, once more.
    #[oai(validator(max_length = 1024))]
    password: String,
}

/// Who is counted with her.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Cohort")]
pub struct CohortBody {
    pub unit: Uuid,
    pub threshold: i64,
    pub settled: Vec<String>,
    pub counts_from: Option<DateTime<Utc>>,
    pub latest: Option<LatestBody>,
    pub changes: Option<ChangesBody>,
    /// One honest sentence about what groups can work out.
    pub remember: String,
}

/// The latest wave that asked her unit.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CohortOfWave")]
pub struct LatestBody {
    pub wave: Uuid,
    pub state: String,
    pub opened_at: DateTime<Utc>,
    pub threshold: i64,
    pub settled: Vec<String>,
}

/// What has changed in her unit since the wave before.
#[derive(Clone, Debug, Object)]
#[oai(rename = "CohortChanges")]
pub struct ChangesBody {
    /// When that wave opened.
    pub since: DateTime<Utc>,
    /// Members now who were not on its roster.
    pub joined: u64,
    /// On its roster, but no longer members.
    pub left: u64,
    /// Vaults of members that were made or reset since.
    pub vaults_renewed: u64,
}

const REMEMBER: &str = "These colleagues are counted with you; nobody can see who of them took \
    part. Two or more who put their own answers together can work out more about the rest.";

/// The routes of one's own choices.
pub struct ChoicesApi;

#[OpenApi]
impl ChoicesApi {
    /// Who is counted with me
    #[oai(path = "/me/cohort", method = "get")]
    async fn cohort(&self, app: Data<&App>, credentials: Credentials) -> Answer<CohortBody> {
        let viewer = credentials.viewer(&app).await?;
        let cohort = cohort::of(&app, &member(&viewer))
            .await?
            .ok_or(Kind::NotFound)?;
        Ok(Reply::ok(cohort_body(cohort)))
    }

    /// My standing choices
    #[oai(path = "/me/choices", method = "get")]
    async fn choices(&self, app: Data<&App>, credentials: Credentials) -> Answer<ChoicesBody> {
        let viewer = credentials.viewer(&app).await?;
        let mut tx = app.store.read_newest().await?;
        let choices = choices::read(&mut tx, &member(&viewer)).await?;
        Ok(Reply::ok(ChoicesBody {
            reach: choices.reach.into(),
            consents: choices.consents,
        }))
    }

    /// Change how far I am counted from now on
    #[oai(path = "/me/choices", method = "put")]
    async fn choose(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        body: Sent<NewChoices>,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        let member = member(&viewer);
        member.must_be_active()?;
        let mut tx = app.store.write().await?;
        let mut choices = choices::read(&mut tx, &member).await?;
        choices.reach = body.reach.into();
        choices::write(&mut tx, &member, &choices).await?;
        tx.commit().await?;
        Ok(done())
    }

    /// The consent text of an instrument
    #[oai(path = "/me/consents/:instrument", method = "get")]
    async fn consent_text(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        #[oai(validator(max_length = 64))] instrument: Path<String>,
    ) -> Answer<ConsentText> {
        let viewer = credentials.viewer(&app).await?;
        let instrument = app.catalogue.find(&instrument).ok_or(Kind::NotFound)?;
        let text = consent::Text::of(instrument);
        let mut tx = app.store.read_newest().await?;
        let choices = choices::read(&mut tx, &member(&viewer)).await?;
        let is_accepted = choices.consents.get(&instrument.id) == Some(&text.proof());
        Ok(Reply::ok(ConsentText {
            instrument: instrument.id.clone(),
            version: text.version.to_owned(),
            language: text.language.to_owned(),
            text: text.wording,
            hash: text.hash,
            is_accepted,
        }))
    }

    /// Consent to a text, by its hash
    #[oai(path = "/me/consents/:instrument", method = "put")]
    async fn consent(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        #[oai(validator(max_length = 64))] instrument: Path<String>,
        body: Sent<ConsentBody>,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        let member = member(&viewer);
        member.must_be_active()?;
        let instrument = app.catalogue.find(&instrument).ok_or(Kind::NotFound)?;
        let text = consent::Text::of(instrument);
        if body.hash != text.hash {
            return Err(Problem::field("hash", "is not that of the present text").into());
        }
        let mut tx = app.store.write().await?;
        let mut choices = choices::read(&mut tx, &member).await?;
        choices.consents.insert(instrument.id.clone(), text.proof());
        choices::write(&mut tx, &member, &choices).await?;
        tx.commit().await?;
        Ok(done())
    }

    /// Take a consent back: what is in open waves of the instrument is erased
    #[oai(path = "/me/consents/:instrument", method = "delete")]
    async fn withdraw_consent(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        #[oai(validator(max_length = 64))] instrument: Path<String>,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        let member = member(&viewer);
        erasure::withdraw_consent(&app, &member, &instrument).await?;
        Ok(done())
    }

    /// Everything of mine, machine-readable
    #[oai(path = "/me/export", method = "get")]
    async fn export(
        &self,
        app: Data<&App>,
        credentials: Credentials,
    ) -> Answer<Any<serde_json::Value>> {
        let viewer = credentials.viewer(&app).await?;
        let mut all = history::export(&app, &member(&viewer)).await?;
        all["account"] = exports::account(&app, &viewer).await?;
        pad_export(&mut all);
        Ok(Reply::ok(Any(all)))
    }

    /// Erase my account; there is no way back
    #[oai(path = "/me/erasure", method = "post")]
    async fn erase_account(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        body: Sent<ErasureBody>,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        app.entrance.confirm(&viewer, &body.password).await?;
        erasure::erase_account(&app, &member(&viewer)).await?;
        Ok(done())
    }
}

fn cohort_body(cohort: Cohort) -> CohortBody {
    CohortBody {
        unit: cohort.unit.0,
        threshold: cohort.threshold,
        settled: cohort.settled,
        counts_from: cohort.counts_from,
        latest: cohort.latest.map(latest_body),
        changes: cohort.changes.map(|changes| ChangesBody {
            since: changes.since,
            joined: changes.joined as u64,
            left: changes.left as u64,
            vaults_renewed: changes.vaults_renewed as u64,
        }),
        remember: REMEMBER.to_owned(),
    }
}

fn latest_body(latest: Latest) -> LatestBody {
    LatestBody {
        wave: latest.wave.0,
        state: latest.state.word().to_owned(),
        opened_at: latest.opened_at,
        threshold: latest.threshold,
        settled: latest.settled,
    }
}
