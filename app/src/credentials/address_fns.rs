//! Server functions of allowed addresses: who is asking, call the service.

use domain::{CredentialId, credentials};
use leptos::prelude::*;

use super::access_path;
use crate::{
    answer::{Answered, Redirect, Sent, act},
    services::known,
};

/// Allows an origin for the login of a credential.
#[server(prefix = "/actions", endpoint = "credentials/allow-address")]
pub(crate) async fn allow_address(
    #[server(default)] from: String,
    #[server(flatten)] form: credentials::AllowAddress,
) -> Answered {
    act(
        Sent::of("credential-address", &from, &form),
        async move |services, principal| {
            let id = known(&form.credential)?;
            services.credentials.allow_address(&principal, form).await.map(|()| id)
        },
        |id| Redirect::to(access_path(id)).flash("The address is allowed."),
    )
    .await
}

/// Confirms an origin that was taken over from the links of before.
#[server(prefix = "/actions", endpoint = "credentials/confirm-address")]
pub(crate) async fn confirm_address(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] address: String,
) -> Answered {
    act(
        Sent::new("credential-confirm-address", &from),
        async move |services, principal| {
            let (id, address) = (known(&credential)?, known(&address)?);
            services.credentials.confirm_address(&principal, id, address).await.map(|()| id)
        },
        |id| Redirect::to(access_path(id)).flash("The address is confirmed."),
    )
    .await
}

/// Withdraws an allowed origin; the links there are suspended.
#[server(prefix = "/actions", endpoint = "credentials/withdraw-address")]
pub(crate) async fn withdraw_address(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] address: String,
) -> Answered {
    act(
        Sent::new("credential-withdraw-address", &from),
        async move |services, principal| {
            let (id, address): (CredentialId, _) = (known(&credential)?, known(&address)?);
            let suspended = services.credentials.withdraw_address(&principal, id, address).await?;
            Ok((id, suspended))
        },
        |(id, suspended)| {
            let told = match suspended.as_slice() {
                [] => "The address is withdrawn.".to_owned(),
                names => format!(
                    "The address is withdrawn, and these repositories do not log in any more: {}.",
                    names.join(", ")
                ),
            };
            Redirect::to(access_path(id)).flash(told)
        },
    )
    .await
}

/// Withdraws a token service from a registry.
#[server(prefix = "/actions", endpoint = "credentials/withdraw-token-service")]
pub(crate) async fn withdraw_token_service(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] registry: String,
    #[server(default)] service: String,
) -> Answered {
    act(
        Sent::new("credential-token-service", &from),
        async move |services, principal| {
            let id = known(&credential)?;
            let credentials = services.credentials;
            credentials
                .withdraw_token_service(&principal, id, &registry, &service)
                .await
                .map(|()| id)
        },
        |id| Redirect::to(access_path(id)).flash("The token service is withdrawn."),
    )
    .await
}

/// Forgets a request for an origin.
#[server(prefix = "/actions", endpoint = "credentials/dismiss-request")]
pub(crate) async fn dismiss_address_request(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] request: String,
) -> Answered {
    act(
        Sent::new("credential-dismiss-request", &from),
        async move |services, principal| {
            let (id, request) = (known(&credential)?, known(&request)?);
            services.credentials.dismiss_address_request(&principal, id, request).await.map(|()| id)
        },
        |id| Redirect::to(access_path(id)).flash("The request is dismissed."),
    )
    .await
}
