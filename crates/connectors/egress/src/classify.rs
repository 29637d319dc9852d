//! From the chain of a transport error to a row of the catalogue.

use std::{error::Error, io};

use domain::Cause;
use rustls::{AlertDescription as Alert, CertificateError as Certificate};

use super::resolve::Blocked;
use crate::Failure;

/// How a request goes to its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ProxyMode {
    /// Straight.
    Direct,
    /// Through a tunnel that a proxy opened.
    Tunnel,
    /// A proxy asks for it: plain `http`.
    Relay,
}

pub(super) fn failure(error: reqwest::Error, attempt: &str, way: ProxyMode) -> Failure {
    // The URL may hold what must not be logged.
    let error = error.without_url();
    let (cause, spoke_no_tls) = classify(&error, way);
    let mut failure = Failure::new(cause, attempt);
    failure.spoke_no_tls = spoke_no_tls;
    failure.because(error)
}

fn classify(error: &reqwest::Error, way: ProxyMode) -> (Cause, bool) {
    if find::<Blocked>(error).is_some() {
        return (Cause::BlockedAddress, false);
    }
    // A proxy that hangs is no more at fault than the host behind it.
    let at_proxy = match way {
        ProxyMode::Direct => false,
        ProxyMode::Tunnel => names(error, "tunnel error"),
        ProxyMode::Relay => error.is_connect(),
    };
    if at_proxy && !error.is_timeout() {
        return (Cause::ProxyError, false);
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return handshake(tls);
    }
    if error.is_timeout() {
        return (Cause::Timeout, false);
    }
    if error.is_dns() {
        return (Cause::DnsFailure, false);
    }
    if error.is_connect() {
        return (Cause::ConnectionRefused, is_cut_off(error));
    }
    // The connection stood. What came over it made no sense, or it ended too soon.
    let senseless = find::<hyper::Error>(error).is_none_or(hyper::Error::is_parse);
    (if senseless { Cause::ServerError } else { Cause::ConnectionClosed }, false)
}

/// Why a TLS connection failed, and whether the host spoke something else.
pub(super) fn broken(error: &io::Error) -> (Cause, bool) {
    match find::<rustls::Error>(error) {
        Some(tls) => handshake(tls),
        None => (Cause::ConnectionRefused, is_cut_off(error)),
    }
}

fn handshake(error: &rustls::Error) -> (Cause, bool) {
    match error {
        rustls::Error::InvalidCertificate(problem) => (certificate(problem), false),
        rustls::Error::InvalidMessage(_) => (Cause::ConnectionRefused, true),
        // Said of our certificate: of the host's own one the host does not complain.
        rustls::Error::AlertReceived(
            Alert::CertificateRequired
            | Alert::BadCertificate
            | Alert::UnsupportedCertificate
            | Alert::CertificateRevoked
            | Alert::CertificateExpired
            | Alert::CertificateUnknown
            | Alert::UnknownCA
            | Alert::AccessDenied,
        ) => (Cause::ClientCertificate, false),
        _ => (Cause::TlsUntrusted, false),
    }
}

fn certificate(problem: &Certificate) -> Cause {
    match problem {
        Certificate::Expired
        | Certificate::ExpiredContext { .. }
        | Certificate::NotValidYet
        | Certificate::NotValidYetContext { .. } => Cause::TlsExpired,
        Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
            Cause::TlsNameMismatch
        }
        _ => Cause::TlsUntrusted,
    }
}

fn is_cut_off(error: &(dyn Error + 'static)) -> bool {
    find::<io::Error>(error).is_some_and(|error| {
        matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
    })
}

/// The error of a tunnel has no public type; it says what it is at the start of its text.
fn names(error: &(dyn Error + 'static), start: &str) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.to_string().starts_with(start) {
            return true;
        }
        next = error.source();
    }
    false
}

/// The first error of type `T` in the chain. An `io::Error` hides the error it wraps from
/// `source`, so that one is looked at too.
#[must_use]
pub fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        if let Some(found) = wrapped.and_then(|wrapped| find::<T>(wrapped)) {
            return Some(found);
        }
        next = error.source();
    }
    None
}
