//! What the operator says about GitHub.

use std::path::PathBuf;

use url::Url;

use super::call::below;
use token_exchange::GithubIdentity;

/// A GitHub and how Hawser is known to it. Names files that hold secrets, never the secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GithubSettings {
    /// Its address for people and Git, such as `https://github.com`.
    pub web: Url,
    /// Its API, such as `https://api.github.com`.
    pub api: Url,
    /// The client that accounts are connected with.
    pub oauth: Option<OauthClient>,
    /// The app that can be installed.
    pub app: Option<GithubApp>,
}

/// An OAuth app, or the client of a GitHub App.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OauthClient {
    /// The client id.
    pub id: String,
    /// The file with the client secret, read at each use.
    pub secret_file: PathBuf,
    /// The scopes to ask for.
    pub scopes: Vec<String>,
}

/// A GitHub App that can be installed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GithubApp {
    /// Who this server is.
    pub identity: GithubIdentity,
    /// The name of the app in addresses.
    pub slug: String,
}

impl OauthClient {
    /// The scopes to ask for. The tokens of a GitHub App have none: what they open was chosen with
    /// the app. Its client ids begin with `Iv` (GitHub Docs, "Differences between GitHub Apps and
    /// OAuth apps").
    #[must_use]
    pub fn scopes(&self) -> &[String] {
        if self.id.starts_with("Iv") { &[] } else { &self.scopes }
    }
}

impl GithubSettings {
    /// The API of a GitHub at `web`: a host of its own at github.com and on `ghe.com`, the path
    /// `/api/v3` at GitHub Enterprise Server (GitHub Docs, "Using GitHub Enterprise Server's REST API").
    #[must_use]
    pub fn api_of(web: &Url) -> Option<Url> {
        match web.host_str() {
            Some(host) if host == "github.com" || host.ends_with(".ghe.com") => {
                Url::parse(&format!("https://api.{host}/")).ok()
            }
            _ => below(web, &["api", "v3"]),
        }
    }

    /// Where people install the app; `None` when there is none.
    #[must_use]
    pub fn installation_url(&self) -> Option<Url> {
        let slug = &self.app.as_ref()?.slug;
        let apps = match self.web.host_str() {
            Some(host) if host == "github.com" || host.ends_with(".ghe.com") => "apps",
            _ => "github-apps",
        };
        below(&self.web, &[apps, slug, "installations", "new"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_github_has_its_api() {
        for (web, api) in [
            ("https://github.com", "https://api.github.com/"),
            ("https://acme.ghe.com", "https://api.acme.ghe.com/"),
            ("https://git.acme.example", "https://git.acme.example/api/v3"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/api/v3"),
        ] {
            let made = GithubSettings::api_of(&Url::parse(web).unwrap()).unwrap();
            assert_eq!(made.as_str(), api);
        }
    }

    #[test]
    fn an_app_asks_for_no_scopes() {
        let client = |id: &str| OauthClient {
            id: id.to_owned(),
            secret_file: PathBuf::new(),
            scopes: vec!["repo".to_owned()],
        };
        assert_eq!(client("Ov23liABC").scopes(), ["repo"]);
        assert!(client("Iv23liABC").scopes().is_empty());
    }
}
