//! After an app was installed: a link that anybody could have made, so a person confirms it first.

use std::sync::Arc;

use axum::{
    Extension, Form,
    extract::{Query, State},
    response::{Html, IntoResponse, Response},
};
use domain::{Field, ServiceError};
use serde::Deserialize;

use super::{
    Oauth,
    answer::{done, member, refused},
};
use crate::web::SessionUser;

/// Why there is nothing to connect.
const NO_APP: &str = "No GitHub App is configured on this Hawser, so nothing was connected. Its operator sets HAWSER_GITHUB_APP_ID and HAWSER_GITHUB_APP_PRIVATE_KEY_FILE.";

/// The number that GitHub names. It proves nothing (R-OAUTH-06).
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Named {
    installation_id: String,
}

impl Named {
    /// A number and nothing else.
    fn number(&self) -> Result<u64, ServiceError> {
        self.installation_id
            .parse()
            .map_err(|_| Field::Installation.problem("GitHub named no installation.").into())
    }
}

/// Asks whether the installation is to be connected. An installation that still waits for an owner's
/// consent has no number yet.
pub(crate) async fn ask(
    State(oauth): State<Oauth>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    Query(named): Query<Named>,
) -> Response {
    let asked = async {
        let principal = member(&visitor)?;
        let number = named.number()?;
        if oauth.connections.offers(&principal).await?.installation_url.is_empty() {
            return Err(Field::Installation.problem(NO_APP).into());
        }
        Ok(number)
    };
    match asked.await {
        Ok(number) => Html(page(number, &oauth.css)).into_response(),
        Err(problem) => refused(&visitor, problem).await,
    }
}

/// Connects an installation, if an account of this person may see it.
pub(crate) async fn connect(
    State(oauth): State<Oauth>,
    Extension(visitor): Extension<Arc<SessionUser>>,
    Form(named): Form<Named>,
) -> Response {
    let connected = async {
        let principal = member(&visitor)?;
        let number = named.number()?.to_string();
        oauth.connections.connect_installation(&principal, &number).await
    };
    match connected.await {
        Ok(_) => done(&visitor, "The installed app is connected.").await,
        Err(problem) => refused(&visitor, problem).await,
    }
}

/// A page without scripts, which holds nothing foreign but a number.
fn page(number: u64, css: &str) -> String {
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Connect the installed app · Hawser</title>\
         <link rel=\"stylesheet\" href=\"{css}\"></head>\
         <body class=\"plain\"><main class=\"plain-page\"><h1>Connect the installed app</h1>\
         <p>GitHub says that the app was installed as number {number}. Connect it, so that Git targets can push with it.</p>\
         <form method=\"post\" action=\"/actions/gitops/installation\">\
         <input type=\"hidden\" name=\"installation_id\" value=\"{number}\">\
         <button class=\"button primary\" type=\"submit\">Connect</button></form>\
         <p><a href=\"/gitops/connections\">Not now</a></p></main></body></html>"
    )
}
