//! Server functions of credentials: who is asking, call the service.

use domain::{
    CredentialId,
    credentials::{self, Saved},
};
use leptos::prelude::*;

use super::{
    input_warnings::{KEPT, given},
    path_of,
    return_to::Asker,
    secret_path, staged_path,
    test_fields::{TestFields, handed_on},
    update_path,
};
use crate::{
    answer::{Answered, Redirect, ReturnTo, Sent, act},
    ui::{conflict::SaveOver, return_to::ended, tabs::Tab},
};

/// Stores a new credential.
#[server(prefix = "/actions", endpoint = "credentials/create")]
pub(crate) async fn create_credential(
    #[server(flatten)] way: ReturnTo,
    #[server(flatten)] form: credentials::CreateCredential,
    #[server(flatten)] test: TestFields,
) -> Answered {
    let advice = given(&form.provider, &form.shape, &form.username, &form.password);
    let sent = Sent::of("credential-create", &way.from, &form).and(&test).with(KEPT, &advice);
    let notice = format!("{} is added.", form.name.trim());
    act(
        sent,
        async move |services, principal| services.credentials.create(&principal, form).await,
        |Saved { id, warning, .. }| {
            Redirect::to(next_page(&way.next, id, &test)).flash(notice).warning(warning)
        },
    )
    .await
}

/// Changes a credential; the page it leads to shows the update reaching the linked repositories.
#[server(prefix = "/actions", endpoint = "credentials/update")]
pub(crate) async fn update_credential(
    #[server(default)] from: String,
    #[server(default)] provider: String,
    #[server(flatten)] form: credentials::UpdateCredential,
    #[server(flatten)] test: TestFields,
    #[server(flatten)] over: SaveOver,
) -> Answered {
    let mut form = form;
    over.agree(&mut form.row_version);
    over.press(&mut form.mode);
    let advice = given(&provider, &form.shape, &form.username, &form.password);
    let sent = Sent::of("credential-update", &from, &form)
        .and(&test)
        .with("pressed", &form.mode)
        .with(KEPT, &advice)
        .with_secret(&form.password);
    let staged = form.mode == "candidate";
    act(
        sent,
        async move |services, principal| services.credentials.update(&principal, form).await,
        |Saved { id, propagation, warning }| {
            let next = match propagation {
                Some(propagation) => Redirect::to(update_path(id, propagation))
                    .beginning("Updating every place that uses it."),
                // Nothing took effect yet, and the page says how the test goes.
                None if staged => return Redirect::to(staged_path(id)).warning(warning),
                None => Redirect::to(secret_path(id)),
            };
            next.flash("Saved.").warning(warning)
        },
    )
    .await
}

/// Changes the name of a credential and what people note about it.
#[server(prefix = "/actions", endpoint = "credentials/describe")]
pub(crate) async fn describe_credential(
    #[server(default)] from: String,
    #[server(flatten)] form: credentials::DescribeCredential,
    #[server(flatten)] over: SaveOver,
) -> Answered {
    let mut form = form;
    over.agree(&mut form.row_version);
    act(
        Sent::of("credential-describe", &from, &form),
        async move |services, principal| services.credentials.describe(&principal, form).await,
        |saved| Redirect::to(Tab::Settings.at(&path_of(saved.id))).flash("Saved."),
    )
    .await
}

/// Deletes a credential.
#[server(prefix = "/actions", endpoint = "credentials/delete")]
pub(crate) async fn delete_credential(
    #[server(default)] from: String,
    #[server(flatten)] form: credentials::DeleteCredential,
) -> Answered {
    let notice = "The credential is deleted, and its secret is being destroyed in Vault.";
    act(
        Sent::of("credential-delete", &from, &form),
        async move |services, principal| services.credentials.delete(&principal, form).await,
        |()| Redirect::to("/credentials").flash(notice),
    )
    .await
}

/// Back to the form that was left, with the new credential chosen, or to the credential itself; what was
/// typed for a test goes along to where it has a field.
fn next_page(next: &str, id: CredentialId, test: &TestFields) -> String {
    let asker = Asker::of(next);
    let back = ended(next, asker.map_or("credential", Asker::field), id);
    let back = back.unwrap_or_else(|| path_of(id));
    if asker == Some(Asker::Export) { back } else { handed_on(back, test) }
}
