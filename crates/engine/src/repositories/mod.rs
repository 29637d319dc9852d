//! Chart repositories: adding, changing and deleting them, and the sync that reads them.

mod add;
mod address;
mod affected_exports;
mod ask;
mod automatic;
mod delete;
mod edit;
mod get;
mod list;
mod login;
mod new_link;
mod outcome;
mod prepare;
mod relink_policy;
mod replace;
mod store;
mod sync;
mod sync_now;
mod token_service;
mod usable;

use async_trait::async_trait;
use domain::{
    Cause, Principal, RepositoryId, ServiceError,
    repositories::{
        AddRepository, EditRepository, RepositoryDetail, RepositoryPage, RepositoryQuery,
        RepositorySelection,
    },
    service::{Answer, Repositories},
};

use crate::{
    Engine, Error,
    error::{self, answer},
};

pub(crate) use ask::{is_worth_an_exchange, registry};
pub(crate) use automatic::match_again;
pub(crate) use delete::delete;
pub(crate) use login::{CommittedVersion, Logins, Unready, cause_of};
pub(crate) use outcome::pause;
pub(crate) use store::ResultBatch;
pub(crate) use sync::{Attempt, Longest, Tried};
pub(crate) use usable::egress;
use usable::{held, link, no_project, project, usable};

#[async_trait]
impl Repositories for Engine {
    async fn list(&self, principal: &Principal, query: RepositoryQuery) -> Answer<RepositoryPage> {
        list::list(self, principal, &query).await.map_err(answer)
    }

    async fn choices(&self, principal: &Principal) -> Answer<Vec<(RepositoryId, String)>> {
        list::choices(self, principal).await.map_err(answer)
    }

    async fn get(&self, principal: &Principal, id: RepositoryId) -> Answer<RepositoryDetail> {
        get::get(self, principal, id).await.map_err(answer)
    }

    async fn add(&self, principal: &Principal, form: AddRepository) -> Answer<RepositoryId> {
        add::add(self, principal, form).await.map_err(answer)
    }

    async fn edit(&self, principal: &Principal, form: EditRepository) -> Answer<RepositoryId> {
        edit::edit(self, principal, form).await.map_err(answer)
    }

    async fn allow_token_service(
        &self,
        principal: &Principal,
        id: RepositoryId,
        service: &str,
    ) -> Answer<()> {
        token_service::allow(self, principal, id, service).await.map_err(answer)
    }

    async fn delete(&self, principal: &Principal, id: RepositoryId) -> Answer<()> {
        delete::delete(self, principal, id).await.map_err(answer)
    }

    async fn sync(&self, principal: &Principal, which: RepositorySelection) -> Answer<u32> {
        sync_now::sync_now(self, principal, &which).await.map_err(answer)
    }
}

/// A taken name and a project that is gone are the person's to mend; anything else is ours.
fn refused_row(error: storage::Error) -> Error {
    if error.is_dangling() { no_project().into() } else { error::name_taken(error) }
}

/// Whether an address that answered so cannot be a repository, so that adding it makes no sense.
const fn is_no_repository(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::NotARegistry
            | Cause::HtmlInsteadOfIndex
            | Cause::IndexInvalid
            | Cause::BlockedAddress
            | Cause::DnsFailure
    )
}

/// What a page and a route answer about a repository that is not there.
fn not_found() -> Error {
    ServiceError::NotFound.into()
}
