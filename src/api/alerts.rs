//! Alerts: read by those who lead a unit and by everyone who works there, answered by those who
//! lead it.

use chrono::NaiveDate;
use poem::web::Data;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Enum, Object, OpenApi};
use uuid::Uuid;

use super::administrators::{cursor_of, must_match, page_length, place_of, version};
use super::alert_bodies::AlertBody;
use super::credentials::Credentials;
use super::reply::{Answer, Reply};
use super::sent::Sent;
use crate::alerts::acknowledgement::{self, Acknowledgement};
use crate::alerts::findings;
use crate::alerts::list::{self, Alert, Page, State, Wanted};
use crate::app::App;
use crate::auth::SignedIn;
use crate::auth::access_tokens::Scope;
use crate::ids::{AlertId, PlanId, UnitId};
use crate::people::permission::Supervisor;
use crate::people::{accounts, organisations};
use crate::problem::{Kind, Problem};
use crate::store::Tx;
use crate::tallies::sight::Sight;
use crate::trends::Status;
use crate::zones::local_day;

/// One page of alerts, newest first.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Alerts")]
pub struct AlertsBody {
    alerts: Vec<AlertBody>,
    /// Give this as `cursor` for the next page; null at the end.
    next: Option<String>,
}

/// A status to filter by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase", rename = "LeastStatus")]
pub enum LeastStatus {
    /// Watch, elevated and high.
    Watch,
    /// Elevated and high.
    Elevated,
    /// High.
    High,
}

/// Whether an alert is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "lowercase", rename = "AlertState")]
pub enum AlertState {
    /// Not ended.
    Open,
    /// Ended.
    Closed,
}

/// What will be done about an alert.
#[derive(Clone, Debug, Object)]
#[oai(rename = "NewAcknowledgement", deny_unknown_fields)]
pub struct NewAcknowledgement {
    /// A few words, at most 1000 characters. Everyone in the unit can read them: name what will be
    /// done, never a person.
    planned: String,
    /// The day to look again, within 400 days.
    follow_up_on: Option<NaiveDate>,
}

/// What came of an alert that has ended.
#[derive(Clone, Debug, Object)]
#[oai(rename = "ClosingNote", deny_unknown_fields)]
pub struct ClosingNote {
    /// At most 1000 characters; everyone in the unit can read them.
    note: String,
}

/// The routes of alerts.
pub struct AlertsApi;

#[OpenApi]
impl AlertsApi {
    /// Alerts about units of mine, as supervisor (or HR, where the organisation allows it), newest
    /// first
    #[oai(path = "/alerts", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
    async fn alerts(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        unit: Query<Option<Uuid>>,
        plan: Query<Option<Uuid>>,
        /// Alerts of at least this status.
        status: Query<Option<LeastStatus>>,
        state: Query<Option<AlertState>>,
        #[oai(validator(max_length = 100))] cursor: Query<Option<String>>,
        /// 1 to 200; 50 if left out.
        limit: Query<Option<u64>>,
    ) -> Answer<AlertsBody> {
        let who = credentials.reader(&app, Scope::ReadUnits).await?;
        let wanted = Wanted {
            unit: unit.0.map(UnitId),
            plan: plan.0.map(PlanId),
            least: status.0.map(least),
            state: state.0.map(state_of),
            ..wanted(cursor.0.as_deref(), limit.0)?
        };
        let mut tx = app.store.read().await?;
        let sight = Sight::to_follower(&mut tx, who).await?;
        let account = accounts::find(&mut tx, who.account).await?;
        let language = account.map(|account| account.language).unwrap_or_default();
        let page = list::page(&mut tx, &sight, &wanted).await?;
        Ok(Reply::ok(bodies(&mut tx, &app, page, &language).await?))
    }

    /// One alert about a unit of mine, as supervisor or HR
    #[oai(path = "/alerts/:alert", method = "get")]
    async fn alert(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        alert: Path<Uuid>,
    ) -> Answer<AlertBody> {
        let who = credentials.reader(&app, Scope::ReadUnits).await?;
        let mut tx = app.store.read().await?;
        let sight = Sight::to_follower(&mut tx, who).await?;
        let account = accounts::find(&mut tx, who.account).await?;
        let language = account.map(|account| account.language).unwrap_or_default();
        let alert = list::one(&mut tx, &sight, AlertId(alert.0)).await?;
        versioned(&mut tx, &app, &alert, &language).await
    }

    /// Say what will be done about an open alert, and when to look again
    #[oai(path = "/alerts/:alert/acknowledgement", method = "put")]
    #[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
    async fn acknowledge(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        alert: Path<Uuid>,
        /// The version that you have read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Sent<NewAcknowledgement>,
    ) -> Answer<AlertBody> {
        let viewer = credentials.viewer(&app).await?;
        let mut answering = Answering::begin(&app, &viewer, alert.0).await?;
        answering.must_match(if_match.0.as_deref()).await?;
        let organisation = organisations::find(&mut answering.tx, viewer.who.organisation)
            .await?
            .ok_or(Kind::NotFound)?;
        let today = local_day(&organisation.zone, app.clock.now());
        let what = Acknowledgement::parse(&body.planned, body.follow_up_on, today)?;
        let Answering {
            tx,
            supervisor,
            alert,
            ..
        } = &mut answering;
        let seal = app.seal();
        *alert = acknowledgement::acknowledge(tx, &seal, (supervisor, alert), &what).await?;
        answering.finish().await
    }

