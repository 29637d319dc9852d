//! What differs between the hosts of the stub.

/// Whose API it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Github,
    /// A GitHub whose operator put the API at an address of its own.
    GithubElsewhere,
    Gitlab,
}

impl Kind {
    /// The provider of its credentials.
    pub const fn provider(self) -> &'static str {
        match self {
            Self::Github => "github",
            Self::Gitlab => "gitlab",
            // Known by what the operator configured alone.
            Self::GithubElsewhere => "generic_git",
        }
    }

    pub const fn requests(self) -> &'static str {
        match self {
            Self::Github => "/api/v3/repos/acme/gitops/pulls",
            Self::GithubElsewhere => "/its-api/repos/acme/gitops/pulls",
            Self::Gitlab => "/api/v4/projects/acme%2Fgitops/merge_requests",
        }
    }

    /// The end of the address of a request's page.
    pub fn page(self, number: usize) -> String {
        match self {
            Self::Github | Self::GithubElsewhere => format!("acme/gitops/pull/{number}"),
            Self::Gitlab => format!("acme/gitops/-/merge_requests/{number}"),
        }
    }

    /// How it spells head, base, text and the state of an open one.
    pub const fn words(self) -> [&'static str; 4] {
        match self {
            Self::Github | Self::GithubElsewhere => ["head", "base", "body", "open"],
            Self::Gitlab => ["source_branch", "target_branch", "description", "opened"],
        }
    }
}
