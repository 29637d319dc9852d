//! What can be done to a credential that was made by connecting an account.

use domain::{ServiceError, cause::RemoteKind, credentials::CredentialDetail, gitops::GitAccount};
use leptos::prelude::*;

use crate::{
    gitops::git_accounts::{PATH, connect_again},
    ui::{icon::Icon, page::Request},
};

/// The connection behind a credential, if it has one.
pub(super) async fn connection(
    request: &Request,
    principal: &domain::Principal,
    credential: &CredentialDetail,
) -> Result<Option<GitAccount>, ServiceError> {
    if !credential.shape.is_connected() {
        return Ok(None);
    }
    let all = request.services().git_connections.list(principal).await?;
    Ok(all.into_iter().find(|one| one.credential == credential.id))
}

/// Connect again and Disconnect, instead of a form: nobody types such a secret.
pub(super) fn connected(credential: &CredentialDetail, one: Option<&GitAccount>) -> AnyView {
    let about = match one {
        Some(one) => {
            let renewed = match one.broken {
                None => " GitHub gave its token, and Hawser renews it.",
                Some(_) => "",
            };
            format!("{} at {}, connected by {}.{renewed}", one.account, one.host, one.connected_by)
        }
        None => "Created by connecting an account.".to_owned(),
    };
    let broken = one.and_then(|one| one.broken).map(|cause| {
        view! {
            <div class="notice bad">
                <Icon name="circle-alert"/>
                <p>{cause.words(RemoteKind::Github).message}</p>
            </div>
        }
    });
    let again = one.filter(|one| one.is_own).map(|one| connect_again(one.way));
    view! {
        <section class="card" id="change" aria-labelledby="change-title">
            <h2 id="change-title">"Connected account"</h2>
            <p class="muted">{about}</p>
            {broken}
            <div class="actions">
                {again}
                <a class="button danger" href=format!("{PATH}/{}/disconnect", credential.id)>
                    "Disconnect"
                </a>
                <a class="button quiet" href=PATH>
                    "All connections"
                </a>
            </div>
        </section>
    }
    .into_any()
}
