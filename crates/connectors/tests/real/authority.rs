//! A certificate authority of the test's own.

use std::sync::Arc;

use domain::Secret;
use egress::ClientCertificate;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
};
use sha2::{Digest, Sha256};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// An authority that signs certificates.
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key, in PEM.
pub struct Identity {
    pub certificate: String,
    pub key: String,
    /// SHA-256 in hex with colons.
    pub fingerprint: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for `name` that is valid until the end of 2199.
    pub fn sign(&self, name: &str) -> Identity {
        self.sign_until(name, 2199)
    }

    pub fn sign_until(&self, name: &str, year: i32) -> Identity {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(year, 12, 31);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity::of(&certificate, &key)
    }
}

impl Identity {
    /// A certificate that nobody else signed.
    pub fn of_itself(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        // As `openssl req -x509` makes them: a certificate of a host that says it is an authority.
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self::of(&params.self_signed(&key).unwrap(), &key)
    }

    /// Speaks TLS in front of a server, as `localhost`; answers with the authority.
    pub async fn in_front_of(&self, to: &str) -> String {
        let chain = CertificateDer::from_pem_slice(self.certificate.as_bytes()).unwrap();
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![chain], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let to = to.to_owned();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (acceptor, to) = (acceptor.clone(), to.clone());
                tokio::spawn(async move {
                    let Ok(mut client) = acceptor.accept(connection).await else { return };
                    let mut host = TcpStream::connect(to).await.unwrap();
                    copy_bidirectional(&mut client, &mut host).await.unwrap_or_default();
                });
            }
        });
        format!("localhost:{port}")
    }

    fn of(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        let digest = Sha256::digest(certificate.der());
        let pairs: Vec<_> = digest.iter().map(|byte| format!("{byte:02X}")).collect();
        Self {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            fingerprint: pairs.join(":"),
        }
    }

    pub fn shown(&self) -> ClientCertificate {
        ClientCertificate {
            certificate: self.certificate.clone(),
            key: Secret::new(self.key.clone()),
        }
    }
}
