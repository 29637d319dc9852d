//! The address of a Git repository.

use ::url::Url;

use crate::{Field, FieldProblem};

/// The address of a repository: `https` (or `http`, where the operator allows it), no user, no query.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GitUrl(Url);

impl GitUrl {
    /// Reads an address. Only the smart HTTP transport is spoken (R-SSRF-08).
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &str) -> Result<Self, FieldProblem> {
        let problem = |message: &str| Field::Url.problem(message);
        let text = text.trim();
        if text.is_empty() {
            return Err(problem("Choose or type the address of a repository."));
        }
        if text.len() > 2_048 || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(problem("An address has at most 2,048 bytes and no white space."));
        }
        let url = Url::parse(text).map_err(|_| {
            problem("Write the address as https://host/path, as for `git clone` over HTTPS.")
        })?;
        if !matches!(url.scheme(), "https" | "http") || url.host().is_none() {
            return Err(problem(
                "Hawser speaks Git over https. ssh and other schemes do not work.",
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(problem("Leave the user and password out of the address."));
        }
        if url.query().is_some()
            || url.fragment().is_some()
            || url.path().trim_matches('/').is_empty()
        {
            return Err(problem("The address has to end with the path of a repository."));
        }
        Ok(Self(url))
    }

    /// The address.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The address as text, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Scheme, host and port.
    #[must_use]
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// The path without `.git`, such as `owner/name`.
    #[must_use]
    pub fn path(&self) -> &str {
        let path = self.0.path().trim_matches('/');
        path.strip_suffix(".git").unwrap_or(path)
    }

    /// The same for all spellings that lead to one repository, as the hosts see it: with or without
    /// `.git`, in any case.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}", self.origin(), self.path().to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_however_it_is_spelled() {
        let key = |text: &str| GitUrl::parse(text).unwrap().key();
        let url = key("https://github.com/Acme/gitops.git");
        assert_eq!(key("https://GitHub.com:443/acme/gitops/"), url);
        assert_ne!(key("https://github.com/acme/other"), url);
        assert_ne!(key("https://github.com:8443/acme/gitops"), url);
    }

    #[test]
    fn r_ssrf_08_only_git_over_http_is_spoken() {
        let url = GitUrl::parse(" https://github.com/acme/gitops.git ").unwrap();
        assert_eq!((url.path(), url.origin().as_str()), ("acme/gitops", "https://github.com"));
        for bad in [
            "",
            "github.com/a/b",
            "git@github.com:a/b.git",
            "ssh://git@github.com/a/b",
            "ext::sh -c x",
            "file:///etc",
            "git+ssh://a/b",
            "https://u:p@github.com/a/b",
            "https://github.com/",
            "https://github.com/a/b?x=1",
            "https://github.com/a/b#c",
            "https://a b/c",
        ] {
            assert!(GitUrl::parse(bad).is_err(), "{bad}");
        }
    }
}
