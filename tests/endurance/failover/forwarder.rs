//! One address that leads to whichever server is the primary now, as a proxy before PostgreSQL
//! does in a real installation.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Hands connections on; stops when it is dropped.
pub struct Forwarder {
    address: SocketAddr,
    to: watch::Sender<SocketAddr>,
    accepting: JoinHandle<()>,
}

impl Forwarder {
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let (to, present) = watch::channel(local(port));
        let accepting = tokio::spawn(async move {
            while let Ok((from, _)) = listener.accept().await {
                tokio::spawn(hand_on(from, present.clone()));
            }
        });
        Self {
            address,
            to,
            accepting,
        }
    }

    /// New connections go there; the old ones are cut.
    pub fn turn_to(&self, port: u16) {
        self.to.send_replace(local(port));
    }

    /// The address of the database behind it.
    pub fn database(&self) -> String {
        format!("postgres://respite@{}/postgres", self.address)
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn hand_on(mut from: TcpStream, mut present: watch::Receiver<SocketAddr>) {
    let address = *present.borrow_and_update();
    let Ok(mut to) = TcpStream::connect(address).await else {
        return;
    };
    tokio::select! {
        _ = copy_bidirectional(&mut from, &mut to) => {}
        _ = present.changed() => {}
    }
}

fn local(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}
