//! A receiver of webhooks of a few lines: keeps what it gets, and answers as it is told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A call that arrived.
#[derive(Clone, Debug)]
pub struct Call {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Call {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// Checks the signature as the specification says, with nothing of ours.
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("a secret"));
        let mut mac = Hmac::<Sha256>::new_from_slice(&key.expect("base64")).expect("a key");
        let (id, time) = (
            &self.headers["webhook-id"],
            &self.headers["webhook-timestamp"],
        );
        mac.update(format!("{id}.{time}.{}", self.body).as_bytes());
        let right = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        self.headers["webhook-signature"] == right
    }
}

/// The receiver. It ends with the test.
#[derive(Clone)]
pub struct Receiver {
    pub port: u16,
    /// Status of every answer; 0 says nothing at all.
    status: Arc<Mutex<u16>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Receiver {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let receiver = Self {
            port: listener.local_addr().expect("an address").port(),
            status: Arc::new(Mutex::new(204)),
            calls: Arc::default(),
        };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.answer(stream).await });
            }
        });
        receiver
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub fn answer_with(&self, status: u16) {
        *self.status.lock().unwrap() = status;
    }

    /// What has arrived since the last call.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }

    /// Waits for the next call.
    pub async fn next(&self) -> Call {
        let began = std::time::Instant::now();
        loop {
            if let Some(call) = self.take().pop() {
                return call;
            }
            assert!(began.elapsed() < Duration::from_mins(1), "no call comes");
            // Waiting for a process is not a matter of the clock that is passed in.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn answer(&self, mut stream: TcpStream) -> Option<()> {
        let call = read(&mut stream).await?;
        self.calls.lock().unwrap().push(call);
        let status = *self.status.lock().unwrap();
        if status == 0 {
            // Waiting for a client to give up is not a matter of the clock that is passed in.
            tokio::time::sleep(Duration::from_mins(1)).await;
            return None;
        }
        let to = self.url("/elsewhere");
        let answer = format!("HTTP/1.1 {status} x\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.ok()
    }
}

async fn read(stream: &mut TcpStream) -> Option<Call> {
    let mut bytes = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let read = stream.read(&mut piece).await.ok()?;
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8(bytes.clone()).ok()?;
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let mut lines = head.lines();
            let path = lines.next()?.split(' ').nth(1)?.to_owned();
            let headers: BTreeMap<String, String> = lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let length: usize = headers.get("content-length")?.parse().ok()?;
            if body.len() == length {
                let body = body.to_owned();
                return Some(Call {
                    path,
                    headers,
                    body,
                });
            }
        }
        if read == 0 {
            return None;
        }
    }
}
