//! The ways to connect an account.

use domain::{
    Provider,
    gitops::{GitAccountMethod, GitAccountOffers},
};
use leptos::prelude::*;

use super::PATH;
use crate::ui::{form::ActionButton, icon::Icon, path, return_to::NEXT};

/// The buttons for what the operator configured, or what to configure.
pub(super) fn ways(offers: &GitAccountOffers) -> AnyView {
    let nothing = !offers.web && !offers.device && offers.installation_url.is_empty();
    let inside = if nothing { settings() } else { buttons(offers) };
    view! {
        <section class="card" aria-labelledby="connect-title">
            <h2 id="connect-title">"Connect an account"</h2>
            {inside}
        </section>
        {others()}
    }
    .into_any()
}

fn buttons(offers: &GitAccountOffers) -> AnyView {
    let web = offers.web.then(|| begin(GitAccountMethod::Web, "Connect GitHub"));
    let device = offers.device.then(|| begin(GitAccountMethod::Device, "Connect with a code"));
    let install = (!offers.installation_url.is_empty()).then(|| {
        view! {
            <a class="button" href=offers.installation_url.clone() rel="noreferrer">
                "Install the GitHub App"
            </a>
        }
    });
    let coded = offers.device.then(|| {
        view! {
            <p class="hint">
                "With a code works from any browser, also where this Hawser has no public address."
            </p>
        }
    });
    let host = offers.host.clone();
    view! {
        <p class="muted">
            "You sign in at " <strong>{host}</strong>
            " and agree to what Hawser may do. The token goes to Vault, and only you can bind Git targets to it."
        </p>
        <div class="actions">{web} {device} {install}</div>
        {coded}
    }
    .into_any()
}

/// The button that begins to connect, or `None` for what is begun at the host.
fn begin(way: GitAccountMethod, label: &'static str) -> AnyView {
    let (action, class) = match way {
        GitAccountMethod::Web => ("/actions/gitops/connect", "button primary"),
        GitAccountMethod::Device => ("/actions/gitops/device", "button"),
        GitAccountMethod::Installation => return ().into_any(),
    };
    view! {
        <ActionButton action from=PATH.to_owned() class>
            <Icon name="plug"/>
            {label}
        </ActionButton>
    }
    .into_any()
}

/// The button that connects an account once more, in the way it was connected.
pub(crate) fn connect_again(way: GitAccountMethod) -> AnyView {
    begin(way, "Connect again")
}

fn settings() -> AnyView {
    let row = |name: &'static str, text: &'static str| {
        view! {
            <dt>
                <code>{name}</code>
            </dt>
            <dd>{text}</dd>
        }
    };
    view! {
        <p>
            "GitHub is not set up on this Hawser. Its operator registers an OAuth app or a GitHub App and sets:"
        </p>
        <dl class="facts settings">
            {row("HAWSER_GITHUB_CLIENT_ID", "The client id of the app.")}
            {row("HAWSER_GITHUB_CLIENT_SECRET_FILE", "A file with its client secret.")}
            {row(
                "HAWSER_GITHUB_APP_ID",
                "For a GitHub App that is installed in an organization: its id, with",
            )}
            {row("HAWSER_GITHUB_APP_PRIVATE_KEY_FILE", "a file with its private key.")}
            {row("HAWSER_GITHUB_URL", "Only for GitHub Enterprise: its address.")}
        </dl>
        <p class="muted">"Until then a token of your own does the same: see below."</p>
    }
    .into_any()
}

/// Git servers that are used with a token of one's own.
fn others() -> AnyView {
    let links = Provider::ALL
        .into_iter()
        .map(|provider| (provider, provider.facts()))
        .filter(|(_, facts)| facts.kind == domain::CredentialKind::Git)
        .map(|(provider, facts)| {
            // They have hosts of their own and nothing else to know, so they are no providers.
            let such_as = (provider == Provider::GenericGit)
                .then(|| view! { <span class="muted">", such as Gitea or Forgejo"</span> });
            let href = path::with(
                "/credentials/new",
                &[("provider", provider.as_str()), (NEXT, "/gitops/targets/new")],
            );
            view! {
                <li>
                    <a href=href>{facts.label}</a>
                    {such_as}
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="others-title">
            <h2 id="others-title">"Use any other Git server"</h2>
            <p class="muted">
                "Add a token as a credential of the kind Git, and choose it for a Git target. Hawser pushes over HTTPS to all of them."
            </p>
            <ul class="plain">{links}</ul>
        </section>
    }
    .into_any()
}
