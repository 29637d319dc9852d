//! The objects that Hawser keeps in a cluster.

use domain::{
    Status, Timestamp,
    cause::RemoteKind,
    gitops::{ClusterDetail, ClusterObject, ObjectStatus},
};
use leptos::prelude::*;

use super::path_of;
use crate::ui::{badge::StatusBadge, form::ActionButton, icon::Icon, moment::Moment, tabs::Tab};

/// Whether the person may have the cluster asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Offered,
    NotOffered,
}

/// Each with how it stands, and since when that is known.
pub(super) fn objects(cluster: &ClusterDetail, now: Timestamp, compare: Compare) -> AnyView {
    let rows = cluster.objects.iter().map(|object| row(cluster, object, now)).collect_view();
    let list = if cluster.objects.is_empty() {
        view! { <p class="muted">"None yet."</p> }.into_any()
    } else {
        view! { <ul class="lines">{rows}</ul> }.into_any()
    };
    let button = (compare == Compare::Offered).then(|| {
        let from = Tab::Objects.at(&path_of(cluster.summary.id));
        view! {
            <ActionButton
                action="/actions/gitops/clusters/compare"
                from
                class="button"
                values=vec![("cluster", cluster.summary.id.to_string())]
            >
                <Icon name="search"/>
                "Compare now"
            </ActionButton>
        }
    });
    view! {
        <section class="card" id="objects" aria-labelledby="objects-title">
            <div class="card-head">
                <h2 id="objects-title">"Objects"</h2>
                {button}
            </div>
            <p class="muted" data-live="compared">
                {cluster
                    .compared_at()
                    .map_or_else(
                        || "Never compared".into_any(),
                        |at| view! { "Compared " <Moment at now/> }.into_any(),
                    )}
                ". Drift is repaired hourly, or now with Sync now."
            </p>
            <div data-live="objects">{list}</div>
        </section>
    }
    .into_any()
}

fn row(cluster: &ClusterDetail, object: &ClusterObject, now: Timestamp) -> AnyView {
    let standing = cluster.standing(object);
    let status = match standing {
        ObjectStatus::Known(state) => state.status(),
        ObjectStatus::Failing(_) => Status::Failing,
        // What was found then may not hold any more.
        ObjectStatus::Waiting if object.compared_at.is_some() => Status::Stale,
        ObjectStatus::Waiting => Status::NotSynced,
    };
    let told = match standing {
        ObjectStatus::Known(state) => state.drift_words(),
        ObjectStatus::Failing(_) => None,
        ObjectStatus::Waiting => Some("Waits for the cluster"),
    };
    let told = told.map(|text| view! { <p class="muted">{text}</p> });
    let before = (standing == ObjectStatus::Waiting && object.compared_at.is_some()).then(|| {
        let when = object.compared_at.map(|at| view! { " " <Moment at now/> });
        let stood = match object.cause {
            Some(_) => "Failing when it was tried last".to_owned(),
            None => format!("{} when it was compared last", object.state.status().label()),
        };
        view! { <p class="muted">{stood} {when} "."</p> }
    });
    view! {
        <li class="line">
            <div>
                {named(object)} <p class="muted">{object.api_version.clone()}</p> {told} {reason(object)} {before}
            </div>
            <StatusBadge status/>
        </li>
    }
    .into_any()
}

/// Why the last try of it failed, with what was said and what to do.
pub(super) fn reason(object: &ClusterObject) -> Option<AnyView> {
    let words = object.cause?.words(RemoteKind::Cluster);
    let detail = (!object.detail.is_empty())
        .then(|| view! { <pre class="told">{object.detail.clone()}</pre> });
    Some(
        view! {
            <p class="cause" title=words.message>
                {words.title}
                "."
            </p>
            {detail}
        }
        .into_any(),
    )
}

/// Kind, namespace and name.
pub(super) fn named(object: &ClusterObject) -> String {
    if object.namespace.is_empty() {
        format!("{} {}", object.kind, object.name)
    } else {
        format!("{} {}/{}", object.kind, object.namespace, object.name)
    }
}
