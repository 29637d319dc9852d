//! The state of a repository as a badge with its reason.

use domain::{
    Timestamp,
    cause::RemoteKind,
    repositories::{LinkState, RepositorySummary},
};
use leptos::prelude::*;
use maud::{Markup, html};

use super::environment::{clash, clashing};
use crate::ui::{
    badge::{Badge, Tone},
    moment::Moment,
    row::{badge, status_badge, whole},
};

/// Badge and reason; the way to mend it stands first in the menu of the row.
pub(super) fn state_in_a_row(row: &RepositorySummary, now: Timestamp) -> Markup {
    let words = row.cause.map(|cause| cause.words(RemoteKind::Registry));
    let since = row.stale_since.map(|since| format!(" Last good sync {}.", since.relative_to(now)));
    html! {
        div.state {
            (status_badge(row.status()))
            @if let Some(words) = words {
                span.cause title={ (words.message) (since.unwrap_or_default()) } { (words.title) }
            }
        }
    }
}

/// The linked credential, with a word when it is suspended or made for another environment.
pub(super) fn credential_in_a_row(row: &RepositorySummary) -> Markup {
    let Some(link) = &row.link else {
        return html! { td.later.muted { "None" } };
    };
    html! {
        td.later title=[whole(&link.name)] {
            div.cell {
                a href={ "/credentials/" (link.credential) } { (link.name) }
                @if link.state == LinkState::Suspended { (badge(Tone::Warn, "Suspended")) }
                @if let Some(environment) = clashing(row) {
                    (badge(Tone::Warn, &clash(environment)))
                }
            }
        }
    }
}

/// When the charts that are shown were found.
pub(super) fn stale(since: Timestamp, now: Timestamp) -> AnyView {
    view! {
        <p class="muted">
            "Last good sync "
            <Moment at=since now/>
        </p>
    }
    .into_any()
}

/// The linked credential, with a word when it is suspended.
pub(super) fn credential(row: &RepositorySummary) -> AnyView {
    match &row.link {
        None => view! { <span class="muted">"None"</span> }.into_any(),
        Some(link) => {
            let suspended = (link.state == LinkState::Suspended)
                .then(|| view! { <Badge tone=Tone::Warn label="Suspended"/> });
            let clash = clashing(row)
                .map(|environment| view! { <Badge tone=Tone::Warn label=clash(environment)/> });
            view! {
                <div class="cell">
                    <a href=format!("/credentials/{}", link.credential)>{link.name.clone()}</a>
                    {suspended}
                    {clash}
                </div>
            }
            .into_any()
        }
    }
}
