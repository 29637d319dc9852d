//! The check of a host's certificate, which keeps what the host showed.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustls::{
    CertificateError, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_name,
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
    server::ParsedCertificate,
};
use rustls_platform_verifier::Verifier as Platform;

use super::{certificate::validity, tls::Checking};

/// Whom an egress profile trusts.
#[derive(Debug)]
pub(super) struct Trusting {
    /// The system's authorities, and those of the egress profile.
    pub(super) platform: Platform,
    /// Those of the egress profile. A registry that signed its certificate itself has no authority, so its
    /// own certificate may be given instead.
    pub(super) given: Vec<CertificateDer<'static>>,
}

/// Checks the certificate of a host and keeps it, whatever comes out.
#[derive(Debug)]
pub(super) struct Verifier {
    trusting: Arc<Trusting>,
    checking: Checking,
    shown: Mutex<Option<CertificateDer<'static>>>,
}

impl Verifier {
    pub(super) fn new(trusting: Arc<Trusting>, checking: Checking) -> Self {
        Self { trusting, checking, shown: Mutex::default() }
    }

    /// The last certificate that a host showed.
    pub(super) fn shown(&self) -> Option<CertificateDer<'static>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(end_entity.clone().into_owned());
        if self.checking == Checking::Skip {
            return Ok(ServerCertVerified::assertion());
        }
        if self.trusting.given.iter().any(|given| given.as_ref() == end_entity.as_ref()) {
            return itself(end_entity, server_name, now);
        }
        self.trusting.platform.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        )
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trusting.platform.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.trusting.platform.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.trusting.platform.supported_verify_schemes()
    }
}

/// Checks name and dates of a certificate that is trusted for itself.
fn itself(
    certificate: &CertificateDer<'_>,
    name: &ServerName<'_>,
    now: UnixTime,
) -> Result<ServerCertVerified, Error> {
    verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
    let dates = validity(certificate).ok_or(CertificateError::BadEncoding)?;
    let now = Duration::from_secs(now.as_secs());
    if now < dates.start {
        return Err(CertificateError::NotValidYet.into());
    }
    if now > dates.end {
        return Err(CertificateError::Expired.into());
    }
    Ok(ServerCertVerified::assertion())
}
