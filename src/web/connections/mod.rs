//! Connections: how many there may be, and how long each may keep one waiting. Nobody who sends
//! slowly, sends half, or does not read what she is answered keeps the others out. Says nothing of
//! who is connected, to no log.

mod descriptors;
mod seats;

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use poem::http::uri::Scheme;
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Endpoint, Request, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutStream;

use crate::rehearsal;
pub use descriptors::most_connections;
pub use seats::Seat;
use seats::Seats;

/// From one answer, or the beginning, to the end of the next request's head. Longer than the
/// proxies that keep connections open, by default, keep an unused one: it is they who close it.
const HEAD: Duration = Duration::from_secs(75);
/// From the end of the head to the end of the body.
const BODY: Duration = Duration::from_secs(30);
/// A client may leave an answer unread for so long.
const UNREAD: Duration = Duration::from_secs(30);
/// How long running requests may take to end after the signal.
const GRACE: Duration = Duration::from_secs(20);
/// Bytes of a request's head, and of what is read ahead. Thousands of connections hold so much.
const HEAD_BYTES: usize = 32 * 1024;
/// After a connection could not be accepted, for want of descriptors or memory.
const PAUSE: Duration = Duration::from_millis(100);

/// How long the body of a request may be on its way.
#[must_use]
pub fn patience_for_a_body() -> Duration {
    rehearsal::patience(BODY)
}

/// Answers on a listener until the signal; running requests are finished first.
pub async fn serve<E>(
    listener: TcpListener,
    most: usize,
    endpoint: E,
    signal: impl Future<Output = ()>,
) -> io::Result<()>
where
    E: Endpoint<Output = Response> + 'static,
{
    let endpoint = Arc::new(endpoint);
    let local = LocalAddr(listener.local_addr()?.into());
    let seats = Seats::of(most);
    let open = GracefulShutdown::new();
    tokio::pin!(signal);
    loop {
        let arrival = tokio::select! {
            () = &mut signal => break,
            arrival = arrival(&listener, &seats) => arrival,
        };
        let Some((socket, from, seat)) = arrival else {
            continue;
        };
        let addresses = (local.clone(), RemoteAddr(from.into()));
        let talk = converse(
            socket,
            addresses,
            seat.clone(),
            (endpoint.clone(), open.watcher()),
        );
        tokio::spawn(async move {
            tokio::select! {
                () = talk => {}
                () = seat.is_wanted() => {}
            }
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(GRACE, open.shutdown()).await;
    Ok(())
}

/// The next connection that has a seat. `None` if the operating system has no place for one more:
/// then those that are there go on, and some will end.
async fn arrival(
    listener: &TcpListener,
    seats: &Arc<Seats>,
) -> Option<(TcpStream, std::net::SocketAddr, Arc<Seat>)> {
    match listener.accept().await {
        Ok((socket, from)) => Some((socket, from, seats.take().await)),
        Err(error) => {
            tracing::warn!(cause = %error, "a connection could not be accepted");
            tokio::time::sleep(PAUSE).await;
            None
        }
    }
}

/// Requests and answers on one connection, one after the other, until either side ends it.
async fn converse<E>(
    socket: TcpStream,
    (local, remote): (LocalAddr, RemoteAddr),
    seat: Arc<Seat>,
    (endpoint, watcher): (Arc<E>, Watcher),
) where
    E: Endpoint<Output = Response> + 'static,
{
    let _ = socket.set_nodelay(true);
    let mut socket = TimeoutStream::new(socket);
    socket.set_write_timeout(Some(rehearsal::patience(UNREAD)));
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (endpoint, seat) = (endpoint.clone(), seat.clone());
        let (local, remote) = (local.clone(), remote.clone());
        async move {
            let mut request = Request::from((request, local, remote, Scheme::HTTP));
            request.extensions_mut().insert(seat.clone());
            let response = endpoint.get_response(request).await;
            seat.waits();
            Ok::<_, Infallible>(hyper::Response::from(response))
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(rehearsal::patience(HEAD))
        .max_buf_size(HEAD_BYTES)
        .serve_connection(TokioIo::new(Box::pin(socket)), service);
    // Whatever ends it, a late head or a broken line, is the client's own affair.
    let _ = watcher.watch(connection).await;
}
