//! Answers that are no JSON: tables for a spreadsheet, sheets for the printer, calendar files.

use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};

use super::reply::{ProblemBody, Refusal};
use crate::problem::{Kind, Problem};

macro_rules! text_payloads {
    ($($(#[$doc:meta])* $name:ident = $media_type:literal;)*) => { $(
        $(#[$doc])*
        pub struct $name(pub String);

        impl Payload for $name {
            const CONTENT_TYPE: &'static str = $media_type;

            fn schema_ref() -> MetaSchemaRef {
                MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")))
            }
        }

        impl IntoResponse for $name {
            fn into_response(self) -> Response {
                Response::builder().content_type(concat!($media_type, "; charset=utf-8"))
                    .body(self.0)
            }
        }
    )* };
}

text_payloads! {
    /// A table with a header line (RFC 4180).
    Csv = "text/csv";
    /// A page to print.
    Html = "text/html";
    /// A calendar file (RFC 5545).
    Calendar = "text/calendar";
}

/// A success in another form than JSON, or the framework's own refusal.
#[derive(ApiResponse)]
#[oai(bad_request_handler = "unreadable")]
pub enum Text<T: Payload + IntoResponse + Send> {
    /// Read.
    #[oai(status = 200)]
    Ok(
        T,
        /// What a browser calls the file.
        #[oai(header = "Content-Disposition")]
        String,
    ),
    /// The request could not be read.
    #[oai(status = 400, content_type = "application/problem+json")]
    Unreadable(Json<ProblemBody>),
    /// Not signed in.
    #[oai(status = 401, content_type = "application/problem+json")]
    SignIn(Json<ProblemBody>),
    /// A malformed id in the address is a thing that is not there.
    #[oai(status = 404, content_type = "application/problem+json")]
    NotFound(Json<ProblemBody>),
}

/// What a handler of these returns.
pub type TextAnswer<T> = Result<Text<T>, Refusal>;

impl<T: Payload + IntoResponse + Send> Text<T> {
    /// To be kept under a name.
    pub fn file(body: T, name: &str) -> Self {
        Self::Ok(body, format!("attachment; filename=\"{name}\""))
    }

    /// To be looked at.
    pub fn page(body: T) -> Self {
        Self::Ok(body, "inline".to_owned())
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "poem-openapi calls it with the value"
)]
fn unreadable<T: Payload + IntoResponse + Send>(error: poem::Error) -> Text<T> {
    use poem_openapi::error::{AuthorizationError, ParsePathError};
    let body = |kind: Kind| Json(ProblemBody::from(Problem::from(kind)));
    if error.is::<AuthorizationError>() {
        Text::SignIn(body(Kind::SignIn))
    } else if error.is::<ParsePathError>() {
        Text::NotFound(body(Kind::NotFound))
    } else {
        Text::Unreadable(body(Kind::Unreadable))
    }
}
