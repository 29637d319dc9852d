//! The clients of one egress profile.

use std::{sync::Arc, time::Duration};

use domain::Cause;
use reqwest::{Client, Proxy, redirect::Policy};
use url::Url;

use super::{
    AllowList, ClientCertificate, EgressProfile, OutboundError,
    resolve::{Judge, ReachableAddresses},
    tls::{Checking, Tls},
};
use crate::Failure;

const CONNECT: Duration = Duration::from_secs(5);
const READ: Duration = Duration::from_secs(15);

/// Everything that belongs to one egress profile.
pub(super) struct ClientPool {
    /// The proxy, with its login.
    pub(super) proxy: Option<Url>,
    /// With the client certificate, if there is one.
    pub(super) tls: Tls,
    own: Clients,
    /// Clients that show no certificate, if the others do.
    others: Option<Clients>,
}

/// Whether a client certificate is shown: like a login it goes to the origin of the repository
/// and nowhere else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    Certificate,
    Nothing,
}

impl ClientPool {
    /// The pool with the system's authorities and nothing else.
    pub(super) fn usual(allow: &Arc<AllowList>, tls: Tls) -> Result<Self, OutboundError> {
        let own = Clients::build(allow, &tls, None)?;
        Ok(Self { proxy: None, tls, own, others: None })
    }

    /// The pool of an egress profile.
    pub(super) fn build(
        allow: &Arc<AllowList>,
        usual: &Tls,
        egress: &EgressProfile,
        proxy: Option<Url>,
        certificate: Option<&ClientCertificate>,
    ) -> Result<Self, Failure> {
        let plain = if egress.ca.trim().is_empty() {
            usual.clone()
        } else {
            Tls::trusting(&egress.ca).map_err(|error| {
                let attempt = "read the certificate authorities of the repository";
                Failure::new(Cause::TlsUntrusted, attempt).because(error)
            })?
        };
        let build = |tls: &Tls| {
            Clients::build(allow, tls, proxy.as_ref()).map_err(|error| {
                Failure::new(Cause::Internal, "build a client for the repository").because(error)
            })
        };
        let Some(certificate) = certificate else {
            let own = build(&plain)?;
            return Ok(Self { proxy, tls: plain, own, others: None });
        };
        let tls = plain.showing(certificate).map_err(|error| {
            Failure::new(Cause::ClientCertificate, "read the client certificate").because(error)
        })?;
        let (own, others) = (build(&tls)?, Some(build(&plain)?));
        Ok(Self { proxy, tls, own, others })
    }

    pub(super) fn client(
        &self,
        reach: ReachableAddresses,
        checking: Checking,
        shows: Shows,
    ) -> &Client {
        let clients = match (&self.others, shows) {
            (Some(others), Shows::Nothing) => others,
            _ => &self.own,
        };
        match checking {
            Checking::Verify => clients.verifying.of(reach),
            Checking::Skip => clients.unverified.of(reach),
        }
    }
}

struct Clients {
    verifying: Reaches,
    unverified: Reaches,
}

impl Clients {
    fn build(
        allow: &Arc<AllowList>,
        tls: &Tls,
        proxy: Option<&Url>,
    ) -> Result<Self, OutboundError> {
        let build = |checking| Reaches::build(allow, tls, checking, proxy);
        Ok(Self { verifying: build(Checking::Verify)?, unverified: build(Checking::Skip)? })
    }
}

struct Reaches {
    public: Client,
    open: Client,
    networks: Client,
    named: Client,
}

impl Reaches {
    fn build(
        allow: &Arc<AllowList>,
        tls: &Tls,
        checking: Checking,
        proxy: Option<&Url>,
    ) -> Result<Self, OutboundError> {
        let build = |reach| client(reach, allow, tls, checking, proxy);
        let named = build(ReachableAddresses::Named)?;
        // Through a proxy every connection goes to the proxy, which the operator named.
        if proxy.is_some() {
            let [public, open, networks] = [(); 3].map(|()| named.clone());
            return Ok(Self { public, open, networks, named });
        }
        let public = build(ReachableAddresses::Public)?;
        let (open, networks) = if allow.has_networks() {
            (build(ReachableAddresses::Open)?, build(ReachableAddresses::Networks)?)
        } else {
            (public.clone(), public.clone())
        };
        Ok(Self { public, open, networks, named })
    }

    const fn of(&self, reach: ReachableAddresses) -> &Client {
        match reach {
            ReachableAddresses::Public => &self.public,
            ReachableAddresses::Open => &self.open,
            ReachableAddresses::Networks => &self.networks,
            ReachableAddresses::Named => &self.named,
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the client that everybody else is sent to")]
fn client(
    reach: ReachableAddresses,
    allow: &Arc<AllowList>,
    tls: &Tls,
    checking: Checking,
    proxy: Option<&Url>,
) -> Result<Client, OutboundError> {
    let mut builder = Client::builder()
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
        .tls_backend_preconfigured(tls.config(checking).map_err(OutboundError::Tls)?);
    if let Some(proxy) = proxy {
        builder = builder.proxy(Proxy::all(proxy.as_str()).map_err(OutboundError::Client)?);
    }
    builder.build().map_err(OutboundError::Client)
}
