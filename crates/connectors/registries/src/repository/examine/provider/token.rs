//! A token for Git, which opens no registry: its maker alone is asked.

use domain::{
    Provider, Timestamp,
    connection_tests::Stage,
    repositories::{RepositoryKind, RepositoryUrl},
};
use url::Url;

use super::{
    super::{
        BESIDES, BUDGET, Besides, Examination, Examined, network,
        walk::{Stopped, Walk},
    },
    Maker, github, gitlab,
};
use crate::{
    registry_types::Finding,
    repository::{Registries, Target},
};
use egress::{EgressProfile, Login, Outbound, status::refusal};
use tokio::time::Instant;

/// Who makes tokens for Git and tells about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenMaker {
    /// GitHub, at its API.
    GitHub,
    /// GitLab, at its API.
    GitLab,
}

impl TokenMaker {
    /// The maker of the tokens of a provider; `None` for one that cannot be asked.
    #[must_use]
    pub const fn of(provider: Provider) -> Option<Self> {
        match provider {
            Provider::Github => Some(Self::GitHub),
            Provider::Gitlab => Some(Self::GitLab),
            _ => None,
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::GitHub => "GitHub",
            Self::GitLab => "GitLab",
        }
    }
}

impl Registries {
    /// The address at which a maker is asked about its tokens.
    #[must_use]
    pub fn maker_url(&self, maker: TokenMaker) -> Option<RepositoryUrl> {
        RepositoryUrl::parse(self.maker(maker).api.as_ref()?.as_str()).ok()
    }

    /// Walks the way to the API of `maker`, and asks it about the token of `login`. The stages are
    /// told whatever happens; `None` when the maker has no address.
    pub async fn examine_token(
        &self,
        maker: TokenMaker,
        login: Login,
        now: Timestamp,
    ) -> Option<Examined> {
        let target = Target {
            url: self.maker_url(maker)?,
            kind: RepositoryKind::Helm,
            login: Some(login),
            login_key: None,
            chart_names: Vec::new(),
            egress: EgressProfile::default(),
        };
        let end = Instant::now() + BUDGET;
        let mut walk = Walk::until(end - BESIDES);
        let mut besides = Besides::default();
        let examination = Examination { registries: self, target: &target, now, end };
        let walked = examination.token(maker, &mut walk, &mut besides).await;
        debug_assert_eq!(walked.is_err(), walk.has_failed(), "the walk ends at a failure alone");
        Some(besides.with(walk))
    }

    fn maker(&self, maker: TokenMaker) -> &Maker {
        match maker {
            TokenMaker::GitHub => &self.makers.github,
            TokenMaker::GitLab => &self.makers.gitlab,
        }
    }
}

impl Examination<'_> {
    async fn token(
        &self,
        maker: TokenMaker,
        walk: &mut Walk,
        besides: &mut Besides,
    ) -> Result<(), Stopped> {
        let url: Url = self.target.url.web().clone();
        let outbound = self.registries.outbound.clone();
        let outbound =
            walk.stage(Stage::Url, async { network::policy(Ok(outbound), &url) }).await?;
        self.connect(walk, besides, &outbound, &url).await?;
        walk.skip(Stage::Challenge, "The API is asked with the token at once.").await?;
        walk.stage(Stage::Token, self.ask(maker, besides, &outbound)).await?;
        walk.skip(Stage::List, "The token alone is asked about, not what it opens.").await?;
        walk.skip(Stage::Pull, "Nothing is read with it.").await
    }

    async fn ask(
        &self,
        maker: TokenMaker,
        besides: &mut Besides,
        outbound: &Outbound,
    ) -> Result<(Finding, ()), egress::Failure> {
        let (own, name) = (self.registries.maker(maker), maker.label());
        let login = self.target.login.as_ref();
        let ask = login.and_then(|login| match maker {
            TokenMaker::GitHub => github::ask(own, login),
            TokenMaker::GitLab => gitlab::knows(login).then(|| gitlab::ask(own, login)).flatten(),
        });
        let Some(ask) = ask else {
            let told = format!("The API of {name} knows nothing about tokens of this kind.");
            return Ok((Finding::skipped(told), ()));
        };
        let answer = outbound.send(ask).await?;
        let status = answer.status().as_u16();
        // A token of GitLab that may not ask about itself is still one that it knows.
        if maker == TokenMaker::GitLab && status == 403 {
            let told = "GitLab takes the token, which may not ask about itself.";
            return Ok((Finding::passed(told).with_status(status), ()));
        }
        if !answer.status().is_success() {
            return Err(refusal(answer, login).await);
        }
        match maker {
            TokenMaker::GitHub => besides.hear(github::token_facts(&answer)),
            TokenMaker::GitLab => {
                if let Some(told) = gitlab::token_facts(answer).await {
                    besides.hear(told);
                }
            }
        }
        Ok((Finding::passed(format!("{name} takes the token.")).with_status(status), ()))
    }
}
