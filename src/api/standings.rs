//! Leaving, locking and one-time codes, for administrators.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::administrators::changing;
use super::credentials::Credentials;
use super::people::versioned;
use super::people_bodies::{InvitedBody, LockBody, PersonDetailsBody};
use super::reply::{Answer, Reply};
use super::sent::Sent;
use crate::app::App;
use crate::ids::AccountId;
use crate::people::list::Person;
use crate::people::names::Reason;
use crate::people::{invitations, standing};
use crate::problem::Problem;

/// Leaving, locking, codes.
pub struct StandingsApi;

#[OpenApi]
impl StandingsApi {
    /// Notes that someone has left: home and roles go at once, her own data stay hers to read,
    /// export and erase for twelve months.
    #[oai(path = "/people/:id/departure", method = "post")]
    async fn depart(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
    ) -> Answer<PersonDetailsBody> {
        let id = AccountId(id.0);
        let (mut tx, admin) = changing(&credentials, &app).await?;
        let account = standing::depart(&mut tx, &admin, &app.seal(), id).await?;
        tx.commit().await?;
        // Not read again: who administers a site alone does not see any more who has left it.
        let person = Person {
            account,
            unit: None,
            roles: Vec::new(),
        };
        Ok(Reply::ok(PersonDetailsBody::of(
            &person,
            None,
            app.clock.now(),
        )))
    }

    /// Locks an account for its security, for 30 days at most; she is told why.
    #[oai(path = "/people/:id/lock", method = "put")]
    async fn lock(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
        lock: Sent<LockBody>,
    ) -> Answer<PersonDetailsBody> {
        let id = AccountId(id.0);
        let (mut tx, admin) = changing(&credentials, &app).await?;
        let reason = Reason::of_field("reason", &lock.reason);
        let reason = reason.map_err(|fault| Problem::invalid(vec![fault]))?;
        standing::lock(&mut tx, &admin, &app.seal(), id, (lock.days, &reason)).await?;
        let answer = versioned(&mut tx, &admin, &app, id).await?;
        tx.commit().await?;
        Ok(answer)
    }

    /// Ends a lock.
    #[oai(path = "/people/:id/lock", method = "delete")]
    async fn unlock(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
    ) -> Answer<PersonDetailsBody> {
        let id = AccountId(id.0);
        let (mut tx, admin) = changing(&credentials, &app).await?;
        standing::unlock(&mut tx, &admin, &app.seal(), id).await?;
        let answer = versioned(&mut tx, &admin, &app, id).await?;
        tx.commit().await?;
        Ok(answer)
    }

    /// A new invitation for someone who has not activated her account; the older code is worth
    /// nothing from now on.
    #[oai(path = "/people/:id/invitation", method = "post")]
    async fn invite_again(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
    ) -> Answer<InvitedBody> {
        let id = AccountId(id.0);
        let (mut tx, admin) = changing(&credentials, &app).await?;
        let issued = invitations::invite_again(&mut tx, &admin, &app.seal(), id).await?;
        tx.commit().await?;
        Ok(Reply::created(InvitedBody::of(id, &issued)))
    }

    /// A code that gives someone a new, empty vault. What she has told so far stays closed unless
    /// she has her recovery code; she and her unit are told about the reset.
    #[oai(path = "/people/:id/reset", method = "post")]
    async fn reset(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
    ) -> Answer<InvitedBody> {
        let id = AccountId(id.0);
        let (mut tx, admin) = changing(&credentials, &app).await?;
        let issued = invitations::reset(&mut tx, &admin, &app.seal(), id).await?;
        tx.commit().await?;
        Ok(Reply::created(InvitedBody::of(id, &issued)))
    }
}
