//! A connection to somebody else's server: its name is looked up once, and what was found is
//! checked and then connected to. Nobody can answer the check with one address and the connection
//! with another. Says nothing of where it connects to, to no log.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::{Host, Url};

use super::addresses::is_public;

/// Why nothing was sent: a code of ours.
pub type NotConnected = &'static str;

/// Where a request goes, and how.
pub struct Way<'a> {
    /// http or https, with a host.
    pub to: &'a Url,
    /// Whether addresses that are not the public internet's are allowed.
    pub allow_private: bool,
    /// Needed for https.
    pub tls: Option<&'a TlsConnector>,
}

/// The certificate authorities of this system, which an organisation may have added its own to.
pub fn tls() -> Option<TlsConnector> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Some(TlsConnector::from(Arc::new(config)))
}

/// One request over a connection of its own. No redirect is followed, no proxy asked.
pub async fn request(
    way: &Way<'_>,
    request: Request<Full<Bytes>>,
) -> Result<Response<Incoming>, NotConnected> {
    let host = way.to.host().ok_or("no-such-host")?;
    let port = way.to.port_or_known_default().ok_or("no-such-host")?;
    let found = addresses(&host, port).await?;
    let stream = connect(&checked(found, way.allow_private)?).await?;
    if way.to.scheme() != "https" {
        return exchange(stream, request).await;
    }
    let name = match host {
        Host::Domain(name) => ServerName::try_from(name.to_owned()).map_err(|_| "no-such-host")?,
        Host::Ipv4(ip) => ServerName::from(IpAddr::V4(ip)),
        Host::Ipv6(ip) => ServerName::from(IpAddr::V6(ip)),
    };
    let tls = way.tls.ok_or("tls")?;
    let stream = tls.connect(name, stream).await.map_err(|_| "tls")?;
    exchange(stream, request).await
}

async fn addresses(host: &Host<&str>, port: u16) -> Result<Vec<SocketAddr>, NotConnected> {
    Ok(match host {
        Host::Ipv4(ip) => vec![SocketAddr::new(IpAddr::V4(*ip), port)],
        Host::Ipv6(ip) => vec![SocketAddr::new(IpAddr::V6(*ip), port)],
        Host::Domain(name) => {
            let found = lookup_host((*name, port)).await;
            found.map_err(|_| "no-such-host")?.collect()
        }
    })
}

/// All of the addresses, or none: a name that leads to a private address besides is refused.
fn checked(found: Vec<SocketAddr>, allow_private: bool) -> Result<Vec<SocketAddr>, NotConnected> {
    let is_fine = |address: &SocketAddr| allow_private || is_public(address.ip());
    if found.is_empty() {
        Err("no-such-host")
    } else if found.iter().all(is_fine) {
        Ok(found)
    } else {
        Err("private-address")
    }
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, NotConnected> {
    // Addresses, not names: nothing is looked up here.
    TcpStream::connect(addresses)
        .await
        .map_err(|_| "unreachable")
}

async fn exchange<S>(
    stream: S,
    request: Request<Full<Bytes>>,
) -> Result<Response<Incoming>, NotConnected>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection): (SendRequest<_>, _) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|_| "unreachable")?;
    // Ends with this function, whatever the other side does.
    let mut driving = JoinSet::new();
    driving.spawn(connection);
    sender
        .send_request(request)
        .await
        .map_err(|_| "unreachable")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> SocketAddr {
        SocketAddr::new(text.parse().unwrap(), 443)
    }

    #[test]
    fn a_name_that_also_leads_inside_is_refused() {
        let (out, inside) = (at("8.8.8.8"), at("10.0.0.1"));
        assert_eq!(checked(vec![out], false), Ok(vec![out]));
        assert_eq!(checked(vec![out, inside], false), Err("private-address"));
        assert_eq!(checked(vec![out, inside], true), Ok(vec![out, inside]));
        assert_eq!(checked(vec![], true), Err("no-such-host"));
    }

    #[tokio::test]
    async fn addresses_that_are_written_out_are_checked_as_well() {
        for host in [
            "127.0.0.1",
            "[::1]",
            "[::ffff:10.0.0.1]",
            "localhost",
            "2130706433",
        ] {
            let to = Url::parse(&format!("http://{host}:9/")).unwrap();
            let way = Way {
                to: &to,
                allow_private: false,
                tls: None,
            };
            let refused = request(&way, Request::default()).await.err();
            assert_eq!(refused, Some("private-address"), "{host}");
        }
    }
}
