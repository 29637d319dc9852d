//! The page Audit log: what people did first, then how secrets were read, then what Hawser did.

use domain::{
    audit::{AuditAction, AuditEvent, AuditPage, AuditQuery, AuditTarget, AuditView},
    counted,
};
use leptos::prelude::*;

use super::{
    PATH,
    named::{target, who},
    uses::uses,
};
use crate::ui::{
    filters::{FilterBy, Filters},
    frame::Section,
    icon::Icon,
    page::{Page, snapshot_page},
    path,
    table::{Column, Empty, list},
};

/// `/audit`
pub(crate) fn log() -> AnyView {
    snapshot_page(async |request| {
        let actor = request.member()?;
        let query = AuditQuery {
            search: request.query("search"),
            action: AuditAction::parse(&request.query("action")),
            target: AuditTarget::parse(&request.query("target")),
            view: AuditView::Everything,
            before: request.query("before").parse().ok(),
        };
        let query = AuditQuery { view: view_of(&request.query("by"), &query), ..query };
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
            {events(&found, &query)}
        };
        Ok(Page { title: "Audit log".to_owned(), section: Section::Audit, body: body.into_any() })
    })
}

/// Whoever searches wants all that fits; everybody else sees the log folded.
fn view_of(by: &str, query: &AuditQuery) -> AuditView {
    let searches = !query.search.is_empty() || query.action.is_some() || query.target.is_some();
    match by {
        "hawser" => AuditView::Hawser,
        _ if searches => AuditView::Everything,
        _ => AuditView::Folded,
    }
}

fn events(found: &AuditPage, query: &AuditQuery) -> AnyView {
    if query.view != AuditView::Folded {
        return table(found, query);
    }
    let own = (!found.own.is_empty()).then(|| {
        let all = path::with(PATH, &[("by", "hawser")]);
        view! {
            <section class="stack" aria-labelledby="own-title">
                <h2 id="own-title">"What Hawser did by itself"</h2>
                <p><a href=all>"All that Hawser did"</a></p>
                {rows(&found.own)}
            </section>
        }
    });
    view! {
        <section class="stack" aria-labelledby="people-title">
            <h2 id="people-title">"What people did"</h2>
            {table(found, query)}
        </section>
        {uses(&found.uses)}
        {own}
    }
    .into_any()
}

fn filters(query: &AuditQuery) -> AnyView {
    let options = AuditAction::ALL
        .into_iter()
        .map(|action| {
            let selected = query.action == Some(action);
            view! { <option value=action.as_str() selected=selected>{action.label()}</option> }
        })
        .collect_view();
    let filtered = query.view != AuditView::Folded || query.before.is_some();
    let about = query.target.map(|target| target.to_string());
    let kept =
        about.map(|about| view! { <input type="hidden" name="target" value=about/> }.into_any());
    view! {
        <Filters
            path=PATH
            search=query.search.clone()
            placeholder="Person, credential or repository"
            by=FilterBy { name: "action", label: "Action", all: "All actions" }
            clear=filtered.then_some(PATH)
            kept=kept

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
    let older = found.older.map(|before| {
        let before = before.to_string();
        let about = query.target.map(|target| target.to_string()).unwrap_or_default();
        let href = path::with(
            PATH,
            &[
                ("search", &query.search),
                ("action", query.action.map_or("", AuditAction::as_str)),
                ("target", &about),
                ("by", if query.view == AuditView::Hawser { "hawser" } else { "" }),
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
        {rows(&found.rows)}
        <nav class="pager" aria-label="Pages">{older}</nav>
    }
    .into_any()
}

fn rows(events: &[AuditEvent]) -> AnyView {
    let rows = events.iter().map(row).collect_view();
    let columns = vec![
        Column::text("c-date", "When"),
        Column::text("", "What"),
        Column::text("", "Target"),
        Column::text("c-medium", "Who"),
        Column::text("c-short", "From").roomy(),
        Column::text("c-wide", "Detail"),
    ];
    list(&counted(events.len(), "event", "events"), columns, rows.into_any())
}

fn row(event: &AuditEvent) -> AnyView {
    let from = event.address.map(|address| address.to_string());
    let detail = detail(event);
    view! {
        <tr>
            <td data-label="When">
                <time datetime=event.at.rfc3339() title=event.at.readable()>{event.at.readable()}</time>
            </td>
            <th scope="row" data-label="What" title=event.action.label()>{event.action.label()}</th>
            <td class="second-wide" data-label="Target">{target(event.target_id, &event.target)}</td>
            <td data-label="Who">{who(&event.actor, event.actor_id)}</td>
            <td class="muted roomy" data-label="From" title=from.clone()>{from.clone()}</td>
            <td class="muted later" data-label="Detail" title=detail.clone()>{detail.clone()}</td>
        </tr>
    }
    .into_any()
}

/// What there is to tell, with what a secret was read for and who was shown it.
fn detail(event: &AuditEvent) -> String {
    let Some(purpose) = event.purpose else { return event.detail.clone() };
    match event.host.as_str() {
        "" => format!("{}: {}", purpose.label(), event.detail),
        host => format!("{} at {host}: {}", purpose.label(), event.detail),
    }
}
