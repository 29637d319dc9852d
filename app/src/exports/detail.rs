//! One export: what it is about and where it goes, what it writes, its form.

use domain::{
    Action, Principal, ServiceError, Timestamp,
    audit::AuditTarget,
    counted,
    exports::{Consumer, DeliveryMethod, ExportChoice, ExportDetail, ExportForm, Selects},
};
use leptos::prelude::*;

use super::{
    fields::local_vault,
    files::{FILE, Taking, notes, shown_files, unremedied},
    form::form,
    path_of,
    reveal_form::reveal_form,
};
use crate::{
    audit::about,
    ui::{
        frame::Section,
        icon::Icon,
        moment::Moment,
        page::{Page, Request, page},
        path,
        tabs::{Offered, Tab, tabs},
    },
};

/// `/gitops/exports/{id}`
pub(crate) fn detail() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let export = request.services().exports.get(&principal, request.id()?).await?;
        let manages = principal.role.includes(Action::ManageExports);
        let offered = offered(&export, &principal);
        let tab = Tab::of(&request, &offered);
        let href = path_of(export.id);
        let shown = match tab {
            Tab::Files => files_tab(&request, &principal, &export),
            Tab::Settings => form(&request, &principal, export.consumer, stored(&export)).await?,
            Tab::Activity => activity(&request, &principal, &export).await?,
            _ => overview(&request, &principal, &export),
        };
        let delete = manages.then(|| {
            view! {
                <a class="button danger" href=format!("{href}/delete")>
                    <Icon name="trash-2"/>
                    "Delete"
                </a>
            }
        });
        let body = view! {
            <div class="head">
                <div>
                    <h1>{export.name.clone()}</h1>
                    <p class="tags">
                        <span class="tag">{export.consumer.facts().label}</span>
                        <span class="tag">{export.carrier.facts().label}</span>
                    </p>
                </div>
                {delete}
            </div>
            {tabs(&href, tab, &offered)}
            {shown}
        };
        Ok(Page { title: export.name.clone(), section: Section::Exports, body: body.into_any() })
    })
}

fn offered(export: &ExportDetail, principal: &Principal) -> Vec<Offered> {
    let may = |action| principal.role.includes(action);
    let all = [
        (true, Tab::Overview, None),
        (true, Tab::Files, Some(export.preview.files.len())),
        (may(Action::ManageExports), Tab::Settings, None),
        (may(Action::ReadAudit), Tab::Activity, None),
    ];
    let open = all.into_iter().filter(|(is_open, ..)| *is_open);
    open.map(|(_, tab, count)| Offered(tab, count)).collect()
}

/// What it writes: one file at a time, and what goes beside them by hand.
fn files_tab(request: &Request, principal: &Principal, export: &ExportDetail) -> AnyView {
    let taking = if principal.role.includes(Action::ManageExports) {
        Taking::All(export.id)
    } else {
        Taking::Open(export.id)
    };
    let reveals =
        principal.role.includes(Action::RevealSecrets) && export.carrier != DeliveryMethod::None;
    let reveal = reveals.then(|| reveal_form(request, export));
    view! {
        <section class="card" aria-labelledby="files-title">
            <h2 id="files-title">"Files"</h2>
            {shown_files(&export.preview, taking, &request.query(FILE))}
        </section>
        {reveal}
    }
    .into_any()
}

fn overview(request: &Request, principal: &Principal, export: &ExportDetail) -> AnyView {
    let refers = matches!(
        export.carrier,
        DeliveryMethod::ExternalSecret | DeliveryMethod::VaultStaticSecret
    );
    let unreachable =
        if refers { request.services().exports.vault_is_local().then(local_vault) } else { None };
    let takes = if principal.role.includes(Action::ManageExports) {
        Takes::Offered
    } else {
        Takes::NotOffered
    };
    let remarks: Vec<_> = match takes {
        Takes::Offered => export.preview.notes.clone(),
        Takes::NotOffered => export.preview.notes.iter().cloned().map(unremedied).collect(),
    };
    let noted = (!remarks.is_empty()).then(|| {
        view! {
            <section class="stack" aria-labelledby="notes-title">
                <h2 class="unseen" id="notes-title">"What to know"</h2>
                {notes(&remarks)}
            </section>
        }
    });
    view! {
        {unreachable}
        {noted}
        <div class="beside">
            <div class="stack">{contents(export)} {places(export, takes)}</div>
            <div class="stack">{facts(export, request.now)} {check(export)}</div>
        </div>
    }
    .into_any()
}

