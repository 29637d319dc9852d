//! The page GitOps → Exports.

use domain::{
    Action, Timestamp, counted,
    exports::{DeliveryMethod, ExportSummary},
};
use leptos::prelude::*;

use super::{NEW, PATH, path_of};
use crate::ui::{
    frame::Section,
    icon::Icon,
    menu::RowMenu,
    moment::Moment,
    page::{Page, snapshot_page},
    table::{Column, Empty, Order, list as list_of},
    tabs::Tab,
};

/// `/gitops/exports`
pub(crate) fn list() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        let mut found = request.services().exports.list(&principal).await?;
        let order = Order::of(&request, PATH);
        sort(&order, &mut found);
        let may_manage = principal.role.includes(Action::ManageExports);
        let add = (may_manage && !found.is_empty()).then(|| {
            view! {
                <a class="button primary" href=NEW>
                    <Icon name="plus"/>
                    "Add"
                </a>
            }
        });
        let table = if found.is_empty() {
            nothing_yet(may_manage)
        } else {
            table(&found, &order, may_manage, request.now)
        };
        let checks = (!found.is_empty()).then(checks);
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Exports"</h1>
                    <p class="muted">
                        "Manifests that bring credentials to the systems that use them: as references to Vault, or encrypted with SOPS."
                    </p>
                </div>
                {add}
            </div>
            {table}
            {checks}
        };
        Ok(Page { title: "Exports".to_owned(), section: Section::Exports, body: body.into_any() })
    })
}

/// What people look up who know the system that reads an export.
fn checks() -> AnyView {
    view! {
        <p class="actions">
            <a class="button quiet" href="/gitops/check/kyma">"Check a ModuleTemplate"</a>
            <a class="button quiet" href="/gitops/check/carvel">"What Carvel combines"</a>
        </p>
    }
    .into_any()
}

fn nothing_yet(may_manage: bool) -> AnyView {
    let text = if may_manage {
        "Choose the consumer, such as Argo CD or Flux, and what to include. Hawser writes references or encrypted values and keeps them current."
    } else {
        "An owner or admin of the organization adds them."
    };
    view! {
        <Empty icon="file-output" title="No exports yet" text=text>
            {may_manage
                .then(|| {
                    view! { <a class="button" href=NEW>"Add an export"</a> }
                })}
        </Empty>
    }
    .into_any()
}

fn sort(order: &Order, found: &mut [ExportSummary]) {
    order.sort(found, "name", |row| row.name.to_lowercase());
    order.sort(found, "consumer", |row| row.consumer.facts().label);
    order.sort(found, "carrier", |row| row.carrier.facts().label);
    order.sort(found, "contents", |row| row.repositories + row.credentials);
    order.sort(found, "targets", |row| row.places);
    order.sort(found, "changed", |row| row.updated_at);
}

fn table(found: &[ExportSummary], order: &Order, may_manage: bool, now: Timestamp) -> AnyView {
    let rows = found.iter().map(|row| row_of(row, may_manage, now)).collect_view();
    let columns = vec![
        order.head(Column::text("", "Name"), "name"),
        order.head(Column::text("c-medium", "Consumer"), "consumer"),
        order.head(Column::text("c-medium", "Secrets via"), "carrier"),
        order.head(Column::text("c-short", "Contents"), "contents"),
        order.head(Column::number("Targets"), "targets"),
        order.head(Column::text("c-time", "Changed"), "changed"),
        Column::menus(),
    ];
    list_of(&counted(found.len(), "export", "exports"), columns, rows.into_any())
}

fn row_of(row: &ExportSummary, may_manage: bool, now: Timestamp) -> AnyView {
    let href = path_of(row.id);
    let carrier = match row.carrier {
        DeliveryMethod::None => view! { <span class="muted">"No secret"</span> }.into_any(),
        carrier => carrier.facts().label.into_any(),
    };
    let manage = may_manage.then(|| {
        view! {
            <a href=Tab::Settings.at(&href)>"Edit"</a>
            <a class="danger" href=format!("{href}/delete")>
                "Delete"
            </a>
        }
    });
    view! {
        <tr>
            <th scope="row" data-label="Name" title=row.name.clone()>
                <a href=href.clone()>{row.name.clone()}</a>
            </th>
            <td data-label="Consumer">{row.consumer.facts().label}</td>
            <td class="later" data-label="Secrets via">{carrier}</td>
            <td data-label="Contents">{holds(row)}</td>
            <td class="number" data-label="Targets">{row.places}</td>
            <td class="later" data-label="Changed">
                <Moment at=row.updated_at now/>
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

fn holds(row: &ExportSummary) -> String {
    if row.repositories > 0 {
        counted(row.repositories, "repository", "repositories")
    } else {
        counted(row.credentials, "credential", "credentials")
    }
}
