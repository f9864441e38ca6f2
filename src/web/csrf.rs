//! A browser sends the cookie of a sign-in along with whatever another site makes it request. So
//! a changing request that rests on the cookie must come from our own pages, and carry a value
//! that only they know. Programs send a bearer token, which no other site can.

use std::sync::Arc;

use poem::http::{HeaderMap, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};

use crate::app::App;
use crate::problem::Kind;
use crate::vault::Token;

/// The cookie of a sign-in.
pub const COOKIE: &str = "__Host-respite";
/// The header with the value that goes with it.
pub const HEADER: &str = "X-Respite-CSRF";

/// These make a sign-in or a password and rest on no cookie: an old one does not hinder them.
const WITHOUT_SIGN_IN: [&str; 3] = [
    "/api/v1/activations",
    "/api/v1/recoveries",
    "/api/v1/sign-ins",
];

/// Middleware: refuses changing requests from other sites before anything reads them.
pub async fn own_pages_only<E: Endpoint>(next: Arc<E>, req: Request) -> poem::Result<Response> {
    let public_url = req
        .data::<App>()
        .and_then(|app| app.settings.public_url.as_deref());
    let path = req.original_uri().path();
    if may_pass(req.method(), path, req.headers(), public_url) {
        return Ok(next.call(req).await?.into_response());
    }
    Ok(refusal())
}

fn may_pass(method: &Method, path: &str, headers: &HeaderMap, public_url: Option<&str>) -> bool {
    if method.is_safe() || headers.contains_key(header::AUTHORIZATION) {
        return true;
    }
    if !is_same_site(headers, public_url) {
        return false;
    }
    let Some(token) = cookie(headers) else {
        return true;
    };
    if method == Method::POST && WITHOUT_SIGN_IN.contains(&path) {
        return true;
    }
    let Ok(token) = token.parse::<Token>() else {
        return false;
    };
    let given = headers.get(HEADER).and_then(|value| value.to_str().ok());
    given.is_some_and(|given| token.csrf_matches(given))
}

/// What the browser itself says about where the request comes from, if it says anything.
fn is_same_site(headers: &HeaderMap, public_url: Option<&str>) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or(""));
    if !matches!(text("sec-fetch-site"), None | Some("same-origin" | "none")) {
        return false;
    }
    let Some(origin) = text("origin") else {
        return true;
    };
    match (public_url, text("host")) {
        (Some(url), _) => origin == origin_of(url),
        (None, Some(host)) => origin
            .split_once("://")
            .is_some_and(|(_, from)| from == host),
        (None, None) => false,
    }
}

/// Scheme, host and port of an address, without a path.
fn origin_of(url: &str) -> &str {
    let start = url.find("://").map_or(0, |at| at + 3);
    let end = url[start..].find('/').map_or(url.len(), |at| start + at);
    &url[..end]
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers.get_all(header::COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, value)| (name == COOKIE).then_some(value))
}

fn refusal() -> Response {
    let kind = Kind::OtherSite;
    let body = serde_json::json!({
        "type": format!("/problems/{}", kind.slug()),
        "title": kind.title(),
        "status": kind.status(),
    });
    Response::builder()
        .status(StatusCode::FORBIDDEN)
        .content_type("application/problem+json")
        .body(body.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: &str = "/api/v1/me";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    fn passes(path: &str, pairs: &[(&'static str, &str)]) -> bool {
        let url = Some("https://respite.example/");
        may_pass(&Method::POST, path, &headers(pairs), url)
    }

    #[test]
    fn a_cookie_alone_changes_nothing() {
        let token = Token::new();
        let (cookie, csrf) = (format!("a=b; {COOKIE}={token}"), token.csrf());
        let other = Token::new().csrf();
        assert!(!passes(ME, &[("cookie", &cookie)]));
        assert!(!passes(
            ME,
            &[("cookie", &cookie), ("x-respite-csrf", &other)]
        ));
        assert!(passes(
            ME,
            &[("cookie", &cookie), ("x-respite-csrf", &csrf)]
        ));
        assert!(!passes(ME, &[("cookie", "__Host-respite=x")]));
        assert!(passes("/api/v1/sign-ins", &[("cookie", &cookie)]));
        let safe = headers(&[("cookie", &cookie)]);
        assert!(may_pass(&Method::GET, ME, &safe, None));
    }

    #[test]
    fn programs_need_no_such_value() {
        let cookie = format!("{COOKIE}={}", Token::new());
        let bearer = ("authorization", "Bearer x");
        assert!(passes(ME, &[bearer]));
        assert!(passes(ME, &[bearer, ("cookie", &cookie)]));
    }

    #[test]
    fn another_site_is_refused_whatever_it_knows() {
        let token = Token::new();
        let (cookie, csrf) = (format!("{COOKIE}={token}"), token.csrf());
        let mine = [
            ("cookie", cookie.as_str()),
            ("x-respite-csrf", csrf.as_str()),
        ];
        for (name, value, accepted) in [
            ("sec-fetch-site", "same-origin", true),
            ("sec-fetch-site", "none", true),
            ("sec-fetch-site", "same-site", false),
            ("sec-fetch-site", "cross-site", false),
            ("origin", "https://respite.example", true),
            ("origin", "http://respite.example", false),
            ("origin", "https://respite.example.net", false),
            ("origin", "null", false),
        ] {
            let sent = [&mine[..], &[(name, value)]].concat();
            assert_eq!(passes(ME, &sent), accepted, "{name}: {value}");
        }
        assert!(!passes(
            "/api/v1/sign-ins",
            &[("origin", "https://evil.example")]
        ));
    }

    #[test]
    fn without_a_public_address_the_host_decides() {
        let sent = headers(&[
            ("origin", "http://127.0.0.1:8080"),
            ("host", "127.0.0.1:8080"),
        ]);
        assert!(may_pass(&Method::POST, ME, &sent, None));
        let sent = headers(&[("origin", "http://127.0.0.1:9"), ("host", "127.0.0.1:8080")]);
        assert!(!may_pass(&Method::POST, ME, &sent, None));
    }
}
