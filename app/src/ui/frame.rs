//! The frame around every page: skip link, side bar, top bar, messages.

use domain::{FieldProblem, Principal, ServiceError, notices::AttentionCounts};
use http::request::Parts;
use leptos::prelude::*;

use super::{
    icon::Icon,
    navigation::{breadcrumb, navigation},
};
use crate::{
    appearance::{Appearance, Side, Theme, Zone},
    search::SearchField,
    services::{Flash, Undo},
};

pub(crate) use super::navigation::Section;

/// What the frame says about a page.
pub(crate) struct Framed {
    /// The person; without one the frame holds the page alone, as for signing in.
    pub principal: Option<Principal>,
    pub section: Section,
    /// What the page is about, in the breadcrumb.
    pub title: String,
    pub flash: Flash,
    /// When the page was made, in milliseconds; the ages on it count from there.
    pub now: Option<i64>,
    /// What stands above the messages, on every page.
    pub warning: Option<String>,
    /// What needs somebody.
    pub attention: AttentionCounts,
}

/// The frame with the page in it.
#[component]
pub(crate) fn Frame(framed: Framed, children: Children) -> impl IntoView {
    let Framed { principal, section, title, flash, now, warning, attention } = framed;
    let messages = view! { {warn(warning)}{messages(flash)} }.into_any();
    match principal {
        Some(principal) => view! {
            <a class="skip" href="#main">"Skip to content"</a>
            <div class="frame">
                <div id="navigation" class="side" popover="auto">
                    <nav aria-label="Main">
                        <Brand/>
                        {navigation(section, &principal, &attention)}
                    </nav>
                </div>
                <header class="top">
                    <button class="button quiet nav-button" type="button" popovertarget="navigation">
                        <Icon name="menu"/>
                        "Menu"
                    </button>
                    {fold()}
                    {breadcrumb(section, &title)}
                    <SearchField/>
                    <Bell open=attention.notices/>
                    <Account principal/>
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
            <svg aria-hidden="true" width="24" height="24">
                <use href="/icons.svg#hawser"></use>
            </svg>
            <span>"Hawser"</span>
        </a>
    }
    .into_any()
}

/// The button that folds the side bar to its icons, or unfolds it.
fn fold() -> AnyView {
    let side = use_context::<Parts>().map(|parts| Appearance::of(&parts.headers).side);
    let (to, label) = match side.unwrap_or_default() {
        Side::Wide => (Side::Narrow, "Fold the side bar"),
        Side::Narrow => (Side::Wide, "Unfold the side bar"),
    };
    view! {
        <form class="fold" method="post" action="/actions/appearance" data-appearance>
            <button class="button quiet" name="side" value=to.as_str() aria-label=label title=label>
                <Icon name="panel-left"/>
            </button>
        </form>
    }
    .into_any()
}

#[component]
fn Bell(open: u32) -> AnyView {
    let (label, number) = match open {
        0 => ("Notices".to_owned(), None),
        open => {
            let open = AttentionCounts::shown(open);
            (format!("Notices, {open} open"), Some(open))
        }
    };
    view! {
        <a class="button quiet bell" href="/settings/notices" aria-label=label.clone() title=label data-live="bell">
            <Icon name="bell"/>
            {number.map(|number| view! { <span class="number">{number}</span> })}
        </a>
    }
    .into_any()
}

#[component]
fn Account(principal: Principal) -> AnyView {
    let appearance = use_context::<Parts>().map(|parts| Appearance::of(&parts.headers));
    let Appearance { theme, zone, .. } = appearance.unwrap_or_default();
    let themes = Theme::ALL
        .into_iter()
        .map(|one| {
            let is_chosen = theme == one;
            view! {
                <button name="theme" value=one.as_str() aria-pressed=is_chosen.to_string()>
                    {one.label()}
                </button>
            }
        })
        .collect_view();
    let zones = Zone::ALL
        .into_iter()
        .map(|one| {
            let is_chosen = zone == one;
            view! {
                <button name="zone" value=one.as_str() aria-pressed=is_chosen.to_string()>
                    {one.label()}
                </button>
            }
        })
        .collect_view();
    let initials: String = principal
        .name
        .split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .flat_map(char::to_uppercase)
        .collect();
    view! {
        <details class="menu account" name="account">
            <summary title=principal.name.clone()>
                <span class="initials">{initials}</span>
                <span class="unseen">" Account"</span>
            </summary>
            <div class="menu-list">
                <p class="person">
                    <strong>{principal.name}</strong>
                    <span class="muted">{principal.organization_name}" · "{principal.role.as_str()}</span>
                </p>
                <form class="themes" method="post" action="/actions/appearance" data-appearance>
                    <span id="theme-label">"Theme"</span>
                    <div role="group" aria-labelledby="theme-label">{themes}</div>
                </form>
                <form class="themes needs-script" method="post" action="/actions/appearance" data-appearance>
                    <span id="zone-label">"Exact times"</span>
                    <div role="group" aria-labelledby="zone-label">{zones}</div>
                </form>
                <a href="/account">"Your account"</a>
                <form method="post" action="/actions/sign-out">
                    <button class="menu-button" type="submit">
                        <Icon name="log-out"/>
                        "Sign out"
                    </button>
                </form>
            </div>
        </details>
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
            <div class="notice good toast" role="status" data-passing=passing>
                <Icon name="circle-check"/>
                <p>{flash.notice} {space} {begun}</p>
                {flash.undo.map(undo)}
                // This page, which is shown without the message when it is asked for again.
                <a class="button quiet" href="" data-dismiss aria-label="Dismiss" title="Dismiss">
                    <Icon name="x"/>
                </a>
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

/// The button that undoes what was done.
fn undo(undo: Undo) -> AnyView {
    let fields = undo
        .fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> })
        .collect_view();
    view! {
        <form class="inline" method="post" action=undo.action>
            {fields}
            <button class="button" type="submit">"Undo"</button>
        </form>
    }
    .into_any()
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
