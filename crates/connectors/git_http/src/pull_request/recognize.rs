//! Asking a host that nothing is known of what it is.

use domain::{Cause, gitops::GitUrl};
use serde_json::Value;
use url::Url;

use super::{Git, Hosting, call::Api, hosting::Kind};
use egress::{Failure, Login};

/// What a kind of host says of itself: where, and how it is told from others.
struct Sign {
    kind: Kind,
    path: &'static str,
    is: fn(&Value) -> bool,
}

/// Each where its documentation has it:
/// <https://docs.gitea.com/api/> "getVersion", which Forgejo has too;
/// <https://docs.gitlab.com/api/version>;
/// <https://developer.atlassian.com/server/bitbucket/rest/> "Get application properties";
/// <https://docs.github.com/en/enterprise-server@latest/rest/meta/meta>.
const SIGNS: [Sign; 4] = [
    Sign { kind: Kind::Gitea, path: "/api/v1/version", is: |said| said["version"].is_string() },
    Sign {
        kind: Kind::Gitlab,
        path: "/api/v4/version",
        is: |said| said["version"].is_string() && said["revision"].is_string(),
    },
    Sign {
        kind: Kind::BitbucketServer,
        path: "/rest/api/1.0/application-properties",
        is: |said| said["displayName"] == "Bitbucket",
    },
    Sign {
        kind: Kind::Github,
        path: "/api/v3/meta",
        is: |said| said["installed_version"].is_string(),
    },
];

impl Git {
    /// Asks the host of a repository what it is, with at most four requests; `None` when it is
    /// nothing that Hawser knows, or does not say so.
    ///
    /// # Errors
    /// When it cannot be reached now, so that nothing is known yet.
    pub async fn recognize(&self, url: &GitUrl, login: &Login) -> Result<Option<Hosting>, Failure> {
        for sign in SIGNS {
            let Ok(place) = Url::parse(&format!("{}{}", url.origin(), sign.path)) else { continue };
            let Some(hosting) = Hosting::at(url, sign.kind) else { continue };
            let api = Api { git: self, login: hosting.host().login(login), given: login };
            match api.get(place).await {
                Ok(Some(said)) if (sign.is)(&said) => return Ok(Some(hosting)),
                Err(failure) if is_away(&failure) => return Err(failure),
                // Whatever else it answers, it is not this.
                _ => {}
            }
        }
        Ok(None)
    }
}

/// Whether nobody answered, or nobody now.
const fn is_away(failure: &Failure) -> bool {
    matches!(
        failure.cause,
        Cause::Timeout
            | Cause::ConnectionRefused
            | Cause::ConnectionClosed
            | Cause::DnsFailure
            | Cause::RateLimited
    )
}
