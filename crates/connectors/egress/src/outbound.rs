use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    net::IpAddr,
    sync::Arc,
};

use domain::Cause;
use reqwest::Client;
use url::{Host, Url};

use super::{
    AllowList, EgressProfile, Login, Metadata,
    address_policy::{AddressClass, address_class},
    client_pool::{ClientPool, Shows},
    concurrency_limit::ConcurrencyLimit,
    egress_profile::{ProfileCache, ProfileKey},
    resolve::ReachableAddresses,
    tls::{Checking, Tls},
};
use crate::Failure;

/// The client for every address that a person typed or a registry named.
#[derive(Clone)]
pub struct Outbound {
    core: Arc<Core>,
    pool: Arc<ClientPool>,
}

/// What all egress profiles share.
struct Core {
    allow: Arc<AllowList>,
    limit: ConcurrencyLimit,
    proxies: BTreeMap<String, Url>,
    skip_verify: HashSet<(String, u16)>,
    usual: Tls,
    egress_profiles: ProfileCache,
}

/// What the operator decides about the way out. `Debug` shows the names of proxies alone, because their
/// addresses may hold a password.
#[derive(Clone, Default)]
pub struct OutboundSettings {
    /// What may be reached beyond the public internet.
    pub allow: AllowList,
    /// Proxies by the name that repositories use; `http` or `https`, perhaps with a login.
    pub proxies: BTreeMap<String, Url>,
    /// Hosts with their port whose certificate is not checked.
    pub skip_verify: HashSet<(String, u16)>,
}

impl fmt::Debug for OutboundSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboundSettings")
            .field("allow", &self.allow)
            .field("proxies", &self.proxies.keys())
            .field("skip_verify", &self.skip_verify)
            .finish()
    }
}

/// The outbound client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// No authorities, or none that can be used.
    #[error("could not set up TLS; are the system's root certificates installed?")]
    Tls(#[source] rustls::Error),
    /// The HTTP part.
    #[error("could not build the outbound client")]
    Client(#[source] reqwest::Error),
    /// A proxy that is neither `http` nor `https`, or has no host.
    #[error("could not use the proxy `{name}`: write a URL such as http://proxy.local:3128")]
    Proxy {
        /// Its name.
        name: String,
    },
}

/// Whom a request may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// The public internet and the allow-list: an address that a person of ours typed.
    AllowList,
    /// The public internet alone: an address that a public host named.
    PublicOnly,
    /// A metadata service of a cloud, and nothing else: an identity that the operator turned on.
    Metadata,
}

impl Outbound {
    /// Builds the client without proxies; every certificate is checked.
    ///
    /// # Errors
    /// When the TLS part cannot be set up.
    pub fn new(allow: AllowList) -> Result<Self, OutboundError> {
        Self::with(OutboundSettings { allow, ..OutboundSettings::default() })
    }

    /// Builds the client as the operator decided.
    ///
    /// # Errors
    /// When the TLS part cannot be set up, or a proxy cannot be used.
    pub fn with(settings: OutboundSettings) -> Result<Self, OutboundError> {
        let OutboundSettings { allow, proxies, skip_verify } = settings;
        for (name, proxy) in &proxies {
            if !matches!(proxy.scheme(), "http" | "https") || proxy.host().is_none() {
                return Err(OutboundError::Proxy { name: name.clone() });
            }
        }
        let skip_verify = skip_verify.into_iter().map(|(host, port)| (plain(&host), port));
        let (allow, usual) = (Arc::new(allow), Tls::system().map_err(OutboundError::Tls)?);
        let pool = Arc::new(ClientPool::usual(&allow, usual.clone())?);
        let core = Core {
            allow,
            limit: ConcurrencyLimit::new(),
            proxies,
            skip_verify: skip_verify.collect(),
            usual,
            egress_profiles: ProfileCache::default(),
        };
        Ok(Self { core: Arc::new(core), pool })
    }

    /// The same client on this egress profile: it trusts the egress profile's authorities besides the system's, shows
    /// the login's client certificate to the origin that is asked and to nobody else, and takes the
    /// named proxy. All rules about addresses stay. A profile that was used lately costs nothing.
    ///
    /// # Errors
    /// `ProxyError` for a name that the operator did not configure, `TlsUntrusted` and
    /// `ClientCertificate` for certificates that cannot be read.
    pub fn on(&self, egress: &EgressProfile, login: Option<&Login>) -> Result<Self, Failure> {
        let certificate = login.and_then(|login| login.certificate.as_deref());
        if certificate.is_none() && *egress == EgressProfile::default() {
            return Ok(self.clone());
        }
        let proxy = match egress.proxy.as_str() {
            "" => None,
            name => Some(self.core.proxies.get(name).cloned().ok_or_else(|| {
                Failure::new(Cause::ProxyError, "use the proxy: the operator has none of this name")
            })?),
        };
        let key = ProfileKey::of(egress, certificate);
        let core = &self.core;
        if let Some(pool) = core.egress_profiles.get(key) {
            return Ok(Self { core: Arc::clone(core), pool });
        }
        let pool =
            Arc::new(ClientPool::build(&core.allow, &core.usual, egress, proxy, certificate)?);
        core.egress_profiles.insert(key, Arc::clone(&pool));
        Ok(Self { core: Arc::clone(core), pool })
    }

    /// The names of the proxies, in order.
    #[must_use]
    pub fn proxies(&self) -> Vec<String> {
        self.core.proxies.keys().cloned().collect()
    }

