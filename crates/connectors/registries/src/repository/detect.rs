//! Finding out how an address speaks.

use std::time::Duration;

use domain::{
    Cause,
    repositories::{RepositoryKind, RepositoryUrl},
};
use tokio::time::timeout;

use super::{Registries, Target};
use crate::{
    helm::Helm,
    oci::{Sign, base, sign},
};
use egress::{Ask, EgressProfile, Failure, Login, Outbound, Redirects, status::refusal};

/// How long somebody who adds a repository waits for its index.
const PATIENCE: Duration = Duration::from_secs(10);

/// What an address says about `index.yaml`.
enum Index {
    Yes,
    /// Asks for a login before it says anything.
    Locked,
    No(Failure),
}

impl Registries {
    /// Finds out whether an address, asked on this egress profile, is a Helm repository or an OCI registry.
    ///
    /// # Errors
    /// Why it is neither, or could not be asked.
    pub async fn detect(
        &self,
        url: &RepositoryUrl,
        login: Option<&Login>,
        egress: &EgressProfile,
    ) -> Result<RepositoryKind, Failure> {
        let outbound = &self.outbound.on(egress, login)?;
        if url.implied_kind() == Some(RepositoryKind::Oci) {
            return match sign(outbound, &self.oci, url).await? {
                Sign::Certain | Sign::Likely => Ok(RepositoryKind::Oci),
                Sign::None => Err(match self.index(outbound, url, login).await {
                    Ok(Index::Yes) => Failure::new(
                        Cause::WrongKind,
                        "find an OCI registry: it is a Helm repository",
                    ),
                    _ => Failure::new(Cause::NotARegistry, "find an OCI registry"),
                }),
            };
        }
        let index = self.index(outbound, url, login).await?;
        if matches!(index, Index::Yes) {
            return Ok(RepositoryKind::Helm);
        }
        match (sign(outbound, &self.oci, url).await, index) {
            // A Helm server that asks for a login everywhere asks for one at `/v2/` too.
            (Ok(Sign::Likely), Index::No(failure))
                if failure.status == Some(404) && !self.opens_with(outbound, url, login).await =>
            {
                Err(failure)
            }
            (Ok(Sign::Certain), _) | (Ok(Sign::Likely), Index::No(_)) => Ok(RepositoryKind::Oci),
            // A proxy in front of a Helm repository asks for a login everywhere.
            (_, Index::Yes | Index::Locked) => Ok(RepositoryKind::Helm),
            (Ok(Sign::None) | Err(_), Index::No(failure)) => Err(failure),
        }
    }

    /// Whether `/v2/` is there for somebody who may look. Without a login nobody knows.
    async fn opens_with(
        &self,
        outbound: &Outbound,
        url: &RepositoryUrl,
        login: Option<&Login>,
    ) -> bool {
        let Some(login) = login.and_then(Login::basic) else { return true };
        let mut root = base(url);
        root.set_path("/v2/");
        let ask = Ask::get(root, "open the registry").login(Some(login));
        match outbound.send(ask.redirects(Redirects::Refuse)).await {
            Ok(answer) => answer.status().as_u16() != 404,
            Err(_) => true,
        }
    }

    /// A failure that the other kind would not have is told as such.
    pub(super) async fn other_kind(
        &self,
        outbound: &Outbound,
        target: &Target,
        failure: Failure,
    ) -> Failure {
        let doubtful = matches!(
            failure.cause,
            Cause::NotFound | Cause::NotARegistry | Cause::HtmlInsteadOfIndex
        );
        if !doubtful {
            return failure;
        }
        let other = match target.kind {
            RepositoryKind::Helm => {
                matches!(sign(outbound, &self.oci, &target.url).await, Ok(Sign::Certain))
            }
            RepositoryKind::Oci if failure.cause == Cause::NotFound => false,
            RepositoryKind::Oci => {
                matches!(
                    self.index(outbound, &target.url, target.login.as_ref()).await,
                    Ok(Index::Yes)
                )
            }
        };
        if other { failure.told_as(Cause::WrongKind) } else { failure }
    }

    /// Asks for `index.yaml` and reads it as a sync does; fails only when the host cannot be asked at
    /// all.
    async fn index(
        &self,
        outbound: &Outbound,
        url: &RepositoryUrl,
        login: Option<&Login>,
    ) -> Result<Index, Failure> {
        let web = self.oci.as_spoken(url);
        let helm = Helm { outbound, url: &web, login };
        let answer = outbound.send(helm.whole()?).await?;
        if answer.status().is_success() {
            let read = timeout(PATIENCE, helm.index(answer, &self.parsing)).await;
            return Ok(match read {
                Ok(Err(failure)) if !may_be_an_index(&failure) => Index::No(failure),
                // What is too large, or too slow, is told by the sync.
                Ok(_) | Err(_) => Index::Yes,
            });
        }
        let failure = refusal(answer, login).await;
        Ok(match failure.cause {
            // A wrong login says as little about the kind as none.
            Cause::NoCredential | Cause::InvalidCredentials | Cause::TokenExpired
                if failure.status == Some(401) =>
            {
                Index::Locked
            }
            Cause::NotFound => Index::No(failure.told_as(Cause::NotARegistry)),
            _ => Index::No(failure),
        })
    }
}

/// Whether an answer that could not be read to its end may still be an index.
fn may_be_an_index(failure: &Failure) -> bool {
    failure.cause == Cause::IndexTooLarge || failure.cause.may_pass()
}
