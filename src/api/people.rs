//! People, for their administrators: who exists, where, with which roles. Never who took part,
//! never when someone signed in.

use chrono::NaiveDate;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;
use uuid::Uuid;

use super::administrators::{
    Faults, Making, changing, cursor_of, must_match, page_length, place_of, reading, version,
};
use super::credentials::Credentials;
use super::people_bodies::{
    AbsenceBody, HomeBody, InvitedBody, NewPersonBody, PeoplePageBody, PersonBody,
    PersonDetailsBody, PersonPatch, StateBody,
};
use super::reply::{Answer, Reply};
use super::sent::Sent;
use crate::app::App;
use crate::ids::{AccountId, UnitId};
use crate::people::list::{self, Wanted};
use crate::people::names::{Language, Name};
use crate::people::permission::Administrator;
use crate::people::{accounts, members};
use crate::problem::Problem;
use crate::store::Tx;

/// People, their homes and absences.
pub struct PeopleApi;

#[OpenApi]
impl PeopleApi {
    /// The people of the units that you administer, by sign-in name.
    #[oai(path = "/people", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
    async fn list(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// Only who is at home in this unit or below it.
        unit: Query<Option<Uuid>>,
        /// Only in this state.
        state: Query<Option<StateBody>>,
        /// Only with this in the name or sign-in name.
        search: Query<Option<String>>,
        /// `next` of the page before.
        cursor: Query<Option<String>>,
        /// At most so many, 1 to 200.
        limit: Query<Option<u64>>,
    ) -> Answer<PeoplePageBody> {
        let (mut tx, admin) = reading(&credentials, &app).await?;
        let wanted = Wanted {
            unit: unit.0.map(UnitId),
            state: state.0.map(Into::into),
            text: search.0,
            after: cursor.0.as_deref().map(place_of).transpose()?,
            limit: page_length(limit.0)?,
        };
        let now = app.clock.now();
        let page = list::page(&mut tx, &admin, now, &wanted).await?;
        Ok(Reply::ok(PeoplePageBody {
            people: page
                .people
                .iter()
                .map(|person| PersonBody::of(person, now))
                .collect(),
            next: page.next.as_deref().map(cursor_of),
        }))
    }

    /// Invites someone: the code is shown here once, for paper or screen.
    #[oai(path = "/people", method = "post")]
    async fn invite(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// A repeated request with the same key gets the same reply.
        #[oai(name = "Idempotency-Key")]
        key: Header<Option<String>>,
        new: Sent<NewPersonBody>,
    ) -> Answer<InvitedBody> {
        let once = (key.0.as_deref(), &new.0);
        let mut making = Making::begin(&credentials, &app, "POST /people", once).await?;
        if let Some(earlier) = making.earlier().await? {
            return Ok(Reply::created(earlier));
        }
        let new = new.0.parsed()?;
        let Making { tx, admin, .. } = &mut making;
        let (account, issued) = accounts::invite(tx, admin, &app.seal(), &new).await?;
        let body = InvitedBody::of(account.id, &issued);
        making.finish(&app, &body).await?;
        Ok(Reply::created(body))
    }

    /// One person.
    #[oai(path = "/people/:id", method = "get")]
    async fn get(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
    ) -> Answer<PersonDetailsBody> {
        let (mut tx, admin) = reading(&credentials, &app).await?;
        versioned(&mut tx, &admin, &app, AccountId(id.0)).await
    }

    /// Changes what someone is called, or the language that she reads.
    #[oai(path = "/people/:id", method = "patch")]
    #[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
    async fn change(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
        /// The version that you have read.
        #[oai(name = "If-Match")]
        if_match: Header<Option<String>>,
        to: Sent<PersonPatch>,
    ) -> Answer<PersonDetailsBody> {
        let id = AccountId(id.0);
        let (mut tx, admin) = changing(&credentials, &app).await?;
        let before = details(&mut tx, &admin, &app, id).await?;
        must_match(if_match.0.as_deref(), &before)?;
        let mut faults = Faults::default();
        let name = to.name.as_deref().map(|text| Name::of_field("name", text));
        let language = to.language.as_deref();
        let language = language.map(|text| Language::of_field("language", text));
        let to = (faults.keep_some(name), faults.keep_some(language));
        let to = faults.none_or(Some(to))?;
        accounts::change(&mut tx, &admin, &app.seal(), id, to).await?;
        let answer = versioned(&mut tx, &admin, &app, id).await?;
        tx.commit().await?;
        Ok(answer)
    }

    /// Gives someone another home unit, from now on and for later waves. Who had left is taken
    /// back by it.
    #[oai(path = "/people/:id/home", method = "put")]
    async fn move_home(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
        home: Sent<HomeBody>,
    ) -> Answer<PersonDetailsBody> {
        let (id, unit) = (AccountId(id.0), UnitId(home.unit));
        let (mut tx, admin) = changing(&credentials, &app).await?;
        members::move_home(&mut tx, &admin, &app.seal(), id, unit).await?;
        let answer = versioned(&mut tx, &admin, &app, id).await?;
        tx.commit().await?;
        Ok(answer)
    }

    /// Notes that someone is away: neither asked nor counted in waves that open then. No reason
    /// is stored.
    #[oai(path = "/people/:id/absence", method = "put")]
    async fn set_absence(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
        days: Sent<AbsenceBody>,
    ) -> Answer<PersonDetailsBody> {
        let days = Some((days.from, days.until));
        absent(&credentials, &app, AccountId(id.0), days).await
    }

    /// Ends an absence, or takes it back.
    #[oai(path = "/people/:id/absence", method = "delete")]
    async fn end_absence(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
    ) -> Answer<PersonDetailsBody> {
        absent(&credentials, &app, AccountId(id.0), None).await
    }
}

async fn absent(
    credentials: &Credentials,
    app: &App,
    id: AccountId,
    days: Option<(NaiveDate, Option<NaiveDate>)>,
) -> Answer<PersonDetailsBody> {
    let (mut tx, admin) = changing(credentials, app).await?;
    members::set_absence(&mut tx, &admin, &app.seal(), id, days).await?;
    let answer = versioned(&mut tx, &admin, app, id).await?;
    tx.commit().await?;
    Ok(answer)
}

async fn details(
    tx: &mut Tx,
    admin: &Administrator,
    app: &App,
    id: AccountId,
) -> Result<PersonDetailsBody, Problem> {
    let (person, member) = list::one(tx, admin, id).await?;
    Ok(PersonDetailsBody::of(&person, member, app.clock.now()))
}

/// One person with the version for `If-Match`.
pub(super) async fn versioned(
    tx: &mut Tx,
    admin: &Administrator,
    app: &App,
    id: AccountId,
) -> Answer<PersonDetailsBody> {
    let body = details(tx, admin, app, id).await?;
    let version = version(&body);
    Ok(Reply::Ok(Json(body), Some(version)))
}
