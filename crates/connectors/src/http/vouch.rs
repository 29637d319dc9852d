//! The judgement of addresses before a proxy is asked: the proxy connects, not we.

use std::net::IpAddr;

use domain::Cause;
use url::Url;

use super::{
    Outbound,
    judge::{Verdict, judge},
    outbound::address,
    resolve::{Reach, look_up, vet},
};

/// Where a host is, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Inside somebody's network, as an operator allowed.
    Inside,
    /// On the internet, or not known.
    Outside,
}

impl Side {
    pub(super) fn of(address: IpAddr) -> Self {
        if judge(address) == Verdict::Public { Self::Outside } else { Self::Inside }
    }
}

/// What became known of a host that a proxy will connect to.
pub(super) enum Known {
    /// So many addresses, all of them allowed.
    Addresses(usize, Side),
    /// The name resolves for the proxy alone, and the operator named it.
    Nothing,
}

impl Known {
    pub(super) const fn side(&self) -> Side {
        match self {
            Self::Addresses(_, side) => *side,
            Self::Nothing => Side::Outside,
        }
    }
}

impl Outbound {
    /// Judges a host before a proxy connects to it. The proxy picks among the addresses of a name,
    /// so each of them has to be allowed. A name that does not resolve here cannot be judged, so it
    /// is refused unless the operator named the host with its port.
    pub(super) async fn vouch(&self, url: &Url, reach: Reach) -> Result<Known, Cause> {
        let Some(host) = url.host() else { return Err(Cause::BlockedAddress) };
        if let Some(address) = address(&host) {
            return Ok(Known::Addresses(1, Side::of(address)));
        }
        let found = match look_up(url.host_str().unwrap_or_default()).await {
            Ok(found) => found,
            Err(_) if reach == Reach::Named => return Ok(Known::Nothing),
            Err(_) => return Err(Cause::DnsFailure),
        };
        let all = found.len();
        let vetted = vet(found, reach, self.allow()).map_err(|_| Cause::BlockedAddress)?;
        if vetted.len() < all {
            return Err(Cause::BlockedAddress);
        }
        let inside = vetted.iter().all(|socket| Side::of(socket.ip()) == Side::Inside);
        Ok(Known::Addresses(all, if inside { Side::Inside } else { Side::Outside }))
    }
}
