//! The frame around every page: skip link, navigation, the person, messages.

use domain::{Action, FieldProblem, Principal, Role, ServiceError};
use leptos::prelude::*;

use super::icon::Icon;
use crate::services::{Flash, Services};

/// The entries of the navigation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Credentials,
    Repositories,
    Catalog,
    GitOps,
    Exports,
    Clusters,
    GitAccounts,
    Projects,
    Notices,
    Audit,
    Account,
    None,
}

/// The frame; without a person it holds the page alone, as for signing in.
#[component]
pub(crate) fn Frame(
    principal: Option<Principal>,
    section: Section,
    flash: Flash,
    /// When the page was made, in milliseconds; the ages on it count from there.
    now: Option<i64>,
    /// What stands above the messages, on every page.
    warning: Option<String>,
    children: Children,
) -> impl IntoView {
    let messages = view! { {warn(warning)}{messages(flash)} }.into_any();
    match principal {
        Some(principal) => view! {
            <a class="skip" href="#main">"Skip to content"</a>
            <div class="frame">
                <header class="bar">
                    <Brand/>
                    <button class="button quiet nav-button" type="button" popovertarget="navigation">
                        <Icon name="menu"/>
                        "Menu"
                    </button>
                    <div id="navigation" class="side" popover="auto">
                        <Navigation section role=principal.role/>
                        <Person principal/>
                    </div>
                </header>
                <main id="main" tabindex="-1" data-now=now>{messages}{children()}</main>
            </div>
        }
        .into_any(),
        None => view! {
            <a class="skip" href="#main">"Skip to content"</a>
            <div class="door">
                <header><Brand/></header>
                <main id="main" tabindex="-1">{messages}{children()}</main>
            </div>
        }
        .into_any(),
    }
}

#[component]
fn Brand() -> AnyView {
    view! {
        <a class="brand" href="/">
            <svg aria-hidden="true" width="28" height="28">
                <use href="/icons.svg#hawser"></use>
            </svg>
            <span>"Hawser"</span>
        </a>
    }
    .into_any()
}

#[component]
fn Navigation(section: Section, role: Role) -> AnyView {
    let entry = move |to: Section, href: &'static str, icon: &'static str, label: &'static str| {
        view! {
            <li>
                <a href=href aria-current=(to == section).then_some("page")>
                    <Icon name=icon/>
                    {label}
                </a>
            </li>
        }
        .into_any()
    };
    view! {
        <nav aria-label="Main">
            <ul>
                {entry(Section::Credentials, "/credentials", "key-round", "Credentials")}
                <li class="group">
                    <span id="nav-charts">"Charts"</span>
                    <ul aria-labelledby="nav-charts">
                        {entry(
                            Section::Repositories,
                            "/charts/repositories",
                            "library",
                            "Repositories",
                        )}
                        {entry(Section::Catalog, "/charts/catalog", "package", "Catalog")}
                    </ul>
                </li>
                {gitops(&entry)}
                <li class="group">
                    <span id="nav-settings">"Settings"</span>
                    <ul aria-labelledby="nav-settings">
                        {entry(Section::Projects, "/settings/projects", "folder", "Projects")}
                        {entry(Section::Notices, "/settings/notices", "bell", "Notices")}
                    </ul>
                </li>
                {role
                    .includes(Action::ReadAudit)
                    .then(|| entry(Section::Audit, "/audit", "scroll-text", "Audit log"))}
            </ul>
        </nav>
    }
    .into_any()
}

