//! The page GitOps → Clusters.

use domain::{
    Action, Role, Timestamp, counted,
    gitops::{ClusterSummary, DestinationState},
    propagation::DeliveryTarget,
};
use leptos::prelude::*;

use super::{PATH, SYNC, member, path_of, why};
use crate::{
    gitops::state::{mend, why as cause_of},
    ui::{
        badge::StatusBadge,
        form::ActionButton,
        frame::Section,
        icon::Icon,
        live::{Live, under_way},
        menu::RowMenu,
        moment::moment_or,
        page::{Page, Request, snapshot_page},
        table::{Column, Empty, Order, list as list_of},
        tabs::Tab,
    },
};

/// `/gitops/clusters`
pub(crate) fn list() -> AnyView {
    snapshot_page(async |request| {
        let principal = member(&request)?;
        let found = request.services().clusters.list(&principal).await?;
        let may_manage = principal.role.includes(Action::ManageClusters);
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
            table(found, &request, principal.role)
        };
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Clusters"</h1>
                    <p class="muted">
                        "Clusters Hawser applies exports to directly."
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

fn table(mut found: Vec<ClusterSummary>, request: &Request, role: Role) -> AnyView {
    let order = Order::of(request, PATH);
    found.sort_by_key(ClusterSummary::status);
    order.sort(&mut found, "state", ClusterSummary::status);
    order.sort(&mut found, "name", |row| row.name.to_lowercase());
    order.sort(&mut found, "server", |row| row.server.clone());
    order.sort(&mut found, "objects", |row| row.objects);
    order.sort(&mut found, "synced", |row| row.applied_at);
    let rows = found.iter().map(|row| row_of(row, role, request.now)).collect_view();
    let columns = vec![
        order.head(Column::text("c-cause", "State"), "state"),
        order.head(Column::text("", "Name"), "name"),
        order.head(Column::text("", "API server"), "server"),
        order.head(Column::number("Objects"), "objects"),
        order.head(Column::text("c-time", "Last sync"), "synced"),
        Column::menus(),
    ];
    list_of(&counted(found.len(), "cluster", "clusters"), columns, rows.into_any())
}

fn row_of(row: &ClusterSummary, role: Role, now: Timestamp) -> AnyView {
    let href = path_of(row.id);
    let id = row.id.to_string();
    let mend = row
        .cause
        .and_then(|cause| mend(cause, DeliveryTarget::Cluster(row.id), row.credential, role));
    let change = (!row.is_deleting).then(|| {
        view! {
            <a href=Tab::Settings.at(&href)>"Edit"</a>
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
    let manage = role.includes(Action::ManageClusters).then(|| {
        view! {
            {change}
            <a class="danger" href=format!("{href}/delete")>
                "Delete"
            </a>
        }
    });
    view! {
        <tr>
            <td data-label="State">
                <div class="state">
                    <StatusBadge status=row.status()/>
                    {cause_of(row.cause, DeliveryTarget::Cluster(row.id))}
                    {why(row)}
                </div>
            </td>
            <th scope="row" data-label="Name" title=row.name.clone()>
                <a href=href.clone()>{row.name.clone()}</a>
            </th>
            <td data-label="API server" class="url" title=row.server.clone()>
                {row.server.clone()}
            </td>
            <td class="number" data-label="Objects">{row.objects}</td>
            <td data-label="Last sync">{moment_or(row.applied_at, now, "Never")}</td>
            <td class="row-actions">
                <RowMenu name=row.name.clone()>
                    {mend}
                    <a href=href.clone()>"View"</a>
                    {manage}
                </RowMenu>
            </td>
        </tr>
    }
    .into_any()
}
