//! From the chain of a transport error to a row of the catalogue.

use std::{error::Error, io};

use domain::Cause;
use rustls::CertificateError as Certificate;

use super::resolve::Blocked;
use crate::Failure;

pub(super) fn failure(error: reqwest::Error, attempt: &str) -> Failure {
    // The URL may hold what must not be logged.
    let error = error.without_url();
    let (cause, spoke_no_tls) = classify(&error);
    let mut failure = Failure::new(cause, attempt);
    failure.spoke_no_tls = spoke_no_tls;
    failure.because(error)
}

fn classify(error: &reqwest::Error) -> (Cause, bool) {
    if find::<Blocked>(error).is_some() {
        return (Cause::BlockedAddress, false);
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return match tls {
            rustls::Error::InvalidCertificate(problem) => (certificate(problem), false),
            rustls::Error::InvalidMessage(_) => (Cause::ConnectionRefused, true),
            _ => (Cause::TlsUntrusted, false),
        };
    }
    if error.is_timeout() {
        return (Cause::Timeout, false);
    }
    if error.is_dns() {
        return (Cause::DnsFailure, false);
    }
    if error.is_connect() {
        let cut_off = find::<io::Error>(error).is_some_and(|error| {
            matches!(error.kind(), io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset)
        });
        return (Cause::ConnectionRefused, cut_off);
    }
    // The connection stood and broke: the host's own trouble.
    (Cause::ServerError, false)
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

/// The first error of type `T` in the chain. An `io::Error` hides the error it wraps from
/// `source`, so that one is looked at too.
fn find<'e, T: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e T> {
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
