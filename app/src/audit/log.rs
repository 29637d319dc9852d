//! The page Audit log: who did what, newest first.

use domain::audit::{AuditAction, AuditActor, AuditEvent, AuditPage, AuditQuery};
use leptos::prelude::*;

use crate::ui::{
    filters::{FilterBy, Filters},
    frame::Section,
    icon::Icon,
    page::{Page, page},
    path,
    table::Empty,
};

const PATH: &str = "/audit";

/// `/audit`
pub(crate) fn log() -> AnyView {
    page(async |request| {
        let actor = request.member()?;
        let query = AuditQuery {
            search: request.query("search"),
            action: AuditAction::parse(&request.query("action")),
            before: request.query("before").parse().ok(),
        };
        let found = request.services().audit.list(&actor, query.clone()).await?;
        let body = view! {
            <div class="head">
                <div>
                    <h1>"Audit log"</h1>
                    <p class="muted">
                        "Every change and every read of a secret. Times are in UTC."
                    </p>
                </div>
            </div>
            {filters(&query)}
            {table(&found, &query)}
        };
        Ok(Page { title: "Audit log".to_owned(), section: Section::Audit, body: body.into_any() })
    })
}

fn filters(query: &AuditQuery) -> AnyView {
    let options = AuditAction::ALL
        .into_iter()
        .map(|action| {
            let selected = query.action == Some(action);
            view! { <option value=action.as_str() selected=selected>{action.label()}</option> }
        })
        .collect_view();
    let filtered = !query.search.is_empty() || query.action.is_some() || query.before.is_some();
    view! {
        <Filters
            path=PATH
            search=query.search.clone()
            placeholder="Person, credential or repository"
            by=FilterBy { name: "action", label: "Action", all: "All actions" }
            clear=filtered.then_some(PATH)

        >
            {options}
        </Filters>
    }
    .into_any()
}

fn table(found: &AuditPage, query: &AuditQuery) -> AnyView {
    if found.rows.is_empty() {
        return view! {
            <Empty icon="scroll-text" title="Nothing found" text="No event matches this search.">
                <a class="button" href=PATH>"Show all"</a>
            </Empty>
        }
        .into_any();
    }
    let rows = found.rows.iter().map(row).collect_view();
    let older = found.older.map(|before| {
        let before = before.to_string();
        let href = path::with(
            PATH,
            &[
                ("search", &query.search),
                ("action", query.action.map_or("", AuditAction::as_str)),
                ("before", &before),
            ],
        );
        view! {
            <a class="button quiet" rel="next" href=href>
                "Older"
                <Icon name="chevron-right"/>
            </a>
        }
    });
    view! {
        <div class="table-box">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col">"Who"</th>
                        <th scope="col">"From"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Target"</th>
                        <th scope="col">"Detail"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <nav class="pager" aria-label="Pages">{older}</nav>
    }
    .into_any()
}

fn row(event: &AuditEvent) -> AnyView {
    let who = match &event.actor {
        AuditActor::Person(name) => name.clone(),
        AuditActor::Hawser => "Hawser".to_owned(),
        AuditActor::Nobody => "Nobody known".to_owned(),
    };
    let from = event.address.map(|address| address.to_string());
    view! {
        <tr>
            <td data-label="When">
                <time datetime=event.at.rfc3339()>{event.at.readable()}</time>
            </td>
            <td data-label="Who">{who}</td>
            <td data-label="From" class="muted">{from}</td>
            <th scope="row" data-label="What">{event.action.label()}</th>
            <td data-label="Target">{event.target.clone()}</td>
            <td data-label="Detail" class="muted">{event.detail.clone()}</td>
        </tr>
    }
    .into_any()
}
