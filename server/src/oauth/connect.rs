//! Connecting in the browser: away to GitHub, and back.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Query, State},
    response::Response,
};
use domain::{Field, Secret, ServiceError};
use http::HeaderMap;
use serde::Deserialize;

use super::{
    Oauth,
    answer::{done, member, refused, to},
};
use crate::web::{KeptCookie, SessionUser};

/// Seconds that the way through GitHub may take.
const LIFE: u64 = 600;

/// Sends the browser to GitHub, with a key in its cookie.
pub(crate) async fn begin(
    State(oauth): State<Oauth>,
    Extension(visitor): Extension<Arc<SessionUser>>,
) -> Response {
    let begun = async {
        let principal = member(&visitor)?;
        oauth.connections.begin_web(&principal).await
    };
    match begun.await {
        Ok(start) => {
            let mut response = to(&start.url);
            KeptCookie::Browser.set(oauth.transport, &start.browser, LIFE, &mut response);
            response
        }
        Err(problem) => refused(&visitor, problem).await,
    }
}

/// What GitHub puts into the address. `error_description` and `error_uri` are not even read.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(crate) struct Back {
    state: Secret,
    code: Secret,
    error: String,
}

/// Ends what this browser began. The cookie is used up, whatever comes of it.
pub(crate) async fn finish(
    State(oauth): State<Oauth>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    Query(back): Query<Back>,
    headers: HeaderMap,
) -> Response {
    let finished = async {
        let principal = member(&visitor)?;
        if !back.error.is_empty() {
            return Err(said(&back.error));
        }
        let browser = KeptCookie::Browser.read(oauth.transport, &headers).unwrap_or_default();
        oauth.connections.finish_web(&principal, browser, back.state, back.code).await
    };
    let mut response = match finished.await {
        Ok(_) => done(&visitor, "The account is connected.").await,
        Err(problem) => refused(&visitor, problem).await,
    };
    KeptCookie::Browser.clear(oauth.transport, &mut response);
    response
}

/// What an error of GitHub means, in words of ours (R-OAUTH-04).
fn said(error: &str) -> ServiceError {
    let message = match error {
        "access_denied" => "You refused at GitHub, so nothing was connected.",
        "redirect_uri_mismatch" | "application_suspended" => {
            "GitHub does not know this Hawser. Its operator has to check the client and its callback address."
        }
        _ => "GitHub did not connect the account. Connect again.",
    };
    Field::Account.problem(message).into()
}