    /// Whether `url` may be asked with plain `http` if its address proves to be allowed.
    #[must_use]
    pub fn may_be_plain(&self, url: &Url) -> bool {
        let mut plain = url.clone();
        let port = url.port_or_known_default();
        plain.set_scheme("http").is_ok()
            && plain.set_port(port).is_ok()
            && self.reach(&plain, Trust::AllowList).is_some()
    }

    pub(super) fn limit(&self) -> &ConcurrencyLimit {
        &self.core.limit
    }

    pub(super) fn allow(&self) -> &AllowList {
        &self.core.allow
    }

    pub(super) fn pool(&self) -> &ClientPool {
        &self.pool
    }

    /// The client that asks for `url`, which may be reached this far.
    pub(super) fn client(&self, url: &Url, reach: ReachableAddresses, shows: Shows) -> &Client {
        self.pool.client(reach, self.checking(url), shows)
    }

    /// Whether the certificate of `url` is checked.
    pub(super) fn checking(&self, url: &Url) -> Checking {
        let skipped = !self.core.skip_verify.is_empty()
            && url
                .host_str()
                .zip(url.port_or_known_default())
                .is_some_and(|(host, port)| self.core.skip_verify.contains(&(plain(host), port)));
        if skipped { Checking::Skip } else { Checking::Verify }
    }

    /// Whether anybody may be asked at this address, as far as it can be told without asking: the
    /// addresses of a name are judged when it is resolved.
    #[must_use]
    pub fn may_ask(&self, url: &Url) -> bool {
        self.reach(url, Trust::AllowList).is_some()
    }

    /// How far a request for `url` may reach; `None` when nobody may ask for it.
    pub(super) fn reach(&self, url: &Url, trust: Trust) -> Option<ReachableAddresses> {
        let allow = &self.core.allow;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        if trust == Trust::Metadata {
            return Metadata::of(url).map(|_| ReachableAddresses::Named);
        }
        let (host, port) = (url.host()?, url.port_or_known_default()?);
        let trusted = trust == Trust::AllowList;
        if trusted && allow.names(&host, port) {
            return Some(ReachableAddresses::Named);
        }
        let networks = trusted && allow.has_networks() && !allow.protects(port);
        match (address(&host), https) {
            (Some(address), _) if networks && allow.holds(address) => {
                Some(ReachableAddresses::Networks)
            }
            (Some(address), true) if address_class(address) == AddressClass::Public => {
                Some(ReachableAddresses::Public)
            }
            (None, true) if networks => Some(ReachableAddresses::Open),
            (None, true) => Some(ReachableAddresses::Public),
            (None, false) if networks => Some(ReachableAddresses::Networks),
            (Some(_), _) | (None, false) => None,
        }
    }
}

/// A host as it is compared: without brackets and trailing dot, in lower case.
fn plain(host: &str) -> String {
    host.trim_matches(['[', ']']).trim_end_matches('.').to_ascii_lowercase()
}

pub(super) fn address(host: &Host<&str>) -> Option<IpAddr> {
    match host {
        Host::Domain(_) => None,
        Host::Ipv4(v4) => Some(IpAddr::V4(*v4)),
        Host::Ipv6(v6) => Some(IpAddr::V6(*v6)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(list: &str, url: &str, trust: Trust) -> bool {
        Outbound::new(AllowList::parse(list).unwrap().without_ports([8200]))
            .unwrap()
            .reach(&Url::parse(url).unwrap(), trust)
            .is_some()
    }

    #[test]
    fn only_public_https_without_an_allow_list() {
        for (url, fine) in [
            ("https://charts.example.com/", true),
            ("https://8.8.8.8/", true),
            ("http://charts.example.com/", false),
            ("http://8.8.8.8/", false),
            ("https://127.0.0.1/", false),
            ("https://[::1]/", false),
            ("https://2130706433/", false),
            ("https://u:p@charts.example.com/", false),
            ("ftp://charts.example.com/", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(allowed("", url, Trust::AllowList), fine, "{url}");
        }
    }

    #[test]
    fn r_ssrf_06_metadata_services_are_reached_by_name_of_the_operator_alone() {
        let url = "http://169.254.169.254/latest/meta-data/";
        for trust in [Trust::AllowList, Trust::PublicOnly] {
            assert!(!allowed("", url, trust) && !allowed("10.0.0.0/8", url, trust));
        }
        assert!(allowed("", url, Trust::Metadata));
        for other in ["https://charts.example.com/", "http://10.0.0.1/", "http://169.254.1.1/"] {
            assert!(!allowed("10.0.0.0/8", other, Trust::Metadata), "{other}");
        }
    }

    #[test]
    fn r_ssrf_06_the_allow_list_opens_what_it_names() {
        let list = "10.0.0.0/8 registry.local:5000 127.0.0.1:5000 169.254.169.254:80";
        for (url, fine) in [
            ("http://10.1.2.3/", true),
            ("https://10.1.2.3:8443/", true),
            ("http://10.1.2.3:8200/", false),
            ("http://registry.local:5000/", true),
            ("http://127.0.0.1:5000/", true),
            ("http://127.0.0.1:5001/", false),
            ("http://169.254.169.254/", true),
            ("http://169.254.169.254:81/", false),
            ("http://8.8.8.8/", false),
        ] {
            assert_eq!(allowed(list, url, Trust::AllowList), fine, "{url}");
            assert!(!allowed(list, url, Trust::PublicOnly), "{url}");
        }
    }
}
