//! The way in: from a login to clusters that follow it.

use domain::overview::Begun;
use leptos::prelude::*;

use crate::{gitops::git_accounts, ui::icon::Icon};

/// Where the first step goes on.
const fn registry(begun: Begun) -> (&'static str, &'static str) {
    if begun.credentials {
        ("/charts/repositories/new", "Add a repository")
    } else {
        ("/credentials/new", "Add a credential")
    }
}

/// The steps, with those that are done.
pub(crate) fn way_in(begun: Begun) -> AnyView {
    let (to_registry, add) = registry(begun);
    let step = |done: bool,
                title: &'static str,
                text: &'static str,
                href: &'static str,
                link: &'static str| {
        let (icon, said) = if done { ("circle-check", "Done: ") } else { ("circle", "") };
        view! {
            <li class="way-step" data-done=done.to_string()>
                <Icon name=icon/>
                <div>
                    <h3>
                        <span class="unseen">{said}</span>
                        {title}
                    </h3>
                    <p class="muted">{text}</p>
                    <a class="button" href=href>
                        {link}
                    </a>
                </div>
            </li>
        }
    };
    view! {
        <section class="card narrow" aria-labelledby="steps-title">
            <h2 id="steps-title">"Four steps to a Git repository that follows your credentials"</h2>
            <ol class="way-steps">
                {step(
                    begun.is_at_work(),
                    "Add a credential and a chart repository",
                    "The login of a registry, and the repositories that it opens. Argo CD, Flux and Helm are told of repositories; the others need the credential alone.",
                    to_registry,
                    add,
                )}
                {step(
                    begun.git,
                    "Connect an account",
                    "GitHub with one click, or a token of any other Git server.",
                    git_accounts::PATH,
                    "Git accounts",
                )}
                {step(
                    begun.exports,
                    "Add an export",
                    "Choose the consumer, such as Argo CD or Flux, and what to include.",
                    "/gitops/exports/new",
                    "Add an export",
                )}
                {step(
                    begun.destinations,
                    "Add a Git target",
                    "Choose repository, branch and folder, look at the preview, and sync.",
                    "/gitops/targets/new",
                    "Add a Git target",
                )}
            </ol>
        </section>
    }
    .into_any()
}
