//! Server functions of repositories: who is asking, call the service.

use domain::{bulk::SelectionForm, counted, repositories};
use leptos::prelude::*;

use super::{edit_form::stored, path_of};
use crate::{
    answer::{Answered, Redirect, ReturnTo, Sent, act},
    sent::values,
    services::known,
    ui::{conflict::SaveOver, path, return_to::ended, tabs::back},
};

/// Adds a repository and starts its first sync.
#[server(prefix = "/actions", endpoint = "repositories/add")]
pub(crate) async fn add_repository(
    #[server(flatten)] way: ReturnTo,
    #[server(flatten)] form: repositories::AddRepository,
    #[server(default)] without: String,
) -> Answered {
    let form = chosen(form, &without);
    act(
        Sent::of("repository-add", &way.from, &form),
        async move |services, principal| services.repositories.add(&principal, form).await,
        |id| match ended(&way.next, "repositories[]", id) {
            Some(back) => Redirect::to(back).flash("The repository is added, and chosen here."),
            None => Redirect::to(path_of(id))
                .flash("The repository is added.")
                .beginning("Its first sync has started."),
        },
    )
    .await
}

/// Changes a repository.
#[server(prefix = "/actions", endpoint = "repositories/edit")]
pub(crate) async fn edit_repository(
    #[server(default)] from: String,
    #[server(flatten)] form: repositories::EditRepository,
    #[server(flatten)] over: SaveOver,
    #[server(default)] without: String,
) -> Answered {
    let mut form = form;
    over.agree(&mut form.row_version);
    form.fields = chosen(form.fields, &without);
    act(
        Sent::of("repository-edit", &from, &form),
        async move |services, principal| {
            let before = match form.fields.credential.as_str() {
                "" => services.repositories.get(&principal, known(&form.repository)?).await.ok(),
                _ => None,
            };
            let undo = before.and_then(|before| linking_again(&form, &before));
            Ok((services.repositories.edit(&principal, form).await?, undo))
        },
        |(id, undo)| {
            let next = Redirect::to(back(&from, path_of(id)));
            let next = next.flash("Saved.").beginning("A sync has started.");
            match undo {
                Some(form) => next
                    .flash("Saved. The credential is not used here any more.")
                    .undo("/actions/repositories/edit", values(&form)),
                None => next,
            }
        },
    )
    .await
}

/// The form that gives a repository back the credential that `form` takes away; `None` where it takes none.
fn linking_again(
    form: &repositories::EditRepository,
    before: &repositories::RepositoryDetail,
) -> Option<repositories::EditRepository> {
    let credential = stored(before).credential;
    (!credential.is_empty()).then(|| {
        let mut again = form.clone();
        again.fields.credential = credential;
        again.row_version = (before.row_version + 1).to_string();
        again
    })
}

/// The form without its credential where the person went on without a login.
fn chosen(mut form: repositories::AddRepository, without: &str) -> repositories::AddRepository {
    if without == "login" {
        form.credential.clear();
    }
    form
}

/// Deletes a repository with its charts.
#[server(prefix = "/actions", endpoint = "repositories/delete")]
pub(crate) async fn delete_repository(
    #[server(default)] from: String,
    #[server(default)] repository: String,
) -> Answered {
    act(
        Sent::new("repository-delete", &from),
        async move |services, principal| {
            services.repositories.delete(&principal, known(&repository)?).await
        },
        |()| Redirect::to("/charts/repositories").flash("The repository is deleted."),
    )
    .await
}

/// Allows the token service that a registry named and that was refused.
#[server(prefix = "/actions", endpoint = "repositories/allow-token-service")]
pub(crate) async fn allow_token_service(
    #[server(default)] from: String,
    #[server(default)] repository: String,
    #[server(default)] service: String,
) -> Answered {
    act(
        Sent::new("repository-token-service", &from),
        async move |services, principal| {
            let id = known(&repository)?;
            services.repositories.allow_token_service(&principal, id, &service).await.map(|()| id)
        },
        |id| {
            Redirect::to(path_of(id))
                .flash("The token service is allowed.")
                .beginning("A sync has started.")
        },
    )
    .await
}

/// Starts a sync of the ticked repositories, or of all that the page finds.
#[server(prefix = "/actions", endpoint = "repositories/sync")]
pub(crate) async fn sync_repositories(
    #[server(default)] from: String,
    #[server(flatten)] form: SelectionForm,
) -> Answered {
    act(
        Sent::new("repository-sync", &from),
        async move |services, principal| {
            let rows = form.repositories()?;
            let count = services.repositories.sync(&principal, rows.clone()).await?;
            Ok((count, rows.missing(count)))
        },
        |(count, missing)| {
            let what = counted(count, "repository", "repositories");
            let mut words = format!("Sync started for {what}.");
            if missing > 0 {
                words = format!("{words} {missing} skipped: not there any more.");
            }
            Redirect::to(path::ours(&from, "/charts/repositories")).beginning(words)
        },
    )
    .await
}
