//! The page GitOps → Exports.

use domain::{
    Action, Timestamp, counted,
    exports::{DeliveryMethod, ExportSummary},
};
use leptos::prelude::*;

use super::{NEW, path_of};
use crate::ui::{
    frame::Section,
    icon::Icon,
    menu::RowMenu,
    moment::Moment,
    page::{Page, page},
    table::Empty,
};

/// `/gitops/exports`
pub(crate) fn list() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let found = request.services().exports.list(&principal).await?;
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
            table(&found, may_manage, request.now)
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
        "Choose who reads it, such as Argo CD or Flux, and which credentials or repositories it is about. Hawser writes references or encrypted values, and keeps them current."
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

fn table(found: &[ExportSummary], may_manage: bool, now: Timestamp) -> AnyView {
    let rows = found.iter().map(|row| row_of(row, may_manage, now)).collect_view();
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    view! {
        <div class="table-box">
            <table class="table">
                <caption class="count">{counted(total, "export", "exports")}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Name"</th>
                        <th scope="col">"For"</th>
                        <th scope="col">"Delivery method"</th>
                        <th scope="col">"Holds"</th>
                        <th scope="col">"Delivered to"</th>
                        <th scope="col">"Changed"</th>
                        <th scope="col">
                            <span class="unseen">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row_of(row: &ExportSummary, may_manage: bool, now: Timestamp) -> AnyView {
    let href = path_of(row.id);
    let carrier = match row.carrier {
        DeliveryMethod::None => view! { <span class="muted">"Carries no secret"</span> }.into_any(),
        carrier => carrier.facts().label.into_any(),
    };
    let places = if row.places == 0 {
        view! { <span class="muted">"Nowhere yet"</span> }.into_any()
    } else {
        counted(row.places, "place", "places").into_any()
    };
    let manage = may_manage.then(|| {
        view! {
            <a href=format!("{href}#edit")>"Edit"</a>
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
            <td data-label="For">{row.consumer.facts().label}</td>
            <td data-label="Delivery method">{carrier}</td>
            <td data-label="Holds">{holds(row)}</td>
            <td data-label="Delivered to">{places}</td>
            <td data-label="Changed">
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
