//! What would become of each row of a file.

use domain::{
    counted,
    import::{ImportLine, ImportPlan, ImportPreview},
};
use leptos::prelude::*;

use super::page::file_form;
use crate::ui::{
    badge::{Badge, Tone},
    icon::Icon,
    table::{Column, list},
};

/// The preview, and the form that imports the same file; `other` says that it is another file than the one before.
pub(super) fn shown(preview: &ImportPreview, other: Option<()>) -> AnyView {
    let adds = preview.adds();
    let skipped = preview.lines.len() - adds;
    let summary = format!(
        "{}: {} would be imported, {skipped} skipped. Nothing was added yet.",
        preview.format.label(),
        counted(adds, "row", "rows"),
    );
    let other = other.map(|()| {
        view! {
            <div class="notice warn" role="alert">
                <Icon name="triangle-alert"/>
                <p>"This is another file than the one before, so here is what is in it. Nothing was imported."</p>
            </div>
        }
    });
    let form = if adds > 0 {
        file_form(
            format!("Import {}", counted(adds, "row", "rows")),
            preview.fingerprint.clone(),
            "Choose the same file once more: Hawser kept nothing of it.",
        )
    } else {
        view! {
            <p>"There is nothing to add."</p>
            <div class="actions">
                <a class="button" href="/import">"Choose another file"</a>
            </div>
        }
        .into_any()
    };
    let rows = preview.lines.iter().map(row).collect_view();
    view! {
        {other}
        <section class="card narrow">
            <h2>"Preview"</h2>
            <p>{summary}</p>
            {form}
        </section>
        {list(
            &counted(preview.lines.len(), "row", "rows"),
            vec![
                Column::text("c-wide", "What happens"),
                Column::text("", "Name"),
                Column::text("", "Host"),
                Column::text("c-wide", "Why"),
                Column::text("c-medium", "In the file"),
            ],
            rows.into_any(),
        )}
    }
    .into_any()
}

fn row(line: &ImportLine) -> AnyView {
    let tone = match line.plan {
        ImportPlan::Skipped => Tone::Warn,
        _ => Tone::Good,
    };
    let ImportLine { place, name, host, detail, .. } = line.clone();
    view! {
        <tr>
            <td data-label="What happens"><Badge tone label=line.plan.label()/></td>
            <th scope="row" data-label="Name" title=name.clone()>{name.clone()}</th>
            <td data-label="Host" class="url" title=host.clone()>{host.clone()}</td>
            <td data-label="Why" title=detail.clone()>{detail.clone()}</td>
            <td data-label="In the file" title=place.clone()>{place.clone()}</td>
        </tr>
    }
    .into_any()
}
