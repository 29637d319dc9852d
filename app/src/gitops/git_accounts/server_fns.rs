//! Server functions of connected accounts that need no cookie of their own.

use domain::ServiceError;
use leptos::prelude::*;

use super::PATH;
use crate::{
    answer::{Answered, Redirect, Sent, answer},
    services::RequestContext,
};

const FORGOTTEN: &str = "The account is forgotten here. Its authorization stays at GitHub until you revoke it there, in the settings under Applications.";

/// Revokes a connection and forgets it.
#[server(prefix = "/actions", endpoint = "gitops/disconnect")]
pub(crate) async fn disconnect_account(
    #[server(default)] from: String,
    #[server(default)] credential: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = credential.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.git_connections.disconnect(&actor, id).await
    };
    let sent = Sent::new("connection-disconnect", &from);
    answer(sent, result.await, |()| Redirect::to(PATH).flash("The account is disconnected.")).await
}

/// Forgets a connection without asking GitHub.
#[server(prefix = "/actions", endpoint = "gitops/forget")]
pub(crate) async fn forget_account(
    #[server(default)] from: String,
    #[server(default)] credential: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = credential.parse().map_err(|_| ServiceError::NotFound)?;
        match asking.services.git_connections.forget(&actor, id).await {
            Ok(()) => Ok(FORGOTTEN),
            // A second press, or another person was faster: what was asked for is done.
            Err(ServiceError::NotFound) => Ok("The account is not connected here any more."),
            Err(problem) => Err(problem),
        }
    };
    let sent = Sent::new("connection-forget", &from);
    answer(sent, result.await, |notice| Redirect::to(PATH).flash(notice)).await
}
