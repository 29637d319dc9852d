//! Server functions of exports: who is asking, call the service.
#![expect(clippy::too_many_arguments, reason = "one argument for each field of the form")]

use domain::{
    ServiceError,
    exports::{DeliveryMethod, ExportForm, ExportSettings},
};
use leptos::prelude::*;

use super::{PATH, path_of, values::joined};
use crate::{
    answer::{Answered, Redirect, Sent, answer},
    services::RequestContext,
    ui::{conflict::agreed_row_version, return_to::ended},
};

/// Adds an export, or changes one.
#[server(prefix = "/actions", endpoint = "gitops/exports/save")]
pub(crate) async fn save_export(
    #[server(default)] from: String,
    #[server(default)] export: String,
    #[server(default)] row_version: String,
    #[server(default)] over: String,
    #[server(default)] name: String,
    #[server(default)] consumer: String,
    #[server(default)] carrier: String,
    #[server(default)] credentials: Vec<String>,
    #[server(default)] repositories: Vec<String>,
    #[server(default)] vault_auth: String,
    #[server(default)] next: String,
    #[server(flatten)] settings: ExportSettings,
) -> Answered {
    let row_version = agreed_row_version(row_version, over);
    let mut settings = settings;
    // Two delivery methods ask for a store, and both stand in the form.
    if DeliveryMethod::parse(&carrier) == Some(DeliveryMethod::VaultStaticSecret) {
        settings.store = vault_auth;
    }
    let form = ExportForm {
        export,
        row_version,
        name,
        consumer,
        carrier,
        credentials,
        repositories,
        settings,
    };
    let sent = sent(&from, &form);
    let notice = if form.export.is_empty() {
        "The export is added. A Git target or cluster delivers it, or you download its files."
    } else {
        "Saved. Every place that takes it follows."
    };
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        asking.services.exports.save(&actor, form).await
    };
    answer(sent, result.await, |id| match ended(&next, "exports[]", id) {
        Some(back) => Redirect::to(back).flash("The export is added, and chosen here."),
        None => Redirect::to(path_of(id)).flash(notice),
    })
    .await
}

fn sent(from: &str, form: &ExportForm) -> Sent {
    let sent = Sent::new("export-save", from)
        .with("row_version", &form.row_version)
        .with("name", &form.name)
        .with("carrier", &form.carrier)
        .with("credentials", &joined(&form.credentials))
        .with("repositories", &joined(&form.repositories))
        .with("vault_auth", &form.settings.store);
    ExportSettings::FIELDS.iter().fold(sent, |sent, field| {
        sent.with(field.as_str(), form.settings.get(*field).unwrap_or_default())
    })
}

/// Deletes an export that nobody takes.
#[server(prefix = "/actions", endpoint = "gitops/exports/delete")]
pub(crate) async fn delete_export(
    #[server(default)] from: String,
    #[server(default)] export: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = export.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.exports.delete(&actor, id).await
    };
    let sent = Sent::new("export-delete", &from);
    answer(sent, result.await, |()| Redirect::to(PATH).flash("The export is deleted.")).await
}
