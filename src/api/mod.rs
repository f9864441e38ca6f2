//! The JSON door: one file a capability, each handler parses, calls one function, answers.

pub mod access_tokens;
pub mod administrators;
mod alert_bodies;
mod alerts;
mod audit;
mod check_in_bodies;
mod check_ins;
mod choices;
pub mod credentials;
mod document;
mod exports;
mod forms;
pub mod imports;
pub mod me;
pub mod methods;
mod notices;
pub mod organisations;
mod padding;
pub mod people;
pub mod people_bodies;
mod plans;
mod publications;
mod reminders;
pub mod reply;
mod results;
pub mod roles;
pub mod second_factor;
mod sent;
pub mod sign_ins;
pub mod standings;
mod tables;
mod text;
mod trends;
pub mod units;
mod wall_notices;
mod webhooks;

use poem_openapi::{OpenApi, OpenApiService};

/// Every route of the API. A new file adds itself here, and a row to
/// `tests/all/who_may_see_what.rs`.
fn routes() -> impl OpenApi {
    (
        (
            access_tokens::AccessTokensApi,
            me::MeApi,
            second_factor::SecondFactorApi,
        ),
        sign_ins::SignInsApi,
        (check_ins::CheckInsApi, choices::ChoicesApi),
        (
            plans::PlansApi,
            publications::PublicationsApi,
            (alerts::AlertsApi, trends::TrendsApi, tables::TablesApi),
            (notices::NoticesApi, wall_notices::WallNoticesApi),
            audit::AuditApi,
        ),
        (
            people::PeopleApi,
            standings::StandingsApi,
            imports::ImportsApi,
        ),
        (
            units::UnitsApi,
            roles::RolesApi,
            organisations::OrganisationApi,
        ),
        (reminders::RemindersApi, webhooks::WebhooksApi),
    )
}

/// The API with its document.
#[must_use]
pub fn service() -> OpenApiService<impl OpenApi, ()> {
    let routes = document::Described(routes());
    OpenApiService::new(routes, "Respite", env!("CARGO_PKG_VERSION"))
        .description("Confidential check-ins: nobody but you can read your answers.")
        .url_prefix("/api/v1")
}
