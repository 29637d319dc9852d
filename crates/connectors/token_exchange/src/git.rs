//! Logins for Git over HTTPS. A token of GitHub goes to GitHub and nowhere else.

use domain::{Cause, Timestamp, credentials::SecretMaterial};
use url::Url;

use super::{
    ExchangeSettings, Exchanges, GithubHome, LoginSource, Owner, github_app, github_installation,
    stored_login,
};
use egress::{EgressProfile, Failure, Login, same_origin};

impl Exchanges {
    /// The login of `material` for the Git repository at `url`, good for pushing.
    ///
    /// # Errors
    /// `UnsupportedTokenKind` for a token of GitHub that would go to another host, and for what Git
    /// servers do not take; otherwise why the provider did not give one.
    pub async fn git_login(
        &self,
        material: &SecretMaterial,
        owner: &Owner,
        url: &Url,
        now: Timestamp,
    ) -> Result<Login, Failure> {
        let way = way(&self.0.settings, material, url)?;
        self.take(way, owner, &EgressProfile::default(), now).await
    }
}

/// A connected account does not open registries, and GitHub's tokens open no other host.
pub(super) fn not_for_here() -> Failure {
    Failure::new(Cause::UnsupportedTokenKind, "use this login here: it is for Git at GitHub alone")
}

fn way<'a>(
    settings: &'a ExchangeSettings,
    material: &'a SecretMaterial,
    url: &Url,
) -> Result<LoginSource<'a>, Failure> {
    Ok(match material {
        SecretMaterial::Password { .. } => LoginSource::Stored(stored_login(material)),
        SecretMaterial::GithubOauth { tokens } => {
            at_home(&settings.github, url)?;
            LoginSource::Stored(Login::stored(
                github_app::USERNAME.to_owned(),
                tokens.access.clone(),
            ))
        }
        SecretMaterial::GithubApp { app_id, installation, key, repositories } => {
            at_home(&settings.github, url)?;
            let needed = github_app::Permission::Push;
            let app = github_app::GithubApp { app_id, installation, key, repositories, needed };
            LoginSource::Exchange(Box::new(app))
        }
        SecretMaterial::GithubInstallation { installation } => {
            at_home(&settings.github, url)?;
            let app = &settings.github.app;
            // One target's token opens one repository, not all that the app is installed for.
            let repositories = repository(url).into_iter().collect();
            let app = github_installation::GithubInstallation { app, installation, repositories };
            LoginSource::Exchange(Box::new(app))
        }
        _ => return Err(not_for_here()),
    })
}

fn at_home(github: &GithubHome, url: &Url) -> Result<(), Failure> {
    let is_home = match &github.web {
        Some(web) => same_origin(web, url),
        None => {
            url.scheme() == "https"
                && url.host_str() == Some("github.com")
                && url.port_or_known_default() == Some(443)
        }
    };
    if is_home { Ok(()) } else { Err(not_for_here()) }
}

/// The name in the address of a repository, `https://github.com/owner/name.git`; `None` for another
/// address of GitHub.
fn repository(url: &Url) -> Option<String> {
    let mut segments = url.path_segments()?.filter(|segment| !segment.is_empty());
    let (_owner, name) = (segments.next()?, segments.next()?);
    let name = name.strip_suffix(".git").unwrap_or(name);
    (segments.next().is_none() && !name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_named_by_its_address() {
        for (url, name) in [
            ("https://github.com/acme/deploy.git", Some("deploy")),
            ("https://github.com/acme/deploy/", Some("deploy")),
            ("https://github.com/", None),
            ("https://github.com/acme", None),
            ("https://github.com/acme/deploy/tree", None),
        ] {
            assert_eq!(repository(&Url::parse(url).unwrap()).as_deref(), name, "{url}");
        }
    }

    #[test]
    fn r_oauth_07_a_token_of_github_goes_to_github_alone() {
        let fits = |web: Option<&str>, url: &str| {
            let web = web.map(|web| Url::parse(web).unwrap());
            at_home(&GithubHome { web, app: None }, &Url::parse(url).unwrap()).is_ok()
        };
        assert!(fits(None, "https://github.com/acme/deploy.git"));
        assert!(fits(Some("https://ghe.example"), "https://ghe.example/acme/deploy"));
        for (web, url) in [
            (None, "http://github.com/acme/deploy"),
            (None, "https://github.com:8443/acme/deploy"),
            (None, "https://github.com.evil.example/acme/deploy"),
            (None, "https://gist.github.com/acme/deploy"),
            (Some("https://ghe.example"), "https://github.com/acme/deploy"),
            (Some("https://ghe.example"), "http://ghe.example/acme/deploy"),
        ] {
            assert!(!fits(web, url), "{url}");
        }
    }
}
