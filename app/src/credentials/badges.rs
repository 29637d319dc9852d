//! States of a credential as badges.

use domain::{
    Status, Timestamp,
    credentials::{CredentialHealth, Environment},
};
use leptos::prelude::*;
use maud::{Markup, html};

use crate::ui::{badge::StatusBadge, row::status_badge};

/// How a credential is doing: one word, and why.
pub(super) fn health(health: CredentialHealth, now: Timestamp) -> AnyView {
    let reasons = health.reasons(now).into_iter();
    let reasons = reasons.map(|text| view! { <span class="muted">{text}</span> }).collect_view();
    view! {
        <StatusBadge status=health.status(now)/>
        {reasons}
    }
    .into_any()
}

/// The same on one line: the weightiest reason, and all of them to who points at it.
pub(super) fn health_in_a_row(health: CredentialHealth, now: Timestamp) -> Markup {
    let reasons = health.reasons(now);
    let all = (!reasons.is_empty()).then(|| reasons.join(". "));
    let status = health.status(now);
    // When it ends stands in a column of its own.
    let says_why = status.is_bad() || status == Status::Syncing;
    html! {
        div.state title=[all] {
            (status_badge(status))
            @if let Some(first) = reasons.first() && says_why { span.muted { (first) } }
        }
    }
}

/// The environment as a word; nothing while it is not said.
pub(super) fn environment(environment: Environment) -> Option<AnyView> {
    (environment != Environment::Unset)
        .then(|| view! { <span class="tag">{environment.label()}</span> }.into_any())
}
