//! Where a request comes from. Believed are only the proxies that the operator has named, and of
//! what they say only the last hop: everything before it, anybody can write. For rate limits
//! only; never stored and never logged.

use std::net::IpAddr;

use poem::{FromRequest, Request, RequestBody};

use crate::app::App;

/// The address of whoever sent this request; `None` if the connection has none (a test).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientAddress(pub Option<IpAddr>);

impl<'a> FromRequest<'a> for ClientAddress {
    async fn from_request(req: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let peer = req
            .remote_addr()
            .as_socket_addr()
            .map(std::net::SocketAddr::ip);
        let trusted = req
            .data::<App>()
            .map_or(&[][..], |app| &app.settings.trusted_proxies);
        let hops = req.headers().get_all("x-forwarded-for").iter();
        let hops: Vec<&str> = hops
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(','))
            .collect();
        Ok(Self(peer.map(|peer| client(peer, &hops, trusted))))
    }
}

/// Walks back from the connection as long as it meets proxies of ours.
fn client(peer: IpAddr, hops: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let mut address = peer.to_canonical();
    for hop in hops.iter().rev() {
        if !trusted.contains(&address) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(hop) => address = hop.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_hop_of_a_trusted_proxy_is_believed() {
        let cases: [(&str, &[&str], &str); 7] = [
            ("10.0.0.1", &["192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", &["198.51.100.1", "192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", &["192.0.2.9", " 10.0.0.2 "], "192.0.2.9"),
            ("203.0.113.5", &["192.0.2.9"], "203.0.113.5"),
            ("10.0.0.1", &["unknown"], "10.0.0.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["::ffff:192.0.2.9"], "192.0.2.9"),
        ];
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        let trusted = [address("10.0.0.1"), address("10.0.0.2")];
        for (peer, hops, expected) in cases {
            let found = client(address(peer), hops, &trusted);
            assert_eq!(found, address(expected), "{peer} {hops:?}");
        }
    }
}
