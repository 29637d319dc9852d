//! Connecting accounts: what browsers keep on their way through GitHub, and where they come back to.
//!
//! Beginning is a form of ours, under the same rules as every other one. Coming back is a link that
//! GitHub made, so it counts only together with the session and the cookie of the browser that began
//! (R-OAUTH-01, R-OAUTH-02). Nothing of what GitHub says in words is shown (R-OAUTH-04).

mod answer;
pub(crate) mod connect;
pub(crate) mod device;
pub(crate) mod installed;

use std::sync::Arc;

use axum::extract::FromRef;
use domain::service::GitAccounts;

use crate::web::{Site, Transport};

/// Where GitHub sends browsers back to, below the public URL (R-OAUTH-05).
pub(crate) const CALLBACK: &str = "/oauth/github/callback";
/// Where GitHub sends browsers after an app was installed.
pub(crate) const INSTALLED: &str = "/oauth/github/installed";
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

impl FromRef<Site> for Oauth {
    fn from_ref(site: &Site) -> Self {
        Self {
            connections: Arc::clone(&site.services.git_connections),
            transport: site.transport(),
            css: site.assets.bundle().css.as_str().into(),
        }
    }
}
