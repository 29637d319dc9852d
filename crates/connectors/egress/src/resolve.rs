//! Resolves names and hands only vetted addresses on, so the judged address is the one connected.

use std::{io, net::SocketAddr, sync::Arc};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{
    AllowList,
    address_policy::{AddressClass, address_class},
};

/// How far a client may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReachableAddresses {
    /// Public addresses.
    Public,
    /// Public addresses and those of allowed networks.
    Open,
    /// Allowed networks alone, as plain `http` needs.
    Networks,
    /// Anything: the host was named with its port.
    Named,
}

/// Every address of the name is out of bounds.
#[derive(Debug, thiserror::Error)]
#[error("the name resolves to addresses that are not allowed")]
pub(super) struct Blocked;

pub(super) struct Judge {
    pub(super) reach: ReachableAddresses,
    pub(super) allow: Arc<AllowList>,
}

impl Resolve for Judge {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, allow) = (self.reach, Arc::clone(&self.allow));
        Box::pin(async move {
            let vetted = vet(look_up(name.as_str()).await?, reach, &allow)?;
            Ok(Box::new(vetted.into_iter()) as Addrs)
        })
    }
}

/// All addresses of a name, not judged yet.
pub(super) async fn look_up(name: &str) -> io::Result<Vec<SocketAddr>> {
    let found: Vec<_> = tokio::net::lookup_host((name, 0)).await?.collect();
    if found.is_empty() { Err(io::ErrorKind::NotFound.into()) } else { Ok(found) }
}

/// The addresses that a client with this reach may connect to.
pub(super) fn vet(
    found: Vec<SocketAddr>,
    reach: ReachableAddresses,
    allow: &AllowList,
) -> Result<Vec<SocketAddr>, Blocked> {
    let vetted: Vec<_> = found
        .into_iter()
        .filter(|socket| {
            let address = socket.ip();
            match reach {
                ReachableAddresses::Named => true,
                ReachableAddresses::Public => address_class(address) == AddressClass::Public,
                ReachableAddresses::Open => {
                    address_class(address) == AddressClass::Public || allow.holds(address)
                }
                ReachableAddresses::Networks => allow.holds(address),
            }
        })
        .collect();
    if vetted.is_empty() { Err(Blocked) } else { Ok(vetted) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r_ssrf_03_a_mixed_answer_keeps_only_vetted_addresses() {
        let allow = AllowList::parse("10.0.0.0/8").unwrap();
        let mixed: Vec<SocketAddr> =
            ["127.0.0.1:0", "8.8.8.8:0", "10.0.0.1:0", "169.254.169.254:0"]
                .map(|a| a.parse().unwrap())
                .to_vec();
        let kept = |reach| {
            vet(mixed.clone(), reach, &allow)
                .map(|kept| kept.iter().map(|a| a.ip().to_string()).collect::<Vec<_>>())
        };
        assert_eq!(kept(ReachableAddresses::Public).unwrap(), ["8.8.8.8"]);
        assert_eq!(kept(ReachableAddresses::Open).unwrap(), ["8.8.8.8", "10.0.0.1"]);
        assert_eq!(kept(ReachableAddresses::Networks).unwrap(), ["10.0.0.1"]);
        assert_eq!(kept(ReachableAddresses::Named).unwrap().len(), 4);
        assert!(
            vet(vec!["127.0.0.1:0".parse().unwrap()], ReachableAddresses::Open, &allow).is_err()
        );
    }
}
