//! The stages below HTTP: the address policy, the name, the connection and the certificate.

use domain::{
    Timestamp,
    connection_tests::{Certificate, Stage},
    counted,
};
use url::Url;

use super::{
    Besides, Examination,
    walk::{Stopped, Walk},
};
use crate::registry_types::Finding;
use egress::{Failure, Outbound, Resolved, Shaken};

/// The egress profile can be taken, and the address may be asked.
pub(super) fn policy(
    egress: Result<Outbound, Failure>,
    url: &Url,
) -> Result<(Finding, Outbound), Failure> {
    let outbound = egress?;
    outbound.permits(url)?;
    Ok((Finding::passed("Address allowed."), outbound))
}

impl Examination<'_> {
    /// Finds the host, connects and shakes hands.
    pub(super) async fn connect(
        &self,
        walk: &mut Walk,
        besides: &mut Besides,
        outbound: &Outbound,
        url: &Url,
    ) -> Result<(), Stopped> {
        let resolved = walk
            .stage(Stage::Dns, async {
                let resolved = outbound.resolve(url).await?;
                Ok((found(&resolved), resolved))
            })
            .await?;
        let stream = walk
            .stage(Stage::Tcp, async {
                let stream = outbound.connect(url, &resolved).await?;
                let told =
                    if outbound.has_proxy() { "The proxy connects." } else { "The port is open." };
                Ok((Finding::passed(told), stream))
            })
            .await?;
        walk.stage(Stage::Tls, async {
            if url.scheme() != "https" {
                return Ok((Finding::skipped("The address is plain http."), ()));
            }
            let Shaken { certificate, is_checked, asked, outcome } =
                outbound.handshake(url, stream).await;
            besides.certificate = certificate;
            match outcome {
                Ok(()) => {
                    let told = trusted(besides.certificate.as_ref(), is_checked, asked, self.now);
                    Ok((Finding::passed(told), ()))
                }
                Err(failure) if failure.spoke_no_tls && self.goes_plain(outbound, url) => {
                    let told = "Plain HTTP, allowed by the operator.";
                    Ok((Finding::skipped(told), ()))
                }
                Err(failure) => Err(failure),
            }
        })
        .await
    }

    /// Only registries are asked without TLS when they have none, and only where it is allowed.
    fn goes_plain(&self, outbound: &Outbound, url: &Url) -> bool {
        self.target.kind == domain::repositories::RepositoryKind::Oci && outbound.may_be_plain(url)
    }
}

fn found(resolved: &Resolved) -> Finding {
    match resolved {
        Resolved::Literal(_) => Finding::skipped("The URL names the address itself."),
        Resolved::Addresses(addresses) => Finding::passed(format!(
            "The name resolves to {} that may be used.",
            counted(addresses.len(), "address", "addresses")
        )),
        Resolved::Proxied(0) => Finding::skipped("The proxy resolves the name."),
        Resolved::Proxied(found) => Finding::passed(format!(
            "The name resolves to {} that may be used; the proxy resolves it again.",
            counted(*found, "address", "addresses")
        )),
    }
}

fn trusted(
    certificate: Option<&Certificate>,
    is_checked: bool,
    asked: bool,
    now: Timestamp,
) -> String {
    let mut told = vec![if is_checked {
        "The certificate is trusted.".to_owned()
    } else {
        "The certificate is not checked, as the operator decided for this host.".to_owned()
    }];
    let days = certificate
        .and_then(|certificate| certificate.not_after)
        .and_then(|end| usize::try_from(end.since(now).as_secs() / 86_400).ok());
    if let Some(days) = days.filter(|days| is_checked && *days < 30) {
        told.push(format!("It ends in {}.", counted(days, "day", "days")));
    }
    if asked {
        told.push("The host asks for a client certificate.".to_owned());
    }
    told.join(" ")
}
