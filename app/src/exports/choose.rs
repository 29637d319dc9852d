//! Adding an export: first who reads it, then the form.

use domain::{
    Action,
    exports::{Consumer, ExportForm},
    repositories::RepositorySummary,
};
use leptos::prelude::*;

use super::{NEW, PATH, form::form};
use crate::{
    answer::redirect,
    ui::{
        frame::Section,
        icon::Icon,
        page::{Page, Request, page},
        path,
        return_to::{NEXT, back, begun},
    },
};

/// `/gitops/exports/new`
pub(crate) fn new() -> AnyView {
    page(async |request| {
        let principal = request.member()?;
        principal.may(Action::ManageExports)?;
        if let Some(next) = begun(&request) {
            redirect(&path::with(NEW, &[(NEXT, &next)]));
        }
        let next = back(&request);
        let body = match Consumer::parse(&request.query("consumer")) {
            None => choose(&request, &next),
            Some(consumer) => {
                let blank =
                    ExportForm { consumer: consumer.as_str().to_owned(), ..ExportForm::default() };
                let form = form(&request, &principal, consumer, blank).await?;
                view! {
                    <p class="crumbs">
                        <a href=PATH>"Exports"</a>
                        <Icon name="chevron-right"/>
                        <a href=path::with(NEW, &[(NEXT, &next)])>"Add"</a>
                    </p>
                    <div class="head">
                        <div>
                            <h1>{format!("Add an export for {}", consumer.facts().label)}</h1>
                            <p class="muted">{consumer.facts().summary}</p>
                        </div>
                    </div>
                    {form}
                }
                .into_any()
            }
        };
        Ok(Page { title: "Add an export".to_owned(), section: Section::Exports, body })
    })
}

/// The button that begins an export of a repository, or of its credential for whoever reads credentials
/// alone.
pub(crate) fn begin(one: &RepositorySummary) -> AnyView {
    let repository = one.id.to_string();
    let credential = one.link.as_ref().map(|link| link.credential.to_string()).unwrap_or_default();
    let href = path::with(NEW, &[("repositories[]", &repository), ("credentials[]", &credential)]);
    view! {
        <a class="button" href=href>
            <Icon name="file-output"/>
            "Use it in an export"
        </a>
    }
    .into_any()
}

/// Whatever is given to hold is ticked in the form of each.
fn choose(request: &Request, next: &str) -> AnyView {
    let held: Vec<_> = request
        .pairs()
        .filter(|(name, _)| ["repositories[]", "credentials[]"].contains(name))
        .collect();
    let way_back = (!next.is_empty()).then(|| {
        view! {
            <p>
                <a href=next.to_owned()>"Back to the form"</a>
            </p>
        }
    });
    let cards = Consumer::ALL
        .into_iter()
        .map(|consumer| {
            let facts = consumer.facts();
            view! {
                <li>
                    <a
                        class="choice"
                        href=path::with(&path::with(NEW, &[("consumer", consumer.as_str()), (NEXT, next)]), &held)
                    >
                        <Icon name="file-output"/>
                        <span>
                            <strong>{facts.label}</strong>
                            <small class="muted">{facts.summary}</small>
                        </span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="head">
            <div>
                <h1>"Add an export"</h1>
                <p class="muted">"Choose a consumer."</p>
                {way_back}
            </div>
        </div>
        <ul class="choices">{cards}</ul>
    }
    .into_any()
}
