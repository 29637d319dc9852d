//! Server functions of connected accounts that need no cookie of their own.

use domain::ServiceError;
use leptos::prelude::*;

use super::PATH;
use crate::{
    answer::{Answered, Next, Sent, answer},
    services::Asking,
};

/// Revokes a connection and forgets it.
#[server(prefix = "/actions", endpoint = "gitops/disconnect")]
pub(crate) async fn disconnect_account(
    #[server(default)] from: String,
    #[server(default)] credential: String,
) -> Answered {
    let result = async {
        let (asking, actor) = Asking::member()?;
        let id = credential.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.git_connections.disconnect(&actor, id).await
    };
    let sent = Sent::new("connection-disconnect", &from);
    answer(sent, result.await, |()| Next::to(PATH).saying("The account is disconnected.")).await
}

/// Forgets a connection without asking GitHub.
#[server(prefix = "/actions", endpoint = "gitops/forget")]
pub(crate) async fn forget_account(
    #[server(default)] from: String,
    #[server(default)] credential: String,
) -> Answered {
    let result = async {
        let (asking, actor) = Asking::member()?;
        let id = credential.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.git_connections.forget(&actor, id).await
    };
    answer(Sent::new("connection-forget", &from), result.await, |()| {
        Next::to(PATH).saying(
            "The account is forgotten here. Its authorization stays at GitHub until you revoke it there, in the settings under Applications.",
        )
    })
    .await
}
