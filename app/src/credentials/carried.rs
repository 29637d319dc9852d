//! Somebody left another form to add a credential for it.

use domain::{Provider, repositories::RepositoryUrl};

use crate::{
    gitops::clusters,
    ui::{
        detour::{NEXT, begun},
        harmless::harmless,
        page::Request,
        path,
    },
};

/// The wizard's address for whoever left a form by its button that adds a credential. The form suggests
/// the provider: a cluster takes a kubeconfig, and the URL of a repository names its host.
pub(super) fn folded(request: &Request) -> Option<String> {
    let back = begun(request)?;
    let provider = if back.starts_with(clusters::PATH) {
        Some(Provider::Kubernetes)
    } else if back.starts_with("/charts/") {
        // The host of a Git target says nothing about registries.
        RepositoryUrl::parse(&harmless(&request.query("url")))
            .ok()
            .and_then(|url| Provider::of_host(url.host()))
    } else {
        None
    };
    let provider = provider.map_or("", |provider| provider.facts().code);
    Some(path::with("/credentials/new", &[("provider", provider), (NEXT, &back)]))
}
