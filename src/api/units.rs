//! The tree of units, for its administrators.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::administrators::{
    Faults, Making, changing, cursor_of, must_match, page_length, place_of, reading, version,
};
use super::credentials::Credentials;
use super::reply::{Answer, Reply};
use super::sent::Sent;
use crate::app::App;
use crate::ids::UnitId;
use crate::people::names::UnitName;
use crate::people::organisations;
use crate::people::permission::Administrator;
use crate::people::units::{self, NewUnit, Tree, Unit, UnitKind, published_share};
use crate::problem::{Fault, Kind, Problem};
use crate::store::Tx;

/// Units, sites and teams.
pub struct UnitsApi;

/// How large a place is.
#[derive(Clone, Copy, Debug, Enum, Serialize, Deserialize)]
#[oai(rename_all = "lowercase", rename = "UnitKind")]
enum KindBody {
    /// The root of the tree.
    Organisation,
    /// Under the organisation.
    Site,
    /// Under a site or the organisation.
    Team,
}

/// How often a unit will be published, if each of its people answers with this chance.
#[derive(Object, Serialize, Deserialize)]
struct PublishedShareBody {
    /// Share of the waves (0 to 1) when 60 % answer.
    at_60_percent: f64,
    /// Share of the waves (0 to 1) when 75 % answer.
    at_75_percent: f64,
}

/// A unit as its administrators see it: no numbers but how many people are at home there.
#[derive(Object, Serialize, Deserialize)]
struct UnitDetailsBody {
    /// Its id.
    id: Uuid,
    /// The unit above; absent for the organisation.
    #[oai(skip_serializing_if_is_none)]
    parent: Option<Uuid>,
    /// How large a place it is.
    kind: KindBody,
    /// What it is called.
    name: String,
    /// Its name with those above it: `Site / Team`.
    path: String,
    /// The unit that it follows after a merger.
    #[oai(skip_serializing_if_is_none)]
    successor_of: Option<Uuid>,
    /// When it was made.
    opened_at: DateTime<Utc>,
    /// When it was closed.
    #[oai(skip_serializing_if_is_none)]
    closed_at: Option<DateTime<Utc>>,
    /// People at home in it or below it.
    people: u64,
    /// How often so many people will be shown; an estimate from their number alone.
    published: PublishedShareBody,
}

/// A page of units, each above those below it.
#[derive(Object)]
struct UnitsPageBody {
    /// The units.
    units: Vec<UnitDetailsBody>,
    /// For the next page; absent at the end.
    #[oai(skip_serializing_if_is_none)]
    next: Option<String>,
}

/// A unit to be made.
#[derive(Object, Serialize)]
#[oai(deny_unknown_fields)]
struct NewUnitBody {
    /// The unit above.
    parent: Uuid,
    /// `site` or `team`.
    kind: KindBody,
    /// What it is called.
    name: String,
    /// The unit that it follows, in a merger.
    successor_of: Option<Uuid>,
}

/// What to change of a unit; what is left out stays.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct UnitPatch {
    /// What it is called.
    name: Option<String>,
    /// The unit above; reaches later waves only.
    parent: Option<Uuid>,
}

#[OpenApi]
impl UnitsApi {
    /// The units that you administer, closed ones too.
    #[oai(path = "/units", method = "get")]
    async fn list(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// `next` of the page before.
        cursor: Query<Option<String>>,
        /// At most so many, 1 to 200.
        limit: Query<Option<u64>>,
    ) -> Answer<UnitsPageBody> {
        let (mut tx, admin) = reading(&credentials, &app).await?;
        let limit = page_length(limit.0)?;
        let after = cursor.0.as_deref().map(place_of).transpose()?;
        let shown = Shown::gather(&mut tx, &admin).await?;
        let all = shown.tree.by_path();
        let hers: Vec<&Unit> = all
            .into_iter()
            .filter(|unit| admin.covers(unit.id))
            .collect();
        let start = match after {
            None => 0,
            Some(id) => hers
                .iter()
                .position(|unit| unit.id.to_string() == id)
                .map(|at| at + 1)
                .ok_or_else(|| Problem::field("cursor", "stands for a unit that is not there"))?,
        };
        let page: Vec<&Unit> = hers.iter().skip(start).take(limit).copied().collect();
        let next = page
            .last()
            .filter(|_| start + limit < hers.len())
            .map(|unit| cursor_of(&unit.id.to_string()));
        Ok(Reply::ok(UnitsPageBody {
            units: page.into_iter().map(|unit| shown.body(unit)).collect(),
            next,
        }))
    }

    /// One unit, and how often it will be published.
    #[oai(path = "/units/:id", method = "get")]
    async fn get(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The unit.
        id: Path<Uuid>,
    ) -> Answer<UnitDetailsBody> {
        let (mut tx, admin) = reading(&credentials, &app).await?;
        let body = one(&mut tx, &admin, UnitId(id.0)).await?;
        let version = version(&body);
        Ok(Reply::Ok(Json(body), Some(version)))
    }

