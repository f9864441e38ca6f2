//! Requests as they come over the wire: any method, headers and bytes; and answers as they go out,
//! byte for byte.

use poem::http::{HeaderMap, Method, StatusCode, header};
use poem::test::TestClient;
use poem::{Endpoint, EndpointExt, Response};
use respite::router;
use serde_json::Value;

use super::app::TestApp;

/// A program that speaks to the application, and may say anything.
pub struct Wire(TestClient<Box<dyn poem::endpoint::DynEndpoint<Output = Response>>>);

/// A request in all its parts.
#[derive(Clone, Debug, Default)]
pub struct Request {
    pub method: Method,
    /// With everything from the first slash on.
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            ..Self::default()
        }
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// With a token, if it is not empty.
    pub fn bearer(self, token: &str) -> Self {
        if token.is_empty() {
            return self;
        }
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// With a body of a media type.
    pub fn sending(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", media_type)
    }

    /// With a body of JSON.
    pub fn json(self, body: &Value) -> Self {
        self.sending("application/json", body.to_string())
    }
}

/// An answer; two of them are equal if nobody can tell them apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub status: StatusCode,
    /// All but the date.
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Arrived {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The last word of the problem's `type`; empty if this is none.
    pub fn slug(&self) -> String {
        let is_problem = self
            .headers
            .get(header::CONTENT_TYPE)
            .is_some_and(|value| value == "application/problem+json");
        let body = self.json();
        let slug = body["type"]
            .as_str()
            .and_then(|text| text.strip_prefix("/problems/"));
        slug.filter(|_| is_problem).unwrap_or_default().to_owned()
    }
}

impl Wire {
    pub fn to(app: &TestApp) -> Self {
        Self::over(router::of(app.app.clone()))
    }

    pub fn over(endpoint: impl Endpoint<Output = Response> + 'static) -> Self {
        Self(TestClient::new(endpoint.boxed()))
    }

    pub async fn send(&self, request: &Request) -> Arrived {
        let mut asking = self.0.request(request.method.clone(), &request.path);
        for (name, value) in &request.headers {
            asking = asking.header(name.as_str(), value.as_str());
        }
        let response = asking.body(request.body.clone()).send().await.0;
        let (parts, body) = response.into_parts();
        let mut headers = parts.headers;
        headers.remove(header::DATE);
        Arrived {
            status: parts.status,
            headers,
            bytes: body.into_vec().await.unwrap_or_default(),
        }
    }
}
