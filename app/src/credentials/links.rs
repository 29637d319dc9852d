//! The repositories that use a credential.

use domain::credentials::{CredentialDetail, LinkedRepository};
use leptos::prelude::*;

use super::test_fields::add_repository;
use crate::ui::{badge::StatusBadge, cause::CauseLine, page::Request, path};

/// So many stand here, the failing ones first; the list of repositories has all.
const SHOWN: usize = 8;

/// Each with its problem, if one is known.
pub(super) fn links(request: &Request, credential: &CredentialDetail) -> AnyView {
    let id = credential.id;
    let rows = credential
        .links
        .iter()
        .take(SHOWN)
        .map(|LinkedRepository { id: repository, name, url, cause, status }| {
            let cause = cause.map(|cause| {
                view! { <CauseLine cause repository=*repository credential=Some(id)/> }
            });
            view! {
                <li class="line">
                    <div>
                        <a href=format!("/charts/repositories/{repository}")>{name.clone()}</a>
                        <p class="muted url">{url.clone()}</p>
                        {cause}
                    </div>
                    <StatusBadge status=*status/>
                </li>
            }
        })
        .collect_view();
    let list = if credential.links.is_empty() {
        view! {
            <p class="muted">
                "None yet. "
                <a href=add_repository(request, &id.to_string())>"Add a repository"</a>
                " that uses it."
            </p>
        }
        .into_any()
    } else {
        let all = (credential.links.len() > SHOWN).then(|| {
            let href = path::with("/charts/repositories", &[("credential", &id.to_string())]);
            view! { <p><a href=href>{format!("All {} repositories", credential.links.len())}</a></p> }
        });
        view! {
            <ul class="lines">{rows}</ul>
            {all}
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="links-title">
            <h2 id="links-title">"Linked repositories"</h2>
            <div data-live="links">{list}</div>
        </section>
    }
    .into_any()
}