    /// Makes a site or a team.
    #[oai(path = "/units", method = "post")]
    async fn open(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// A repeated request with the same key gets the same reply.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        new: Sent<NewUnitBody>,
    ) -> Answer<UnitDetailsBody> {
        let once = (key.0.as_deref(), &new.0);
        let mut making = Making::begin(&credentials, &app, "POST /units", once).await?;
        if let Some(earlier) = making.earlier().await? {
            return Ok(Reply::created(earlier));
        }
        let mut faults = Faults::default();
        let name = faults.keep(UnitName::of_field("name", &new.name));
        let new = faults.none_or(name.map(|name| NewUnit {
            parent: UnitId(new.parent),
            kind: new.kind.into(),
            name,
            successor_of: new.successor_of.map(UnitId),
        }))?;
        let Making { tx, admin, .. } = &mut making;
        let unit = units::open(tx, admin, &app.seal(), new).await?;
        let body = Shown::gather(tx, admin).await?.body(&unit);
        making.finish(&app, &body).await?;
        Ok(Reply::created(body))
    }

    /// Renames a unit, or moves it under another one.
    #[oai(path = "/units/:id", method = "patch")]
    #[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
    async fn change(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The unit.
        id: Path<Uuid>,
        /// The version that you have read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        to: Sent<UnitPatch>,
    ) -> Answer<UnitDetailsBody> {
        let id = UnitId(id.0);
        let (mut tx, admin) = changing(&credentials, &app).await?;
        let before = one(&mut tx, &admin, id).await?;
        must_match(if_match.0.as_deref(), &before)?;
        let name = to
            .name
            .as_deref()
            .map(|name| UnitName::of_field("name", name));
        let name = name
            .transpose()
            .map_err(|fault: Fault| Problem::invalid(vec![fault]))?;
        let to = (name, to.parent.map(UnitId));
        units::change(&mut tx, &admin, &app.seal(), id, to).await?;
        let after = one(&mut tx, &admin, id).await?;
        tx.commit().await?;
        let version = version(&after);
        Ok(Reply::Ok(Json(after), Some(version)))
    }

    /// Closes a unit in which nobody is at home; units are never deleted.
    #[oai(path = "/units/:id/closing", method = "post")]
    async fn close(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The unit.
        id: Path<Uuid>,
    ) -> Answer<UnitDetailsBody> {
        let id = UnitId(id.0);
        let (mut tx, admin) = changing(&credentials, &app).await?;
        units::close(&mut tx, &admin, &app.seal(), id).await?;
        let body = one(&mut tx, &admin, id).await?;
        tx.commit().await?;
        Ok(Reply::ok(body))
    }
}

async fn one(tx: &mut Tx, admin: &Administrator, id: UnitId) -> Result<UnitDetailsBody, Problem> {
    admin.must_cover(id)?;
    let shown = Shown::gather(tx, admin).await?;
    let unit = shown.tree.find(id).ok_or(Kind::NotFound)?;
    Ok(shown.body(unit))
}

/// What it takes to show a unit.
struct Shown {
    tree: Tree,
    sizes: HashMap<UnitId, u64>,
    threshold: u64,
}

impl Shown {
    async fn gather(tx: &mut Tx, admin: &Administrator) -> Result<Self, Problem> {
        let id = admin.who.organisation;
        let organisation = organisations::find(tx, id).await?.ok_or(Kind::NotFound)?;
        let tree = units::tree(tx, id).await?;
        Ok(Self {
            sizes: units::sizes(tx, id, &tree).await?,
            threshold: organisation.threshold.unsigned_abs(),
            tree,
        })
    }

    fn body(&self, unit: &Unit) -> UnitDetailsBody {
        let people = self.sizes.get(&unit.id).copied().unwrap_or(0);
        let share = |response| {
            let share = published_share(people, self.threshold, response);
            (share * 1000.0).round() / 1000.0
        };
        UnitDetailsBody {
            id: unit.id.0,
            parent: unit.parent.map(|id| id.0),
            kind: unit.kind.into(),
            name: unit.name.clone(),
            path: self.tree.path(unit),
            successor_of: unit.successor_of.map(|id| id.0),
            opened_at: unit.opened_at,
            closed_at: unit.closed_at,
            people,
            published: PublishedShareBody {
                at_60_percent: share(0.6),
                at_75_percent: share(0.75),
            },
        }
    }
}

impl From<KindBody> for UnitKind {
    fn from(kind: KindBody) -> Self {
        match kind {
            KindBody::Organisation => Self::Organisation,
            KindBody::Site => Self::Site,
            KindBody::Team => Self::Team,
        }
    }
}

impl From<UnitKind> for KindBody {
    fn from(kind: UnitKind) -> Self {
        match kind {
            UnitKind::Organisation => Self::Organisation,
            UnitKind::Site => Self::Site,
            UnitKind::Team => Self::Team,
        }
    }
}
