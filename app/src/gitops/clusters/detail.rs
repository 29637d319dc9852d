//! One cluster: its state above the tabs, what it takes, its objects, its form.

use domain::{
    Action, Principal, ServiceError, Timestamp,
    audit::AuditTarget,
    counted,
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
    audit::about,
    gitops::state::{banner, taken_exports},
    ui::{
        badge::StatusBadge,
        form::ActionButton,
        frame::Section,
        icon::Icon,
        live::{Live, under_way},
        moment::moment_or,
        page::{Page, Request, page},
        tabs::{Offered, Tab, tabs},
    },
};

/// `/gitops/clusters/{id}`
pub(crate) fn detail() -> AnyView {
    page(async |request| {
        let principal = member(&request)?;
        let cluster = request.services().clusters.get(&principal, request.id()?).await?;
        let manages = principal.role.includes(Action::ManageClusters);
        let (summary, now) = (&cluster.summary, request.now);
        let href = path_of(summary.id);
        let offered = offered(&cluster, &principal);
        let tab = Tab::of(&request, &offered);
        let here = tab.at(&href);
        let shown = match tab {
            Tab::Objects => objects(&cluster, now, compare(&cluster, &principal)),
            Tab::Settings => form(&request, &principal, stored(&cluster), here.clone()).await?,
            Tab::Activity => activity(&request, &principal, &cluster).await?,
            _ => overview(&cluster, now),
        };
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
                        {manages.then(|| buttons(&cluster, &href, here))}
                    </div>
                    <div data-live="banner" class="stack">
                        {banner(summary.cause, &cluster.detail, place, summary.credential, &cluster.exports, principal.role)}
                        {going(&cluster, &href, manages)}
                        {first(&cluster, &href)}
                    </div>
                    {tabs(&href, tab, &offered)}
                    {shown}
                    <Live/>
        {(summary.state == DestinationState::Pushing).then(under_way)}
                };
        Ok(Page { title: summary.name.clone(), section: Section::Clusters, body: body.into_any() })
    })
}

fn offered(cluster: &ClusterDetail, principal: &Principal) -> Vec<Offered> {
    let may = |action| principal.role.includes(action);
    // A cluster that is being deleted takes no change any more.
    let may_change = may(Action::ManageClusters) && !cluster.summary.is_deleting;
    let all = [
        (true, Tab::Overview, None),
        (true, Tab::Objects, Some(cluster.objects.len())),
        (may_change, Tab::Settings, None),
        (may(Action::ReadAudit), Tab::Activity, None),
    ];
    let open = all.into_iter().filter(|(is_open, ..)| *is_open);
    open.map(|(_, tab, count)| Offered(tab, count)).collect()
}

fn compare(cluster: &ClusterDetail, principal: &Principal) -> Compare {
    let manages = principal.role.includes(Action::ManageClusters);
    if manages && !cluster.summary.is_deleting { Compare::Offered } else { Compare::NotOffered }
}

fn overview(cluster: &ClusterDetail, now: Timestamp) -> AnyView {
    let summary = &cluster.summary;
    let objects = counted(cluster.objects.len(), "object", "objects");
    let drifted = match summary.drifted {
        0 => "No drift".to_owned(),
        drifted => format!("{drifted} drifted"),
    };
    view! {
        <dl class="figures answers" data-live="answers">
            <div>
                <dt>"Last sync"</dt>
                <dd>{moment_or(summary.applied_at, now, "Never")}</dd>
            </div>
            <div>
                <dt>"Objects"</dt>
                <dd>
                    <a href=Tab::Objects.at(&path_of(summary.id))>{objects}</a>
                </dd>
                <dd class="muted">{drifted}</dd>
            </div>
            <div>
                <dt>"Compared"</dt>
                <dd>{moment_or(cluster.compared_at(), now, "Never")}</dd>
                <dd class="muted">"Drift is repaired hourly"</dd>
            </div>
        </dl>
        <div class="beside">
            <div class="stack">{taken_exports(&cluster.exports)}</div>
            <div class="stack">{facts(cluster)}</div>
        </div>
    }
    .into_any()
}

async fn activity(
    request: &Request,
    principal: &Principal,
    cluster: &ClusterDetail,
) -> Result<AnyView, ServiceError> {
    let about = about(request, principal, AuditTarget::Cluster(cluster.summary.id)).await?;
    let changes = about.map(|about| about.changes(request.now));
    Ok(view! { <div class="stack narrow">{changes}</div> }.into_any())
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

/// `here` is the tab that a sync comes back to.
fn buttons(cluster: &ClusterDetail, href: &str, here: String) -> AnyView {
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
                from=here
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
                        "Being deleted; {}. Then the cluster is removed from Hawser.",
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
                    "Nothing was applied yet. Review the "
                    <a href=format!("{href}/preview")>"preview"</a>
                    ", then press Sync now. From then on Hawser applies by itself."
                </p>
            </div>
        }
        .into_any()
    })
}

fn facts(cluster: &ClusterDetail) -> AnyView {
    view! {
        <section class="card first" aria-labelledby="facts-title">
            <h2 id="facts-title">"Details"</h2>
            <dl class="facts" data-live="facts">
                <dt>"API server"</dt>
                <dd class="url">{cluster.summary.server.clone()}</dd>
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
