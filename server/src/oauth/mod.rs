//! Connecting accounts: what browsers keep on their way through GitHub, and where they come back to.
//!
//! Beginning is a form of ours, under the same rules as every other one. Coming back is a link that
//! GitHub made, so it counts only together with the session and the cookie of the browser that began
//! (R-OAUTH-01, R-OAUTH-02). Nothing of what GitHub says in words is shown (R-OAUTH-04).

mod answer;
mod connect;
mod cookie;
mod device;
mod installed;

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use domain::service::GitAccounts;

use crate::config::Transport;

/// Where GitHub sends browsers back to, below the public URL (R-OAUTH-05).
pub(crate) const CALLBACK: &str = "/oauth/github/callback";
/// Where GitHub sends browsers after an app was installed.
const INSTALLED: &str = "/oauth/github/installed";
/// The page of connected accounts.
const CONNECTIONS: &str = "/gitops/connections";
/// The page that shows a code.
const DEVICE: &str = "/gitops/connections/device";

/// What these routes work with.
#[derive(Clone)]
pub(crate) struct Oauth {
    connections: Arc<dyn GitAccounts>,
    transport: Transport,
    /// The address of the style sheet.
    css: Arc<str>,
}

impl Oauth {
    pub(crate) fn new(connections: Arc<dyn GitAccounts>, transport: Transport, css: &str) -> Self {
        Self { connections, transport, css: css.into() }
    }
}

/// Where browsers come back to.
pub(crate) fn pages(oauth: &Oauth) -> Router {
    Router::new()
        .route(CALLBACK, get(connect::finish))
        .route(INSTALLED, get(installed::ask))
        .with_state(oauth.clone())
}

/// What a form of ours begins.
pub(crate) fn actions(oauth: &Oauth) -> Router {
    Router::new()
        .route("/actions/gitops/connect", post(connect::begin))
        .route("/actions/gitops/device", post(device::begin))
        .route("/actions/gitops/device/poll", post(device::poll))
        .route("/actions/gitops/installation", post(installed::connect))
        .with_state(oauth.clone())
}
