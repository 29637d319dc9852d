//! The table of Git targets.

use domain::{
    Action, Role, Timestamp, counted, gitops::GitTargetSummary, propagation::DeliveryTarget,
};
use leptos::prelude::*;

use super::{SYNC, path_of, short};
use crate::{
    gitops::state::{mend, waits, why},
    ui::{
        badge::StatusBadge,
        form::ActionButton,
        menu::RowMenu,
        moment::moment_or,
        page::Request,
        table::{Column, Order, list},
        tabs::Tab,
    },
};

/// The rows with what can be done to each, those that fail first unless another order is asked for.
pub(in crate::gitops) fn table(
    mut found: Vec<GitTargetSummary>,
    request: &Request,
    role: Role,
) -> AnyView {
    let order = Order::of(request, "/gitops");
    found.sort_by_key(GitTargetSummary::status);
    sort(&order, &mut found);
    let rows = found.iter().map(|row| row_of(row, role, request.now)).collect_view();
    let columns = vec![
        order.head(Column::text("c-cause", "State"), "state"),
        order.head(Column::text("", "Name"), "name"),
        order.head(Column::text("", "Repository"), "url"),
        order.head(Column::text("c-short", "Branch"), "branch"),
        order.head(Column::text("c-medium", "Folder"), "folder"),
        order.head(Column::text("c-medium", "Last commit"), "pushed"),
        Column::menus(),
    ];
    list(&counted(found.len(), "Git target", "Git targets"), columns, rows.into_any())
}

fn sort(order: &Order, found: &mut [GitTargetSummary]) {
    order.sort(found, "state", GitTargetSummary::status);
    order.sort(found, "name", |row| row.name.to_lowercase());
    order.sort(found, "url", |row| row.url.clone());
    order.sort(found, "branch", |row| row.branch.clone());
    order.sort(found, "folder", |row| row.folder.clone());
    order.sort(found, "pushed", |row| row.pushed_at);
}

fn row_of(row: &GitTargetSummary, role: Role, now: Timestamp) -> AnyView {
    let href = path_of(row.id);
    let id = row.id.to_string();
    let folder = match row.folder.as_str() {
        "" => view! { <span class="muted">"The whole repository"</span> }.into_any(),
        folder => view! { <code>{folder.to_owned()}</code> }.into_any(),
    };
    let commit = (!row.last_commit.is_empty())
        .then(|| view! { <code title=row.last_commit.clone()>{short(&row.last_commit)}</code> });
    let mend = row
        .cause
        .and_then(|cause| mend(cause, DeliveryTarget::GitTarget(row.id), row.credential, role));
    let manage = role.includes(Action::ManageExports).then(|| {
        view! {
            <a href=Tab::Settings.at(&href)>"Edit"</a>
            <a href=format!("{href}/preview")>"Preview"</a>
            <ActionButton
                action="/actions/gitops/targets/push"
                from="/gitops".to_owned()
                class="menu-button"
                values=vec![("target", id)]
            >
                {SYNC}
            </ActionButton>
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
                    {row.cause.is_none().then(|| waits(row))}
                    {why(row.cause, DeliveryTarget::GitTarget(row.id))}
                </div>
            </td>
            <th scope="row" data-label="Name" title=row.name.clone()>
                <a href=href.clone()>{row.name.clone()}</a>
            </th>
            <td data-label="Repository" class="url" title=row.url.clone()>
                {row.url.clone()}
            </td>
            <td class="later" data-label="Branch" title=row.branch.clone()>
                <code>{row.branch.clone()}</code>
            </td>
            <td class="later" data-label="Folder" title=row.folder.clone()>{folder}</td>
            <td data-label="Last commit">
                <div class="cell">{moment_or(row.pushed_at, now, "Never")} {commit}</div>
            </td>
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
