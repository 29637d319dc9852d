//! A connection test: the way to a registry, stage by stage.

mod network;
mod provider;
mod walk;
mod watch;

pub(super) use provider::Makers;
pub use provider::TokenMaker;
pub use watch::watched;

use std::time::Duration;

use domain::{
    Timestamp, UnverifiedClaims,
    connection_tests::{Certificate, Quota, Stage, StageResult},
    repositories::RepositoryKind,
};
use tokio::time::{Instant, timeout_at};

use super::{Registries, Target};
use crate::oci::{self, Registry};
use egress::{Failure, Outbound};
use walk::{Stopped, Walk};

/// The longest that a whole test may take.
const BUDGET: Duration = Duration::from_secs(30);
/// What is left of it for questions besides the stages.
const BESIDES: Duration = Duration::from_secs(4);

/// What a test found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// All stages in order.
    pub stages: Vec<StageResult>,
    /// The certificate, when TLS was spoken.
    pub certificate: Option<Certificate>,
    /// The limit of requests, when the registry tells it.
    pub quota: Option<Quota>,
    /// When the login expires, when the provider or the token itself tells it.
    pub expires_at: Option<Timestamp>,
    /// Rights beyond reading that the token has, such as `write:packages`.
    pub excess: Vec<String>,
}

/// What is learned besides the stages.
#[derive(Default)]
struct Besides {
    certificate: Option<Certificate>,
    quota: Option<Quota>,
    expires_at: Option<Timestamp>,
    excess: Vec<String>,
}

impl Besides {
    fn with(self, walk: Walk) -> Examined {
        let Self { certificate, quota, expires_at, excess } = self;
        Examined { stages: walk.finished(), certificate, quota, expires_at, excess }
    }
}

pub(super) async fn examine(registries: &Registries, target: &Target, now: Timestamp) -> Examined {
    let end = Instant::now() + BUDGET;
    let mut walk = Walk::until(end - BESIDES);
    let mut besides = Besides::default();
    let claims = target.login.as_ref().and_then(|l| UnverifiedClaims::of(&l.password));
    besides.expires_at = claims.and_then(|claims| claims.expires_at());
    let examination = Examination { registries, target, now, end };
    let walked = examination.go(&mut walk, &mut besides).await;
    debug_assert_eq!(walked.is_err(), walk.has_failed(), "the walk ends at a failure alone");
    besides.with(walk)
}

struct Examination<'a> {
    registries: &'a Registries,
    target: &'a Target,
    now: Timestamp,
    end: Instant,
}

impl Examination<'_> {
    async fn go(&self, walk: &mut Walk, besides: &mut Besides) -> Result<(), Stopped> {
        let url = match self.target.kind {
            RepositoryKind::Helm => self.target.url.web().clone(),
            RepositoryKind::Oci => oci::base(&self.target.url),
        };
        let egress = self.registries.outbound.on(&self.target.egress, self.target.login.as_ref());
        let outbound = walk.stage(Stage::Url, async { network::policy(egress, &url) }).await?;
        self.connect(walk, besides, &outbound, &url).await?;
        match self.target.kind {
            RepositoryKind::Helm => self.helm(walk, &outbound).await,
            RepositoryKind::Oci => self.oci(walk, besides, &outbound).await,
        }
    }

    async fn helm(&self, walk: &mut Walk, outbound: &Outbound) -> Result<(), Stopped> {
        let helm = super::helm(outbound, self.target);
        let mut visit = walk
            .stage(Stage::Challenge, async {
                let visit = self.as_in_a_sync(outbound, helm.visit().await).await?;
                Ok((visit.challenge(), visit))
            })
            .await?;
        walk.stage(Stage::Token, async { Ok((visit.log_in().await?, ())) }).await?;
        walk.stage(Stage::List, async {
            Ok((self.as_in_a_sync(outbound, visit.list().await).await?, ()))
        })
        .await?;
        walk.stage(Stage::Pull, async {
            Ok((self.as_in_a_sync(outbound, visit.pull(&self.registries.parsing).await).await?, ()))
        })
        .await
    }

    async fn oci(
        &self,
        walk: &mut Walk,
        besides: &mut Besides,
        outbound: &Outbound,
    ) -> Result<(), Stopped> {
        let registry: Registry<'_> = self.registries.registry(outbound, self.target);
        let mut visit = walk
            .stage(Stage::Challenge, async {
                let visit = self.as_in_a_sync(outbound, registry.visit().await).await?;
                Ok((visit.challenge(), visit))
            })
            .await?;
        walk.stage(Stage::Token, async { Ok((visit.log_in().await?, ())) }).await?;
        let read = self.read(walk, outbound, &mut visit).await;
        besides.quota = visit.quota().or(besides.quota);
        let excess = timeout_at(self.end, visit.excess()).await;
        besides.excess = excess.unwrap_or_default();
        self.ask_maker(besides, outbound, &visit).await;
        read
    }

    async fn read(
        &self,
        walk: &mut Walk,
        outbound: &Outbound,
        visit: &mut oci::OciTest<'_>,
    ) -> Result<(), Stopped> {
        walk.stage(Stage::List, async {
            Ok((self.as_in_a_sync(outbound, visit.list().await).await?, ()))
        })
        .await?;
        walk.stage(Stage::Pull, async { Ok((visit.pull().await?, ())) }).await
    }

    /// A failure that the other kind of repository would not have is told as such, as in a sync.
    async fn as_in_a_sync<T>(
        &self,
        outbound: &Outbound,
        result: Result<T, Failure>,
    ) -> Result<T, Failure> {
        match result {
            Err(failure) => Err(self.registries.other_kind(outbound, self.target, failure).await),
            result => result,
        }
    }
}
