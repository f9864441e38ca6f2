//! The trend of a unit: released rows to draw, what was found wave by wave, and the latest finding
//! in words. Everyone whom the unit concerns reads the same.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::alert_bodies::{FindingBody, ToldBody, voice};
use super::credentials::Credentials;
use super::reply::{Answer, Reply};
use crate::alerts::findings::{self, Finding};
use crate::app::App;
use crate::auth::access_tokens::Scope;
use crate::ids::{PlanId, UnitId};
use crate::people::accounts;
use crate::problem::{Kind, Problem};
use crate::questionnaires::scale::Higher;
use crate::store::Tx;
use crate::tallies::released::{self, Shown, Visible};
use crate::tallies::sight::Sight;

/// The trend of a unit, one entry a plan.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Trend")]
pub struct TrendBody {
    unit: Uuid,
    plans: Vec<PlanTrend>,
}

/// The trend of a unit in one check-in plan.
#[derive(Clone, Debug, Object)]
#[oai(rename = "PlanTrend")]
pub struct PlanTrend {
    plan: Uuid,
    instrument: String,
    scales: Vec<ScaleSeries>,
    /// quiet, watch, elevated or high at the latest wave; null: not enough answers, or nothing of
    /// this plan feeds trends.
    status: Option<String>,
    /// The latest finding in words; null where nothing of this plan feeds trends.
    told: Option<ToldBody>,
    /// Every finding, oldest first.
    findings: Vec<FindingBody>,
}

/// One scale to draw.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ScaleSeries")]
pub struct ScaleSeries {
    scale: String,
    /// In the viewer's language.
    name: String,
    /// Whether a higher value is better.
    higher_is_better: bool,
    /// Where the scale counts as burdened, 0 to 100; null without a cut.
    cut: Option<f64>,
    /// Oldest first.
    points: Vec<Point>,
}

/// One wave of a scale.
#[derive(Clone, Debug, Object)]
#[oai(rename = "TrendPoint")]
pub struct Point {
    wave: Uuid,
    number: i64,
    closed_at: DateTime<Utc>,
    /// False: not enough answers; then there is no number.
    published: bool,
    answered: Option<u64>,
    asked: Option<u64>,
    /// Whole points of 100.
    mean: Option<u8>,
    stayed: Option<u64>,
}

/// The routes of trends.
pub struct TrendsApi;

#[OpenApi]
impl TrendsApi {
    /// The trend of a unit of mine, as supervisor (or HR, where the organisation allows it)
    #[oai(path = "/units/:unit/trend", method = "get")]
    async fn of_unit(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        unit: Path<Uuid>,
    ) -> Answer<TrendBody> {
        let who = credentials.reader(&app, Scope::ReadUnits).await?;
        let mut tx = app.store.read().await?;
        let sight = Sight::to_follower(&mut tx, who).await?;
        let account = accounts::find(&mut tx, who.account).await?;
        let language = account.map(|account| account.language).unwrap_or_default();
        let of = (&sight, UnitId(unit.0));
        Ok(Reply::ok(trend(&mut tx, &app, of, &language).await?))
    }

    /// The trend of my own unit: what those who lead it read
    #[oai(path = "/me/trend", method = "get")]
    async fn mine(&self, app: Data<&App>, credentials: Credentials) -> Answer<TrendBody> {
        let viewer = credentials.viewer(&app).await?;
        let home = viewer.unit.ok_or(Kind::NotFound)?;
        let mut tx = app.store.read().await?;
        let sight = Sight::to_member(&mut tx, viewer.who, home).await?;
        let body = trend(&mut tx, &app, (&sight, home), &viewer.language).await?;
        Ok(Reply::ok(body))
    }
}

async fn trend(
    tx: &mut Tx,
    app: &App,
    (sight, unit): (&Sight, UnitId),
    language: &str,
) -> Result<TrendBody, Problem> {
    let visible = Visible::in_sight(sight, unit)?;
    let mut by_plan: BTreeMap<PlanId, Vec<Shown>> = BTreeMap::new();
    for shown in released::of_unit(tx, visible).await? {
        by_plan.entry(shown.wave.plan).or_default().push(shown);
    }
    let mut found: BTreeMap<PlanId, Vec<Finding>> = findings::of_unit(tx, sight, unit)
        .await?
        .into_iter()
        .collect();
    let plans = by_plan.into_iter().filter_map(|(plan, shown)| {
        let findings = found.remove(&plan).unwrap_or_default();
        of_plan(app, (plan, &shown), &findings, language)
    });
    Ok(TrendBody {
        unit: unit.0,
        plans: plans.collect(),
    })
}

/// `None` only for a plan without a wave.
fn of_plan(
    app: &App,
    (plan, shown): (PlanId, &[Shown]),
    findings: &[Finding],
    language: &str,
) -> Option<PlanTrend> {
    let instrument = shown.last()?.wave.instrument.clone();
    let voice = voice(app, Some(&instrument), language);
    let mut scales: Vec<ScaleSeries> = Vec::new();
    for shown in shown {
        let place = scales.iter().position(|series| series.scale == shown.scale);
        let place = place.unwrap_or_else(|| {
            scales.push(ScaleSeries {
                scale: shown.scale.clone(),
                name: voice.scale(&shown.scale),
                higher_is_better: voice
                    .instrument
                    .and_then(|instrument| instrument.scale(&shown.scale))
                    .is_some_and(|scale| scale.higher == Higher::Better),
                cut: None,
                points: Vec::new(),
            });
            scales.len() - 1
        });
        scales[place].cut = shown.cut();
        scales[place].points.push(point(shown));
    }
    let latest = findings.last();
    Some(PlanTrend {
        plan: plan.0,
        instrument,
        scales,
        status: latest
            .and_then(|finding| finding.status)
            .map(|status| status.word().to_owned()),
        told: latest
            .map(|finding| ToldBody::of(&voice, voice.tell(&finding.facts, finding.status))),
        findings: findings.iter().map(FindingBody::of).collect(),
    })
}

fn point(shown: &Shown) -> Point {
    let publication = shown.publication;
    Point {
        wave: shown.wave.id.0,
        number: shown.wave.number,
        closed_at: shown.wave.closes_at,
        published: publication.is_some(),
        answered: publication.map(|row| row.answered()),
        asked: publication.map(|row| row.asked()),
        mean: publication.map(|row| row.mean()),
        stayed: publication.and_then(|row| row.stayed()),
    }
}
