//! Visitors: which proxies say where they come from, and how often one may ask.

use std::{net::IpAddr, num::NonZeroU32};

use ipnet::IpNet;

/// The proxies in front of Hawser whose word on the visitor's address counts. Nobody's, unless the
/// operator names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Reads addresses and networks with commas between them, such as `127.0.0.1, 10.0.0.0/8`.
    ///
    /// # Errors
    /// What is wrong with the first entry that is neither.
    pub fn parse(text: &str) -> Result<Self, String> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries.map(network).collect::<Result<_, _>>().map(Self)
    }

    /// Whether one of them has this address.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// An address alone is a network of one. Addresses of IPv4 are told in the same way everywhere, so a
/// network of them that is written as one of IPv6 would hold none.
fn network(entry: &str) -> Result<IpNet, String> {
    let wrong =
        || format!("{entry:?} is neither an address nor a network such as 10.0.0.0/8 or fd00::/8");
    let network = match entry.parse::<IpAddr>() {
        Ok(address) => IpNet::from(address.to_canonical()),
        Err(_) => entry.parse::<IpNet>().map_err(|_| wrong())?.trunc(),
    };
    match network {
        IpNet::V6(v6) if v6.network().to_ipv4_mapped().is_some() && v6.prefix_len() >= 96 => {
            Err(format!("{entry:?} has to be written as a network of IPv4"))
        }
        network => Ok(network),
    }
}

/// How many pages and forms a signed-in person may ask of one replica in a second; at once, three
/// times as many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestRate(NonZeroU32);

impl RequestRate {
    /// Reads a number from 1 to 1,000,000.
    ///
    /// # Errors
    /// When it is something else.
    pub fn parse(text: &str) -> Result<Self, String> {
        text.parse()
            .ok()
            .filter(|rate: &NonZeroU32| rate.get() <= 1_000_000)
            .map(Self)
            .ok_or_else(|| format!("{text:?} is no number from 1 to 1000000"))
    }

    /// Requests in a second.
    #[must_use]
    pub const fn per_second(self) -> NonZeroU32 {
        self.0
    }

    /// Requests at once.
    #[must_use]
    pub const fn burst(self) -> NonZeroU32 {
        self.0.saturating_mul(const { NonZeroU32::new(3).unwrap() })
    }
}

impl Default for RequestRate {
    fn default() -> Self {
        Self(const { NonZeroU32::new(20).unwrap() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_trusted() {
        let proxies =
            TrustedProxies::parse("127.0.0.1, 10.1.2.3/8,fd00::/8 ,::ffff:192.0.2.1").unwrap();
        for (address, trusted) in [
            ("127.0.0.1", true),
            ("::ffff:127.0.0.1", true),
            ("10.200.0.9", true),
            ("192.0.2.1", true),
            ("fd12::1", true),
            ("127.0.0.2", false),
            ("11.0.0.1", false),
            ("fe80::1", false),
        ] {
            assert_eq!(proxies.contains(address.parse().unwrap()), trusted, "{address}");
        }
        assert!(TrustedProxies::parse(" ,").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_network_is_named() {
        for bad in
            ["proxy.local", "10.0.0.0/33", "10.0.0.1:80", "[::1]", "*", "::ffff:10.0.0.0/104"]
        {
            let told = TrustedProxies::parse(&format!("10.0.0.1,{bad}")).unwrap_err();
            assert!(told.contains(bad), "{told}");
        }
    }

    #[test]
    fn a_rate_is_a_number_of_requests() {
        let rate = RequestRate::parse("20").unwrap();
        assert_eq!(rate, RequestRate::default());
        assert_eq!((rate.per_second().get(), rate.burst().get()), (20, 60));
        for bad in ["0", "-1", "fast", "1000001", "2.5"] {
            assert!(RequestRate::parse(bad).is_err(), "{bad}");
        }
    }
}
