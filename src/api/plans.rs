//! Check-in plans and their waves, for administrators. No number of answers is shown anywhere
//! here: while a wave is open nobody knows it.

use chrono::{DateTime, NaiveDate, Utc};
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::credentials::Credentials;
use super::reply::{Answer, Done, Reply, done};
use super::sent::Sent;
use crate::app::App;
use crate::auth::access_tokens::Scope;
use crate::check_ins::plans::{self, NewPlan, Plan};
use crate::check_ins::waves::Wave;
use crate::check_ins::{closing, opening};
use crate::ids::{PlanId, UnitId, WaveId};
use crate::people::permission::Administrator;

/// A plan.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Plan")]
pub struct PlanBody {
    id: Uuid,
    instrument: String,
    form: String,
    every_months: u32,
    window_days: u32,
    languages: Vec<String>,
    drafts: bool,
    first_day: NaiveDate,
    /// Number of the wave that opens next.
    next_number: u32,
    units: Vec<Uuid>,
    ended_at: Option<DateTime<Utc>>,
}

/// A plan to be made.
#[derive(Clone, Debug, Object)]
#[oai(rename = "NewPlan", deny_unknown_fields)]
pub struct NewPlanBody {
    /// Instrument id.
    #[oai(validator(max_length = 64))]
    instrument: String,
    /// Form of the instrument; its first one if left out.
    #[oai(validator(max_length = 64))]
    form: Option<String>,
    /// 3 for quarterly, 1 for monthly; 1 to 24.
    every_months: u32,
    /// Days from opening to close; 3 to 60.
    window_days: u32,
    /// Languages offered, the first is the default.
    #[oai(validator(max_items = 20))]
    languages: Vec<String>,
    /// Whether untested translations are offered; false if left out.
    drafts: Option<bool>,
    /// Opening day of the first wave.
    first_day: NaiveDate,
    /// Units asked, each with all below it; the whole organisation if left out.
    #[oai(validator(max_items = 1000))]
    units: Option<Vec<Uuid>>,
}

/// All plans of the administrator's units.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Plans")]
pub struct PlansBody {
    plans: Vec<PlanBody>,
}

/// A wave, as configuration: never how many answered.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Wave")]
pub struct WaveBody {
    id: Uuid,
    plan: Uuid,
    number: i64,
    instrument: String,
    opens_at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
    /// When it was extended, if it was.
    extended_at: Option<DateTime<Utc>>,
    /// open, counting, closed or stopped.
    state: String,
    threshold: i64,
}

/// All waves of the organisation.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Waves")]
pub struct WavesBody {
    waves: Vec<WaveBody>,
}

/// A later close.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Extension", deny_unknown_fields)]
pub struct ExtensionBody {
    /// After the present close, announced at least 24 hours before it.
    closes_at: DateTime<Utc>,
}

/// The routes of plans and waves.
pub struct PlansApi;

#[OpenApi]
impl PlansApi {
    /// Check-in plans
    #[oai(path = "/plans", method = "get")]
    async fn plans(&self, app: Data<&App>, credentials: Credentials) -> Answer<PlansBody> {
        let who = credentials.reader(&app, Scope::ReadWaves).await?;
        let mut tx = app.store.read().await?;
        let administrator = Administrator::of(&mut tx, who).await?;
        let plans = plans::all(&mut tx, &administrator).await?;
        Ok(Reply::ok(PlansBody {
            plans: plans.into_iter().map(plan_body).collect(),
        }))
    }

    /// Make a check-in plan
    #[oai(path = "/plans", method = "post")]
    async fn make(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        body: Sent<NewPlanBody>,
    ) -> Answer<PlanBody> {
        let viewer = credentials.viewer(&app).await?;
        let mut tx = app.store.write().await?;
        let administrator = Administrator::of(&mut tx, viewer.who).await?;
        let plan = plans::make(&mut tx, &app, &administrator, new_plan(body.0)).await?;
        tx.commit().await?;
        Ok(Reply::created(plan_body(plan)))
    }

    /// End a plan: no further wave opens, an open one goes on
    #[oai(path = "/plans/:plan", method = "delete")]
    async fn end(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        plan: Path<Uuid>,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        let mut tx = app.store.write().await?;
        let administrator = Administrator::of(&mut tx, viewer.who).await?;
        plans::end(&mut tx, &app, &administrator, PlanId(plan.0)).await?;
        tx.commit().await?;
        Ok(done())
    }

    /// Waves of the organisation
    #[oai(path = "/waves", method = "get")]
    async fn waves(&self, app: Data<&App>, credentials: Credentials) -> Answer<WavesBody> {
        let who = credentials.reader(&app, Scope::ReadWaves).await?;
        let mut tx = app.store.read().await?;
        let administrator = Administrator::of(&mut tx, who).await?;
        let waves = plans::waves(&mut tx, &administrator).await?;
        Ok(Reply::ok(WavesBody {
            waves: waves.into_iter().map(wave_body).collect(),
        }))
    }

    /// Extend an open wave, once
    #[oai(path = "/waves/:wave/extension", method = "post")]
    async fn extend(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        wave: Path<Uuid>,
        body: Sent<ExtensionBody>,
    ) -> Answer<WaveBody> {
        let viewer = credentials.viewer(&app).await?;
        let mut tx = app.store.write().await?;
        tx.own(WaveId(wave.0)).await?;
        let administrator = Administrator::of(&mut tx, viewer.who).await?;
        let to = (WaveId(wave.0), body.closes_at);
        let wave = opening::extend(&mut tx, &app, &administrator, to).await?;
        tx.commit().await?;
        Ok(Reply::ok(wave_body(wave)))
    }

    /// Stop an open wave: ballots are destroyed, nothing is released
    #[oai(path = "/waves/:wave/stop", method = "post")]
    async fn stop(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        wave: Path<Uuid>,
    ) -> Answer<Done> {
        let viewer = credentials.viewer(&app).await?;
        let mut tx = app.store.read().await?;
        let administrator = Administrator::of(&mut tx, viewer.who).await?;
        drop(tx);
        closing::stop(&app, &administrator, WaveId(wave.0)).await?;
        Ok(done())
    }
}

fn new_plan(body: NewPlanBody) -> NewPlan {
    NewPlan {
        instrument: body.instrument,
        form: body.form,
        every_months: body.every_months,
        window_days: body.window_days,
        languages: body.languages,
        drafts: body.drafts.unwrap_or(false),
        first_day: body.first_day,
        units: body
            .units
            .unwrap_or_default()
            .into_iter()
            .map(UnitId)
            .collect(),
    }
}

fn plan_body(plan: Plan) -> PlanBody {
    PlanBody {
        id: plan.id.0,
        instrument: plan.instrument,
        form: plan.form,
        every_months: plan.every_months,
        window_days: plan.window_days,
        languages: plan.languages,
        drafts: plan.drafts,
        first_day: plan.first_day,
        next_number: plan.next_number,
        units: plan.units.into_iter().map(|unit| unit.0).collect(),
        ended_at: plan.ended_at,
    }
}

fn wave_body(wave: Wave) -> WaveBody {
    WaveBody {
        id: wave.id.0,
        plan: wave.plan.0,
        number: wave.number,
        instrument: wave.instrument,
        opens_at: wave.opens_at,
        closes_at: wave.closes_at,
        extended_at: wave.extended_at,
        state: wave.state.word().to_owned(),
        threshold: wave.threshold,
    }
}
