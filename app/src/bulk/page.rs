//! The page of a bulk run: the question before it, its progress, and what came of each row.

use domain::{
    Action,
    bulk::{BulkAction, BulkCounts, BulkPreview, BulkRow, BulkRowState, BulkRun, BulkThing},
    counted,
};
use leptos::prelude::*;

use crate::ui::{
    badge::{Badge, Tone},
    form::{Form, FormState, Submit},
    frame::Section,
    icon::Icon,
    input::hidden,
    live::Live,
    moment::Moment,
    page::{Page, Request, snapshot_page},
    table::{Column, list},
};

/// The most rows that the question names.
const NAMED: usize = 20;

/// `/bulk/{id}`
pub(crate) fn run() -> AnyView {
    snapshot_page(async |request| {
        let principal = request.member()?;
        principal.may(Action::View)?;
        let run = request.services().bulk.get(&principal, request.id()?).await?;
        let (section, path, place) = match run.action.thing() {
            BulkThing::Credential => (Section::Credentials, "/credentials", "Credentials"),
            BulkThing::Repository | BulkThing::Line => {
                (Section::Repositories, "/charts/repositories", "Repositories")
            }
        };
        let title = title(&run);
        let body = match &run.asks {
            Some(asks) => {
                let may = principal.role.includes(run.action.needs());
                question(&request, &run, asks, may.then_some(()), path)
            }
            None => progress(&request, &run),
        };
        let body = view! {
            <p class="crumbs">
                <a href=path>{place}</a>
                <Icon name="chevron-right"/>
                <span>{verb(run.action)}</span>
            </p>
            {body}
        };
        Ok(Page { title, section, body: body.into_any() })
    })
}

fn title(run: &BulkRun) -> String {
    let (one, many) = run.action.thing().words();
    let what = counted(run.counts.total(), one, many);
    match (run.action, run.asks.is_some(), run.finished_at.is_some()) {
        (BulkAction::DeleteRepositories | BulkAction::DeleteCredentials, true, _) => {
            format!("Delete {what}?")
        }
        (BulkAction::DeleteRepositories | BulkAction::DeleteCredentials, _, false) => {
            format!("Deleting {what}")
        }
        (BulkAction::DeleteRepositories | BulkAction::DeleteCredentials, ..) => {
            format!("Deleted {} of {what}", run.counts.done)
        }
        (BulkAction::TestRepositories | BulkAction::TestCredentials, _, false) => {
            format!("Testing {what}")
        }
        (BulkAction::TestRepositories | BulkAction::TestCredentials, ..) => {
            format!("Tested {what}")
        }
        (BulkAction::Import, _, false) => format!("Importing {what}"),
        (BulkAction::Import, ..) => format!("Imported {} of {what}", run.counts.done),
        (BulkAction::SetInterval, ..) => format!("Set the interval of {what}"),
    }
}

const fn verb(action: BulkAction) -> &'static str {
    match action {
        BulkAction::TestRepositories | BulkAction::TestCredentials => "Test",
        BulkAction::SetInterval => "Set interval",
        BulkAction::Import => "Import",
        BulkAction::DeleteRepositories | BulkAction::DeleteCredentials => "Delete",
    }
}

/// What would be destroyed, and the button that does it.
fn question(
    request: &Request,
    run: &BulkRun,
    asks: &BulkPreview,
    allowed: Option<()>,
    path: &'static str,
) -> AnyView {
    let total = run.counts.total();
    let (one, many) = run.action.thing().words();
    let refused = u32::try_from(asks.in_use.len()).unwrap_or(u32::MAX);
    let left = total.saturating_sub(refused);
    let goes = |name: &&String| !asks.in_use.contains(name);
    let names = run.rows.iter().map(|row| &row.name).filter(goes).take(NAMED).cloned();
    let button = allowed.filter(|()| left > 0).map(|()| {
        let words = format!("Delete {}", counted(left, one, many));
        let state = FormState::new("bulk-confirm", request);
        let id = run.id.to_string();
        view! {
            <Form state action="/actions/bulk/confirm">
                {hidden("run", id)}
                <div class="actions">
                    <Submit class="button danger solid">{words}</Submit>
                    <a class="button quiet" href=path>"Cancel"</a>
                </div>
            </Form>
        }
        .into_any()
    });
    let button = button.unwrap_or_else(|| {
        view! {
            <div class="actions">
                <a class="button" href=path>"Back"</a>
            </div>
        }
        .into_any()
    });
    view! {
        <section class="card narrow">
            <h1>{title(run)}</h1>
            <p>{what_goes(run.action, asks)}</p>
            {missing(run)}
            {named(names.collect(), left)}
            {(refused > 0).then(|| in_use(&asks.in_use, left))}
            {button}
        </section>
    }
    .into_any()
}

/// What goes with the rows, in a sentence or two.
fn what_goes(action: BulkAction, asks: &BulkPreview) -> String {
    if action == BulkAction::DeleteCredentials {
        return "Their secrets are destroyed in Vault, with all versions. This cannot be undone."
            .to_owned();
    }
    let mut words = format!(
        "{} leave the catalog. Their credentials stay, and nothing changes at the registries.",
        counted(asks.charts, "chart", "charts")
    );
    if asks.exported > 0 {
        let some = counted(asks.exported, "repository is", "repositories are");
        words = format!("{words} {some} taken out of the exports they are in.");
    }
    words
}

