//! Server functions of credentials: who is asking, call the service.

use domain::{
    Secret,
    credentials::{self, Saved},
};
use leptos::prelude::*;

use super::path_of;
use crate::{
    answer::{Answered, Next, Sent, answer},
    services::Asking,
    ui::path,
};

/// Stores a new credential.
#[server(prefix = "/actions", endpoint = "credentials/create")]
pub(crate) async fn create_credential(
    #[server(default)] from: String,
    #[server(default)] next: String,
    #[server(default)] provider: String,
    #[server(default)] name: String,
    #[server(default)] username: String,
    #[server(default)] password: Secret,
    #[server(default)] description: String,
) -> Answered {
    let sent = Sent::new("credential-create", &from)
        .with("provider", &provider)
        .with("name", &name)
        .with("username", &username)
        .with("description", &description);
    let notice = format!("{} is stored.", name.trim());
    let form = credentials::CreateCredential {
        provider,
        name,
        username,
        password: pasted(password),
        description,
    };
    let result = async {
        let (asking, actor) = Asking::member()?;
        asking.services.credentials.create(&actor, form).await
    };
    answer(sent, result.await, |Saved { id, .. }| Next::to(way_on(&next, id)).saying(notice)).await
}

/// Changes a credential; the page it leads to shows the update reaching the linked repositories.
#[server(prefix = "/actions", endpoint = "credentials/update")]
pub(crate) async fn update_credential(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] row_version: String,
    #[server(default)] name: String,
    #[server(default)] username: String,
    #[server(default)] password: Secret,
    #[server(default)] description: String,
) -> Answered {
    let sent = Sent::new("credential-update", &from)
        .with("name", &name)
        .with("username", &username)
        .with("description", &description);
    let form = credentials::UpdateCredential {
        credential,
        row_version,
        name,
        username,
        password: pasted(password),
        description,
    };
    let result = async {
        let (asking, actor) = Asking::member()?;
        asking.services.credentials.update(&actor, form).await
    };
    answer(sent, result.await, |Saved { id, propagation }| match propagation {
        Some(propagation) => Next::to(format!("{}?propagation={propagation}", path_of(id)))
            .saying("Saved. The linked repositories are checked with it now."),
        None => Next::to(path_of(id)).saying("Saved."),
    })
    .await
}

/// Deletes a credential.
#[server(prefix = "/actions", endpoint = "credentials/delete")]
pub(crate) async fn delete_credential(
    #[server(default)] from: String,
    #[server(default)] credential: String,
    #[server(default)] links: String,
    #[server(default)] replacement: String,
) -> Answered {
    let sent = Sent::new("credential-delete", &from)
        .with("links", &links)
        .with("replacement", &replacement);
    let form = credentials::DeleteCredential { credential, links, replacement };
    let result = async {
        let (asking, actor) = Asking::member()?;
        asking.services.credentials.delete(&actor, form).await
    };
    answer(sent, result.await, |()| Next::to("/credentials").saying("The credential is deleted."))
        .await
}

/// Browsers send the line breaks of a key file as CR LF; the file has LF.
fn pasted(password: Secret) -> Secret {
    if password.expose().contains('\r') {
        Secret::new(password.expose().replace("\r\n", "\n"))
    } else {
        password
    }
}

/// Back to the repository form with the new credential chosen, or to the credential itself.
fn way_on(next: &str, id: domain::CredentialId) -> String {
    match path::ours(next, "") {
        "" => path_of(id),
        back => path::replaced(back, "credential", &id.to_string()),
    }
}
