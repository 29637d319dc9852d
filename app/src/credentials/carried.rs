//! What was typed into another form travels along while somebody adds a credential for it.

use domain::{Provider, repositories::RepositoryUrl};

use crate::{
    exports::joined,
    repositories::harmless,
    ui::{page::Request, path},
};

/// The fields of the forms of repositories and Git targets that travel along while somebody adds a credential.
const CARRIED: [&str; 15] = [
    "url",
    "name",
    "kind",
    "credential",
    "interval",
    "charts",
    "project",
    "environment",
    "ca",
    "proxy",
    "row_version",
    "branch",
    "base",
    "folder",
    "mode",
];

const NEW: &str = "/charts/repositories/new";

/// A form came here by its button that adds a credential: its values are folded into the way back, and the host of its URL suggests the provider. Of the URL only what holds no secret
/// is kept, because addresses are remembered.
pub(super) fn folded(request: &Request) -> Option<String> {
    let mut values: Vec<_> = CARRIED
        .iter()
        .filter_map(|name| request.sent_along(name).map(|value| (*name, value)))
        .collect();
    if values.is_empty() {
        return None;
    }
    let exports = joined(&request.all("exports[]"));
    if !exports.is_empty() {
        values.push(("exports", exports));
    }
    // Addresses have an end; authorities longer than this have to be pasted once more.
    values.retain(|(name, value)| *name != "ca" || value.len() <= 3_000);
    for (_, url) in values.iter_mut().filter(|(name, _)| *name == "url") {
        *url = harmless(url);
    }
    let pairs: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let back = request.query("return");
    let plain = path::ours(&back, NEW).split('?').next().unwrap_or(NEW);
    let back = path::with_all(plain, &pairs);
    // The host of a Git target says nothing about registries.
    let provider = RepositoryUrl::parse(&harmless(&request.query("url")))
        .ok()
        .filter(|_| plain.starts_with("/charts/"))
        .and_then(|url| Provider::of_host(url.host()))
        .map_or("", |provider| provider.facts().code);
    Some(path::with("/credentials/new", &[("provider", provider), ("return", &back)]))
}
