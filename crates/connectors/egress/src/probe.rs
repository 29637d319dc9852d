//! The steps below HTTP, one by one, for a connection test: they follow the rules of
//! [`Outbound::send`], so a host that is not asked is not connected to either.

use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{Cause, connection_tests::Certificate};
use rustls::{
    SignatureScheme, client::ResolvesClientCert, pki_types::ServerName, sign::CertifiedKey,
};
use tokio::{io::AsyncReadExt as _, time::timeout};
use tokio_rustls::TlsConnector;
use url::Url;

use super::{
    Outbound,
    certificate::certificate,
    classify::broken,
    outbound::{Trust, address},
    proxy_target_check::ProxyTarget,
    resolve::{ReachableAddresses, look_up, vet},
    tls::Checking,
    tunnel::{Stream, connect, through},
};
use crate::Failure;

/// The longest that one step may take.
const STEP: Duration = Duration::from_secs(5);
/// How long a host that asked for a certificate has to complain about it. With TLS 1.3 it does so
/// after the handshake is over for us (RFC 8446, section 4.4.2.4).
const OBJECTION: Duration = Duration::from_secs(1);

/// Where a host is.
pub enum Resolved {
    /// The URL names the address itself.
    Literal(SocketAddr),
    /// Addresses that may be connected to.
    Addresses(Vec<SocketAddr>),
    /// A proxy connects; so many addresses are known here, and may be connected to.
    Proxied(usize),
}

/// What came of a TLS handshake.
pub struct Shaken {
    /// The certificate that the host showed.
    pub certificate: Option<Certificate>,
    /// Whether it was checked: not for hosts that the operator named.
    pub is_checked: bool,
    /// Whether the host asked for a client certificate.
    pub asked: bool,
    /// Why it failed.
    pub outcome: Result<(), Failure>,
}

impl Outbound {
    /// Whether `url` may be asked at all.
    pub fn permits(&self, url: &Url) -> Result<(), Failure> {
        self.far(url).map(drop)
    }

    /// Whether a proxy connects on this egress profile.
    #[must_use]
    pub fn has_proxy(&self) -> bool {
        self.pool().proxy.is_some()
    }

    fn far(&self, url: &Url) -> Result<ReachableAddresses, Failure> {
        self.reach(url, Trust::AllowList)
            .ok_or_else(|| Failure::new(Cause::BlockedAddress, at("use the address", url)))
    }

    /// Finds the addresses of a host, as far as the policy allows them.
    pub async fn resolve(&self, url: &Url) -> Result<Resolved, Failure> {
        let failed = |cause| Failure::new(cause, at("find the address of", url));
        let reach = self.far(url)?;
        let step = async {
            if self.has_proxy() {
                return match self.check_proxy_target(url, reach).await.map_err(failed)? {
                    ProxyTarget::Addresses(found, _) => Ok(Resolved::Proxied(found)),
                    ProxyTarget::Nothing => Ok(Resolved::Proxied(0)),
                };
            }
            let port = url.port_or_known_default().ok_or_else(|| failed(Cause::Internal))?;
            let host = url.host().ok_or_else(|| failed(Cause::Internal))?;
            if let Some(address) = address(&host) {
                return Ok(Resolved::Literal(SocketAddr::new(address, port)));
            }
            let found = look_up(url.host_str().unwrap_or_default())
                .await
                .map_err(|error| failed(Cause::DnsFailure).because(error))?;
            let mut vetted = vet(found, reach, self.allow())
                .map_err(|error| failed(Cause::BlockedAddress).because(error))?;
            for address in &mut vetted {
                address.set_port(port);
            }
            vetted.sort_unstable();
            vetted.dedup();
            Ok(Resolved::Addresses(vetted))
        };
        timeout(STEP, step).await.unwrap_or_else(|_| Err(failed(Cause::Timeout)))
    }

    /// Connects to a host that was resolved.
    pub async fn connect(
        &self,
        url: &Url,
        resolved: &Resolved,
    ) -> Result<Box<dyn Stream>, Failure> {
        let attempt = at("connect to", url);
        let opened = async {
            match (resolved, &self.pool().proxy) {
                (Resolved::Literal(address), _) => connect(&[*address]).await,
                (Resolved::Addresses(addresses), _) => connect(addresses).await,
                (Resolved::Proxied(_), Some(proxy)) => {
                    let port = url.port_or_known_default().unwrap_or_default();
                    let tunnel =
                        url.host_str().filter(|_| url.scheme() == "https").map(|host| (host, port));
                    through(proxy, tunnel, &self.pool().tls).await
                }
                (Resolved::Proxied(_), None) => Err(io::ErrorKind::InvalidInput.into()),
            }
        };
        let cause = if self.has_proxy() { Cause::ProxyError } else { Cause::ConnectionRefused };
        match timeout(STEP, opened).await {
            Err(_) => Err(Failure::new(Cause::Timeout, attempt)),
            Ok(Err(error)) => Err(Failure::new(cause, attempt).because(error)),
            Ok(Ok(stream)) => Ok(stream),
        }
    }

    /// Shakes hands as the egress profile says, and keeps what the host showed.
    pub async fn handshake(&self, url: &Url, stream: Box<dyn Stream>) -> Shaken {
        let tls = &self.pool().tls;
        let checking = self.checking(url);
        let verifier = Arc::new(tls.verifier(checking));
        let asked =
            Arc::new(ObservedIdentity { identity: tls.identity(), asked: AtomicBool::new(false) });
        let attempt = at("speak TLS with", url);
        let shake = async {
            let name = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
            let name = ServerName::try_from(name).map_err(io::Error::other)?;
            let identity: Arc<dyn ResolvesClientCert> = Arc::clone(&asked) as _;
            let config =
                tls.config_with(Arc::clone(&verifier), Some(identity)).map_err(io::Error::other)?;
            let mut stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
            if asked.asked.load(Ordering::Relaxed) {
                // Silence, data and an orderly end are no complaints.
                if let Ok(Err(complaint)) = timeout(OBJECTION, stream.read_u8()).await
                    && complaint.kind() != io::ErrorKind::UnexpectedEof
                {
                    return Err(complaint);
                }
            }
            Ok(())
        };
        let outcome = match timeout(STEP + OBJECTION, shake).await {
            Err(_) => Err(Failure::new(Cause::Timeout, attempt)),
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => {
                let (cause, spoke_no_tls) = broken(&error);
                let mut failure = Failure::new(cause, attempt).because(error);
                failure.spoke_no_tls = spoke_no_tls;
                Err(failure)
            }
        };
        Shaken {
            certificate: verifier.shown().map(|shown| certificate(&shown)),
            is_checked: checking == Checking::Verify,
            asked: asked.asked.load(Ordering::Relaxed),
            outcome,
        }
    }
}

fn at(attempt: &str, url: &Url) -> String {
    format!("{attempt} {}", url.host_str().unwrap_or_default())
}

/// Shows what the egress profile shows, and notices that it was asked for.
#[derive(Debug)]
struct ObservedIdentity {
    identity: Option<Arc<dyn ResolvesClientCert>>,
    asked: AtomicBool,
}

impl ResolvesClientCert for ObservedIdentity {
    fn resolve(&self, issuers: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.identity.as_ref()?.resolve(issuers, schemes)
    }

    fn has_certs(&self) -> bool {
        true
    }
}
