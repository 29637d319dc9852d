//! Somebody left another form to add a credential for it.

use domain::{CredentialKind, Provider, redact_url, repositories::RepositoryUrl};

use crate::{
    exports,
    gitops::clusters,
    ui::{
        page::Request,
        path,
        return_to::{NEXT, begun},
    },
};

/// The form that somebody left to add a credential for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    Repository,
    GitTarget,
    Cluster,
    Export,
}

impl Asker {
    /// Told by the way back to it; `None` where nobody left a form.
    pub fn of(back: &str) -> Option<Self> {
        [
            ("/charts/repositories", Self::Repository),
            ("/gitops/targets/", Self::GitTarget),
            (clusters::PATH, Self::Cluster),
            (exports::PATH, Self::Export),
        ]
        .into_iter()
        .find_map(|(pages, asker)| back.starts_with(pages).then_some(asker))
    }

    /// The kind of credential that it takes; `None` where any will do.
    pub const fn takes(self) -> Option<CredentialKind> {
        match self {
            Self::Repository => Some(CredentialKind::Registry),
            Self::GitTarget => Some(CredentialKind::Git),
            Self::Cluster => Some(CredentialKind::Cluster),
            Self::Export => None,
        }
    }

    /// The field in which it is chosen.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Repository | Self::GitTarget | Self::Cluster => "credential",
            Self::Export => "credentials[]",
        }
    }
}

/// The wizard's address for whoever left a form by its button that adds a credential. The form suggests
/// the provider: a cluster takes a kubeconfig, and the URL of a repository names its host.
pub(super) fn folded(request: &Request) -> Option<String> {
    let back = begun(request)?;
    let provider = match Asker::of(&back) {
        Some(Asker::Cluster) => Some(Provider::Kubernetes),
        Some(Asker::Repository) => RepositoryUrl::parse(&redact_url(&request.query("url")))
            .ok()
            .and_then(|url| Provider::of_host(url.host())),
        // The host of a Git target says nothing about registries.
        Some(Asker::GitTarget | Asker::Export) | None => None,
    };
    let provider = provider.map_or("", |provider| provider.as_str());
    Some(path::with("/credentials/new", &[("provider", provider), (NEXT, &back)]))
}
