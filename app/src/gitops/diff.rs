//! What would change, file by file and line by line.

use domain::{
    counted,
    gitops::{DestinationState, DiffKind, DiffLine, FileChange, FileChangeKind},
};
use leptos::prelude::*;

use crate::ui::{
    badge::{Badge, Tone},
    icon::Icon,
};

/// The changes of a preview, or that there are none.
pub(super) fn changes(changes: &[FileChange], one: &str, many: &str) -> AnyView {
    let files = changes.iter().enumerate().map(|(at, one)| file(at, one)).collect_view();
    let total = u32::try_from(changes.len()).unwrap_or(u32::MAX);
    let summary = if changes.is_empty() {
        view! {
            <div class="notice good" role="status">
                <Icon name="circle-check"/>
                <p>"Nothing to change: it holds what the exports say."</p>
            </div>
        }
        .into_any()
    } else {
        view! {
            <p>
                {format!("{} would change. ", counted(total, one, many))}
                <span class="muted">"Values of secrets are never shown."</span>
            </p>
        }
        .into_any()
    };
    view! {
        {summary}
        {files}
    }
    .into_any()
}

/// What Sync now is for at a place that nobody synced yet and that holds everything: its `changes` are
/// known, and there are none.
pub(super) fn begins(state: DestinationState, changes: Option<&[FileChange]>) -> Option<AnyView> {
    (state == DestinationState::New && changes.is_some_and(<[_]>::is_empty)).then(|| {
        view! { <p>"Press Sync now, and from then on every update comes here."</p> }.into_any()
    })
}

fn file(at: usize, change: &FileChange) -> AnyView {
    let (tone, label) = match change.kind {
        FileChangeKind::Added => (Tone::Good, "Added"),
        FileChangeKind::Changed => (Tone::Warn, "Changed"),
        FileChangeKind::Deleted => (Tone::Bad, "Deleted"),
    };
    let count = |kind: DiffKind| {
        let lines = change.lines.iter().filter(|line| line.kind == kind).count();
        u32::try_from(lines).unwrap_or(u32::MAX)
    };
    let counts = format!(
        "{} added, {} removed",
        counted(count(DiffKind::Added), "line", "lines"),
        count(DiffKind::Removed)
    );
    let id = format!("change-{at}");
    let title = id.clone();
    let lines = change.lines.iter().map(line).collect_view();
    view! {
        <div class="listing">
            <div class="card-head">
                <h3 class="url" id=title>
                    {change.path.clone()}
                </h3>
                <p class="tags">
                    <small class="muted">{counts}</small>
                    <Badge tone label/>
                </p>
            </div>
            <div class="diff" tabindex="0" role="region" aria-labelledby=id>
                <code>{lines}</code>
            </div>
        </div>
    }
    .into_any()
}

/// A line with its sign, so that colour is not all that tells what becomes of it.
fn line(line: &DiffLine) -> AnyView {
    let text = line.text.clone();
    match line.kind {
        DiffKind::Added => view! { <ins>"+ "{text}</ins> }.into_any(),
        DiffKind::Removed => view! { <del>"− "{text}</del> }.into_any(),
        DiffKind::Same => view! { <span>"  "{text}</span> }.into_any(),
        DiffKind::Gap => view! {
            <span class="gap">
                <span aria-hidden="true">"⋯"</span>
                <span class="unseen">"Unchanged lines are left out here."</span>
            </span>
        }
        .into_any(),
    }
}
