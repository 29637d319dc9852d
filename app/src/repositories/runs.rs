//! The syncs of a repository, newest first.

use domain::{
    Timestamp,
    cause::RemoteKind,
    counted,
    repositories::{RepositoryDetail, SyncRun},
};
use leptos::prelude::*;

use super::path_of;
use crate::ui::{
    badge::StatusBadge,
    moment::Moment,
    table::{Column, list},
    tabs::Tab,
};

/// How many stand on the page of the repository.
const FEW: usize = 5;

/// The newest, with the way to all.
pub(super) fn newest(repository: &RepositoryDetail, now: Timestamp) -> AnyView {
    let all = (repository.runs.len() > FEW).then(|| {
        let href = Tab::Syncs.at(&path_of(repository.summary.id));
        view! { <a href=href>"All syncs"</a> }
    });
    view! {
        <section class="card" aria-labelledby="runs-title">
            <div class="card-head">
                <h2 id="runs-title">"Last syncs"</h2>
                {all}
            </div>
            {rows(repository, FEW, now)}
        </section>
    }
    .into_any()
}

/// All that are kept.
pub(super) fn all(repository: &RepositoryDetail, now: Timestamp) -> AnyView {
    rows(repository, repository.runs.len(), now)
}

fn rows(repository: &RepositoryDetail, most: usize, now: Timestamp) -> AnyView {
    if repository.runs.is_empty() {
        return view! { <p class="muted" data-live="rows">"None yet."</p> }.into_any();
    }
    let shown = repository.runs.iter().take(most);
    let rows = shown.map(|run| run_of(repository, run, now)).collect_view();
    let columns = vec![
        Column::text("c-cause", "State"),
        Column::text("c-time", "Started"),
        Column::text("c-short", "Reason"),
        Column::number("Took"),
        Column::text("", "Found"),
    ];
    list(&counted(repository.runs.len(), "sync", "syncs"), columns, rows.into_any())
}

fn run_of(repository: &RepositoryDetail, run: &SyncRun, now: Timestamp) -> AnyView {
    let took = run.finished_at.map(|end| seconds(run.started_at, end));
    let found = match (run.charts, run.versions) {
        (Some(charts), Some(versions)) => Some(format!(
            "{}, {}",
            counted(charts, "chart", "charts"),
            counted(versions, "version", "versions")
        )),
        _ if run.finished_at.is_some() && run.cause.is_none() => Some("Unchanged".to_owned()),
        _ => None,
    };
    let cause = run.cause.map(|cause| {
        let words = cause.words(RemoteKind::Registry);
        view! { <span class="cause" title=words.message>{words.title}</span> }
    });
    view! {
        <tr>
            <td data-label="State">
                <div class="state">
                    <StatusBadge status=repository.status_of(run)/>
                    {cause}
                </div>
            </td>
            <th scope="row" data-label="Started">
                <Moment at=run.started_at now/>
            </th>
            <td data-label="Reason">{run.trigger.label()}</td>
            <td class="number later" data-label="Took">{took}</td>
            <td data-label="Found" title=found.clone()>{found.clone()}</td>
        </tr>
    }
    .into_any()
}

fn seconds(start: Timestamp, end: Timestamp) -> String {
    let took = end.since(start);
    if took.as_secs() < 10 {
        format!("{:.1} s", took.as_secs_f32())
    } else {
        format!("{} s", took.as_secs())
    }
}
