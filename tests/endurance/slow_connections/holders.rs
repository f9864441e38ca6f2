//! Ways to hold a connection: what a careless or hostile client does with it.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How a connection is held.
#[derive(Clone, Copy, Debug)]
pub enum Holder {
    SaysNothing,
    SendsItsHeadByteByByte,
    SendsHalfABody,
    NeverReadsItsAnswers,
}

const HEAD: &str = "POST /api/v1/sign-ins HTTP/1.1\r\nHost: respite.example\r\n\
    Content-Type: application/json\r\n";

impl Holder {
    pub const ALL: [Self; 4] = [
        Self::SaysNothing,
        Self::SendsItsHeadByteByByte,
        Self::SendsHalfABody,
        Self::NeverReadsItsAnswers,
    ];

    /// Connects, and says what it says at once.
    pub async fn begin(self, address: SocketAddr) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let first = match self {
            Self::SaysNothing => String::new(),
            Self::SendsItsHeadByteByByte => HEAD.to_owned(),
            Self::SendsHalfABody => format!("{HEAD}Content-Length: 200\r\n\r\n{{\"organisation\":"),
            Self::NeverReadsItsAnswers => Self::long_question(),
        };
        stream.write_all(first.as_bytes()).await.unwrap();
        stream
    }

    /// Goes on until the server ends the connection.
    pub async fn hold(self, mut stream: TcpStream) {
        match self {
            Self::SaysNothing | Self::SendsHalfABody => {
                let mut answer = Vec::new();
                let _ = stream.read_to_end(&mut answer).await;
            }
            Self::SendsItsHeadByteByByte => {
                let mut byte = [0];
                loop {
                    let pause = Duration::from_millis(500);
                    match tokio::time::timeout(pause, stream.read(&mut byte)).await {
                        Ok(Ok(0) | Err(_)) => return,
                        Err(_) if stream.write_all(b"x").await.is_err() => return,
                        Ok(Ok(_)) | Err(_) => {}
                    }
                }
            }
            Self::NeverReadsItsAnswers => {
                // Asks on and on. When nothing more fits into the line, that it is broken shows as
                // an error; a line that is only full says nothing.
                let question = Self::long_question();
                while stream.write_all(question.as_bytes()).await.is_ok() {}
            }
        }
    }

    /// Sends 7 MiB of a file of people, without being anybody, and waits.
    pub async fn send_most_of_a_large_file(address: SocketAddr) {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let head = "POST /api/v1/people/import HTTP/1.1\r\nHost: respite.example\r\n\
            Content-Type: text/csv\r\nContent-Length: 8000000\r\n\r\n";
        let body = vec![b'x'; 7 * 1024 * 1024];
        let _ = stream.write_all(head.as_bytes()).await;
        let _ = stream.write_all(&body).await;
        let _ = stream.read(&mut [0]).await;
    }

    /// Requests whose answers are far longer than they are.
    fn long_question() -> String {
        "GET /api/v1/openapi.json HTTP/1.1\r\nHost: respite.example\r\n\r\n".repeat(16)
    }
}
