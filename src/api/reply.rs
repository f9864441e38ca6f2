//! What every address answers with: one success type, one refusal type, both in the OpenAPI
//! document. Only the success type can carry poem-openapi's handler for unreadable requests.

use poem_openapi::payload::Json;
use poem_openapi::types::{ParseFromJSON, ToJSON};
use poem_openapi::{ApiResponse, Object};

use super::sent::NotReadable;
use crate::problem::{Fault, Kind, Problem};

/// RFC 9457 problem details.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Problem")]
pub struct ProblemBody {
    /// `/problems/<slug>`, explained in docs/problems.md.
    pub r#type: String,
    /// One short sentence.
    pub title: String,
    /// The HTTP status again.
    pub status: u16,
    /// What to do next.
    #[oai(skip_serializing_if_is_none)]
    pub detail: Option<String>,
    /// The values that are not acceptable.
    #[oai(default, skip_serializing_if_is_empty)]
    pub faults: Vec<FaultBody>,
}

/// One value that is not acceptable.
#[derive(Clone, Debug, Object)]
#[oai(rename = "Fault")]
pub struct FaultBody {
    /// The field, as the request names it.
    pub field: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl From<Problem> for ProblemBody {
    fn from(problem: Problem) -> Self {
        Self {
            r#type: format!("/problems/{}", problem.kind.slug()),
            title: problem.kind.title().to_owned(),
            status: problem.kind.status(),
            detail: problem.detail,
            faults: problem
                .faults
                .into_iter()
                .map(|fault| FaultBody {
                    field: fault.field,
                    message: fault.message,
                })
                .collect(),
        }
    }
}

/// A refusal: always problem+json.
#[derive(ApiResponse)]
pub enum Refusal {
    /// The request could not be read.
    #[oai(status = 400, content_type = "application/problem+json")]
    Unreadable(Json<ProblemBody>),
    /// Not signed in.
    #[oai(status = 401, content_type = "application/problem+json")]
    SignIn(Json<ProblemBody>),
    /// Signed in, but not like this.
    #[oai(status = 403, content_type = "application/problem+json")]
    Forbidden(Json<ProblemBody>),
    /// Not there, or not yours.
    #[oai(status = 404, content_type = "application/problem+json")]
    NotFound(Json<ProblemBody>),
    /// The present state forbids it.
    #[oai(status = 409, content_type = "application/problem+json")]
    Conflict(Json<ProblemBody>),
    /// A one-time code that is used or expired.
    #[oai(status = 410, content_type = "application/problem+json")]
    Gone(Json<ProblemBody>),
    /// The body is too large.
    #[oai(status = 413, content_type = "application/problem+json")]
    TooLarge(Json<ProblemBody>),
    /// Another media type is expected.
    #[oai(status = 415, content_type = "application/problem+json")]
    MediaType(Json<ProblemBody>),
    /// A value is not acceptable.
    #[oai(status = 422, content_type = "application/problem+json")]
    Invalid(Json<ProblemBody>),
    /// Too many attempts.
    #[oai(status = 429, content_type = "application/problem+json")]
    TooMany(
        Json<ProblemBody>,
        /// Seconds to wait.
        #[oai(header = "Retry-After")]
        u64,
    ),
    /// A defect of ours.
    #[oai(status = 500, content_type = "application/problem+json")]
    Broken(Json<ProblemBody>),
    /// The database cannot be used.
    #[oai(status = 503, content_type = "application/problem+json")]
    Unavailable(Json<ProblemBody>),
}

impl<E: Into<Problem>> From<E> for Refusal {
    fn from(error: E) -> Self {
        let problem = error.into();
        let (status, wait) = (problem.kind.status(), problem.retry_after.unwrap_or(30));
        let body = Json(ProblemBody::from(problem));
        match status {
            400 => Self::Unreadable(body),
            401 => Self::SignIn(body),
            403 => Self::Forbidden(body),
            404 => Self::NotFound(body),
            409 => Self::Conflict(body),
            410 => Self::Gone(body),
            413 => Self::TooLarge(body),
            415 => Self::MediaType(body),
            422 => Self::Invalid(body),
            429 => Self::TooMany(body, wait),
            503 => Self::Unavailable(body),
            _ => Self::Broken(body),
        }
    }
}

/// A success; or the framework's own refusal of a request that it could not read.
#[derive(ApiResponse)]
#[oai(bad_request_handler = "unreadable")]
pub enum Reply<T: ParseFromJSON + ToJSON + Send + Sync> {
    /// Done, or read.
    #[oai(status = 200)]
    Ok(
        Json<T>,
        /// Version for `If-Match`, where two people may edit.
        #[oai(header = "ETag")]
        Option<String>,
    ),
    /// Made.
    #[oai(status = 201)]
    Created(Json<T>),
    /// The request could not be read.
    #[oai(status = 400, content_type = "application/problem+json")]
    Unreadable(Json<ProblemBody>),
    /// Not signed in.
    #[oai(status = 401, content_type = "application/problem+json")]
    SignIn(Json<ProblemBody>),
    /// A malformed id in the address is a thing that is not there.
    #[oai(status = 404, content_type = "application/problem+json")]
    NotFound(Json<ProblemBody>),
    /// Another media type is expected.
    #[oai(status = 415, content_type = "application/problem+json")]
    MediaType(Json<ProblemBody>),
}

impl<T: ParseFromJSON + ToJSON + Send + Sync> Reply<T> {
    /// 200 without a version.
    pub fn ok(body: T) -> Self {
        Self::Ok(Json(body), None)
    }

