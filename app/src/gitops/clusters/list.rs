//! The page GitOps → Clusters.

use domain::{
    Action, Role, Timestamp, counted,
    gitops::{ClusterSummary, DestinationState},
    propagation::DeliveryTarget,
};
use leptos::prelude::*;

use super::{PATH, SYNC, member, path_of, why};
use crate::{
    gitops::state::state,
    ui::{
        form::ActionButton,
        frame::Section,
        icon::Icon,
        live::{Live, under_way},
        menu::RowMenu,
        moment::moment_or,
        page::{Page, page},
        table::Empty,
    },
};

/// `/gitops/clusters`
pub(crate) fn list() -> AnyView {
    page(async |request| {
        let principal = member(&request)?;
        let found = request.services().clusters.list(&principal).await?;
        let may_manage = principal.role.includes(Action::ManageExports);
        let add = (may_manage && !found.is_empty()).then(|| {
            view! {
                <a class="button primary" href=format!("{PATH}/new")>
                    <Icon name="plus"/>
                    "Add"
                </a>
            }
        });
        let applying = found.iter().any(|row| row.state == DestinationState::Pushing);
        let table = if found.is_empty() {
            nothing_yet(may_manage)
        } else {
            table(&found, principal.role, request.now)
        };
        let body = view! {
            <p class="crumbs">
                <a href="/gitops">"GitOps"</a>
            </p>
            <div class="head">
                <div>
                    <h1>"Clusters"</h1>
                    <p class="muted">
                        "Kubernetes clusters that Hawser applies exports to by itself, without Git between them."
                    </p>
                </div>
                {add}
            </div>
            {table}
            <Live/>
            {applying.then(under_way)}
        };
        Ok(Page { title: "Clusters".to_owned(), section: Section::Clusters, body: body.into_any() })
    })
}

fn nothing_yet(may_manage: bool) -> AnyView {
    let text = if may_manage {
        "Add a credential that holds a kubeconfig with few rights, then choose the exports that go there. The values are sent to the API server alone."
    } else {
        "An owner or admin of the organization adds them."
    };
    view! {
        <Empty icon="server" title="No clusters yet" text=text>
            {may_manage
                .then(|| {
                    view! { <a class="button" href=format!("{PATH}/new")>"Add a cluster"</a> }
                })}
        </Empty>
    }
    .into_any()
}

fn table(found: &[ClusterSummary], role: Role, now: Timestamp) -> AnyView {
    let rows = found.iter().map(|row| row_of(row, role, now)).collect_view();
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="count">{counted(total, "cluster", "clusters")}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"API server"</th>
                        <th scope="col">"Objects"</th>
                        <th scope="col">"Last sync"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">
                            <span class="unseen">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody data-live="rows">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row_of(row: &ClusterSummary, role: Role, now: Timestamp) -> AnyView {
    let href = path_of(row.id);
    let id = row.id.to_string();
    let change = (!row.is_deleting).then(|| {
        view! {
            <a href=format!("{href}#edit")>"Edit"</a>
            <a href=format!("{href}/preview")>"Preview"</a>
            <ActionButton
                action="/actions/gitops/clusters/apply"
                from=PATH.to_owned()
                class="menu-button"
                values=vec![("cluster", id)]
            >
                {SYNC}
            </ActionButton>
        }
    });
    let manage = role.includes(Action::ManageExports).then(|| {
        view! {
            {change}
            <a class="danger" href=format!("{href}/delete")>
                "Delete"
            </a>
        }
    });
    view! {
        <tr>
            <th scope="row" data-label="Name">
                <a href=href.clone()>{row.name.clone()}</a>
            </th>
            <td data-label="API server" class="url">
                {row.server.clone()}
            </td>
            <td data-label="Objects">{row.objects}</td>
            <td data-label="Last sync">{moment_or(row.applied_at, now, "Never")}</td>
            <td data-label="State">
                <div class="state">
                    {state(row.status(), row.cause, DeliveryTarget::Cluster(row.id), row.credential, role)}
                    {why(row)}
                </div>
            </td>
            <td class="row-actions">
                <RowMenu name=row.name.clone()>
                    <a href=href.clone()>"View"</a>
                    {manage}
                </RowMenu>
            </td>
        </tr>
    }
    .into_any()
}
