//! Server functions of connected accounts that need no cookie of their own.

use domain::ServiceError;
use leptos::prelude::*;

use super::PATH;
use crate::{
    answer::{Answered, Redirect, Sent, act},
    services::known,
};

const FORGOTTEN: &str = "The account is forgotten here. Its authorization stays at GitHub until you revoke it there, in the settings under Applications.";

/// Revokes a connection and forgets it.
#[server(prefix = "/actions", endpoint = "gitops/disconnect")]
pub(crate) async fn disconnect_account(
    #[server(default)] from: String,
    #[server(default)] credential: String,
) -> Answered {
    act(
        Sent::new("connection-disconnect", &from),
        async move |services, principal| {
            services.git_connections.disconnect(&principal, known(&credential)?).await
        },
        |()| Redirect::to(PATH).flash("The account is disconnected."),
    )
    .await
}

/// Forgets a connection without asking GitHub.
#[server(prefix = "/actions", endpoint = "gitops/forget")]
pub(crate) async fn forget_account(
    #[server(default)] from: String,
    #[server(default)] credential: String,
) -> Answered {
    act(
        Sent::new("connection-forget", &from),
        async move |services, principal| {
            match services.git_connections.forget(&principal, known(&credential)?).await {
                Ok(()) => Ok(FORGOTTEN),
                // A second press, or another person was faster: what was asked for is done.
                Err(ServiceError::NotFound) => Ok("The account is not connected here any more."),
                Err(problem) => Err(problem),
            }
        },
        |notice| Redirect::to(PATH).flash(notice),
    )
    .await
}
