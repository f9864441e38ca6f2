//! The whole address space, with everything that holds for every request: size limit, headers,
//! problems instead of the framework's own errors. The route table is the OpenAPI document.

use std::any::Any;
use std::sync::Arc;

use poem::http::{StatusCode, header};
use poem::middleware::{AddData, CatchPanic, CookieJarManager, SetHeader};
use poem::web::Data;
use poem::{Endpoint, EndpointExt, IntoResponse, Request, Response, Route, get, handler};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::api;
use crate::api::methods::Methods;
use crate::api::reply::ProblemBody;
use crate::app::App;
use crate::problem::{Kind, Problem};
use crate::web::connections::{Seat, patience_for_a_body};
use crate::web::csrf;

/// Largest body, in bytes, of every address but the ones named below.
const BODY_LIMIT: usize = 64 * 1024;
/// Largest file of people to be invited.
const IMPORT_LIMIT: usize = 8 * 1024 * 1024;
/// So many such files are in memory at once; who sends one more waits.
const IMPORTS_AT_ONCE: usize = 4;
const IMPORT_PATH: &str = "/api/v1/people/import";
const DOCS_PATH: &str = "/api/v1/docs";

/// Nothing from elsewhere, no scripts.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'";
/// The viewer of the API document carries its script and style inline, and loads nothing from
/// outside either.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; \
    style-src 'unsafe-inline'; img-src data:; connect-src 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// Everything that the server answers.
pub fn of(app: App) -> impl Endpoint<Output = Response> + 'static {
    let service = api::service();
    let document = service.spec_endpoint();
    let viewer = service.swagger_ui();
    let methods = Arc::new(Methods::of(&service.spec()));
    let imports = Arc::new(Semaphore::new(IMPORTS_AT_ONCE));
    Route::new()
        .at("/healthz", get(health))
        .at("/readyz", get(readiness))
        .at("/style/print.css", get(print_style))
        .at("/api/v1/openapi.json", document)
        .nest(DOCS_PATH, viewer)
        .nest("/api/v1", service)
        .with(
            CatchPanic::new()
                .with_handler(|_: Box<dyn Any + Send + 'static>| problem(Kind::Broken.into())),
        )
        .around(csrf::own_pages_only)
        .around(move |next, request| limited(next, request, imports.clone()))
        .with(CookieJarManager::new())
        .with(AddData::new(app))
        .catch_all_error(|error: poem::Error| async move {
            if error.is_from_response() {
                error.into_response()
            } else {
                framework(&error)
            }
        })
        .around(move |next, request| with_methods(next, request, methods.clone()))
        .around(with_policy)
        .with(
            SetHeader::new()
                .overriding("X-Content-Type-Options", "nosniff")
                .overriding("Referrer-Policy", "no-referrer")
                .overriding("Cross-Origin-Opener-Policy", "same-origin")
                .overriding("Cross-Origin-Resource-Policy", "same-origin")
                .overriding(header::CACHE_CONTROL, "no-store"),
        )
}

/// Alive: says nothing else.
#[handler]
fn health() -> &'static str {
    "ok"
}

/// The style of sheets for the wall.
#[handler]
fn print_style() -> impl IntoResponse {
    const STYLE: &str = include_str!("../dashboards/style/print.css");
    STYLE.with_content_type("text/css; charset=utf-8")
}

/// Ready: the database answers.
#[handler]
async fn readiness(app: Data<&App>) -> Response {
    match app.store.read().await {
        Ok(_) => "ready".into_response(),
        Err(error) => problem(Problem::from(error)),
    }
}

/// Reads a body once, never more of it than the limit (413 by itself) and never for longer than
/// the patience. The rest sees only what has arrived whole.
async fn limited<E: Endpoint<Output = Response>>(
    next: Arc<E>,
    mut request: Request,
    imports: Arc<Semaphore>,
) -> poem::Result<Response> {
    let body = request.take_body();
    let is_import = request.uri().path() == IMPORT_PATH;
    let arrived = timeout(patience_for_a_body(), async {
        if is_import {
            // The places are never closed, so this is always one.
            let place = imports.acquire_owned().await.ok();
            (body.into_bytes_limit(IMPORT_LIMIT).await, place)
        } else {
            (body.into_bytes_limit(BODY_LIMIT).await, None)
        }
    });
    let Ok((body, _place)) = arrived.await else {
        let why = "The body took too long to arrive.";
        return Ok(problem(Problem::with(Kind::Unreadable, why)));
    };
    request.set_body(body?);
    if let Some(seat) = request.extensions().get::<Arc<Seat>>() {
        seat.is_answered();
    }
    next.call(request).await
}

/// Says which methods an address takes to who has come with another.
async fn with_methods<E: Endpoint<Output = Response>>(
    next: Arc<E>,
    request: Request,
    methods: Arc<Methods>,
) -> poem::Result<Response> {
    let path = request.uri().path().to_owned();
    let mut response = next.call(request).await?;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED
        && let Ok(allowed) = header::HeaderValue::from_str(methods.at(&path))
    {
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    Ok(response)
}

async fn with_policy<E: Endpoint<Output = Response>>(
    next: Arc<E>,
    request: Request,
) -> poem::Result<Response> {
    let is_docs = request.uri().path().starts_with(DOCS_PATH);
    let mut response = next.call(request).await?;
    let policy = if is_docs { DOCS_POLICY } else { POLICY };
    let policy = header::HeaderValue::from_static(policy);
    response
        .headers_mut()
        .insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// The framework's own errors in our words.
fn framework(error: &poem::Error) -> Response {
    problem(match error.status() {
        StatusCode::NOT_FOUND => Kind::NotFound.into(),
        StatusCode::METHOD_NOT_ALLOWED => Kind::Method.into(),
        StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge.into(),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Kind::MediaType.into(),
        status if status.is_client_error() => Problem::with(
            Kind::Unreadable,
            "The address, a header or the end of the body is damaged.",
        ),
        _ => {
            tracing::error!(status = %error.status(), "a request failed");
            Kind::Broken.into()
        }
    })
}

/// A problem outside the API's own replies.
fn problem(problem: Problem) -> Response {
    use poem_openapi::types::ToJSON;
    let status = StatusCode::from_u16(problem.kind.status());
    Response::builder()
        .status(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR))
        .content_type("application/problem+json")
        .body(ProblemBody::from(problem).to_json_string())
}