    /// Say what came of an alert that has ended
    #[oai(path = "/alerts/:alert/closing-note", method = "put")]
    #[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
    async fn write_note(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        alert: Path<Uuid>,
        /// The version that you have read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        body: Sent<ClosingNote>,
    ) -> Answer<AlertBody> {
        let viewer = credentials.viewer(&app).await?;
        let mut answering = Answering::begin(&app, &viewer, alert.0).await?;
        answering.must_match(if_match.0.as_deref()).await?;
        let Answering {
            tx,
            supervisor,
            alert,
            ..
        } = &mut answering;
        let seal = app.seal();
        *alert = acknowledgement::write_note(tx, &seal, (supervisor, alert), &body.note).await?;
        answering.finish().await
    }

    /// Alerts about my own unit and those above it, newest first: what those who lead it read
    #[oai(path = "/me/alerts", method = "get")]
    async fn mine(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        #[oai(validator(max_length = 100))] cursor: Query<Option<String>>,
        /// 1 to 200; 50 if left out.
        limit: Query<Option<u64>>,
    ) -> Answer<AlertsBody> {
        let viewer = credentials.viewer(&app).await?;
        let home = viewer.unit.ok_or(Kind::NotFound)?;
        let wanted = wanted(cursor.0.as_deref(), limit.0)?;
        let mut tx = app.store.read().await?;
        let sight = Sight::to_member(&mut tx, viewer.who, home).await?;
        let page = list::page(&mut tx, &sight, &wanted).await?;
        let body = bodies(&mut tx, &app, page, &viewer.language).await?;
        Ok(Reply::ok(body))
    }
}

/// An answer to an alert on its way: what both answers begin and end with.
struct Answering<'a> {
    app: &'a App,
    tx: Tx,
    supervisor: Supervisor,
    alert: Alert,
    language: &'a str,
}

impl<'a> Answering<'a> {
    async fn begin(app: &'a App, viewer: &'a SignedIn, alert: Uuid) -> Result<Self, Problem> {
        viewer.must_be_active()?;
        let mut tx = app.store.write().await?;
        let supervisor = Supervisor::of(&mut tx, viewer.who).await?;
        let alert = acknowledgement::hers(&mut tx, &supervisor, AlertId(alert)).await?;
        Ok(Self {
            app,
            tx,
            supervisor,
            alert,
            language: &viewer.language,
        })
    }

    async fn must_match(&mut self, if_match: Option<&str>) -> Result<(), Problem> {
        let body = body(&mut self.tx, self.app, &self.alert, self.language).await?;
        must_match(if_match, &body)
    }

    async fn finish(mut self) -> Answer<AlertBody> {
        let answer = versioned(&mut self.tx, self.app, &self.alert, self.language).await?;
        self.tx.commit().await?;
        Ok(answer)
    }
}

async fn versioned(tx: &mut Tx, app: &App, alert: &Alert, language: &str) -> Answer<AlertBody> {
    let body = body(tx, app, alert, language).await?;
    let version = version(&body);
    Ok(Reply::Ok(Json(body), Some(version)))
}

async fn body(tx: &mut Tx, app: &App, alert: &Alert, language: &str) -> Result<AlertBody, Problem> {
    let at = (alert.latest_wave, alert.unit);
    let finding = findings::at(tx, alert.organisation, at).await?;
    let course = list::course(tx, alert).await?;
    let parts = (alert, finding.as_ref(), &*course);
    Ok(AlertBody::of(app, parts, language))
}

async fn bodies(tx: &mut Tx, app: &App, page: Page, language: &str) -> Result<AlertsBody, Problem> {
    let mut alerts = Vec::new();
    for alert in &page.alerts {
        alerts.push(body(tx, app, alert, language).await?);
    }
    let next = page.next.map(|alert| cursor_of(&alert.to_string()));
    Ok(AlertsBody { alerts, next })
}

fn wanted(cursor: Option<&str>, limit: Option<u64>) -> Result<Wanted, Problem> {
    let after = cursor.map(|cursor| {
        let foreign = || Problem::field("cursor", "is not one that a list of ours has given");
        place_of(cursor)?.parse().map_err(|_| foreign())
    });
    Ok(Wanted {
        after: after.transpose()?,
        limit: page_length(limit)?,
        ..Wanted::default()
    })
}

const fn least(status: LeastStatus) -> Status {
    match status {
        LeastStatus::Watch => Status::Watch,
        LeastStatus::Elevated => Status::Elevated,
        LeastStatus::High => Status::High,
    }
}

const fn state_of(state: AlertState) -> State {
    match state {
        AlertState::Open => State::Open,
        AlertState::Closed => State::Closed,
    }
}
