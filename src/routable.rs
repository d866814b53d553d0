//! Which addresses lie in the open internet.
//!
//! What staff enter as a webhook's address is called by the server, from inside whatever network it stands in. Databases,
//! routers and the metadata services of clouds stand there too and trust whoever can reach them, so such an address is not
//! called (server-side request forgery, CWE-918).

use std::net::IpAddr;
use std::sync::LazyLock;

use ipnet::IpNet;

/// What IANA's registries of special-purpose addresses keep out of the open internet, what leads back into IPv4, and
/// multicast.
const SPECIAL: [&str; 26] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.31.196.0/24",
    "192.52.193.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "192.175.48.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    // Multicast, what is reserved, and broadcast.
    "224.0.0.0/3",
    // Of IPv6 only 2000::/3 is given out; from that are taken Teredo and other protocols, documentation, and 6to4.
    "::/3",
    "4000::/2",
    "8000::/1",
    "2001::/23",
    "2001:db8::/32",
    "2002::/16",
    "2620:4f:8000::/48",
    "3fff::/20",
    "5f00::/16",
];

static NETWORKS: LazyLock<Vec<IpNet>> =
    LazyLock::new(|| SPECIAL.iter().filter_map(|network| network.parse().ok()).collect());

/// Whether the address is one of the open internet: not of this machine, a private network, a provider's, or none at all. An
/// IPv4 address is judged as such in whatever form of IPv6 it comes.
#[must_use]
pub fn is_routable(address: IpAddr) -> bool {
    let address = address.to_canonical();
    !NETWORKS.iter().any(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_network_is_read() {
        assert_eq!(NETWORKS.len(), SPECIAL.len());
    }

    #[test]
    fn only_the_open_internet_is_called() {
        for address in [
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fec0::1",
        ] {
            assert!(!is_routable(address.parse().unwrap()), "{address}");
        }
        for address in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.167.0.1",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2606:4700::1111",
            "2a00:1450:4001::1",
        ] {
            assert!(is_routable(address.parse().unwrap()), "{address}");
        }
    }
}
