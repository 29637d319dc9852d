//! Server functions of exports: who is asking, call the service.

use domain::exports::SentExport;
use leptos::prelude::*;

use super::{PATH, path_of};
use crate::{
    answer::{Answered, Redirect, ReturnTo, Sent, act},
    services::known,
    ui::{
        conflict::SaveOver,
        return_to::ended,
        tabs::{self, Tab},
    },
};

/// Adds an export, or changes one.
#[server(prefix = "/actions", endpoint = "gitops/exports/save")]
pub(crate) async fn save_export(
    #[server(flatten)] way: ReturnTo,
    #[server(flatten)] sent: SentExport,
    #[server(flatten)] over: SaveOver,
) -> Answered {
    let mut form = sent.into_form();
    over.agree(&mut form.row_version);
    let is_new = form.export.is_empty();
    let notice = if is_new {
        "The export is added. A Git target or cluster delivers it, or you download its files."
    } else {
        "Saved. Every place that takes it follows."
    };
    let from = way.from.clone();
    act(
        Sent::of("export-save", &way.from, &form),
        async move |services, principal| services.exports.save(&principal, form).await,
        |id| match ended(&way.next, "exports[]", id) {
            Some(back) => Redirect::to(back).flash("The export is added, and chosen here."),
            // What was made is looked at first.
            None if is_new => Redirect::to(Tab::Files.at(&path_of(id))).flash(notice),
            None => Redirect::to(tabs::back(&from, path_of(id))).flash(notice),
        },
    )
    .await
}

/// Deletes an export that nobody takes.
#[server(prefix = "/actions", endpoint = "gitops/exports/delete")]
pub(crate) async fn delete_export(
    #[server(default)] from: String,
    #[server(default)] export: String,
) -> Answered {
    act(
        Sent::new("export-delete", &from),
        async move |services, principal| services.exports.delete(&principal, known(&export)?).await,
        |()| Redirect::to(PATH).flash("The export is deleted."),
    )
    .await
}
