//! What stands in the fields of a Git target: what a refused form left, what travels in the query
//! while somebody looks for a repository or branch, or what is stored.

use domain::gitops::GitTargetForm;

use crate::{
    exports::ticked,
    sent::refilled,
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
    // Whoever looks something up may have unticked all of them.
    let stored_exports = if looks(request) { Vec::new() } else { stored.exports.clone() };
    let one = |name: &str| state.kept(name).or_else(|| request.sent_along(name));
    let values = refilled(&stored, one, |_| Some(ticked(state, request, stored_exports.clone())));
    let picked = request.sent_along(PICK).filter(|_| state.refusal().is_none());
    let newest = stored.row_version.parse();
    GitTargetForm {
        row_version: newest.map(|newest| state.row_version(request, newest)).unwrap_or_default(),
        url: picked.map_or(values.url, Into::into),
        target: stored.target,
        ..values
    }
}

/// Whether the form itself was sent to look something up.
pub(super) fn looks(request: &Request) -> bool {
    request.sent_along(LOOK).is_some() || request.sent_along(PICK).is_some()
}
