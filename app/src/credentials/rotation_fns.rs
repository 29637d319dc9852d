//! Server functions of placement, versions, candidates and pauses: who is asking, call the service.

use domain::{
    CredentialId,
    credentials::{self, Saved, VersionRef},
};
use leptos::prelude::*;

use super::{path_of, secret_path, staged_path, update_path};
use crate::{
    answer::{Answered, Redirect, Sent, act},
    services::known,
    ui::{conflict::SaveOver, tabs::Tab},
};

/// Says where a credential applies.
#[server(prefix = "/actions", endpoint = "credentials/place")]
pub(crate) async fn place_credential(
    #[server(default)] from: String,
    #[server(flatten)] form: credentials::PlaceCredential,
    #[server(flatten)] over: SaveOver,
) -> Answered {
    let mut form = form;
    over.agree(&mut form.row_version);
    act(
        Sent::of("credential-place", &from, &form),
        async move |services, principal| services.credentials.place(&principal, form).await,
        |saved| {
            let page = Tab::Settings.at(&path_of(saved.id));
            Redirect::to(page).flash("Saved.").warning(saved.warning)
        },
    )
    .await
}

/// Brings an earlier version back.
#[server(prefix = "/actions", endpoint = "credentials/roll-back")]
pub(crate) async fn roll_back_credential(
    #[server(default)] from: String,
    #[server(flatten)] form: VersionRef,
) -> Answered {
    let notice = format!("Rolled back to the secret of version {}.", form.vault_version.trim());
    act(
        Sent::new("credential-roll-back", &from),
        async move |services, principal| services.credentials.roll_back(&principal, form).await,
        |saved| on(saved, &notice),
    )
    .await
}

/// Makes the candidate the version that counts.
#[server(prefix = "/actions", endpoint = "credentials/promote")]
pub(crate) async fn promote_credential(
    #[server(default)] from: String,
    #[server(flatten)] form: VersionRef,
) -> Answered {
    act(
        Sent::new("credential-promote", &from),
        async move |services, principal| services.credentials.promote(&principal, form).await,
        |saved| on(saved, "The new secret is in use."),
    )
    .await
}

/// Tests the candidate once more where it was refused.
#[server(prefix = "/actions", endpoint = "credentials/test-again")]
pub(crate) async fn test_candidate_again(
    #[server(default)] from: String,
    #[server(flatten)] form: VersionRef,
) -> Answered {
    act(
        Sent::new("credential-test-again", &from),
        async move |services, principal| services.credentials.test_again(&principal, form).await,
        |saved| Redirect::to(staged_path(saved.id)).beginning("The new secret is tested again."),
    )
    .await
}

/// Destroys the candidate.
#[server(prefix = "/actions", endpoint = "credentials/discard")]
pub(crate) async fn discard_credential(
    #[server(default)] from: String,
    #[server(flatten)] form: VersionRef,
) -> Answered {
    act(
        Sent::new("credential-discard", &from),
        async move |services, principal| services.credentials.discard(&principal, form).await,
        |saved| on(saved, "The new secret is discarded. The current one stays in use."),
    )
    .await
}

/// Uses a paused credential again.
#[server(prefix = "/actions", endpoint = "credentials/resume")]
pub(crate) async fn resume_credential(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] origin: String,
) -> Answered {
    act(
        Sent::new("credential-resume", &from),
        async move |services, principal| {
            let id: CredentialId = known(&credential)?;
            services.credentials.resume(&principal, id, &origin).await.map(|()| id)
        },
        |id| Redirect::to(path_of(id)).flash("The credential is used there again."),
    )
    .await
}

/// To the credential, and to the update on its way when there is one.
fn on(saved: Saved, notice: &str) -> Redirect {
    let path = match saved.propagation {
        Some(propagation) => update_path(saved.id, propagation),
        None => secret_path(saved.id),
    };
    let words = std::iter::once(notice.to_owned()).chain(saved.warning).collect::<Vec<_>>();
    Redirect::to(path).flash(words.join(" "))
}
