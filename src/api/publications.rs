//! Released rows: of a supervisor's units, and of a member's own unit and the nearest published
//! one above it. Functions of the tally table and of nothing else.

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::credentials::Credentials;
use super::reply::{Answer, Reply};
use crate::app::App;
use crate::auth::access_tokens::Scope;
use crate::ids::UnitId;
use crate::people::units::{self, Unit};
use crate::problem::Kind;
use crate::tallies::released::{self, Shown, Visible};
use crate::tallies::sight::Sight;

/// One scale of one wave, of one unit.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Publication")]
pub struct PublicationBody {
    unit: Uuid,
    wave: Uuid,
    plan: Uuid,
    /// Number of the wave within its plan.
    number: i64,
    instrument: String,
    scale: String,
    opened_at: DateTime<Utc>,
    closed_at: DateTime<Utc>,
    /// False: not enough answers; then there is no number.
    published: bool,
    answered: Option<u64>,
    /// Settled members at or below the unit; for the organisation everyone asked.
    asked: Option<u64>,
    /// Whole points of 100.
    mean: Option<u8>,
    /// Null where the scale has no cut, or none may be shown.
    at_or_above_cut: Option<u64>,
    /// How many of them were counted here in the wave before.
    stayed: Option<u64>,
    /// Includes answers to untested translations.
    includes_untested: bool,
}

/// Released rows, oldest wave first.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Publications")]
pub struct PublicationsBody {
    publications: Vec<PublicationBody>,
}

/// A unit whose released rows the viewer may see.
#[derive(Clone, Debug, Object)]
#[oai(rename = "FollowedUnit")]
pub struct FollowedUnit {
    id: Uuid,
    /// The unit above; null for the organisation.
    parent: Option<Uuid>,
    /// organisation, site or team.
    kind: String,
    name: String,
    /// When it was closed, if it was.
    closed_at: Option<DateTime<Utc>>,
}

/// Units in the order of the tree.
#[derive(Clone, Debug, Object)]
#[oai(rename = "FollowedUnits")]
pub struct FollowedUnits {
    units: Vec<FollowedUnit>,
}

/// What a member sees.
#[derive(Clone, Debug, Object)]
#[oai(rename = "OwnPublications")]
pub struct OwnPublications {
    /// Her own unit.
    own: Vec<PublicationBody>,
    /// Per wave and scale, the nearest published unit above it.
    above: Vec<PublicationBody>,
}

/// The routes of released rows.
pub struct PublicationsApi;

#[OpenApi]
impl PublicationsApi {
    /// Released rows of a unit of mine, as supervisor (or HR, where the organisation allows it)
    #[oai(path = "/units/:unit/publications", method = "get")]
    async fn of_unit(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        unit: Path<Uuid>,
    ) -> Answer<PublicationsBody> {
        let who = credentials.reader(&app, Scope::ReadUnits).await?;
        let mut tx = app.store.read().await?;
        let sight = Sight::to_follower(&mut tx, who).await?;
        let visible = Visible::in_sight(&sight, UnitId(unit.0))?;
        let shown = released::of_unit(&mut tx, visible).await?;
        Ok(Reply::ok(PublicationsBody {
            publications: shown.into_iter().map(body).collect(),
        }))
    }

    /// The units whose released rows I may see, as supervisor (or HR, where the organisation allows
    /// it)
    #[oai(path = "/me/followed-units", method = "get")]
    async fn followed(&self, app: Data<&App>, credentials: Credentials) -> Answer<FollowedUnits> {
        let who = credentials.reader(&app, Scope::ReadUnits).await?;
        let mut tx = app.store.read().await?;
        let mine = Sight::to_follower(&mut tx, who).await?;
        let tree = units::tree(&mut tx, who.organisation).await?;
        let units = tree
            .by_path()
            .into_iter()
            .filter(|unit| mine.covers(unit.id))
            .map(followed_unit)
            .collect();
        Ok(Reply::ok(FollowedUnits { units }))
    }

    /// Released rows of my own unit, and of the nearest published unit above it
    #[oai(path = "/me/publications", method = "get")]
    async fn mine(&self, app: Data<&App>, credentials: Credentials) -> Answer<OwnPublications> {
        let viewer = credentials.viewer(&app).await?;
        let home = viewer.unit.ok_or(Kind::NotFound)?;
        let mut tx = app.store.read().await?;
        let (own, above) = released::for_member(&mut tx, viewer.who, home).await?;
        Ok(Reply::ok(OwnPublications {
            own: own.into_iter().map(body).collect(),
            above: above.into_iter().map(body).collect(),
        }))
    }
}

fn followed_unit(unit: &Unit) -> FollowedUnit {
    FollowedUnit {
        id: unit.id.0,
        parent: unit.parent.map(|parent| parent.0),
        kind: unit.kind.word().to_owned(),
        name: unit.name.clone(),
        closed_at: unit.closed_at,
    }
}

fn body(shown: Shown) -> PublicationBody {
    let publication = shown.publication;
    PublicationBody {
        unit: shown.unit.0,
        wave: shown.wave.id.0,
        plan: shown.wave.plan.0,
        number: shown.wave.number,
        instrument: shown.wave.instrument,
        scale: shown.scale,
        opened_at: shown.wave.opens_at,
        closed_at: shown.wave.closes_at,
        published: publication.is_some(),
        answered: publication.map(|shown| shown.answered()),
        asked: publication.map(|shown| shown.asked()),
        mean: publication.map(|shown| shown.mean()),
        at_or_above_cut: publication.and_then(|shown| shown.at_or_above_cut()),
        stayed: publication.and_then(|shown| shown.stayed()),
        includes_untested: shown.wave.drafts,
    }
}
