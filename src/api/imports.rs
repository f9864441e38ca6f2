//! People from a CSV file: a check first, then everyone or nobody.

use poem::web::Data;
use poem::{FromRequest, Request, RequestBody};
use poem_openapi::param::Query;
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use super::administrators::{changing, reading};
use super::credentials::Credentials;
use super::reply::{Answer, Reply};
use crate::app::App;
use crate::people::import::{self, Invited};

/// Import of people.
pub struct ImportsApi;

/// The largest file: more than a hundred thousand people.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;

/// The bytes of a file sent as `text/csv`; whether they are UTF-8 is said line by line.
pub struct CsvFile(Vec<u8>);

impl Payload for CsvFile {
    const CONTENT_TYPE: &'static str = "text/csv";

    fn check_content_type(content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            format: Some("binary"),
            ..MetaSchema::new("string")
        }))
    }
}

impl ParsePayload for CsvFile {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self(Vec::<u8>::from_request(request, body).await?))
    }
}

poem_openapi::impl_apirequest_for_payload!(CsvFile,);

/// What an import found or did.
#[derive(Object)]
struct ImportBody {
    /// Whether the people have been invited; otherwise nothing was changed.
    applied: bool,
    /// How many people the file has.
    count: u64,
    /// Their codes, shown once; empty unless applied.
    invited: Vec<ImportedBody>,
    /// The same as CSV, to print; no cell of it is a formula for a spreadsheet.
    #[oai(skip_serializing_if_is_none)]
    table: Option<String>,
}

/// Someone invited from a file.
#[derive(Object)]
struct ImportedBody {
    /// Where she stands in the file.
    line: u64,
    /// The account.
    id: Uuid,
    /// What she is called.
    name: String,
    /// What she types to sign in.
    sign_in: String,
    /// Her home.
    unit: Uuid,
    /// Her one-time code.
    code: String,
}

impl From<Invited> for ImportedBody {
    fn from(invited: Invited) -> Self {
        Self {
            line: invited.line,
            id: invited.account.0,
            name: invited.name,
            sign_in: invited.sign_in,
            unit: invited.unit.0,
            code: invited.code.to_string(),
        }
    }
}

#[OpenApi]
impl ImportsApi {
    /// Checks a file of people (`name,sign_in,unit,language,roles`); with `apply=true` invites
    /// all of them, or nobody. A unit is an id or a path `Site / Team`; roles are separated by
    /// `;` and held for her home, or for another unit as in `hr: Site`.
    #[oai(path = "/people/import", method = "post")]
    async fn import(
        &self,
        app: Data<&App>,
        credentials: Credentials,
        /// Whether to do it; otherwise the file is only checked.
        apply: Query<Option<bool>>,
        file: CsvFile,
    ) -> Answer<ImportBody> {
        let CsvFile(file) = file;
        if apply.0 != Some(true) {
            let (mut tx, admin) = reading(&credentials, &app).await?;
            let count = import::check(&mut tx, &admin, &file).await?.len();
            return Ok(Reply::ok(ImportBody {
                applied: false,
                count: u64::try_from(count).unwrap_or(u64::MAX),
                invited: Vec::new(),
                table: None,
            }));
        }
        let (mut tx, admin) = changing(&credentials, &app).await?;
        let invited = import::apply(&mut tx, &admin, &app.seal(), &file).await?;
        tx.commit().await?;
        Ok(Reply::ok(ImportBody {
            applied: true,
            count: u64::try_from(invited.len()).unwrap_or(u64::MAX),
            table: Some(import::codes_as_csv(&invited)),
            invited: invited.into_iter().map(Into::into).collect(),
        }))
    }
}
