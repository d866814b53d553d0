//! Where the server listens.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;

use super::vars::Vars;
use super::{ConfigError, Connections};

/// Where the server listens.
#[derive(Debug, Clone)]
pub struct Http {
    /// `HOST`: the address, 127.0.0.1 unless said otherwise.
    pub host: IpAddr,
    /// `PORT`: the port, 8000 unless said otherwise; 0 takes a free one.
    pub port: u16,
    /// `SHUTDOWN_DELAY`: how long requests are still taken after SIGTERM, so that a load balancer that asks `/readyz` has
    /// time to send them elsewhere.
    pub shutdown_delay: Duration,
    /// `TRUSTED_PROXIES`: the networks of proxies that say truly which address a request was sent from; none unless said
    /// otherwise.
    pub trusted_proxies: Vec<IpNet>,
    /// `CLIENT_ADDRESS_HEADER`: the header by which they say so.
    pub client_address_header: ClientAddressHeader,
    /// How many connections there may be, and how long each step may take.
    pub connections: Connections,
}

/// By which header proxies say which address a request was sent from. One of the two only: a proxy writes one, and passes on
/// the other as the client sent it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientAddressHeader {
    /// `X-Forwarded-For`, unless said otherwise.
    XForwardedFor,
    /// `Forwarded` (RFC 7239).
    Forwarded,
}

impl Http {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        Ok(Self {
            host: vars
                .parsed("HOST", "an IP address such as 127.0.0.1 or 0.0.0.0")?
                .unwrap_or(IpAddr::from([127, 0, 0, 1])),
            port: vars.parsed("PORT", "a port number from 0 to 65535")?.unwrap_or(8000),
            shutdown_delay: Duration::from_secs(vars.ranged("SHUTDOWN_DELAY", 0, 300)?.unwrap_or(0).into()),
            trusted_proxies: vars
                .list("TRUSTED_PROXIES")?
                .iter()
                .map(|text| network(text).ok_or_else(|| not_a_network(vars, text)))
                .collect::<Result<_, _>>()?,
            client_address_header: match vars.get("CLIENT_ADDRESS_HEADER")? {
                None => ClientAddressHeader::XForwardedFor,
                Some(name) if name.eq_ignore_ascii_case("x-forwarded-for") => {
                    ClientAddressHeader::XForwardedFor
                }
                Some(name) if name.eq_ignore_ascii_case("forwarded") => ClientAddressHeader::Forwarded,
                Some(name) => {
                    let problem = format!("'{name}' is neither 'x-forwarded-for' nor 'forwarded'");
                    return Err(vars.wrong("CLIENT_ADDRESS_HEADER", problem));
                }
            },
            connections: Connections::read(vars)?,
        })
    }
}

/// `10.0.0.0/8`, or one address.
fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| Some(text.parse::<IpAddr>().ok()?.to_canonical().into()))
}

fn not_a_network(vars: &Vars<'_>, text: &str) -> ConfigError {
    vars.wrong(
        "TRUSTED_PROXIES",
        format!(
            "'{text}' is neither an address nor a network such as 10.0.0.0/8; several are separated by commas"
        ),
    )
}

/// Where this machine itself reaches a server that listens on this address.
pub(super) fn within_reach(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
