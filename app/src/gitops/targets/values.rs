//! What stands in the fields of a Git target: what a refused form left, what travels in the query
//! while somebody looks for a repository or branch, or what is stored.

use domain::gitops::GitTargetForm;

use crate::{
    exports::ticked,
    ui::{form::FormState, page::Request},
};

/// The buttons that look something up send it along.
pub(super) const LOOK: &str = "look";
/// A repository that was chosen from the list; it replaces the typed one.
pub(super) const PICK: &str = "pick";

/// The values of the form on this page.
pub(super) fn carried(
    request: &Request,
    state: &FormState,
    stored: GitTargetForm,
) -> GitTargetForm {
    let one = |name: &str, stored: &str| {
        state.kept(name).or_else(|| request.sent_along(name)).unwrap_or_else(|| stored.to_owned())
    };
    // Whoever looks something up may have unticked all of them.
    let stored_exports = if looks(request) { Vec::new() } else { stored.exports };
    let exports = ticked(state, request, stored_exports);
    let picked = request.sent_along(PICK).filter(|_| state.refusal().is_none());
    GitTargetForm {
        row_version: stored
            .row_version
            .parse()
            .map(|newest| state.row_version(request, newest))
            .unwrap_or_default(),
        name: one("name", &stored.name),
        credential: one("credential", &stored.credential),
        url: picked.unwrap_or_else(|| one("url", &stored.url)),
        branch: one("branch", &stored.branch),
        base: one("base", &stored.base),
        folder: one("folder", &stored.folder),
        mode: one("mode", &stored.mode),
        ca: one("ca", &stored.ca),
        proxy: one("proxy", &stored.proxy),
        exports,
        target: stored.target,
    }
}

/// Whether the form itself was sent to look something up.
pub(super) fn looks(request: &Request) -> bool {
    request.sent_along(LOOK).is_some() || request.sent_along(PICK).is_some()
}
