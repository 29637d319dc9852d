//! Finding a repository and its branches: the server asks, so that it works without JavaScript.

use domain::{
    Actor, CredentialId, Field, ServiceError,
    gitops::{Branches, GitConnection, GitTargetForm, HostedRepository},
};
use leptos::prelude::*;

use super::values::{LOOK, PICK, looks};
use crate::ui::{
    badge::{Badge, Tone},
    form::FormState,
    icon::Icon,
    input::Input,
    page::Request,
};

/// Why another credential has no list.
const NOT_CONNECTED: &str = "Only connected accounts list their repositories. Choose one as the credential, or type the address.";

/// What was looked up for the form on this page.
#[derive(Default)]
pub(super) struct Found {
    /// The repositories of the connected account, if they were asked for.
    repositories: Option<Result<Vec<HostedRepository>, ServiceError>>,
    /// The branches of the repository, if they were asked for.
    branches: Option<Result<Branches, ServiceError>>,
}

/// Looks up what the pressed button asks for.
pub(super) async fn find(
    request: &Request,
    actor: &Actor,
    values: &GitTargetForm,
    connections: &[GitConnection],
) -> Found {
    let Ok(credential) = values.credential.parse::<CredentialId>() else { return Found::default() };
    if !looks(request) {
        return Found::default();
    }
    let service = &request.services().git_connections;
    let is_connected = connections.iter().any(|one| one.credential == credential);
    let wants_branches = request.sent_along(PICK).is_some() || request.query(LOOK) == "branches";
    let repositories = match (wants_branches, is_connected) {
        (true, _) => None,
        (false, false) => Some(Err(Field::Credential.problem(NOT_CONNECTED).into())),
        (false, true) => {
            Some(service.repositories(actor, credential, &request.query("search")).await)
        }
    };
    let branches = if wants_branches && !values.url.is_empty() {
        Some(service.branches(actor, values.clone()).await)
    } else {
        None
    };
    Found { repositories, branches }
}

/// The field of the repository with the list to choose from.
pub(super) fn repository(
    request: &Request,
    state: &FormState,
    values: &GitTargetForm,
    found: &Found,
    connections: &[GitConnection],
    to: &str,
) -> AnyView {
    let suggestions = match &found.repositories {
        Some(Ok(found)) => {
            found.iter().map(|one| (one.url.clone(), one.full_name.clone())).collect()
        }
        _ => Vec::new(),
    };
    let url = Input::new(state, Field::Url, "Repository URL")
        .value(&values.url)
        .kind("url")
        .placeholder("https://github.com/acme/gitops")
        .hint("As for git clone over HTTPS.")
        .suggestions(suggestions)
        .required()
        .line();
    let results = found.repositories.as_ref().map(|found| results(found, to));
    let search = (!connections.is_empty()).then(|| {
        view! {
            <div class="search-line" data-enter>
                <label class="field">
                    <span class="label">"Search the connected account"</span>
                    <input
                        type="search"
                        name="search"
                        value=request.query("search")
                        autocomplete="off"
                    />
                </label>
                {look("repositories", "Search", to)}
            </div>
        }
    });
    view! {
        {url}
        {search}
        {results}
    }
    .into_any()
}

/// Branch, and the branch that a new one starts from.
pub(super) fn branches(
    state: &FormState,
    values: &GitTargetForm,
    found: &Found,
    to: &str,
) -> AnyView {
    let (names, default, trouble) = match &found.branches {
        Some(Ok(found)) => (found.names.clone(), found.default.clone(), None),
        Some(Err(problem)) => (Vec::new(), String::new(), Some(said(problem))),
        None => (Vec::new(), String::new(), None),
    };
    let suggestions: Vec<_> = names
        .into_iter()
        .map(|name| {
            let about = if name == default { "default" } else { "" };
            (name, about.to_owned())
        })
        .collect();
    let branch = if values.branch.is_empty() { &default } else { &values.branch };
    let branch = Input::new(state, Field::Branch, "Branch")
        .value(branch)
        .placeholder("main")
        .hint("A name that does not exist yet makes a new branch.")
        .suggestions(suggestions.clone())
        .required()
        .line();
    let base = Input::new(state, Field::Base, "Base branch")
        .value(&values.base)
        .hint("Where a new branch starts. Left empty, it is the default branch.")
        .suggestions(suggestions)
        .line();
    view! {
        {trouble.map(trouble_of)}
        {branch}
        {look("branches", "Look up the branches", to)}
        {base}
    }
    .into_any()
}

fn look(what: &'static str, label: &'static str, to: &str) -> AnyView {
    view! {
        <button
            class="button"
            type="submit"
            formmethod="get"
            formaction=to.to_owned()
            formnovalidate
            name=LOOK
            value=what
        >
            <Icon name="search"/>
            {label}
        </button>
    }
    .into_any()
}

fn results(found: &Result<Vec<HostedRepository>, ServiceError>, to: &str) -> AnyView {
    let found = match found {
        Ok(found) if found.is_empty() => {
            return view! {
                <p class="muted" role="status">
                    "No repository of the account matches. The account may not see it, or the organization has to approve the app."
                </p>
            }
            .into_any();
        }
        Ok(found) => found,
        Err(problem) => {
            return trouble_of(said(problem));
        }
    };
    let rows = found.iter().map(|one| row(one, to)).collect_view();
    view! { <ul class="lines found" aria-label="Repositories found">{rows}</ul> }.into_any()
}

fn row(one: &HostedRepository, to: &str) -> AnyView {
    let public = one.is_public.then(|| {
        view! { <Badge tone=Tone::Warn label="Public"/> }
    });
    let choose = if one.may_push {
        view! {
            <button
                class="button"
                type="submit"
                formmethod="get"
                formaction=to.to_owned()
                formnovalidate
                name=PICK
                value=one.url.clone()
                aria-label=format!("Choose {}", one.full_name)
            >
                "Choose"
            </button>
        }
        .into_any()
    } else {
        view! { <span class="muted">"The account may not push"</span> }.into_any()
    };
    view! {
        <li class="line">
            <div>
                {one.full_name.clone()} <p class="muted">{one.default_branch.clone()}</p>
            </div>
            {public}
            {choose}
        </li>
    }
    .into_any()
}

/// A refusal in words: no field is marked, because nothing was sent to be stored.
fn said(problem: &ServiceError) -> String {
    [Field::Branch, Field::Url, Field::Credential]
        .into_iter()
        .find_map(|field| problem.problem_of(field).map(ToOwned::to_owned))
        .unwrap_or_else(|| problem.to_string())
}

fn trouble_of(text: String) -> AnyView {
    view! {
        <div class="notice bad" role="alert">
            <Icon name="circle-alert"/>
            <p>{text}</p>
        </div>
    }
    .into_any()
}
