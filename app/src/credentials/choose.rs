//! Adding a credential: first the provider, then the form.

use domain::{Action, CredentialKind, Provider, repositories::RepositoryUrl};
use leptos::prelude::*;

use super::create_form::create_form;
use crate::{
    answer::redirect,
    repositories::harmless,
    ui::{
        frame::Section,
        icon::Icon,
        page::{Page, Request, page},
        path,
    },
};

/// The fields of a repository form that travel along while somebody adds a credential.
const CARRIED: [&str; 7] =
    ["url", "name", "kind", "credential", "interval", "charts", "row_version"];

const NEW: &str = "/charts/repositories/new";

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
/// the way back, and the host of its URL suggests the provider. Of the URL only what holds no secret
/// is kept, because addresses are remembered.
fn folded(request: &Request) -> Option<String> {
    let mut values: Vec<_> = CARRIED
        .iter()
        .filter_map(|name| request.sent_along(name).map(|value| (*name, value)))
        .collect();
    if values.is_empty() {
        return None;
    }
    for (_, url) in values.iter_mut().filter(|(name, _)| *name == "url") {
        *url = harmless(url);
    }
    let pairs: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let back = request.query("return");
    let back = path::ours(&back, NEW).split('?').next().unwrap_or(NEW);
    let back = path::with_all(back, &pairs);
    let provider = RepositoryUrl::parse(&harmless(&request.query("url")))
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
