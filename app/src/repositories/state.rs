//! The state of a repository as a badge with its reason.

use domain::{
    Timestamp,
    cause::RemoteKind,
    repositories::{LinkState, RepositorySummary},
};
use leptos::prelude::*;

use super::environment::{clash_badge, clashing};
use crate::ui::{
    badge::{Badge, StatusBadge, Tone},
    moment::Moment,
};

/// Badge and reason; the way to mend it stands first in the menu of the row.
pub(super) fn state(row: &RepositorySummary, now: Timestamp) -> AnyView {
    let cause = row.cause.map(|cause| {
        let words = cause.words(RemoteKind::Registry);
        let since =
            row.stale_since.map(|since| format!(" Last good sync {}.", since.relative_to(now)));
        let title = format!("{}{}", words.message, since.unwrap_or_default());
        view! { <span class="cause" title=title>{words.title}</span> }
    });
    view! {
        <div class="state">
            <StatusBadge status=row.status()/>
            {cause}
        </div>
    }
    .into_any()
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
            let clash = clashing(row).map(clash_badge);
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
