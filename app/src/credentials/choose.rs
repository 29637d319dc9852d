//! Adding a credential: first the provider, then the form.

use domain::{Action, CredentialKind, Provider, repositories::RepositoryUrl};
use leptos::prelude::*;

use super::create_form::create_form;
use crate::{
    answer::redirect,
    ui::{
        frame::Section,
        icon::Icon,
        page::{Page, Request, page},
        path,
    },
};

/// The fields of a repository form that travel along while somebody adds a credential.
const CARRIED: [&str; 6] = ["url", "name", "kind", "credential", "interval", "charts"];

/// `/credentials/new`
pub(crate) fn new() -> AnyView {
    page(async |request| {
        request.member()?.may(Action::ManageCredentials)?;
        if let Some(path) = folded(&request) {
            redirect(&path);
        }
        let back = request.query("return");
        let back = path::ours(&back, "").to_owned();
        let body = match Provider::parse(&request.query("provider")) {
            Some(provider) => create_form(&request, provider, back),
            None => choose(&back),
        };
        Ok(Page { title: "Add a credential".to_owned(), section: Section::Credentials, body })
    })
}

/// A repository form came here by its button "Add a new credential…": its values are folded into
/// the way back, and the host of its URL suggests the provider.
fn folded(request: &Request) -> Option<String> {
    let back = request.query("return");
    if back.contains('?') || CARRIED.iter().all(|name| request.query(name).is_empty()) {
        return None;
    }
    let values: Vec<_> = CARRIED.iter().map(|name| (*name, request.query(name))).collect();
    let pairs: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let back = path::with(path::ours(&back, "/charts/repositories/new"), &pairs);
    let provider = RepositoryUrl::parse(&request.query("url"))
        .ok()
        .and_then(|url| Provider::of_host(url.host()))
        .map_or("", |provider| provider.facts().code);
    Some(path::with("/credentials/new", &[("provider", provider), ("return", &back)]))
}

fn choose(back: &str) -> AnyView {
    let group = |kind: CredentialKind, title: &'static str, text: &'static str| {
        let cards = Provider::ALL
            .into_iter()
            .map(Provider::facts)
            .filter(|facts| facts.kind == kind)
            .map(|facts| {
                let href =
                    path::with("/credentials/new", &[("provider", facts.code), ("return", back)]);
                view! {
                    <li>
                        <a class="choice" href=href>
                            <Icon name=icon_of(facts.kind)/>
                            <span>
                                <strong>{facts.label}</strong>
                                <small class="muted">{facts.url_example}</small>
                            </span>
                        </a>
                    </li>
                }
            })
            .collect_view();
        view! {
            <section class="group">
                <h2>{title}</h2>
                <p class="muted">{text}</p>
                <ul class="choices">{cards}</ul>
            </section>
        }
    };
    let way_back = (!back.is_empty()).then(|| {
        view! {
            <p>
                <a href=back.to_owned()>
                    "Back to the repository"
                </a>
            </p>
        }
    });
    view! {
        <p class="crumbs"><a href="/credentials">"Credentials"</a></p>
        <div class="head">
            <div>
                <h1>"Add a credential"</h1>
                <p class="muted">
                    "Choose the " <strong>"Provider type"</strong>
                    ". It fills in what Hawser knows about user names, tokens and addresses."
                </p>
                {way_back}
            </div>
        </div>
        {group(
            CredentialKind::Registry,
            "Registry",
            "Opens Helm chart repositories over HTTP and OCI.",
        )}
        {group(CredentialKind::Git, "Git", "Opens Git repositories.")}
    }
    .into_any()
}

pub(super) const fn icon_of(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Registry => "container",
        CredentialKind::Git => "git-branch",
    }
}