async fn activity(
    request: &Request,
    principal: &Principal,
    export: &ExportDetail,
) -> Result<AnyView, ServiceError> {
    let about = about(request, principal, AuditTarget::Export(export.id)).await?;
    let changes = about.map(|about| about.changes(request.now));
    Ok(view! { <div class="stack narrow">{changes}</div> }.into_any())
}

/// Where people see what the system that reads it makes of it.
fn check(export: &ExportDetail) -> Option<AnyView> {
    let settings = &export.settings;
    let (label, href) = match export.consumer {
        Consumer::Kyma => (
            "Check a ModuleTemplate with this label",
            path::with("/gitops/check/kyma", &[("label", &settings.label)]),
        ),
        Consumer::Carvel => {
            let to = settings.to_namespaces.split(',').find(|to| *to != "*").unwrap_or_default();
            let href = path::with("/gitops/check/carvel", &[("namespace", to)]);
            ("Show what Carvel combines with it", href)
        }
        _ => return None,
    };
    Some(
        view! {
            <p class="actions">
                <a class="button" href=href>
                    {label}
                </a>
            </p>
        }
        .into_any(),
    )
}

fn stored(export: &ExportDetail) -> ExportForm {
    let ids = |list: &[ExportChoice]| list.iter().map(|one| one.id.to_string()).collect();
    ExportForm {
        export: export.id.to_string(),
        row_version: export.row_version.to_string(),
        name: export.name.clone(),
        consumer: export.consumer.as_str().to_owned(),
        carrier: export.carrier.as_str().to_owned(),
        credentials: ids(&export.credentials),
        repositories: ids(&export.repositories),
        settings: export.settings.clone(),
    }
}

/// So many are listed; the form has all of them.
const SHOWN: usize = 30;

/// The credentials or repositories that it is about.
fn contents(export: &ExportDetail) -> AnyView {
    let (title, held, base) = match export.consumer.facts().selects {
        Selects::Credentials => ("Credentials", &export.credentials, "/credentials"),
        Selects::Repositories => ("Repositories", &export.repositories, "/charts/repositories"),
    };
    let left = held.len().saturating_sub(SHOWN);
    let left = (left > 0).then(|| view! { <p class="muted">{format!("and {left} more")}</p> });
    let held = held
        .iter()
        .take(SHOWN)
        .map(|one| {
            view! {
                <li class="line">
                    <div>
                        <a href=format!("{base}/{}", one.id)>{one.name.clone()}</a>
                    </div>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card" aria-labelledby="contents-title">
            <h2 id="contents-title">{title}</h2>
            <ul class="lines">{held}</ul>
            {left}
        </section>
    }
    .into_any()
}

fn facts(export: &ExportDetail, now: Timestamp) -> AnyView {
    view! {
        <section class="card first" aria-labelledby="facts-title">
            <h2 id="facts-title">"Details"</h2>
            <dl class="facts">
                <dt>"Consumer"</dt>
                <dd>{export.consumer.facts().label}</dd>
                <dt>"Secrets via"</dt>
                <dd>{export.carrier.facts().label}</dd>
                <dt>"Files"</dt>
                <dd>
                    <a href=Tab::Files.at(&path_of(export.id))>
                        {counted(export.preview.files.len(), "file", "files")}
                    </a>
                </dd>
                <dt>"Changed"</dt>
                <dd>
                    <Moment at=export.updated_at now/>
                    {format!(" by {}", export.updated_by)}
                </dd>
            </dl>
        </section>
    }
    .into_any()
}

/// Whether the person may add a place that takes the export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    Offered,
    NotOffered,
}

fn places(export: &ExportDetail, takes: Takes) -> AnyView {
    let rows = export
        .places
        .iter()
        .map(|one| {
            view! {
                <li class="line">
                    <div>
                        <a href=one.place.path()>{one.name.clone()}</a>
                    </div>
                    <span class="muted">{one.place.label()}</span>
                </li>
            }
        })
        .collect_view();
    let list = if export.places.is_empty() && takes == Takes::NotOffered {
        view! { <p class="muted">"Not delivered yet."</p> }.into_any()
    } else if export.places.is_empty() {
        view! {
            <p class="muted">
                "Not delivered yet. "
                <a href=path::with(
                    "/gitops/targets/new",
                    &[("exports[]", &export.id.to_string())],
                )>"Add a Git target"</a>
                " that takes it, or download the files."
            </p>
        }
        .into_any()
    } else {
        view! { <ul class="lines">{rows}</ul> }.into_any()
    };
    view! {
        <section class="card" aria-labelledby="places-title">
            <h2 id="places-title">"Delivered to"</h2>
            {list}
        </section>
    }
    .into_any()
}
