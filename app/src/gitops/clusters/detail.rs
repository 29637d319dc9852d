//! One cluster: state, objects, its form.

use domain::{
    Action, Timestamp, counted,
    gitops::{ClusterDetail, ClusterForm, DestinationState},
    propagation::DeliveryTarget,
};
use leptos::prelude::*;

use super::{
    SYNC,
    form::form,
    member,
    objects::{Compare, objects},
    path_of, why,
};
use crate::{
    gitops::state::banner,
    ui::{
        badge::StatusBadge,
        form::ActionButton,
        frame::Section,
        icon::Icon,
        live::{Live, under_way},
        moment::moment_or,
        page::{Page, page},
    },
};

/// `/gitops/clusters/{id}`
pub(crate) fn detail() -> AnyView {
    page(async |request| {
        let principal = member(&request)?;
        let cluster = request.services().clusters.get(&principal, request.id()?).await?;
        let manages = principal.role.includes(Action::ManageExports);
        let href = path_of(cluster.summary.id);
        // A cluster that is being deleted takes no change any more.
        let edit = if manages && !cluster.summary.is_deleting {
            Some(form(&request, &principal, stored(&cluster), href.clone()).await?)
        } else {
            None
        };
        let compare = match edit {
            Some(_) => Compare::Offered,
            None => Compare::NotOffered,
        };
        let (summary, now) = (&cluster.summary, request.now);
        let place = DeliveryTarget::Cluster(summary.id);
        let body = view! {
            <div class="head">
                <div>
                    <h1>{summary.name.clone()}</h1>
                    <p class="tags" data-live="state">
                        <StatusBadge status=summary.status()/>
                        {why(summary)}
                        <span class="muted url">{summary.server.clone()}</span>
                    </p>
                </div>
                {manages.then(|| buttons(&cluster, &href))}
            </div>
            <div data-live="banner" class="stack">
                {banner(summary.cause, &cluster.detail, place, summary.credential, &cluster.exports, principal.role)}
                {going(&cluster, &href, manages)}
                {first(&cluster, &href)}
            </div>
            <div class="beside">
                <div class="stack">
                    {objects(&cluster, now, compare)}
                    {edit}
                </div>
                <div class="stack">{facts(&cluster, now)}</div>
            </div>
            {(summary.state == DestinationState::Pushing).then(|| view! { <Live/> {under_way()} })}
        };
        Ok(Page { title: summary.name.clone(), section: Section::Clusters, body: body.into_any() })
    })
}

fn stored(cluster: &ClusterDetail) -> ClusterForm {
    ClusterForm {
        cluster: cluster.summary.id.to_string(),
        row_version: cluster.row_version.to_string(),
        name: cluster.summary.name.clone(),
        credential: cluster.summary.credential.to_string(),
        exports: cluster.exports.iter().map(|(id, _)| id.to_string()).collect(),
    }
}

fn buttons(cluster: &ClusterDetail, href: &str) -> AnyView {
    if cluster.summary.is_deleting {
        return view! {
            <div class="actions">
                <a class="button danger" href=format!("{href}/delete")>
                    <Icon name="trash-2"/>
                    "Delete"
                </a>
            </div>
        }
        .into_any();
    }
    view! {
        <div class="actions">
            <ActionButton
                action="/actions/gitops/clusters/apply"
                from=href.to_owned()
                class="button primary"
                values=vec![("cluster", cluster.summary.id.to_string())]
            >
                <Icon name="refresh-cw"/>
                {SYNC}
            </ActionButton>
            <a class="button" href=format!("{href}/preview")>
                <Icon name="eye"/>
                "Preview"
            </a>
            <a class="button danger" href=format!("{href}/delete")>
                <Icon name="trash-2"/>
                "Delete"
            </a>
        </div>
    }
    .into_any()
}

/// What is left to do on a cluster that is being deleted.
fn going(cluster: &ClusterDetail, href: &str, manages: bool) -> Option<AnyView> {
    cluster.summary.is_deleting.then(|| {
        let stuck = (manages && cluster.summary.state == DestinationState::Failing).then(|| {
            view! {
                " If it does not answer any more, "
                <a href=format!("{href}/delete")>"forget it and leave them there"</a>
                "."
            }
        });
        view! {
            <div class="notice info">
                <Icon name="info"/>
                <p>
                    {format!(
                        "Being deleted; {}. Hawser forgets the cluster after them.",
                        counted(cluster.summary.objects, "object waits", "objects wait"),
                    )} {stuck}
                </p>
            </div>
        }
        .into_any()
    })
}

/// What comes next for a cluster that nothing was applied to.
fn first(cluster: &ClusterDetail, href: &str) -> Option<AnyView> {
    (cluster.summary.state == DestinationState::New && !cluster.summary.is_deleting).then(|| {
        view! {
            <div class="notice info">
                <Icon name="info"/>
                <p>
                    "Nothing was applied yet. Look at the "
                    <a href=format!("{href}/preview")>"preview"</a>
                    ", then press Sync now. From then on Hawser applies by itself."
                </p>
            </div>
        }
        .into_any()
    })
}

fn facts(cluster: &ClusterDetail, now: Timestamp) -> AnyView {
    let exports = cluster
        .exports
        .iter()
        .map(|(id, name)| {
            view! {
                <li>
                    <a href=crate::exports::path_of(*id)>{name.clone()}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card first" aria-labelledby="facts-title">
            <h2 id="facts-title">"Details"</h2>
            <dl class="facts" data-live="facts">
                <dt>"API server"</dt>
                <dd class="url">{cluster.summary.server.clone()}</dd>
                <dt>"Last sync"</dt>
                <dd>{moment_or(cluster.summary.applied_at, now, "Never")}</dd>
                <dt>"Exports"</dt>
                <dd>
                    <ul class="plain">{exports}</ul>
                </dd>
                <dt>"Credential"</dt>
                <dd>
                    <a href=crate::credentials::path_of(
                        cluster.summary.credential,
                    )>{cluster.credential_name.clone()}</a>
                </dd>
            </dl>
        </section>
    }
    .into_any()
}
