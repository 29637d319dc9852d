//! The first request to a registry.

use domain::Cause;
use url::Url;

use super::{Oci, plain};
use egress::{Ask, Failure, HttpAnswer, Outbound, Redirects};

/// Asks for `/v2/` without a login: with TLS, or without where the operator allows it and the
/// registry speaks nothing else.
pub(super) async fn ping(
    outbound: &Outbound,
    oci: &Oci,
    base: Url,
) -> Result<(Url, HttpAnswer), Failure> {
    let ping = async |base: Url| {
        let mut url = base.clone();
        url.set_path("/v2/");
        let answer = outbound
            .send(Ask::get(url, "open the registry").redirects(Redirects::SameOrigin))
            .await?;
        Ok((base, answer))
    };
    let allowed = base.scheme() == "https" && outbound.may_be_plain(&base);
    let without_tls = plain(&base).filter(|_| allowed);
    match without_tls {
        None => ping(base).await,
        Some(plain) => {
            match ping(if oci.is_plain(&base) { plain.clone() } else { base.clone() }).await {
                // Perhaps the registry has learned TLS since. If not, the first failure is the one.
                Err(failure) if oci.is_plain(&base) => match ping(base.clone()).await {
                    Err(with_tls) if with_tls.spoke_no_tls => Err(failure),
                    opened => {
                        oci.forget_plain(&base);
                        opened
                    }
                },
                Err(failure) if failure.spoke_no_tls => {
                    // What it says without TLS tells more than that it speaks none.
                    let opened = ping(plain).await.map_err(|without_tls: Failure| {
                        if without_tls.cause == Cause::ConnectionRefused {
                            failure
                        } else {
                            without_tls
                        }
                    })?;
                    oci.remember_plain(&base);
                    Ok(opened)
                }
                opened => opened,
            }
        }
    }
}
