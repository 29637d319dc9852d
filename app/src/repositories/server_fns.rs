//! Server functions of repositories: who is asking, call the service.
#![expect(clippy::too_many_arguments, reason = "one argument for each field of the form")]

use domain::{
    Field, ServiceError, Status, counted,
    repositories::{self, ToSync},
};
use leptos::prelude::*;

use super::path_of;
use crate::{
    answer::{Answered, Redirect, Sent, answer},
    services::RequestContext,
    ui::{conflict::agreed_row_version, path, redact_url::harmless, return_to::ended},
};

/// Adds a repository and starts its first sync.
#[server(prefix = "/actions", endpoint = "repositories/add")]
pub(crate) async fn add_repository(
    #[server(default)] from: String,
    #[server(default)] url: String,
    #[server(default)] name: String,
    #[server(default)] kind: String,
    #[server(default)] credential: String,
    #[server(default)] interval: String,
    #[server(default)] charts: String,
    #[server(default)] project: String,
    #[server(default)] environment: String,
    #[server(default)] ca: String,
    #[server(default)] proxy: String,
    #[server(default)] allow: String,
    #[server(default)] without: String,
    #[server(default)] next: String,
) -> Answered {
    let form = repositories::AddRepository {
        url,
        name,
        kind,
        credential: chosen(credential, &without),
        interval,
        charts,
        project,
        environment,
        ca,
        proxy,
        allow,
    };
    let sent = sent("repository-add", &from, &form);
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        asking.services.repositories.add(&actor, form).await
    };
    answer(sent, result.await, |id| match ended(&next, "repositories[]", id) {
        Some(back) => Redirect::to(back).flash("The repository is added, and chosen here."),
        None => Redirect::to(path_of(id))
            .flash("The repository is added.")
            .beginning("Its first sync has started."),
    })
    .await
}

/// Changes a repository.
#[server(prefix = "/actions", endpoint = "repositories/edit")]
pub(crate) async fn edit_repository(
    #[server(default)] from: String,
    #[server(default)] repository: String,
    #[server(default)] row_version: String,
    #[server(default)] over: String,
    #[server(default)] url: String,
    #[server(default)] name: String,
    #[server(default)] kind: String,
    #[server(default)] credential: String,
    #[server(default)] interval: String,
    #[server(default)] charts: String,
    #[server(default)] project: String,
    #[server(default)] environment: String,
    #[server(default)] ca: String,
    #[server(default)] proxy: String,
    #[server(default)] allow: String,
    #[server(default)] without: String,
) -> Answered {
    let row_version = agreed_row_version(row_version, over);
    let form = repositories::AddRepository {
        url,
        name,
        kind,
        credential: chosen(credential, &without),
        interval,
        charts,
        project,
        environment,
        ca,
        proxy,
        allow,
    };
    let sent = sent("repository-edit", &from, &form).with("row_version", &row_version);
    let form = repositories::EditRepository {
        repository,
        row_version,
        url: form.url,
        name: form.name,
        kind: form.kind,
        credential: form.credential,
        interval: form.interval,
        charts: form.charts,
        project: form.project,
        environment: form.environment,
        ca: form.ca,
        proxy: form.proxy,
        allow: form.allow,
    };
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        asking.services.repositories.edit(&actor, form).await
    };
    answer(sent, result.await, |id| {
        Redirect::to(path_of(id)).flash("Saved.").beginning("A sync has started.")
    })
    .await
}

/// The credential of the form, or none where the person went on without a login.
fn chosen(credential: String, without: &str) -> String {
    if without == "login" { String::new() } else { credential }
}

/// Deletes a repository with its charts.
#[server(prefix = "/actions", endpoint = "repositories/delete")]
pub(crate) async fn delete_repository(
    #[server(default)] from: String,
    #[server(default)] repository: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = repository.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.repositories.delete(&actor, id).await
    };
    answer(Sent::new("repository-delete", &from), result.await, |()| {
        Redirect::to("/charts/repositories").flash("The repository is deleted.")
    })
    .await
}

/// Allows the token service that a registry named and that was refused.
#[server(prefix = "/actions", endpoint = "repositories/allow-token-service")]
pub(crate) async fn allow_token_service(
    #[server(default)] from: String,
    #[server(default)] repository: String,
    #[server(default)] service: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id = repository.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.repositories.allow_token_service(&actor, id, &service).await.map(|()| id)
    };
    answer(Sent::new("repository-token-service", &from), result.await, |id| {
        Redirect::to(path_of(id))
            .flash("The token service is allowed.")
            .beginning("A sync has started.")
    })
    .await
}

/// Starts a sync of the ticked repositories, or of all that the page finds.
#[server(prefix = "/actions", endpoint = "repositories/sync")]
pub(crate) async fn sync_repositories(
    #[server(default)] from: String,
    #[server(default)] which: String,
    #[server(default)] ids: Vec<String>,
    #[server(default)] search: String,
    #[server(default)] state: String,
    #[server(default)] credential: String,
    #[server(default)] project: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let which = if which == "found" {
            ToSync::Found(repositories::RepositoryQuery {
                search,
                credential: filter(&credential)?,
                project: filter(&project)?,
                status: filter_by(&state, Status::parse)?,
                page: 1,
            })
        } else {
            ToSync::These(ticked(&ids)?)
        };
        asking.services.repositories.sync(&actor, which).await
    };
    let back = path::ours(&from, "/charts/repositories").to_owned();
    answer(Sent::new("repository-sync", &from), result.await, |count| {
        let what = counted(count, "repository", "repositories");
        Redirect::to(back).beginning(format!("Sync started for {what}."))
    })
    .await
}

/// An id to filter by. What cannot be read finds nothing, and never everything.
fn filter<T: std::str::FromStr>(text: &str) -> Result<Option<T>, ServiceError> {
    filter_by(text, |text| text.parse().ok())
}

fn filter_by<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, ServiceError> {
    if text.is_empty() { Ok(None) } else { read(text).map(Some).ok_or(ServiceError::NotFound) }
}

fn ticked(ids: &[String]) -> Result<Vec<domain::RepositoryId>, ServiceError> {
    if ids.is_empty() {
        return Err(Field::Name.problem("Tick at least one repository.").into());
    }
    ids.iter().map(|id| id.parse().map_err(|_| ServiceError::NotFound)).collect()
}

/// The session row lives longer than the request, so no part of a pasted secret goes there.
pub(crate) fn kept_url(typed: &str) -> String {
    repositories::RepositoryUrl::parse(typed)
        .map_or_else(|_| harmless(typed), |url| url.as_str().to_owned())
}

fn sent(name: &'static str, from: &str, form: &repositories::AddRepository) -> Sent {
    Sent::new(name, from)
        .with("url", &kept_url(&form.url))
        .with("name", &form.name)
        .with("kind", &form.kind)
        .with("credential", &form.credential)
        .with("interval", &form.interval)
        .with("charts", &form.charts)
        .with("project", &form.project)
        .with("environment", &form.environment)
        .with("ca", &form.ca)
        .with("proxy", &form.proxy)
}