/// The first names, and how many more there are.
fn named(names: Vec<String>, total: u32) -> AnyView {
    let more = total.saturating_sub(u32::try_from(names.len()).unwrap_or(u32::MAX));
    let more = (more > 0).then(|| view! { <li class="muted">{format!("and {more} more")}</li> });
    let names = names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view();
    view! { <ul class="columns names">{names} {more}</ul> }.into_any()
}

/// Credentials that stay, because something uses them.
fn in_use(names: &[String], left: u32) -> AnyView {
    let count = u32::try_from(names.len()).unwrap_or(u32::MAX);
    let are = counted(count, "credential is in use and stays", "credentials are in use and stay");
    let first = if left > 0 {
        format!("{are}. To delete one of these, choose another credential where it is used:")
    } else {
        format!(
            "{are}, so there is nothing to delete. Choose another credential where they are used first:"
        )
    };
    view! {
        <div class="notice warn">
            <Icon name="triangle-alert"/>
            <div>
                <p>{first}</p>
                {named(names.iter().take(NAMED).cloned().collect(), count)}
            </div>
        </div>
    }
    .into_any()
}

/// Rows that were named and are not there.
fn missing(run: &BulkRun) -> Option<AnyView> {
    (run.missing > 0).then(|| {
        let words = format!("{} skipped: not there any more.", counted(run.missing, "row", "rows"));
        view! { <p class="muted">{words}</p> }.into_any()
    })
}

/// How far it is, and what came of each row.
fn progress(request: &Request, run: &BulkRun) -> AnyView {
    let is_under_way = run.finished_at.is_none();
    let begun =
        view! { "Begun by " {run.by.clone()} " " <Moment at=run.started_at now=request.now/> };
    let hint = is_under_way.then(|| {
        view! { <p class="muted">"This goes on when you leave the page."</p> }
    });
    view! {
        <div class="head">
            <div>
                <h1 data-live="title">{title(run)}</h1>
                <p class="muted">{begun}</p>
            </div>
        </div>
        <div class="progress" data-live="progress">
            <progress
                max=run.counts.total().max(1).to_string()
                value=run.counts.ended().to_string()
                aria-label="Rows done"
            ></progress>
            <p role="status">{summary(run.counts, run.action)}</p>
            {missing(run)}
            {hint}
        </div>
        {rows(run)}
        {is_under_way.then(|| view! { <Live/> })}
    }
    .into_any()
}

fn summary(counts: BulkCounts, action: BulkAction) -> String {
    let mut words = format!("{} of {} done", counts.ended(), counts.total());
    let good = match action {
        BulkAction::TestRepositories | BulkAction::TestCredentials => "passed",
        BulkAction::DeleteRepositories | BulkAction::DeleteCredentials => "deleted",
        BulkAction::SetInterval => "set",
        BulkAction::Import => "added",
    };
    for (count, word) in
        [(counts.done, good), (counts.failed, "failed"), (counts.skipped, "skipped")]
    {
        if count > 0 {
            words = format!("{words} · {count} {word}");
        }
    }
    words
}

fn rows(run: &BulkRun) -> AnyView {
    let shown = u32::try_from(run.rows.len()).unwrap_or(u32::MAX);
    let total = run.counts.total();
    let caption = if shown < total {
        format!("{shown} of {total} rows, those that failed first")
    } else {
        counted(total, "row", "rows")
    };
    let more = (shown < total).then(|| view! { <p class="muted">{caption.clone()}</p> });
    let rows = run.rows.iter().map(|row| row_of(row, run.action)).collect_view();
    view! {
        {list(
            &caption,
            vec![
                Column::text("c-short", "Result"),
                Column::text("", "Name"),
                Column::text("c-wide", "Why"),
            ],
            rows.into_any(),
        )}
        {more}
    }
    .into_any()
}

fn row_of(row: &BulkRow, action: BulkAction) -> AnyView {
    let (tone, label) = match row.state {
        BulkRowState::Waiting => (Tone::Quiet, "Waiting"),
        BulkRowState::Done if action.is_test() => (Tone::Good, "Passed"),
        BulkRowState::Done if action == BulkAction::Import => (Tone::Good, "Added"),
        BulkRowState::Done => (Tone::Good, "Done"),
        BulkRowState::Failed => (Tone::Bad, "Failed"),
        BulkRowState::Skipped => (Tone::Warn, "Skipped"),
    };
    let is_gone = row.state == BulkRowState::Done && action.destroys();
    let href = row.target.filter(|_| !is_gone).map(|id| match action.thing() {
        BulkThing::Credential => format!("/credentials/{id}"),
        BulkThing::Repository | BulkThing::Line => format!("/charts/repositories/{id}"),
    });
    let name = match href {
        Some(href) => view! { <a href=href>{row.name.clone()}</a> }.into_any(),
        None => row.name.clone().into_any(),
    };
    let detail = row.detail.clone();
    view! {
        <tr>
            <td data-label="Result"><Badge tone label/></td>
            <th scope="row" data-label="Name" title=row.name.clone()>{name}</th>
            <td data-label="Why" title=detail.clone()>{detail.clone()}</td>
        </tr>
    }
    .into_any()
}
