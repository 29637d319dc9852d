//! The secret of a credential: the form that changes it, the one that is tested, and those before it.

use domain::{Action, Principal, credentials::CredentialDetail, gitops::GitAccount};
use leptos::prelude::*;

use super::{
    candidate::candidate,
    connected::connected,
    guide::{GuideAudience, Names, guide},
    update_form::{shape_of, update_form},
    usage::Usage,
    versions::versions,
};
use crate::ui::page::Request;

/// The tab.
pub(super) fn secret(
    request: &Request,
    principal: &Principal,
    credential: &CredentialDetail,
    account: Option<&GitAccount>,
    usage: &Usage,
) -> AnyView {
    let now = request.now;
    let may_change = principal.role.includes(Action::ManageCredentials);
    let is_connected = credential.shape.is_connected();
    let form = may_change.then(|| {
        if is_connected {
            connected(credential, account)
        } else {
            update_form(request, credential, usage.impact())
        }
    });
    let guide = (may_change && !is_connected).then(|| {
        let guide = beside(request, principal, credential);
        view! { <div class="stack">{guide}</div> }
    });
    view! {
        <div data-live="candidate">{candidate(request, credential, principal, now)}</div>
        <div class="beside">
            <div class="stack">{form} {versions(credential, principal, now)}</div>
            {guide}
        </div>
    }
    .into_any()
}

fn beside(request: &Request, principal: &Principal, credential: &CredentialDetail) -> AnyView {
    let shape = shape_of(request, credential);
    let project = match credential.project.as_str() {
        "" => domain::assumed::SHARED,
        project => project,
    };
    let names = Names::of(principal, project);
    let access = credential.access.unwrap_or_default();
    guide((credential.provider, shape), access, &names, GuideAudience::ByNobody)
}
