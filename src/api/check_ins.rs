//! Her check-ins: what is asked, what she answered, what it means. Every answer here is about the
//! viewer herself, and nobody else can ask for it.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use uuid::Uuid;

use super::check_in_bodies::{
    CheckInBody, DraftBody, KeptDraft, OwnWave, OwnWaves, SheetBody, Sight, check_in, kept_draft,
    member, sheet,
};
use super::credentials::Credentials;
use super::forms::{FormBody, form};
use super::reply::{Answer, Done, Reply, done};
use super::sent::Sent;
use crate::app::App;
use crate::check_ins::{again, drafts, erase, history, late, submit};
use crate::ids::WaveId;

/// The routes of one's own check-ins.
pub struct CheckInsApi;

#[OpenApi]
impl CheckInsApi {
    /// My waves and check-ins
    #[oai(path = "/me/waves", method = "get")]
    async fn waves(&self, app: Data<&App>, credentials: Credentials) -> Answer<OwnWaves> {
        let viewer = credentials.viewer(&app).await?;
        let member = member(&viewer);
        again::cast_all(&app, &member).await;
        let waves = Sight::of(&app, &viewer).await?.own_waves();
        Ok(Reply::ok(OwnWaves { waves }))
    }

    /// One wave of mine
    #[oai(path = "/me/waves/:wave", method = "get")]
    async fn wave(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        wave: Path<Uuid>,
    ) -> Answer<OwnWave> {
        let viewer = credentials.viewer(&app).await?;
        let sight = Sight::of(&app, &viewer).await?;
        Ok(Reply::ok(sight.wave(WaveId(wave.0))?))
    }

    /// The form of a wave: items and options in the language asked for
    #[oai(path = "/me/waves/:wave/form", method = "get")]
    async fn form(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        wave: Path<Uuid>,
        #[oai(validator(max_length = 35))] language: Query<Option<String>>,
    ) -> Answer<FormBody> {
        let viewer = credentials.viewer(&app).await?;
        let own = history::one(&app, &member(&viewer), WaveId(wave.0)).await?;
        let language = language.0.unwrap_or_else(|| viewer.language.clone());
        Ok(Reply::ok(form(&app, &own.wave, &language).await?))
    }

    /// Check in, or change a check-in, of an open wave
    ///
    /// The same sheet again changes nothing and gives the same answer.
    #[oai(path = "/me/waves/:wave/check-in", method = "put")]
    async fn check_in(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        wave: Path<Uuid>,
        body: Sent<SheetBody>,
    ) -> Answer<CheckInBody> {
        let viewer = credentials.viewer(&app).await?;
        let (member, wave) = (member(&viewer), WaveId(wave.0));
        let is_late = body.late == Some(true);
        let sheet = sheet(&app, &member, wave, body.0).await?;
        let kept = if is_late {
            late::submit(&app, &member, &sheet).await?
        } else {
            submit::submit(&app, &member, &sheet).await?
        };
        Ok(Reply::ok(check_in(&app, &viewer, &kept)))
    }

    /// Erase my check-in of a wave; while it is open, the ballot is taken back as well
    #[oai(path = "/me/waves/:wave/check-in", method = "delete")]
    async fn erase(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        wave: Path<Uuid>,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        erase::erase(&app, &member(&viewer), WaveId(wave.0)).await?;
        Ok(done())
    }

    /// My unfinished form
    #[oai(path = "/me/waves/:wave/draft", method = "get")]
    async fn draft(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        wave: Path<Uuid>,
    ) -> Answer<KeptDraft> {
        let viewer = credentials.viewer(&app).await?;
        let member = member(&viewer);
        let wave = history::one(&app, &member, WaveId(wave.0)).await?.wave;
        let mut tx = app.store.read_newest().await?;
        let found = drafts::read(&mut tx, &member, wave.id).await?;
        Ok(Reply::ok(kept_draft(found.unwrap_or_default())))
    }

    /// Keep an unfinished form until the wave closes
    #[oai(path = "/me/waves/:wave/draft", method = "put")]
    async fn keep_draft(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        wave: Path<Uuid>,
        body: Sent<DraftBody>,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        let member = member(&viewer);
        drafts::keep(&app, &member, WaveId(wave.0), &body.0.answers).await?;
        Ok(done())
    }
}
