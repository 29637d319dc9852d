//! Server functions of exports: who is asking, call the service.
#![expect(clippy::too_many_arguments, reason = "one argument for each field of the form")]

use domain::{
    ServiceError,
    exports::{Carrier, ExportForm, ExportSettings},
};
use leptos::prelude::*;

use super::{PATH, path_of, values::joined};
use crate::{
    answer::{Answered, Next, Sent, answer},
    services::Asking,
    ui::conflict::meant,
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
    #[server(default)] namespace: String,
    #[server(default)] secret_name: String,
    #[server(default)] service_accounts: String,
    #[server(default)] argo_project: String,
    #[server(default)] template: String,
    #[server(default)] label: String,
    #[server(default)] to_namespaces: String,
    #[server(default)] package: String,
    #[server(default)] packages: String,
    #[server(default)] service_account: String,
    #[server(default)] charts: String,
    #[server(default)] store: String,
    #[server(default)] vault_auth: String,
    #[server(default)] store_kind: String,
    #[server(default)] recipients: String,
) -> Answered {
    let row_version = meant(row_version, over);
    let by_auth = Carrier::parse(&carrier) == Some(Carrier::VaultStaticSecret);
    let settings = ExportSettings {
        namespace,
        secret_name,
        service_accounts,
        argo_project,
        template,
        label,
        to_namespaces,
        package,
        packages,
        service_account,
        charts,
        store: if by_auth { vault_auth } else { store },
        store_kind,
        recipients,
    };
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
        let (asking, actor) = Asking::member()?;
        asking.services.exports.save(&actor, form).await
    };
    answer(sent, result.await, |id| Next::to(path_of(id)).saying(notice)).await
}

fn sent(from: &str, form: &ExportForm) -> Sent {
    let settings = &form.settings;
    Sent::new("export-save", from)
        .with("row_version", &form.row_version)
        .with("name", &form.name)
        .with("carrier", &form.carrier)
        .with("credentials", &joined(&form.credentials))
        .with("repositories", &joined(&form.repositories))
        .with("namespace", &settings.namespace)
        .with("secret_name", &settings.secret_name)
        .with("service_accounts", &settings.service_accounts)
        .with("argo_project", &settings.argo_project)
        .with("template", &settings.template)
        .with("label", &settings.label)
        .with("to_namespaces", &settings.to_namespaces)
        .with("package", &settings.package)
        .with("packages", &settings.packages)
        .with("service_account", &settings.service_account)
        .with("charts", &settings.charts)
        .with("store", &settings.store)
        .with("vault_auth", &settings.store)
        .with("store_kind", &settings.store_kind)
        .with("recipients", &settings.recipients)
}

/// Deletes an export that nobody takes.
#[server(prefix = "/actions", endpoint = "gitops/exports/delete")]
pub(crate) async fn delete_export(
    #[server(default)] from: String,
    #[server(default)] export: String,
) -> Answered {
    let result = async {
        let (asking, actor) = Asking::member()?;
        let id = export.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.exports.delete(&actor, id).await
    };
    let sent = Sent::new("export-delete", &from);
    answer(sent, result.await, |()| Next::to(PATH).saying("The export is deleted.")).await
}
