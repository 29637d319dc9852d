//! Deleting an export.

use domain::{Action, exports::ExportPlace};
use leptos::prelude::*;

use super::{PATH, path_of};
use crate::ui::{
    form::{Form, FormState, Submit},
    frame::Section,
    icon::Icon,
    input::hidden,
    page::{Page, page},
};

/// `/gitops/exports/{id}/delete`
pub(crate) fn delete() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        principal.may(Action::ManageExports)?;
        let export = request.services().exports.get(&principal, request.id()?).await?;
        let state = FormState::new("export-delete", &request);
        let href = path_of(export.id);
        let inside = if export.places.is_empty() {
            let (id, cancel) = (export.id.to_string(), href.clone());
            view! {
                <p>"No Git target or cluster takes it, so nothing else changes. Credentials stay."</p>
                <Form state action="/actions/gitops/exports/delete" deletes=id.clone()>
                    {hidden("export", id)}
                    <div class="actions">
                        <Submit class="button danger solid">"Delete"</Submit>
                        <a class="button quiet" href=cancel>
                            "Cancel"
                        </a>
                    </div>
                </Form>
            }
            .into_any()
        } else {
            kept(&export.places, &href)
        };
        let body = view! {
            <p class="crumbs">
                <a href=PATH>"Exports"</a>
                <Icon name="chevron-right"/>
                <a href=href>{export.name.clone()}</a>
            </p>
            <section class="card narrow">
                <h1>{format!("Delete {}?", export.name)}</h1>
                {inside}
            </section>
        };
        Ok(Page {
            title: format!("Delete {}", export.name),
            section: Section::Exports,
            body: body.into_any(),
        })
    })
}

fn kept(places: &[ExportPlace], href: &str) -> AnyView {
    let rows = places
        .iter()
        .map(|one| {
            view! {
                <li>
                    <a href=one.place.path()>{one.name.clone()}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="notice warn">
            <Icon name="triangle-alert"/>
            <div>
                <p>"It is still delivered. Take it out of these first:"</p>
                <ul class="columns">{rows}</ul>
            </div>
        </div>
        <div class="actions">
            <a class="button" href=href.to_owned()>
                "Back"
            </a>
        </div>
    }
    .into_any()
}
