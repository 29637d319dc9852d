//! Signing in and out, and the first start.

mod account;
mod attempts;
mod budgets;
mod confirm;
mod known_browsers;
mod limits;
mod password;
mod set_up;
mod sign_in;

use async_trait::async_trait;
use domain::{
    Principal, Secret, ServiceError, UserId,
    audit::AuditAction,
    organizations::Membership,
    service::{Answer, Peer, Sessions},
    sessions::{SetUp, SignIn, SignInFrom, SignedIn},
};

use crate::{
    Engine, Error,
    audit::write_event,
    error::{answer, chain},
};

pub use attempts::Attempts;
pub(crate) use confirm::confirm;
pub(crate) use known_browsers::remember_new as remember_browser;
pub use limits::Limits;
pub(crate) use password::hash as hash_password;
pub use set_up::SetUpLink;
pub(crate) use set_up::wrong_token;

#[async_trait]
impl Sessions for Engine {
    async fn is_set_up(&self) -> Answer<bool> {
        storage::sessions::anybody(&self.db).await.map_err(|error| answer(error.into()))
    }

    async fn set_up_is_open(&self, token: &Secret) -> bool {
        set_up::is_open(self, token).await.unwrap_or_else(|error| {
            tracing::error!(error = %chain(&error), "failed to check a set-up link");
            false
        })
    }

    async fn set_up(&self, form: SetUp, peer: Peer) -> Answer<SignedIn> {
        set_up::set_up(self, form, peer).await.map_err(answer)
    }

    async fn sign_in(&self, form: SignIn, from: SignInFrom) -> Answer<SignedIn> {
        sign_in::sign_in(self, form, from).await.map_err(answer)
    }

    async fn signed_out(&self, principal: &Principal) {
        if let Err(error) = write_event(self, principal, AuditAction::SignedOut, ("", "")).await {
            tracing::error!(error = %chain(&error), "failed to audit a sign-out");
        }
        // What was begun before cannot be ended after.
        let (organization, user) = (principal.organization, principal.user);
        let forgotten =
            storage::gitops::git_accounts::delete_of_user(&self.db, organization, user).await;
        if let Err(error) = forgotten {
            tracing::error!(error = %chain(&error), "failed to delete the pending Git connections of a person; they expire");
        }
    }

    async fn principal(&self, user: UserId) -> Answer<Principal> {
        find_principal(self, user).await.map_err(answer)
    }

    async fn memberships(&self, user: UserId) -> Answer<Vec<Membership>> {
        storage::organizations::memberships(&self.db, user)
            .await
            .map_err(|error| answer(error.into()))
    }
}

/// The person in the organization they joined first. A person without one has nothing to see here.
async fn find_principal(engine: &Engine, user: UserId) -> Result<Principal, Error> {
    let principal = storage::sessions::principal(&engine.db, user).await?;
    Ok(principal.ok_or(ServiceError::NotSignedIn)?)
}
