//! Released rows for a spreadsheet, with their data dictionary. An export leaves an audit entry.

use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use uuid::Uuid;

use super::credentials::Credentials;
use super::text::{Csv, Text, TextAnswer};
use crate::app::App;
use crate::audit::{self, Change};
use crate::auth::access_tokens::Scope;
use crate::ids::UnitId;
use crate::tallies::released::{self, Visible};
use crate::tallies::sight::Sight;
use crate::tallies::table;

/// The routes of tables.
pub struct TablesApi;

#[OpenApi]
impl TablesApi {
    /// Released rows of a unit of mine as CSV, as supervisor (or HR, where the organisation allows
    /// it)
    #[oai(path = "/units/:unit/publications.csv", method = "get")]
    async fn rows(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        unit: Path<Uuid>,
    ) -> TextAnswer<Csv> {
        let who = credentials.reader(&app, Scope::ReadUnits).await?;
        let mut tx = app.store.write().await?;
        let sight = Sight::to_follower(&mut tx, who).await?;
        let visible = Visible::in_sight(&sight, UnitId(unit.0))?;
        let rows = released::of_unit(&mut tx, visible).await?;
        let change = Change::Exported {
            what: format!("released rows of unit {}", unit.0),
        };
        let actor = Some(who.account);
        audit::enter(&mut tx, &app.seal(), who.organisation, actor, change).await?;
        tx.commit().await?;
        Ok(Text::file(Csv(table::csv(&rows)), "publications.csv"))
    }

    /// What the columns of released rows mean, as CSV
    #[oai(path = "/data-dictionary.csv", method = "get")]
    async fn dictionary(&self, app: Data<&App>, credentials: Credentials) -> TextAnswer<Csv> {
        credentials.reader(&app, Scope::ReadUnits).await?;
        Ok(Text::file(Csv(table::dictionary()), "data-dictionary.csv"))
    }
}
