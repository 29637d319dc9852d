//! The table of Git targets.

use domain::{
    Action, Role, Timestamp, counted, gitops::GitTargetSummary, propagation::DeliveryTarget,
};
use leptos::prelude::*;

use super::{SYNC, path_of, short};
use crate::{
    gitops::state::{state, waits},
    ui::{form::ActionButton, menu::RowMenu, moment::moment_or},
};

/// The rows with what can be done to each.
pub(in crate::gitops) fn table(found: &[GitTargetSummary], role: Role, now: Timestamp) -> AnyView {
    let rows = found.iter().map(|row| row_of(row, role, now)).collect_view();
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="count">{counted(total, "Git target", "Git targets")}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"Repository"</th>
                        <th scope="col">"Branch"</th>
                        <th scope="col">"Folder"</th>
                        <th scope="col">"Last commit"</th>
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

fn row_of(row: &GitTargetSummary, role: Role, now: Timestamp) -> AnyView {
    let href = path_of(row.id);
    let id = row.id.to_string();
    let folder = match row.folder.as_str() {
        "" => view! { <span class="muted">"The whole repository"</span> }.into_any(),
        folder => view! { <code>{folder.to_owned()}</code> }.into_any(),
    };
    let commit = (!row.last_commit.is_empty())
        .then(|| view! { <code title=row.last_commit.clone()>{short(&row.last_commit)}</code> });
    let manage = role.includes(Action::ManageExports).then(|| {
        view! {
            <a href=format!("{href}#edit")>"Edit"</a>
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
            <th scope="row" data-label="Name">
                <a href=href.clone()>{row.name.clone()}</a>
            </th>
            <td data-label="Repository" class="url">
                {row.url.clone()}
            </td>
            <td data-label="Branch">
                <code>{row.branch.clone()}</code>
            </td>
            <td data-label="Folder">{folder}</td>
            <td data-label="Last commit">
                <div class="cell">{commit} {moment_or(row.pushed_at, now, "Never")}</div>
            </td>
            <td data-label="State">
                <div class="state">
                    {state(row.status(), row.cause, DeliveryTarget::GitTarget(row.id), row.credential, role)}
                    {waits(row)}
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
