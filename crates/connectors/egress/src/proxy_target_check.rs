//! The judgement of addresses before a proxy is asked: the proxy connects, not we.

use std::net::IpAddr;

use domain::Cause;
use url::Url;

use super::{
    Outbound,
    address_policy::{AddressClass, address_class},
    outbound::address,
    resolve::{ReachableAddresses, look_up, vet},
};

/// Where a host is, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NetworkSide {
    /// Inside somebody's network, as an operator allowed.
    Inside,
    /// On the internet, or not known.
    Outside,
}

impl NetworkSide {
    pub(super) fn of(address: IpAddr) -> Self {
        if address_class(address) == AddressClass::Public { Self::Outside } else { Self::Inside }
    }
}

/// What became known of a host that a proxy will connect to.
pub(super) enum ProxyTarget {
    /// So many addresses, all of them allowed.
    Addresses(usize, NetworkSide),
    /// The name resolves for the proxy alone, and the operator named it.
    Nothing,
}

impl ProxyTarget {
    pub(super) const fn side(&self) -> NetworkSide {
        match self {
            Self::Addresses(_, side) => *side,
            Self::Nothing => NetworkSide::Outside,
        }
    }
}

impl Outbound {
    /// Judges a host before a proxy connects to it. The proxy picks among the addresses of a name,
    /// so each of them has to be allowed. A name that does not resolve here cannot be judged, so it
    /// is refused unless the operator named the host with its port.
    pub(super) async fn check_proxy_target(
        &self,
        url: &Url,
        reach: ReachableAddresses,
    ) -> Result<ProxyTarget, Cause> {
        let Some(host) = url.host() else { return Err(Cause::BlockedAddress) };
        if let Some(address) = address(&host) {
            return Ok(ProxyTarget::Addresses(1, NetworkSide::of(address)));
        }
        let found = match look_up(url.host_str().unwrap_or_default()).await {
            Ok(found) => found,
            Err(_) if reach == ReachableAddresses::Named => return Ok(ProxyTarget::Nothing),
            Err(_) => return Err(Cause::DnsFailure),
        };
        let all = found.len();
        let vetted = vet(found, reach, self.allow()).map_err(|_| Cause::BlockedAddress)?;
        if vetted.len() < all {
            return Err(Cause::BlockedAddress);
        }
        let inside =
            vetted.iter().all(|socket| NetworkSide::of(socket.ip()) == NetworkSide::Inside);
        Ok(ProxyTarget::Addresses(
            all,
            if inside { NetworkSide::Inside } else { NetworkSide::Outside },
        ))
    }
}
