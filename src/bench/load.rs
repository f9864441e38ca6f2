//! Many clients of one server: each has a connection and asks again as soon as it is answered.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use poem::http::{Method, Request, StatusCode};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::vault::Token;

/// One request of somebody.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    pub path: String,
    pub token: Token,
    pub body: Bytes,
}

/// How hard, and how long at most.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Clients, each with one connection.
    pub connections: usize,
    /// No call begins later than this after the first.
    pub time: Duration,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Measured {
    /// Requests answered with success.
    pub acknowledged: u64,
    /// From the first request to the last answer.
    pub took: Duration,
    /// How long each answer took, in microseconds.
    pub micros: Vec<u32>,
    /// Processor time that the server used meanwhile, if it was asked.
    pub processor: Option<Duration>,
}

impl Measured {
    /// Successes in a second.
    #[expect(clippy::cast_precision_loss, reason = "a rate")]
    pub fn per_second(&self) -> f64 {
        self.acknowledged as f64 / self.took.as_secs_f64().max(f64::EPSILON)
    }
}

/// After one call of each client that is not counted, for a server that has just been started to
/// read what it keeps: makes the calls in order, each once, until all are made or the time is over. An answer other
/// than success ends the bench.
pub async fn drive(
    address: SocketAddr,
    load: Load,
    calls: &Arc<Vec<Call>>,
) -> anyhow::Result<Measured> {
    let next = Arc::new(AtomicUsize::new(0));
    let mut connected = Vec::new();
    for _ in 0..load.connections {
        connected.push(connect(address).await?);
    }
    let mut warm_up = JoinSet::new();
    for mut connection in std::mem::take(&mut connected) {
        let (calls, at) = (calls.clone(), next.fetch_add(1, Ordering::Relaxed));
        warm_up.spawn(async move {
            if let Some(call) = calls.get(at) {
                exchange(&mut connection, call).await?;
            }
            anyhow::Ok(connection)
        });
    }
    while let Some(connection) = warm_up.join_next().await {
        connected.push(connection??);
    }
    let began = Instant::now();
    let until = began + load.time;
    let mut clients = JoinSet::new();
    for connection in connected {
        let (calls, next) = (calls.clone(), next.clone());
        clients.spawn(client(connection, (calls, next), until));
    }
    let mut all = Measured::default();
    while let Some(done) = clients.join_next().await {
        let micros = done??;
        all.acknowledged += micros.len() as u64;
        all.micros.extend(micros);
    }
    all.took = began.elapsed();
    Ok(all)
}

async fn client(
    mut connection: SendRequest<Full<Bytes>>,
    (calls, next): (Arc<Vec<Call>>, Arc<AtomicUsize>),
    until: Instant,
) -> anyhow::Result<Vec<u32>> {
    let mut micros = Vec::new();
    while Instant::now() < until {
        let Some(call) = calls.get(next.fetch_add(1, Ordering::Relaxed)) else {
            break;
        };
        let asked = Instant::now();
        exchange(&mut connection, call).await?;
        micros.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(micros)
}

async fn exchange(
    connection: &mut SendRequest<Full<Bytes>>,
    call: &Call,
) -> anyhow::Result<Vec<u8>> {
    let mut request = Request::builder()
        .method(call.method.clone())
        .uri(&call.path)
        .header("host", "127.0.0.1")
        .header("authorization", format!("Bearer {}", call.token));
    if !call.body.is_empty() {
        request = request.header("content-type", "application/json");
    }
    let request = request.body(Full::new(call.body.clone()))?;
    connection.ready().await?;
    let response = connection.send_request(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    if !status.is_success() {
        let text = String::from_utf8_lossy(&body);
        bail!("{} {}: {status} {text}", call.method, call.path);
    }
    Ok(body.to_vec())
}

/// Whether a server answers.
pub async fn answers(address: SocketAddr) -> anyhow::Result<()> {
    let mut connection = connect(address).await?;
    let request = Request::builder()
        .uri("/readyz")
        .header("host", "127.0.0.1")
        .body(Full::new(Bytes::new()))?;
    connection.ready().await?;
    let response = connection.send_request(request).await?;
    if response.status() != StatusCode::OK {
        bail!("{}", response.status());
    }
    Ok(())
}

async fn connect(address: SocketAddr) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address)
        .await
        .context("the server does not listen")?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}
/// One call by itself; the body of the answer.
pub async fn one(address: SocketAddr, call: &Call) -> anyhow::Result<Vec<u8>> {
    exchange(&mut connect(address).await?, call).await
}
