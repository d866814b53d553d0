//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, header};
use ipnet::IpNet;

use super::State;
use crate::config::{ClientAddressHeader, Http};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The address that a request is sent from. Behind proxies that the operator trusts, what they say of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClientAddress(pub(super) IpAddr);

impl FromRequestParts<State> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Every connection that is accepted has one.
        let peer = peer.map_or(Ipv4Addr::UNSPECIFIED.into(), |ConnectInfo(peer)| peer.ip().to_canonical());
        Ok(Self(behind(peer, &parts.headers, &state.app.config.http)))
    }
}

/// Whether an address is that of a proxy that is trusted.
pub(super) fn is_trusted(address: IpAddr, proxies: &[IpNet]) -> bool {
    let address = address.to_canonical();
    proxies.iter().any(|network| network.contains(&address))
}

/// Who is behind a peer. Each proxy adds the address that it was sent the request from, so of the chain only what trusted
/// proxies have added is true: the first from the right that is none of theirs is the client.
fn behind(peer: IpAddr, headers: &HeaderMap, config: &Http) -> IpAddr {
    let proxies = &config.trusted_proxies;
    if !is_trusted(peer, proxies) {
        return peer;
    }
    let lines = |name| {
        let lines = headers.get_all(name).iter().map(|line| line.to_str().unwrap_or("?"));
        lines.collect::<Vec<_>>().join(",")
    };
    let chain = match config.client_address_header {
        ClientAddressHeader::XForwardedFor => forwarded_for(&lines(X_FORWARDED_FOR)),
        ClientAddressHeader::Forwarded => forwarded(&lines(header::FORWARDED)),
    };
    first_untrusted(peer, &chain, proxies)
}

fn first_untrusted(peer: IpAddr, chain: &[Option<IpAddr>], proxies: &[IpNet]) -> IpAddr {
    let mut last = peer;
    for hop in chain.iter().rev() {
        // Behind something that is no address, nothing is known.
        let Some(hop) = hop else { return last };
        last = *hop;
        if !is_trusted(*hop, proxies) {
            break;
        }
    }
    last
}

/// `X-Forwarded-For: client, proxy, proxy`
fn forwarded_for(text: &str) -> Vec<Option<IpAddr>> {
    text.split(',').map(|hop| address(hop.trim())).collect()
}

/// `Forwarded: for=client;proto=https, for="[2001:db8::1]:4711"` (RFC 7239). A comma or semicolon in quotes splits an
/// element in pieces that are no addresses, which is as good as none.
fn forwarded(text: &str) -> Vec<Option<IpAddr>> {
    let node = |element: &str| {
        element.split(';').find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            name.trim().eq_ignore_ascii_case("for").then(|| address(value.trim().trim_matches('"'))).flatten()
        })
    };
    text.split(',').map(node).collect()
}

/// An address with or without a port, IPv6 with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let address = text.parse().ok().or_else(bare).or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use ClientAddressHeader::{Forwarded, XForwardedFor};

    use super::*;
    use crate::config::Config;

    fn client(peer: &str, header: ClientAddressHeader, lines: &[(HeaderName, &str)]) -> String {
        let config = Config::read(&|name| match name {
            "TRUSTED_PROXIES" => Some("10.0.0.0/8, 2001:db8:1::/48".into()),
            _ => None,
        });
        let config = Http { client_address_header: header, ..config.unwrap().http };
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, value.parse().unwrap());
        }
        behind(peer.parse().unwrap(), &headers, &config).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_is_believed_and_only_what_it_added() {
        for (peer, chain, expected) in [
            ("192.0.2.9", "198.51.100.1", "192.0.2.9"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "1.1.1.1, 198.51.100.1, 10.2.3.4", "198.51.100.1"),
            ("10.0.0.1", "10.9.9.9, 10.2.3.4", "10.9.9.9"),
            ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
            ("10.0.0.1", "2001:db8:2::5", "2001:db8:2::5"),
            ("2001:db8:1::1", "[2001:db8:2::5]:80", "2001:db8:2::5"),
            ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1, unknown", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1, , 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "", "10.0.0.1"),
        ] {
            assert_eq!(
                client(peer, XForwardedFor, &[(X_FORWARDED_FOR, chain)]),
                expected,
                "{chain} from {peer}"
            );
        }
        let lines = [(X_FORWARDED_FOR, "1.1.1.1"), (X_FORWARDED_FOR, "198.51.100.1")];
        assert_eq!(client("10.0.0.1", XForwardedFor, &lines), "198.51.100.1", "lines are one list");
    }

    #[test]
    fn the_standard_header_says_the_same_where_the_proxies_write_it() {
        let forwarded = |value| client("10.0.0.1", Forwarded, &[(header::FORWARDED, value)]);
        assert_eq!(forwarded("for=198.51.100.1;proto=https;by=10.0.0.1"), "198.51.100.1");
        assert_eq!(forwarded("for=1.1.1.1, For=\"[2001:db8:2::5]:4711\""), "2001:db8:2::5");
        assert_eq!(forwarded("for=198.51.100.1, for=_hidden"), "10.0.0.1");
        assert_eq!(forwarded("proto=https"), "10.0.0.1");
        let lines = [(X_FORWARDED_FOR, "198.51.100.1"), (header::FORWARDED, "for=1.1.1.1")];
        assert_eq!(
            client("10.0.0.1", XForwardedFor, &lines),
            "198.51.100.1",
            "the other one is the client's own"
        );
        assert_eq!(client("10.0.0.1", Forwarded, &lines), "1.1.1.1");
    }
}
