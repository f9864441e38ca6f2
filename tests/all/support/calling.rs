//! A client of a real server: one kept connection, made anew when it is cut. It tells apart what
//! the server answered and what nobody knows, which is what a test of crashes is about.

use std::net::SocketAddr;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use poem::http::{HeaderMap, Method, Request, StatusCode};
use serde_json::Value;
use tokio::net::TcpStream;

/// No answer: the connection was refused or cut, or it took longer than anyone waits. Whether the
/// request had an effect is not known.
#[derive(Debug, thiserror::Error)]
#[error("no answer: {0}")]
pub struct Cut(String);

/// An answer of a real server.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    /// The body of a success; anything else ends the test with what it was.
    #[track_caller]
    pub fn good(self) -> Value {
        let text = String::from_utf8_lossy(&self.bytes);
        assert!(self.status.is_success(), "{}: {text}", self.status);
        self.json()
    }

    /// The last word of the problem's `type`; empty if this is none.
    pub fn slug(&self) -> String {
        let body = self.json();
        let slug = body["type"].as_str().unwrap_or_default();
        slug.trim_start_matches("/problems/").to_owned()
    }
}

/// One client with one connection.
pub struct Caller {
    address: SocketAddr,
    patience: Duration,
    connection: Option<SendRequest<Full<Bytes>>>,
}

impl Caller {
    pub fn to(address: SocketAddr) -> Self {
        Self {
            address,
            patience: Duration::from_mins(1),
            connection: None,
        }
    }

    /// Another server from now on.
    pub fn turn_to(&mut self, address: SocketAddr) {
        self.address = address;
        self.connection = None;
    }

    /// One request below `/api/v1`; the body is sent as JSON, the token as a bearer token unless
    /// it is empty.
    pub async fn send(
        &mut self,
        (method, path): (Method, &str),
        token: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Cut> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("host", self.address.to_string());
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let bytes = body.map(Value::to_string).unwrap_or_default();
        let request = request
            .body(Full::new(Bytes::from(bytes)))
            .expect("a request");
        let patience = self.patience;
        match tokio::time::timeout(patience, self.exchange(request)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(cut)) => {
                self.connection = None;
                Err(cut)
            }
            Err(_) => {
                self.connection = None;
                Err(Cut(format!("nothing within {patience:?}")))
            }
        }
    }

    pub async fn get(&mut self, path: &str, token: &str) -> Result<Answer, Cut> {
        self.send((Method::GET, path), token, None).await
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, Cut> {
        let cut = |error: &dyn std::error::Error| Cut(error.to_string());
        let connection = self.connected().await?;
        connection.ready().await.map_err(|error| cut(&error))?;
        let response = connection
            .send_request(request)
            .await
            .map_err(|error| cut(&error))?;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.map_err(|error| cut(&error))?;
        Ok(Answer {
            status: parts.status,
            headers: parts.headers,
            bytes: bytes.to_bytes().to_vec(),
        })
    }

    async fn connected(&mut self) -> Result<&mut SendRequest<Full<Bytes>>, Cut> {
        let is_usable = self.connection.as_ref().is_some_and(|to| !to.is_closed());
        if !is_usable {
            let stream = TcpStream::connect(self.address)
                .await
                .map_err(|error| Cut(error.to_string()))?;
            let _ = stream.set_nodelay(true);
            let (sender, connection) = http1::handshake(TokioIo::new(stream))
                .await
                .map_err(|error| Cut(error.to_string()))?;
            tokio::spawn(connection);
            self.connection = Some(sender);
        }
        Ok(self.connection.as_mut().expect("connected just now"))
    }
}
