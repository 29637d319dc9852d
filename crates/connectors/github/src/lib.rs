//! GitHub: connecting accounts by OAuth, and what Hawser asks in their name.
//!
//! What GitHub says in words is looked at and never repeated (R-OAUTH-04). Which requests the `oauth2`
//! library makes, and which not: D-12.
//!
//! Sources: GitHub Docs, "Authorizing OAuth apps", "Refreshing user access tokens", "REST API
//! endpoints for OAuth authorizations" and "REST API endpoints for GitHub App installations",
//! <https://docs.github.com/en/apps>.

mod account;
mod authorize;
mod call;
mod device;
mod grant;
mod installation;
mod oauth;
mod repositories;
mod revoke;
mod scopes;
mod settings;

pub use account::Account;
pub use authorize::Verifier;
pub use device::DeviceStart;
pub use grant::{GithubError, Grant, TokenRefusal};
pub use installation::Installation;
pub use revoke::Revoked;
pub use scopes::missing;
pub use settings::{GithubApp, GithubSettings, OauthClient};

use std::sync::Arc;

use url::Url;

use egress::{Failure, Outbound};

/// A GitHub that the operator configured. Cheap to clone.
#[derive(Clone)]
pub struct Github(Arc<Inner>);

struct Inner {
    outbound: Outbound,
    settings: GithubSettings,
    callback: Url,
}

impl Github {
    /// Asks through `outbound`. `callback` is where GitHub sends browsers back to: a constant of this
    /// server (R-OAUTH-05), which the OAuth client has to name too.
    #[must_use]
    pub fn new(outbound: Outbound, settings: GithubSettings, callback: Url) -> Self {
        Self(Arc::new(Inner { outbound, settings, callback }))
    }

    /// What the operator configured.
    #[must_use]
    pub fn settings(&self) -> &GithubSettings {
        &self.0.settings
    }

    /// The host that people see, such as `github.com`; with its port when that is not the scheme's own.
    #[must_use]
    pub fn host(&self) -> String {
        let web = &self.0.settings.web;
        let host = web.host_str().unwrap_or_default();
        web.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Where the repository `owner/name` is for Git.
    #[must_use]
    pub fn git_url(&self, full_name: &str) -> Option<Url> {
        let (owner, name) = full_name.split_once('/')?;
        call::below(&self.0.settings.web, &[owner, name])
    }

    fn client(&self) -> Result<&OauthClient, Failure> {
        self.0.settings.oauth.as_ref().ok_or_else(token_exchange::not_turned_on)
    }
}
