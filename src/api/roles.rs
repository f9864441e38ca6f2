//! Granting and taking away roles. Nobody grants herself one; who may follow a unit is shown to
//! its members.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::administrators::{changing, reading};
use super::credentials::Credentials;
use super::people_bodies::{HeldRoleBody, RoleName};
use super::reply::{Answer, Done, Reply, done};
use crate::app::App;
use crate::ids::{AccountId, UnitId};
use crate::people::{list, members, organisations, roles, units};
use crate::problem::Kind;

/// Roles of a person.
pub struct RolesApi;

/// The roles of a person.
#[derive(Object)]
struct HeldRolesBody {
    /// Each for a unit and all below it.
    roles: Vec<HeldRoleBody>,
}

/// A role that is now hers.
#[derive(Object)]
struct GrantedBody {
    /// The role.
    granted: HeldRoleBody,
    /// A better home for her: she leads her own home unit, whose trend would then be partly hers.
    #[oai(skip_serializing_if_is_none)]
    suggestion: Option<HomeSuggestionBody>,
}

/// A proposal; nothing is done until you do it.
#[derive(Object)]
struct HomeSuggestionBody {
    /// The unit above, as her home (`PUT /people/{id}/home`).
    home: Uuid,
    /// Why.
    why: String,
}

/// Who may follow, plan for or administer your unit.
#[derive(Object)]
struct OverUnitBody {
    /// Whether HR sees released rows in this organisation.
    hr_sees_units: bool,
    /// People with a role for your unit or one above it.
    roles: Vec<OverBody>,
}

/// Someone with a role for your unit or one above it.
#[derive(Object)]
struct OverBody {
    /// What she may do.
    role: RoleName,
    /// What she is called.
    name: String,
    /// The unit that the role was granted for.
    unit: String,
}

#[OpenApi]
impl RolesApi {
    /// Who may follow, plan for or administer the unit where you are at home.
    #[oai(path = "/me/unit/roles", method = "get")]
    async fn over_mine(&self, app: Data<&App>, credentials: Credentials) -> Answer<OverUnitBody> {
        let who = credentials.viewer(&app).await?.who;
        let mut tx = app.store.read().await?;
        let home = members::of(&mut tx, who.account).await?;
        let home = home.ok_or(Kind::NotFound)?.unit;
        let settings = organisations::find(&mut tx, who.organisation).await?;
        let tree = units::tree(&mut tx, who.organisation).await?;
        let over = roles::over_unit(&mut tx, who.organisation, home).await?;
        let roles = over.into_iter().map(|over| OverBody {
            role: over.role.into(),
            name: over.name,
            unit: tree
                .find(over.unit)
                .map(|unit| tree.path(unit))
                .unwrap_or_default(),
        });
        Ok(Reply::ok(OverUnitBody {
            hr_sees_units: settings.is_some_and(|settings| settings.hr_sees_units),
            roles: roles.collect(),
        }))
    }

    /// The roles of a person.
    #[oai(path = "/people/:id/roles", method = "get")]
    async fn list(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
    ) -> Answer<HeldRolesBody> {
        let (mut tx, admin) = reading(&credentials, &app).await?;
        let (person, _) = list::one(&mut tx, &admin, AccountId(id.0)).await?;
        let roles = person.roles.iter().map(Into::into).collect();
        Ok(Reply::ok(HeldRolesBody { roles }))
    }

    /// Grants a role for a unit and all below it.
    #[oai(path = "/people/:id/roles/:role/:unit", method = "put")]
    #[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
    async fn grant(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
        /// What she may do.
        role: Path<RoleName>,
        /// For this unit and all below it.
        unit: Path<Uuid>,
    ) -> Answer<GrantedBody> {
        let (who, unit) = ((AccountId(id.0), role.0.into()), UnitId(unit.0));
        let (mut tx, admin) = changing(&credentials, &app).await?;
        let granted = roles::grant(&mut tx, &admin, &app.seal(), who, unit).await?;
        tx.commit().await?;
        Ok(Reply::ok(GrantedBody {
            granted: HeldRoleBody::from(&granted.held),
            suggestion: granted.suggestion.map(|home| HomeSuggestionBody {
                home: home.0,
                why: "She leads the unit where she is at home: counted in the unit above, she \
                      does not follow numbers that are partly her own."
                    .to_owned(),
            }),
        }))
    }

    /// Takes a role away.
    #[oai(path = "/people/:id/roles/:role/:unit", method = "delete")]
    #[expect(clippy::too_many_arguments, reason = "each is a part of the request")]
    async fn revoke(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// The account.
        id: Path<Uuid>,
        /// What she may no longer do.
        role: Path<RoleName>,
        /// The unit that it was granted for.
        unit: Path<Uuid>,
    ) -> Answer<Done> {
        let (who, unit) = ((AccountId(id.0), role.0.into()), UnitId(unit.0));
        let (mut tx, admin) = changing(&credentials, &app).await?;
        roles::revoke(&mut tx, &admin, &app.seal(), who, unit).await?;
        tx.commit().await?;
        Ok(done())
    }
}
