//! Where the providers are, unless the operator says otherwise.

use url::Url;

/// Addresses that stand in for the providers' own: private endpoints, GitHub Enterprise Server.
///
/// They are reached through the same outbound client, so a private address also has to be on the
/// allow-list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Endpoints {
    /// Amazon ECR, in place of `https://api.ecr.<region>.amazonaws.com`.
    pub ecr: Option<Url>,
    /// Amazon ECR Public, in place of `https://api.ecr-public.us-east-1.amazonaws.com`.
    pub ecr_public: Option<Url>,
    /// AWS STS, in place of `https://sts.<region>.amazonaws.com`.
    pub sts: Option<Url>,
    /// Google's token endpoint, in place of `https://oauth2.googleapis.com`.
    pub google_token: Option<Url>,
    /// Google STS, in place of `https://sts.googleapis.com`.
    pub google_sts: Option<Url>,
    /// Google IAM credentials, in place of `https://iamcredentials.googleapis.com`.
    pub google_iam: Option<Url>,
    /// Entra ID, in place of `https://login.microsoftonline.com` and those of other clouds. With
    /// it, registries may have other names than Azure's.
    pub entra: Option<Url>,
    /// GitHub's API, in place of `https://api.github.com`.
    pub github: Option<Url>,
    /// The metadata service of Amazon EC2, in place of `http://169.254.169.254`.
    pub aws_metadata: Option<Url>,
    /// The credential service of a container, in place of that of ECS or EKS.
    pub aws_container: Option<Url>,
    /// The metadata service of Google, in place of `http://169.254.169.254`.
    pub google_metadata: Option<Url>,
}

/// An entry that is not `service=URL`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadEndpoint {
    /// No such service.
    #[error(
        "there is no service `{0}`; those that are known are ecr, ecr_public, sts, google_token, google_sts, google_iam, entra, github, aws_metadata, aws_container and google_metadata"
    )]
    Service(String),
    /// No such address.
    #[error(
        "the address of `{0}` has to be like https://host or http://host:port/path, without user name, password, query and fragment"
    )]
    Address(String),
}

impl Endpoints {
    /// Reads `service=URL` entries, separated by commas.
    ///
    /// # Errors
    /// The first entry that names no service or no address.
    pub fn parse(text: &str) -> Result<Self, BadEndpoint> {
        let mut endpoints = Self::default();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let (service, address) = entry.split_once('=').unwrap_or((entry, ""));
            let service = service.trim();
            let shown = || service.chars().take(40).collect();
            let slot = endpoints.slot(service).ok_or_else(|| BadEndpoint::Service(shown()))?;
            let url = Url::parse(address.trim()).ok().filter(|url| {
                matches!(url.scheme(), "http" | "https")
                    && url.host_str().is_some_and(|host| !host.is_empty())
                    && url.username().is_empty()
                    && url.password().is_none()
                    && url.query().is_none()
                    && url.fragment().is_none()
            });
            *slot = Some(url.ok_or_else(|| BadEndpoint::Address(shown()))?);
        }
        Ok(endpoints)
    }

    fn slot(&mut self, service: &str) -> Option<&mut Option<Url>> {
        Some(match service {
            "ecr" => &mut self.ecr,
            "ecr_public" => &mut self.ecr_public,
            "sts" => &mut self.sts,
            "google_token" => &mut self.google_token,
            "google_sts" => &mut self.google_sts,
            "google_iam" => &mut self.google_iam,
            "entra" => &mut self.entra,
            "github" => &mut self.github,
            "aws_metadata" => &mut self.aws_metadata,
            "aws_container" => &mut self.aws_container,
            "google_metadata" => &mut self.google_metadata,
            _ => return None,
        })
    }
}

/// `path` below the operator's address, or below `https://host`; `None` when `host` is no host.
pub(crate) fn at(instead: Option<&Url>, host: &str, path: &[&str]) -> Option<Url> {
    let mut url = match instead {
        Some(url) => url.clone(),
        None => Url::parse(&format!("https://{host}/"))
            .ok()
            .filter(|url| url.host_str() == Some(host) && url.port().is_none())?,
    };
    url.path_segments_mut().ok()?.pop_if_empty().extend(path);
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_named_one_by_one() {
        let endpoints = Endpoints::parse(
            "ecr=https://vpce-1.api.ecr.eu-west-1.vpce.amazonaws.com, github=https://ghe.example/api/v3/,",
        )
        .unwrap();
        let github = at(endpoints.github.as_ref(), "api.github.com", &["app", "installations"]);
        assert_eq!(github.unwrap().as_str(), "https://ghe.example/api/v3/app/installations");
        assert!(endpoints.ecr.is_some() && endpoints.sts.is_none());
        for bad in [
            "ecr",
            "ecr=",
            "ecr=ftp://x",
            "ecr=https://u:hunter2@x",
            "ecr=https://x/?a",
            "s3=https://x",
            "https://x",
        ] {
            let problem = Endpoints::parse(bad).unwrap_err().to_string();
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }

    #[test]
    fn without_the_operator_only_a_host_is_a_host() {
        assert_eq!(at(None, "a.example", &[]).unwrap().as_str(), "https://a.example/");
        assert_eq!(at(None, "a.example", &["x y", "z"]).unwrap().path(), "/x%20y/z");
        for bad in ["", "a/b", "a:1", "u@a", "a?b", "A.example"] {
            assert_eq!(at(None, bad, &[]), None, "{bad}");
        }
    }
}
