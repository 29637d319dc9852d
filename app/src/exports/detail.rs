//! One export: what it writes, where it goes, its form.

use domain::{
    Action, Timestamp,
    exports::{
        Consumer, DeliveryMethod, ExportChoice, ExportDetail, ExportForm, ExportSought, Selects,
    },
};
use leptos::prelude::*;

use super::{
    fields::local_vault,
    files::{Taking, preview},
    form::form,
    path_of,
    reveal_form::reveal_form,
};
use crate::ui::{
    frame::Section,
    icon::Icon,
    moment::Moment,
    page::{Page, page},
    path,
};

/// `/gitops/exports/{id}`
pub(crate) fn detail() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        let export = request.services().exports.get(&principal, request.id()?).await?;
        let edit = if principal.role.includes(Action::ManageExports) {
            Some(form(&request, &principal, export.consumer, stored(&export)).await?)
        } else {
            None
        };
        let reveals = principal.role.includes(Action::RevealSecrets)
            && export.carrier != DeliveryMethod::None;
        let reveal = reveals.then(|| reveal_form(&request, &export));
        let refers = matches!(
            export.carrier,
            DeliveryMethod::ExternalSecret | DeliveryMethod::VaultStaticSecret
        );
        let unreachable = if refers {
            let choices = request
                .services()
                .exports
                .choices(&principal, export.consumer, ExportSought::default())
                .await?;
            choices.vault_is_local.then(local_vault)
        } else {
            None
        };
        let (taking, takes) = match edit {
            Some(_) => (Taking::All(export.id), Takes::Offered),
            None => (Taking::Open(export.id), Takes::NotOffered),
        };
        let href = path_of(export.id);
        let delete = edit.is_some().then(|| {
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
            {unreachable}
            <div class="beside">
                <div class="stack">
                    <section class="card first" aria-labelledby="files-title">
                        <h2 id="files-title">"What it writes now"</h2>
                        {preview(&export.preview, taking)} {check(&export)}
                    </section>
                    {edit}
                </div>
                <div class="stack">
                    {facts(&export, request.now)}
                    {places(&export, takes)}
                    {reveal}
                </div>
            </div>
        };
        Ok(Page { title: export.name.clone(), section: Section::Exports, body: body.into_any() })
    })
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
            ("What Carvel combines with it", href)
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

fn facts(export: &ExportDetail, now: Timestamp) -> AnyView {
    let (title, held, base) = match export.consumer.facts().selects {
        Selects::Credentials => ("Credentials", &export.credentials, "/credentials"),
        Selects::Repositories => ("Repositories", &export.repositories, "/charts/repositories"),
    };
    let held = held
        .iter()
        .map(|one| {
            view! {
                <li>
                    <a href=format!("{base}/{}", one.id)>{one.name.clone()}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="card first" aria-labelledby="facts-title">
            <h2 id="facts-title">"Details"</h2>
            <dl class="facts">
                <dt>"For"</dt>
                <dd>{export.consumer.facts().label}</dd>
                <dt>"Carried by"</dt>
                <dd>{export.carrier.facts().label}</dd>
                <dt>{title}</dt>
                <dd>
                    <ul class="plain">{held}</ul>
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
        view! { <p class="muted">"Nowhere yet."</p> }.into_any()
    } else if export.places.is_empty() {
        view! {
            <p class="muted">
                "Nowhere yet. "
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
            <h2 id="places-title">"Where it is delivered"</h2>
            {list}
        </section>
    }
    .into_any()
}
