//! A mail server of a few lines that keeps what it gets, and can be as unfriendly as real ones.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::Engine as _;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// How it treats whoever connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// Takes everything.
    Takes,
    /// Closes every connection at once.
    Closes,
    /// Says nothing.
    Hangs,
    /// Has no room for a while (452), for every recipient.
    IsFull,
    /// Knows nobody whose address begins with `nobody` (550).
    KnowsFew,
    /// Lets this server send nothing (550 to the sender).
    Distrusts,
    /// Takes two letters, and closes each connection at the third.
    TakesTwo,
}

/// A letter that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// Whom the envelope named.
    pub to: String,
    /// Headers and body, as they were sent.
    pub text: String,
}

impl Arrived {
    pub fn header(&self, name: &str) -> String {
        let start = format!("{name}: ");
        let line = self.text.lines().find(|line| line.starts_with(&start));
        line.unwrap_or_else(|| panic!("no {name} in {}", self.text))[start.len()..].to_owned()
    }

    /// The body as a person reads it.
    pub fn body(&self) -> String {
        let (head, body) = self.text.split_once("\r\n\r\n").expect("head and body");
        let encoded = head.to_ascii_lowercase();
        if encoded.contains("transfer-encoding: base64") {
            let bytes = body.replace(['\r', '\n'], "");
            let bytes = base64::engine::general_purpose::STANDARD.decode(bytes);
            return String::from_utf8(bytes.expect("base64")).expect("UTF-8");
        }
        if encoded.contains("quoted-printable") {
            return quoted(&body.replace("=\r\n", ""));
        }
        body.to_owned()
    }

    /// The code of a letter that has one.
    pub fn code(&self) -> Option<String> {
        let body = self.body();
        let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|b| b.is_ascii_digit());
        body.lines().find(is_code).map(str::to_owned)
    }
}

fn quoted(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        rest = more;
        if *first == b'=' {
            let hex = std::str::from_utf8(&rest[..2]).expect("two digits");
            bytes.push(u8::from_str_radix(hex, 16).expect("hexadecimal"));
            rest = &rest[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).expect("UTF-8")
}

/// The server. It ends with the test.
#[derive(Clone)]
pub struct Sink {
    pub port: u16,
    mood: Arc<Mutex<Mood>>,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Sink {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let sink = Self {
            port: listener.local_addr().expect("an address").port(),
            mood: Arc::new(Mutex::new(Mood::Takes)),
            arrived: Arc::default(),
        };
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let serving = serving.clone();
                tokio::spawn(async move { serving.talk(stream).await });
            }
        });
        sink
    }

    pub fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    /// What has arrived since the last call, in the order of arrival.
    pub fn take(&self) -> Vec<Arrived> {
        std::mem::take(&mut *self.arrived.lock().unwrap())
    }

    /// Waits until so many letters have arrived; says them in the order of arrival.
    pub async fn until(&self, many: usize) -> Vec<Arrived> {
        let began = std::time::Instant::now();
        loop {
            if self.arrived.lock().unwrap().len() >= many {
                return self.take();
            }
            assert!(
                began.elapsed() < Duration::from_mins(1),
                "{many} letters do not come"
            );
            // Waiting for a process is not a matter of the clock that is passed in.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn talk(&self, stream: TcpStream) -> Option<()> {
        let mood = *self.mood.lock().unwrap();
        let mut stream = BufReader::new(stream);
        match mood {
            Mood::Closes => return None,
            Mood::Hangs => {
                // Waiting for a client to give up is not a matter of the clock that is passed in.
                tokio::time::sleep(Duration::from_mins(1)).await;
                return None;
            }
            _ => {}
        }
        say(&mut stream, "220 sink").await?;
        let (mut to, mut taken) = (String::new(), 0);
        loop {
            let line = hear(&mut stream).await?;
            let word = line
                .trim_end()
                .split([' ', ':'])
                .next()
                .unwrap_or_default()
                .to_ascii_uppercase();
            let answer = match word.as_str() {
                "EHLO" => "250-sink\r\n250 AUTH PLAIN",
                "AUTH" => "235 2.7.0 come in",
                "MAIL" if mood == Mood::Distrusts => "550 5.7.1 not from you",
                "MAIL" if mood == Mood::TakesTwo && taken == 2 => return None,
                "RCPT" if mood == Mood::IsFull => "452 4.2.2 over quota for somebody@example.org",
                "RCPT" if mood == Mood::KnowsFew && line.contains("<nobody") => {
                    "550 5.1.1 no such user: nobody@example.org"
                }
                "RCPT" => {
                    let address = line.split(['<', '>']).nth(1).unwrap_or_default();
                    address.clone_into(&mut to);
                    "250 fine"
                }
                "DATA" => {
                    say(&mut stream, "354 go on").await?;
                    let text = text(&mut stream).await?;
                    let to = to.clone();
                    self.arrived.lock().unwrap().push(Arrived { to, text });
                    taken += 1;
                    "250 taken"
                }
                "QUIT" => {
                    say(&mut stream, "221 bye").await?;
                    return None;
                }
                _ => "250 fine",
            };
            say(&mut stream, answer).await?;
        }
    }
}

async fn say(stream: &mut BufReader<TcpStream>, line: &str) -> Option<()> {
    stream
        .write_all(format!("{line}\r\n").as_bytes())
        .await
        .ok()
}

async fn hear(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut line = String::new();
    let read = stream.read_line(&mut line).await.ok()?;
    (read > 0).then_some(line)
}

async fn text(stream: &mut BufReader<TcpStream>) -> Option<String> {
    let mut text = String::new();
    loop {
        let line = hear(stream).await?;
        if line == ".\r\n" {
            return Some(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
