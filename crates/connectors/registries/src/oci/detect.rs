//! Whether an address looks like an OCI registry.

use domain::repositories::RepositoryUrl;

use super::{
    Oci, base,
    challenge::{Challenge, best},
    ping::ping,
};
use egress::{Failure, Outbound};

/// How sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// It says so, or asks for a token.
    Certain,
    /// It answers at `/v2/`, as other servers may.
    Likely,
    /// It is none.
    None,
}

/// Knocks at the registry that would serve `url`.
pub(crate) async fn sign(
    outbound: &Outbound,
    oci: &Oci,
    url: &RepositoryUrl,
) -> Result<Sign, Failure> {
    let (_, answer) = ping(outbound, oci, base(url)).await?;
    let says_so = answer.text("docker-distribution-api-version").starts_with("registry/2");
    let challenge = best(answer.headers());
    Ok(match answer.status().as_u16() {
        200 | 401 if says_so => Sign::Certain,
        401 => match challenge {
            Some(Challenge::Bearer { .. }) => Sign::Certain,
            Some(Challenge::Basic) => Sign::Likely,
            None => Sign::None,
        },
        200 => {
            let mut answer = answer;
            let start = answer.start_of_body(64).await;
            let json = start.trim_ascii() == b"{}"
                || answer.text("content-type").starts_with("application/json");
            if json { Sign::Likely } else { Sign::None }
        }
        _ => Sign::None,
    })
}