/// GitOps with what belongs to it; clusters only where the operator turned them on.
fn gitops(
    entry: &impl Fn(Section, &'static str, &'static str, &'static str) -> AnyView,
) -> AnyView {
    let clusters = use_context::<Services>()
        .is_some_and(|services| services.clusters.are_on())
        .then(|| entry(Section::Clusters, "/gitops/clusters", "server", "Clusters"));
    view! {
        {entry(Section::GitOps, "/gitops", "git-branch", "GitOps")}
        <li class="sub">
            <ul aria-label="GitOps">
                {entry(Section::Exports, "/gitops/exports", "file-output", "Exports")}
                {clusters}
                {entry(Section::GitAccounts, "/gitops/connections", "plug", "Connections")}
            </ul>
        </li>
    }
    .into_any()
}

#[component]
fn Person(principal: Principal) -> AnyView {
    view! {
        <div class="person">
            <p>
                <strong>{principal.name}</strong>
                <span class="muted">{principal.organization_name}" · "{principal.role.as_str()}</span>
            </p>
            <a class="button quiet" href="/account">
                <Icon name="key-round"/>
                "Your account"
            </a>
            <form method="post" action="/actions/sign-out">
                <button class="button quiet" type="submit">
                    <Icon name="log-out"/>
                    "Sign out"
                </button>
            </form>
        </div>
    }
    .into_any()
}

/// What the form before this page left to say.
fn messages(flash: Flash) -> AnyView {
    let speaks = flash.notice.is_some() || flash.begun.is_some();
    // When all of it is about a beginning, the whole notice passes with it.
    let passing = flash.notice.is_none().then_some("");
    let notice = speaks.then(|| {
        let space = (flash.notice.is_some() && flash.begun.is_some()).then_some(" ");
        let begun = flash.begun.map(|begun| view! { <span data-passing="">{begun}</span> });
        view! {
            <div class="notice good" role="status" data-passing=passing>
                <Icon name="circle-check"/>
                <p>{flash.notice} {space} {begun}</p>
            </div>
        }
    });
    let doubt = warn(flash.doubt);
    let marks = !flash.values.is_empty();
    // What a form asks the person stands in the form, with the buttons.
    let asks = |problem: &ServiceError| matches!(problem, ServiceError::Choose { .. });
    let problem = flash.problems.filter(|problem| !asks(problem)).map(|problem| {
        view! {
            <div class="notice bad" role="alert">
                <Icon name="circle-alert"/>
                <div>{said(&problem, marks)}</div>
            </div>
        }
    });
    view! { {notice}{doubt}{problem} }.into_any()
}

fn warn(text: Option<String>) -> Option<impl IntoView> {
    text.map(|text| {
        view! {
            <div class="notice warn" role="status">
                <Icon name="triangle-alert"/>
                <p>{text}</p>
            </div>
        }
    })
}

/// A refusal in words. A form that has nothing to fill in has no fields to mark either, so that
/// only the problems themselves are said; and where there is one, it says more than that there is one.
fn said(problem: &ServiceError, marks: bool) -> AnyView {
    match problem {
        ServiceError::Invalid(problems) if !marks => problems
            .iter()
            .map(|one| view! { <p>{one.message.clone()}</p> })
            .collect_view()
            .into_any(),
        ServiceError::Invalid(problems) if problems.len() == 1 => {
            problems.iter().map(|one| view! { <p>{to_field(one)}</p> }).collect_view().into_any()
        }
        _ => view! {
            <p>{problem.to_string()}</p>
            {what(problem)}
        }
        .into_any(),
    }
}

/// A problem as a link to its field.
fn to_field(problem: &FieldProblem) -> AnyView {
    let href = format!("#field-{}", problem.field.as_str());
    view! { <a href=href>{problem.message.clone()}</a> }.into_any()
}

/// The single problems, each a link to its field, or the names of what is in the way.
fn what(problem: &ServiceError) -> AnyView {
    match problem {
        ServiceError::Invalid(problems) => {
            let rows = problems.iter().map(|one| view! { <li>{to_field(one)}</li> }).collect_view();
            view! { <ul>{rows}</ul> }.into_any()
        }
        ServiceError::InUse(names) => {
            let rows = names.iter().map(|name| view! { <li>{name.clone()}</li> }).collect_view();
            view! { <ul>{rows}</ul> }.into_any()
        }
        _ => ().into_any(),
    }
}
