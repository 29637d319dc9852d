//! Connected Git accounts: by OAuth in the browser, by a typed code, or by an installed app.
//!
//! An account is a credential of the kind git. Its tokens go through the same steps between SQL and
//! Vault as every other secret, and SQL holds only whose account it is (R-OAUTH-07).

mod branches;
mod connect;
mod device;
mod disconnect;
mod installation;
mod list;
pub(crate) mod login;
mod renew;
mod repositories;
mod web;

use async_trait::async_trait;
use domain::{
    Cause, CredentialId, Field, Principal, Secret, ServiceError,
    cause::RemoteKind,
    gitops::{
        Branches, DeviceCode, DeviceForm, DeviceProgress, GitAccount, GitAccountOffers,
        GitTargetForm, HostedRepository, WebStart,
    },
    service::{Answer, GitAccounts},
};
use github::{Github, GithubError, TokenRefusal};
use storage::{Scope, gitops::git_accounts::Connection};

use crate::{Engine, Error, error::answer_of};

pub(crate) use disconnect::{Tokens, revoke};
pub(crate) use login::login;

#[async_trait]
impl GitAccounts for Engine {
    async fn offers(&self, principal: &Principal) -> Answer<GitAccountOffers> {
        list::offers(self, principal).await.map_err(answer_of_github)
    }

    async fn list(&self, principal: &Principal) -> Answer<Vec<GitAccount>> {
        list::list(self, principal).await.map_err(answer_of_github)
    }

    async fn begin_web(&self, principal: &Principal) -> Answer<WebStart> {
        web::begin(self, principal).await.map_err(answer_of_github)
    }

    async fn finish_web(
        &self,
        principal: &Principal,
        browser: Secret,
        state: Secret,
        code: Secret,
    ) -> Answer<CredentialId> {
        web::finish(self, principal, &browser, &state, &code).await.map_err(answer_of_github)
    }

    async fn begin_device(&self, principal: &Principal) -> Answer<DeviceCode> {
        device::begin(self, principal).await.map_err(answer_of_github)
    }

    async fn poll_device(&self, principal: &Principal, form: DeviceForm) -> Answer<DeviceProgress> {
        device::poll(self, principal, &form.device).await.map_err(answer_of_github)
    }

    async fn connect_installation(
        &self,
        principal: &Principal,
        installation: &str,
    ) -> Answer<CredentialId> {
        installation::connect(self, principal, installation).await.map_err(answer_of_github)
    }

    async fn disconnect(&self, principal: &Principal, credential: CredentialId) -> Answer<()> {
        disconnect::disconnect(self, principal, credential).await.map_err(answer_of_github)
    }

    async fn forget(&self, principal: &Principal, credential: CredentialId) -> Answer<()> {
        disconnect::forget(self, principal, credential).await.map_err(answer_of_github)
    }

    async fn repositories(
        &self,
        principal: &Principal,
        credential: CredentialId,
        search: &str,
    ) -> Answer<Vec<HostedRepository>> {
        repositories::repositories(self, principal, credential, search)
            .await
            .map_err(answer_of_github)
    }

    async fn branches_hindrance(
        &self,
        principal: &Principal,
        form: GitTargetForm,
    ) -> Answer<Option<String>> {
        branches::hindrance(self, principal, &form)
            .await
            .map_err(|error| answer_of(RemoteKind::GitServer, error))
    }

    async fn branches(&self, principal: &Principal, form: GitTargetForm) -> Answer<Branches> {
        branches::branches(self, principal, &form)
            .await
            .map_err(|error| answer_of(RemoteKind::GitServer, error))
    }
}

/// What fails here is told of GitHub.
fn answer_of_github(error: Error) -> ServiceError {
    answer_of(RemoteKind::Github, error)
}

/// The GitHub that the operator configured.
fn github(engine: &Engine) -> Result<&Github, Error> {
    engine.github.as_ref().ok_or_else(|| {
        Field::Account.problem("The operator of this Hawser did not configure GitHub.").into()
    })
}

/// A connected account, if it is one of the GitHub that is configured now. The tokens of one GitHub
/// are never sent to another one that the operator put in its place.
async fn at_home(engine: &Engine, scope: Scope, id: CredentialId) -> Result<Connection, Error> {
    let connection = storage::gitops::git_accounts::get(&engine.db, scope, id)
        .await?
        .ok_or(ServiceError::NotFound)?;
    match &engine.github {
        Some(github) if github.host() == connection.host => Ok(connection),
        _ => Err(revoked()),
    }
}

/// The account has to be connected again.
fn revoked() -> Error {
    ServiceError::Unreachable { asked: RemoteKind::Github, cause: Cause::ConnectionRevoked }.into()
}

/// What a refusal of GitHub means to the person; never in GitHub's words (R-OAUTH-04).
fn refused(error: GithubError) -> Error {
    let refusal = match error {
        GithubError::Failed(failure) => return failure.into(),
        GithubError::Refused(refusal) => refusal,
    };
    tracing::warn!(?refusal, "GitHub refused to connect an account");
    let message = match refusal {
        TokenRefusal::BadClient | TokenRefusal::RedirectMismatch => {
            "GitHub does not know this Hawser. Its operator has to check the client's id, its secret and its callback address."
        }
        TokenRefusal::DeviceFlowDisabled => {
            "This Hawser's app at GitHub does not allow to connect by a code. Its owner turns on the device flow there."
        }
        TokenRefusal::UnverifiedEmail => {
            "Verify the e-mail address of your account at GitHub, then connect it again."
        }
        TokenRefusal::AccessDenied => "You refused at GitHub, so nothing was connected.",
        _ => "GitHub did not take the code: it was used, or its time was over. Connect again.",
    };
    Field::Account.problem(message).into()
}
