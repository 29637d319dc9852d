//! The objects that Hawser keeps in a cluster.

use domain::gitops::{ClusterObject, ObjectState};
use leptos::prelude::*;

use crate::ui::badge::{Badge, Tone};

/// Each with how it stands.
pub(super) fn objects(objects: &[ClusterObject]) -> AnyView {
    let rows = objects.iter().map(row).collect_view();
    let list = if objects.is_empty() {
        view! { <p class="muted">"None yet."</p> }.into_any()
    } else {
        view! { <ul class="lines">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card" id="objects" aria-labelledby="objects-title">
            <h2 id="objects-title">"Objects"</h2>
            <p class="muted">
                "What somebody else changed or deleted is brought back within the hour, or with Sync now."
            </p>
            <div data-live="objects">{list}</div>
        </section>
    }
    .into_any()
}

fn row(object: &ClusterObject) -> AnyView {
    let tone = match object.state {
        ObjectState::InStep => Tone::Good,
        ObjectState::New => Tone::Quiet,
        ObjectState::Changed | ObjectState::Missing => Tone::Warn,
        ObjectState::Conflict => Tone::Bad,
    };
    view! {
        <li class="line">
            <div>
                {named(object)} <p class="muted">{object.api_version.clone()}</p>
            </div>
            <Badge tone label=object.state.label()/>
        </li>
    }
    .into_any()
}

/// Kind, namespace and name.
pub(super) fn named(object: &ClusterObject) -> String {
    if object.namespace.is_empty() {
        format!("{} {}", object.kind, object.name)
    } else {
        format!("{} {}/{}", object.kind, object.namespace, object.name)
    }
}
