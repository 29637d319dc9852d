//! Chart repositories: adding, changing and deleting them, and the sync that reads them.

mod add;
mod delete;
mod edit;
mod get;
mod list;
mod login;
mod outcome;
mod prepare;
mod replace;
mod store;
mod sync;
mod sync_now;

use async_trait::async_trait;
use domain::{
    Actor, Cause, CredentialId, CredentialKind, Field, RepositoryId, Scope, ServiceError,
    Timestamp,
    audit::{AuditAction, AuditActor},
    repositories::{
        AddRepository, EditRepository, RepositoryDetail, RepositoryPage, RepositoryQuery,
    },
    service::{Answer, Repositories},
};
use storage::{Tx, audit::Record, repositories::Linkable};

use crate::{Engine, Error, error::answer};

pub(crate) use login::Logins;
pub(crate) use outcome::pause;
pub(crate) use store::{Store, finish};
pub(crate) use sync::{Attempt, Longest, Tried};

#[async_trait]
impl Repositories for Engine {
    async fn list(&self, actor: &Actor, query: RepositoryQuery) -> Answer<RepositoryPage> {
        list::list(self, actor, &query).await.map_err(answer)
    }

    async fn get(&self, actor: &Actor, id: RepositoryId) -> Answer<RepositoryDetail> {
        get::get(self, actor, id).await.map_err(answer)
    }

    async fn add(&self, actor: &Actor, form: AddRepository) -> Answer<RepositoryId> {
        add::add(self, actor, form).await.map_err(answer)
    }

    async fn edit(&self, actor: &Actor, form: EditRepository) -> Answer<RepositoryId> {
        edit::edit(self, actor, form).await.map_err(answer)
    }

    async fn delete(&self, actor: &Actor, id: RepositoryId) -> Answer<()> {
        delete::delete(self, actor, id).await.map_err(answer)
    }

    async fn sync(&self, actor: &Actor, ids: Vec<RepositoryId>) -> Answer<u32> {
        sync_now::sync_now(self, actor, &ids).await.map_err(answer)
    }
}

/// A chosen credential, if a chart repository can use it; a Git host's opens no registry.
fn usable(chosen: Option<Linkable>) -> Result<Linkable, Error> {
    let chosen = chosen.ok_or_else(|| {
        Field::Credential.problem("This credential does not exist any more. Choose another one.")
    })?;
    if chosen.provider.facts().kind == CredentialKind::Registry {
        Ok(chosen)
    } else {
        Err(Field::Credential
            .problem("Choose a credential of a registry; this one is for Git.")
            .into())
    }
}

/// Holds a chosen credential until the transaction ends; answers its name.
async fn held(tx: &mut Tx, scope: Scope, credential: CredentialId) -> Result<String, Error> {
    Ok(usable(storage::repositories::hold(tx, scope, credential).await?)?.name)
}

/// Links a credential that is held.
async fn link(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
    credential: CredentialId,
    origin: &str,
    now: Timestamp,
) -> Result<(), Error> {
    match storage::repositories::link(tx, scope, repository, credential, origin, now).await? {
        0 => usable(None).map(drop),
        _ => Ok(()),
    }
}

/// A taken name is the person's to mend; anything else is ours.
fn name_taken(error: storage::Error) -> Error {
    if error.is_duplicate() { taken().into() } else { error.into() }
}

fn taken() -> domain::FieldProblem {
    Field::Name.problem("This name is taken.")
}

async fn audit(
    tx: &mut Tx,
    actor: &Actor,
    scope: Scope,
    now: Timestamp,
    action: AuditAction,
    target: &str,
    detail: &str,
) -> Result<(), Error> {
    let record = Record {
        actor: AuditActor::Person(actor.name.clone()),
        action,
        target: target.to_owned(),
        detail: detail.to_owned(),
    };
    Ok(storage::audit::record(tx, scope, now, &record).await?)
}

/// Whether an address that answered so cannot be a repository, so that adding it makes no sense.
const fn is_no_repository(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::NotARegistry | Cause::HtmlInsteadOfIndex | Cause::BlockedAddress | Cause::DnsFailure
    )
}

/// What a page and a route answer about a repository that is not there.
fn not_found() -> Error {
    ServiceError::NotFound.into()
}
