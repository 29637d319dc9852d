//! What the operator allows beyond the public internet (R-SSRF-06).

use std::{collections::HashSet, net::IpAddr};

use ipnet::IpNet;
use url::Host;

use super::address_policy::{AddressClass, address_class, unmapped};

/// Private networks and hosts that may be reached, and with plain `http`. Empty by default.
#[derive(Debug, Clone, Default)]
pub struct AllowList {
    networks: Vec<IpNet>,
    hosts: HashSet<(String, u16)>,
    own_ports: HashSet<u16>,
}

/// An entry of the list that is neither a network nor `host:port`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "could not read `{entry}`: write a network such as 10.0.0.0/8, or a host and port such as registry.local:5000"
)]
pub struct BadEntry {
    entry: String,
}

impl AllowList {
    /// Reads entries separated by commas or white space: networks (`10.0.0.0/8`) and hosts with
    /// their port (`registry.local:5000`, `127.0.0.1:5000`, `[::1]:5000`).
    ///
    /// A network never allows link-local and metadata addresses; those must be named with a port.
    ///
    /// # Errors
    /// The first entry that is neither.
    pub fn parse(text: &str) -> Result<Self, BadEntry> {
        let mut list = Self::default();
        for entry in
            text.split([',', ' ', '\n', '\t']).map(str::trim).filter(|entry| !entry.is_empty())
        {
            let bad = || BadEntry { entry: entry.chars().take(100).collect() };
            if entry.contains('/') {
                list.networks.push(entry.parse::<IpNet>().map_err(|_| bad())?.trunc());
            } else {
                let (host, port) = entry.rsplit_once(':').ok_or_else(bad)?;
                let port = port.parse().ok().filter(|port| *port != 0).ok_or_else(bad)?;
                let host = Host::parse(host.trim_end_matches('.')).map_err(|_| bad())?;
                list.hosts.insert((bare(&host), port));
            }
        }
        Ok(list)
    }

    /// The same list, but no network opens these ports: Hawser's own database, Vault and such.
    #[must_use]
    pub fn without_ports(mut self, ports: impl IntoIterator<Item = u16>) -> Self {
        self.own_ports.extend(ports);
        self
    }

    pub(super) fn names(&self, host: &Host<&str>, port: u16) -> bool {
        !self.hosts.is_empty() && self.hosts.contains(&(bare(host), port))
    }

    pub(super) fn holds(&self, address: IpAddr) -> bool {
        let address = unmapped(address);
        address_class(address) != AddressClass::Sensitive
            && self.networks.iter().any(|network| network.contains(&address))
    }

    pub(super) fn has_networks(&self) -> bool {
        !self.networks.is_empty()
    }

    pub(super) fn protects(&self, port: u16) -> bool {
        self.own_ports.contains(&port)
    }
}

/// The host without brackets and trailing dot, in lower case.
fn bare<S: AsRef<str>>(host: &Host<S>) -> String {
    match host {
        Host::Domain(name) => name.as_ref().trim_end_matches('.').to_ascii_lowercase(),
        Host::Ipv4(v4) => v4.to_string(),
        Host::Ipv6(v6) => v6.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_and_hosts_are_read() {
        let list =
            AllowList::parse("10.0.0.0/8, 127.0.0.1:5000,Registry.Local.:5000\n[::1]:80 fd00::/8")
                .unwrap();
        assert!(
            list.holds("10.1.2.3".parse().unwrap())
                && list.holds("::ffff:10.1.2.3".parse().unwrap())
        );
        assert!(!list.holds("11.0.0.1".parse().unwrap()));
        assert!(
            list.names(&Host::Domain("registry.local"), 5000)
                && list.names(&Host::Domain("REGISTRY.local."), 5000)
        );
        assert!(!list.names(&Host::Domain("registry.local"), 443));
        assert!(list.names(&Host::Ipv4([127, 0, 0, 1].into()), 5000));
        assert!(
            list.names(
                &Host::parse("[::1]")
                    .as_ref()
                    .map(|h: &Host<String>| match h {
                        Host::Ipv6(v6) => Host::Ipv6(*v6),
                        _ => Host::Domain(""),
                    })
                    .unwrap(),
                80
            )
        );
    }

    #[test]
    fn r_ssrf_06_no_network_allows_metadata_services() {
        let list = AllowList::parse("0.0.0.0/0 ::/0").unwrap();
        for address in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "fd00:ec2::254",
            "100.100.100.200",
            "fe80::1",
            "0.0.0.0",
        ] {
            assert!(!list.holds(address.parse().unwrap()), "{address}");
        }
        assert!(
            AllowList::parse("169.254.169.254:80")
                .unwrap()
                .names(&Host::Ipv4([169, 254, 169, 254].into()), 80)
        );
    }

    #[test]
    fn bad_entries_are_told() {
        for bad in ["10.0.0.0", "registry.local", "registry.local:0", "10.0.0.0/33", "a b:x", ":80"]
        {
            assert!(AllowList::parse(bad).is_err(), "{bad}");
        }
        assert!(AllowList::parse("").unwrap().hosts.is_empty());
    }
}
