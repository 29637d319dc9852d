//! The TLS side of an egress profile: who is trusted, and what is shown.

#![expect(clippy::disallowed_methods, reason = "reads a private key")]

use std::sync::Arc;

use rustls::{
    ClientConfig,
    client::ResolvesClientCert,
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    sign::{CertifiedKey, SingleCertAndKey},
};
use rustls_platform_verifier::Verifier as Platform;

use super::{
    ClientCertificate,
    verifier::{Trusting, Verifier},
};

/// Whom an egress profile trusts and what it shows. Cheap to clone; clones share the authorities.
#[derive(Clone)]
pub(super) struct Tls {
    provider: Arc<CryptoProvider>,
    trusting: Arc<Trusting>,
    identity: Option<Arc<dyn ResolvesClientCert>>,
}

/// A text that should hold certificates or a key does not.
#[derive(Debug, thiserror::Error)]
#[error("the PEM text holds no certificate or key that can be used")]
pub(super) struct Unusable;

impl Tls {
    /// Trusts the system's authorities and shows nothing.
    pub(super) fn system() -> Result<Self, rustls::Error> {
        Self::with_roots(Vec::new())
    }

    /// Trusts the authorities in `pem` as well.
    pub(super) fn trusting(pem: &str) -> Result<Self, Unusable> {
        let roots = certificates(pem)?;
        Self::with_roots(roots).map_err(|_| Unusable)
    }

    fn with_roots(roots: Vec<CertificateDer<'static>>) -> Result<Self, rustls::Error> {
        let provider = CryptoProvider::get_default()
            .cloned()
            .unwrap_or_else(|| Arc::new(rustls::crypto::aws_lc_rs::default_provider()));
        let platform = if roots.is_empty() {
            Platform::new(Arc::clone(&provider))?
        } else {
            Platform::new_with_extra_roots(roots.iter().cloned(), Arc::clone(&provider))?
        };
        let trusting = Arc::new(Trusting { platform, given: roots });
        Ok(Self { provider, trusting, identity: None })
    }

    /// The same, showing a certificate to hosts that ask for one.
    pub(super) fn showing(&self, shown: &ClientCertificate) -> Result<Self, Unusable> {
        let chain = certificates(&shown.certificate)?;
        let key =
            PrivateKeyDer::from_pem_slice(shown.key.expose().as_bytes()).map_err(|_| Unusable)?;
        let pair = CertifiedKey::from_der(chain, key, &self.provider).map_err(|_| Unusable)?;
        let identity: Arc<dyn ResolvesClientCert> = Arc::new(SingleCertAndKey::from(pair));
        Ok(Self { identity: Some(identity), ..self.clone() })
    }

    /// What it shows to hosts that ask for a certificate.
    pub(super) fn identity(&self) -> Option<Arc<dyn ResolvesClientCert>> {
        self.identity.clone()
    }

    /// Checks certificates as the operator wants it for the host.
    pub(super) fn verifier(&self, checking: Checking) -> Verifier {
        Verifier::new(Arc::clone(&self.trusting), checking)
    }

    /// A configuration for HTTP that checks and shows what the egress profile says.
    pub(super) fn config(&self, checking: Checking) -> Result<ClientConfig, rustls::Error> {
        self.config_with(Arc::new(self.verifier(checking)), self.identity())
    }

    /// A configuration for HTTP with this verifier and this answer to requests for a certificate.
    pub(super) fn config_with(
        &self,
        verifier: Arc<Verifier>,
        identity: Option<Arc<dyn ResolvesClientCert>>,
    ) -> Result<ClientConfig, rustls::Error> {
        let builder = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match identity {
            Some(identity) => builder.with_client_cert_resolver(identity),
            None => builder.with_no_client_auth(),
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }
}

/// Whether the certificate of a host is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checking {
    /// By the authorities of the egress profile.
    Verify,
    /// Not at all: the operator named the host with its port.
    Skip,
}

pub(super) fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, Unusable> {
    let all: Vec<_> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| Unusable)?;
    if all.is_empty() { Err(Unusable) } else { Ok(all) }
}
