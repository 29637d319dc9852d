//! Server functions of placement, versions, candidates and pauses: who is asking, call the service.
#![expect(clippy::too_many_arguments, reason = "one argument for each field of the form")]

use domain::{
    CredentialId, ServiceError,
    credentials::{self, Placement, Saved, VersionRef},
};
use leptos::prelude::*;

use super::{
    path_of,
    server_fns::{has_passed, with_placement, with_warnings},
    staged_path,
};
use crate::{
    answer::{Answered, Redirect, Sent, answer},
    services::RequestContext,
    ui::{anyway::asked, conflict::agreed_row_version},
};

/// Says where a credential applies.
#[server(prefix = "/actions", endpoint = "credentials/place")]
pub(crate) async fn place_credential(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] row_version: String,
    #[server(default)] over: String,
    #[server(default)] project: String,
    #[server(default)] purposes: String,
    #[server(default)] pattern: String,
    #[server(default)] pattern_kind: String,
    #[server(default)] environment: String,
    #[server(default)] expires: String,
    #[server(default)] access: String,
    #[server(default)] before: String,
    #[server(default)] anyway: String,
) -> Answered {
    let row_version = agreed_row_version(row_version, over);
    let placement =
        Placement { project, purposes, pattern, pattern_kind, environment, expires, access };
    let sent = Sent::new("credential-place", &from).with("row_version", &row_version);
    let sent = with_placement(sent, &placement);
    let form = credentials::PlaceCredential { credential, row_version, placement };
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        // A day that stood there already was meant.
        let is_new = form.placement.expires != before;
        let passed = has_passed(&form.placement.expires, asking.visit.now());
        asked(&anyway, "Change it anyway", [passed.filter(|_| is_new)])?;
        asking.services.credentials.place(&actor, form).await
    };
    answer(sent, result.await, |saved| on(saved, "Saved.")).await
}

/// Brings an earlier version back.
#[server(prefix = "/actions", endpoint = "credentials/roll-back")]
pub(crate) async fn roll_back_credential(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] row_version: String,
    #[server(default)] vault_version: String,
) -> Answered {
    let notice = format!("The secret of version {} is in use again.", vault_version.trim());
    let form = VersionRef { credential, row_version, vault_version };
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        asking.services.credentials.roll_back(&actor, form).await
    };
    answer(Sent::new("credential-roll-back", &from), result.await, |saved| on(saved, &notice)).await
}

/// Makes the candidate the version that counts.
#[server(prefix = "/actions", endpoint = "credentials/promote")]
pub(crate) async fn promote_credential(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] row_version: String,
    #[server(default)] vault_version: String,
) -> Answered {
    let form = VersionRef { credential, row_version, vault_version };
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        asking.services.credentials.promote(&actor, form).await
    };
    answer(Sent::new("credential-promote", &from), result.await, |saved| {
        on(saved, "The new secret is in use.")
    })
    .await
}

/// Tests the candidate once more where it was refused.
#[server(prefix = "/actions", endpoint = "credentials/test-again")]
pub(crate) async fn test_candidate_again(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] row_version: String,
    #[server(default)] vault_version: String,
) -> Answered {
    let form = VersionRef { credential, row_version, vault_version };
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        asking.services.credentials.test_again(&actor, form).await
    };
    answer(Sent::new("credential-test-again", &from), result.await, |saved| {
        Redirect::to(staged_path(saved.id)).beginning("The new secret is tested again.")
    })
    .await
}

/// Destroys the candidate.
#[server(prefix = "/actions", endpoint = "credentials/discard")]
pub(crate) async fn discard_credential(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] row_version: String,
    #[server(default)] vault_version: String,
) -> Answered {
    let form = VersionRef { credential, row_version, vault_version };
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        asking.services.credentials.discard(&actor, form).await
    };
    answer(Sent::new("credential-discard", &from), result.await, |saved| {
        on(saved, "The new secret is discarded. The present one stays in use.")
    })
    .await
}

/// Uses a paused credential again.
#[server(prefix = "/actions", endpoint = "credentials/resume")]
pub(crate) async fn resume_credential(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] origin: String,
) -> Answered {
    let result = async {
        let (asking, actor) = RequestContext::member()?;
        let id: CredentialId = credential.parse().map_err(|_| ServiceError::NotFound)?;
        asking.services.credentials.resume(&actor, id, &origin).await.map(|()| id)
    };
    answer(Sent::new("credential-resume", &from), result.await, |id| {
        Redirect::to(path_of(id)).flash("The credential is used there again.")
    })
    .await
}

/// To the credential, and to the update on its way when there is one.
fn on(saved: Saved, notice: &str) -> Redirect {
    let path = path_of(saved.id);
    let path = match saved.propagation {
        Some(propagation) => format!("{path}?propagation={propagation}"),
        None => path,
    };
    Redirect::to(path).flash(with_warnings(notice.to_owned(), [saved.warning]))
}