    /// 201.
    pub fn created(body: T) -> Self {
        Self::Created(Json(body))
    }
}

/// What a handler returns.
pub type Answer<T> = Result<Reply<T>, Refusal>;

/// An empty body: the change is made.
#[derive(Clone, Copy, Debug, Default, Object)]
pub struct Done {
    /// Always true.
    pub done: bool,
}

/// `200 {"done":true}`.
#[must_use]
pub fn done() -> Reply<Done> {
    Reply::ok(Done { done: true })
}

/// Turns poem-openapi's own errors into problems; its texts name `param0`, so they stay inside.
#[expect(
    clippy::needless_pass_by_value,
    reason = "poem-openapi calls it with the value"
)]
fn unreadable<T: ParseFromJSON + ToJSON + Send + Sync>(error: poem::Error) -> Reply<T> {
    use poem_openapi::error::{
        AuthorizationError, ContentTypeError, ParseParamError, ParsePathError,
    };
    let body = |problem: Problem| Json(ProblemBody::from(problem));
    if error.is::<AuthorizationError>() {
        return Reply::SignIn(body(Kind::SignIn.into()));
    }
    if error.is::<ParsePathError>() {
        return Reply::NotFound(body(Kind::NotFound.into()));
    }
    if error.is::<ContentTypeError>() {
        return Reply::MediaType(body(Kind::MediaType.into()));
    }
    if let Some(NotReadable(problem)) = error.downcast_ref::<NotReadable>() {
        return Reply::Unreadable(body(problem.clone()));
    }
    let faults = match error.downcast_ref::<ParseParamError>() {
        Some(param) => vec![Fault::new(param.name, about(&param.reason))],
        None => Vec::new(),
    };
    Reply::Unreadable(body(Problem {
        faults,
        ..Kind::Unreadable.into()
    }))
}

/// What a part of the address or a header must be, from what the framework says of it.
fn about(reason: &str) -> &'static str {
    const WORDS: [(&str, &str); 7] = [
        ("boolean", "must be true or false"),
        ("uint", "must be a whole number, 0 or more"),
        ("minimum", "is too small"),
        ("integer", "must be a whole number"),
        ("uuid", "must be an id, as this API gives them"),
        ("max_length", "is too long"),
        ("maxLength", "is too long"),
    ];
    let found = WORDS.iter().find(|(word, _)| reason.contains(word));
    found.map_or(
        "is not one of the values that the document of the API names",
        |(_, words)| *words,
    )
}
