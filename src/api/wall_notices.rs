//! A sheet for the wall and a calendar file of a wave. They say when it is open and that nobody
//! can see who has answered; anyone of the organisation may fetch them.

use askama::Template;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::credentials::Credentials;
use super::text::{Calendar, Html, Text, TextAnswer};
use crate::app::App;
use crate::check_ins::wall_notice::{self, WallNotice};
use crate::check_ins::waves::{self, Wave};
use crate::ids::WaveId;
use crate::people::organisations::{self, Organisation};
use crate::people::permission::Who;
use crate::problem::{Kind, Problem};

/// The routes of wall notices.
pub struct WallNoticesApi;

#[OpenApi]
impl WallNoticesApi {
    /// A sheet for the wall: when the wave is open and where, in the plan's languages
    #[oai(path = "/waves/:wave/wall-notice", method = "get")]
    async fn sheet(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        wave: Path<Uuid>,
    ) -> TextAnswer<Html> {
        let viewer = credentials.viewer(&app).await?;
        let (wave, organisation) = hers(&app, viewer.who, WaveId(wave.0)).await?;
        let address = address(&app, &organisation);
        let sheet = WallNotice::of(&wave, &organisation, address.as_deref());
        let sheet = sheet.render().map_err(|_| Kind::Broken)?;
        Ok(Text::page(Html(sheet)))
    }

    /// The same as a calendar file
    #[oai(path = "/waves/:wave/calendar", method = "get")]
    async fn calendar(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        wave: Path<Uuid>,
    ) -> TextAnswer<Calendar> {
        let viewer = credentials.viewer(&app).await?;
        let (wave, organisation) = hers(&app, viewer.who, WaveId(wave.0)).await?;
        let address = address(&app, &organisation);
        let file = wall_notice::calendar(&wave, address.as_deref(), app.clock.now());
        Ok(Text::file(Calendar(file), "respite.ics"))
    }
}

/// A wave of her organisation.
async fn hers(app: &App, who: Who, wave: WaveId) -> Result<(Wave, Organisation), Problem> {
    let mut tx = app.store.read().await?;
    let wave = waves::find(&mut tx, who.organisation, wave)
        .await?
        .ok_or(Kind::NotFound)?;
    let organisation = organisations::find(&mut tx, who.organisation)
        .await?
        .ok_or(Kind::NotFound)?;
    Ok((wave, organisation))
}

/// Where the organisation is reached; `None` as long as the operator has set no public address.
fn address(app: &App, organisation: &Organisation) -> Option<String> {
    let base = app.settings.public_url.as_deref()?;
    Some(format!(
        "{}/o/{}",
        base.trim_end_matches('/'),
        organisation.short_name
    ))
}
