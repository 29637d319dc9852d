//! Pieces of the rows of lists, written as text: as a view, each element and attribute of fifty rows is
//! allocated by itself.

use domain::{Status, Timestamp, credentials::Environment};
use leptos::{prelude::*, tachys::html::InertElement};
use maud::{Markup, html};

use super::badge::{Tone, tone};

/// Rows as a view.
pub(crate) fn view_of(rows: Markup) -> AnyView {
    InertElement::new(rows.into_string()).into_any()
}

/// A symbol of the sprite beside a text that says the same.
pub(crate) fn icon(name: &'static str) -> Markup {
    html! {
        svg.icon aria-hidden="true" { use href={ "/icons.svg#" (name) } {} }
    }
}

/// A word with the icon of its tone.
pub(crate) fn badge(tone: Tone, label: &str) -> Markup {
    html! {
        span class=(tone.class()) { (icon(tone.icon())) (label) }
    }
}

/// How a thing is doing.
pub(crate) fn status_badge(status: Status) -> Markup {
    badge(tone(status), status.label())
}

/// The whole of a text that a narrow column may cut, for who points at it; shorter ones never are.
pub(crate) fn whole(text: &str) -> Option<&str> {
    const NEVER_CUT: usize = 12;
    (text.chars().count() > NEVER_CUT).then_some(text)
}

/// An age, or the time that is left.
pub(crate) fn moment(at: Timestamp, now: Timestamp) -> Markup {
    html! {
        time data-age datetime=(at.rfc3339()) title=(at.readable()) { (at.relative_to(now)) }
    }
}

/// The environment as a word; nothing while it is not said.
pub(crate) fn environment(environment: Environment) -> Markup {
    html! {
        @if environment != Environment::Unset { span.tag { (environment.label()) } }
    }
}

/// The menu of a row, labelled *Actions for NAME*; the style sheet draws its icon.
pub(crate) fn menu(name: &str, items: &Markup) -> Markup {
    html! {
        td.row-actions {
            details.menu name="row-menu" {
                summary aria-label={ "Actions for " (name) } {}
                div.menu-list { (items) }
            }
        }
    }
}
