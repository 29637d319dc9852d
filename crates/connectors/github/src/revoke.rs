//! Taking a token back.

use domain::{Cause, Secret};
use http::header::HeaderValue;
use serde::Serialize;

use super::{
    Github,
    call::{refusal, versioned},
};
use egress::{Ask, Failure, wire};
use token_exchange::read_file;

const ATTEMPT: &str = "revoke a token at GitHub";

/// What became of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// GitHub revoked it.
    Now,
    /// GitHub does not know it (any more).
    Before,
}

#[derive(Serialize)]
struct Named<'a> {
    access_token: wire::Exposed<'a>,
}

impl Github {
    /// Has GitHub revoke an access token: `DELETE /applications/{client_id}/token`. Other tokens of
    /// the account stay, for they may belong to another organization of this Hawser.
    ///
    /// # Errors
    /// When GitHub cannot be asked, or does not take the operator's client secret.
    pub async fn revoke(&self, access: &Secret) -> Result<Revoked, Failure> {
        let internal = || Failure::new(Cause::Internal, ATTEMPT);
        let client = self.client()?;
        let secret = read_file(&client.secret_file).await?;
        let url = self.api(&["applications", &client.id, "token"], ATTEMPT)?;
        let body = wire::json(&Named { access_token: wire::Exposed(access) });
        let ask = Ask::delete(url, HeaderValue::from_static("application/json"), body, ATTEMPT)
            .login(Some(wire::basic(&client.id, &secret).ok_or_else(internal)?));
        let answer = self.send(versioned(ask)).await?;
        match answer.status().as_u16() {
            204 => Ok(Revoked::Now),
            404 | 422 => Ok(Revoked::Before),
            // Not the account's fault: the operator's client secret is another one.
            401 => Err(refusal(answer).await.told_as(Cause::ExchangeRefused)),
            _ => Err(refusal(answer).await),
        }
    }
}
