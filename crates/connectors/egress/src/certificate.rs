//! What a certificate says about itself.

use std::{fmt::Display, ops::Range, time::Duration};

use domain::{Timestamp, connection_tests::Certificate};
use rustls::pki_types::CertificateDer;
use sha2::{Digest as _, Sha256};
use x509_cert::der::Decode as _;

use super::tls::certificates;

/// The most characters of a name that are shown: the host chose it.
const LONGEST_NAME: usize = 300;

/// Reads a certificate for people. One that cannot be read still has its fingerprint.
pub(super) fn certificate(der: &CertificateDer<'_>) -> Certificate {
    let read = x509_cert::Certificate::from_der(der).ok();
    let fields = read.as_ref().map(x509_cert::Certificate::tbs_certificate);
    Certificate {
        issuer: fields.map(|fields| shown(fields.issuer())).unwrap_or_default(),
        subject: fields.map(|fields| shown(fields.subject())).unwrap_or_default(),
        fingerprint: fingerprint(der),
        not_after: validity(der)
            .and_then(|dates| i64::try_from(dates.end.as_millis()).ok())
            .map(Timestamp::from_millis),
    }
}

/// When the first certificate of a PEM text ends, which is the one that is shown as one's own;
/// `None` for a text that holds none.
#[must_use]
pub fn certificate_end(pem: &str) -> Option<Timestamp> {
    let chain = certificates(pem).ok()?;
    certificate(chain.first()?).not_after
}

/// From when to when a certificate is valid, since the Unix epoch.
pub(super) fn validity(der: &CertificateDer<'_>) -> Option<Range<Duration>> {
    let read = x509_cert::Certificate::from_der(der).ok()?;
    let dates = read.tbs_certificate().validity();
    Some(dates.not_before.to_unix_duration()..dates.not_after.to_unix_duration())
}

/// SHA-256 in upper-case hex with colons, as `openssl x509 -fingerprint` prints it.
fn fingerprint(der: &CertificateDer<'_>) -> String {
    let digest = Sha256::digest(der);
    digest.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().join(":")
}

fn shown(name: &impl Display) -> String {
    let plain = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    name.to_string().chars().filter(|c| plain(*c)).take(LONGEST_NAME).collect()
}
