use std::{net::IpAddr, sync::Arc, time::Duration};

use reqwest::{Client, redirect::Policy};
use url::{Host, Url};

use super::{
    AllowList,
    judge::{Verdict, judge},
    places::Places,
    resolve::{Judge, Reach},
};

const CONNECT: Duration = Duration::from_secs(5);
const READ: Duration = Duration::from_secs(15);

/// The client for every address that a person typed or a registry named.
#[derive(Clone)]
pub struct Outbound(Arc<Inner>);

struct Inner {
    allow: Arc<AllowList>,
    places: Places,
    public: Client,
    open: Client,
    networks: Client,
    named: Client,
}

/// The outbound client could not be built.
#[derive(Debug, thiserror::Error)]
#[error("could not build the outbound client; are the system's root certificates installed?")]
pub struct OutboundError(#[source] reqwest::Error);

/// Whom a request may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// The public internet and the allow-list: an address that a person of ours typed.
    AllowList,
    /// The public internet alone: an address that a public host named.
    PublicOnly,
}

impl Outbound {
    /// Builds the client.
    ///
    /// # Errors
    /// When the TLS part cannot be set up.
    pub fn new(allow: AllowList) -> Result<Self, OutboundError> {
        let allow = Arc::new(allow);
        let build = |reach| client(reach, &allow).map_err(OutboundError);
        let public = build(Reach::Public)?;
        // A client holds its own root certificates: make no more clients than the list needs.
        let (open, networks) = if allow.has_networks() {
            (build(Reach::Open)?, build(Reach::Networks)?)
        } else {
            (public.clone(), public.clone())
        };
        let named = build(Reach::Named)?;
        Ok(Self(Arc::new(Inner { allow, places: Places::new(), public, open, networks, named })))
    }

    /// Whether `url` may be asked with plain `http` if its address proves to be allowed.
    pub(crate) fn may_be_plain(&self, url: &Url) -> bool {
        let mut plain = url.clone();
        let port = url.port_or_known_default();
        plain.set_scheme("http").is_ok()
            && plain.set_port(port).is_ok()
            && self.client(&plain, Trust::AllowList).is_some()
    }

    pub(super) fn places(&self) -> &Places {
        &self.0.places
    }

    /// The client that may ask for `url`; `None` when nobody may.
    pub(super) fn client(&self, url: &Url, trust: Trust) -> Option<&Client> {
        let inner = &*self.0;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        if !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let (host, port) = (url.host()?, url.port_or_known_default()?);
        let trusted = trust == Trust::AllowList;
        if trusted && inner.allow.names(&host, port) {
            return Some(&inner.named);
        }
        let networks = trusted && inner.allow.has_networks() && !inner.allow.protects(port);
        match (address(&host), https) {
            (Some(address), _) if networks && inner.allow.holds(address) => Some(&inner.networks),
            (Some(address), true) if judge(address) == Verdict::Public => Some(&inner.public),
            (None, true) if networks => Some(&inner.open),
            (None, true) => Some(&inner.public),
            (None, false) if networks => Some(&inner.networks),
            (Some(_), _) | (None, false) => None,
        }
    }
}

fn address(host: &Host<&str>) -> Option<IpAddr> {
    match host {
        Host::Domain(_) => None,
        Host::Ipv4(v4) => Some(IpAddr::V4(*v4)),
        Host::Ipv6(v6) => Some(IpAddr::V6(*v6)),
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the client that everybody else is sent to")]
fn client(reach: Reach, allow: &Arc<AllowList>) -> Result<Client, reqwest::Error> {
    Client::builder()
        .user_agent(concat!("hawser/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(CONNECT)
        .read_timeout(READ)
        .pool_max_idle_per_host(8)
        .pool_idle_timeout(Duration::from_secs(30))
        .retry(reqwest::retry::never())
        .dns_resolver(Judge { reach, allow: Arc::clone(allow) })
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(list: &str, url: &str, trust: Trust) -> bool {
        Outbound::new(AllowList::parse(list).unwrap().without_ports([8200]))
            .unwrap()
            .client(&Url::parse(url).unwrap(), trust)
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
