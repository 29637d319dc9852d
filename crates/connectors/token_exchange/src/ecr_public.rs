//! Amazon ECR Public: the same exchange, always in `us-east-1`, with an answer of another shape.
//!
//! Source: Amazon ECR Public API Reference, `GetAuthorizationToken`.

use async_trait::async_trait;
use domain::Secret;
use serde::Deserialize;

use super::{
    call::Caller,
    call::unreadable,
    ecr::{self, Data, Service},
    endpoints,
    exchange::{Exchanged, Keeping, TokenExchange},
    sigv4::AwsKey,
};
use egress::Failure;

const ATTEMPT: &str = "get a token of Amazon ECR Public";
const HOST: &str = "api.ecr-public.us-east-1.amazonaws.com";

/// A login at the public gallery.
pub(super) struct EcrPublic<'a> {
    pub(super) id: &'a str,
    pub(super) secret: &'a Secret,
}

#[async_trait]
impl TokenExchange for EcrPublic<'_> {
    fn scope(&self) -> String {
        HOST.to_owned()
    }

    fn keeping(&self) -> Keeping {
        ecr::KEEPING
    }

    async fn exchange(&self, caller: &Caller<'_>) -> Result<Exchanged, Failure> {
        let key = AwsKey { id: self.id.to_owned(), secret: self.secret.clone(), session: None };
        let url = endpoints::at(caller.settings.endpoints.ecr_public.as_ref(), HOST, &[]);
        let target = "SpencerFrontendService.GetAuthorizationToken";
        let service = Service { name: "ecr-public", region: "us-east-1", target };
        let answer: Answer = ecr::ask(caller, &key, url, &service, ATTEMPT).await?;
        answer.data.open(caller.now).ok_or_else(|| unreadable(ATTEMPT))
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "authorizationData")]
    data: Data,
}
