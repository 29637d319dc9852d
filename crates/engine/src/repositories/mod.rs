//! Chart repositories: adding, changing and deleting them, and the sync that reads them.

mod add;
mod delete;
mod edit;
mod get;
mod list;
mod login;
mod outcome;
mod prepare;
mod store;
mod sync;
mod sync_now;

use async_trait::async_trait;
use domain::{
    Actor, Cause, Field, RepositoryId, Scope, ServiceError, Timestamp,
    audit::{AuditAction, AuditActor},
    repositories::{
        AddRepository, EditRepository, RepositoryDetail, RepositoryPage, RepositoryQuery,
        RepositoryUrl,
    },
    service::{Answer, Repositories},
};
use storage::{Tx, audit::Record};

use crate::{Engine, Error, error::answer};

pub(crate) use login::Logins;
pub(crate) use outcome::pause;
pub(crate) use store::{Store, finish};
pub(crate) use sync::{Attempt, Tried};

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

/// What a link is bound to (R-CRED-03): scheme, host and port of the web address. `oci://` is
/// `https://` on the wire, so correcting the kind of a repository does not suspend its link.
fn bound_origin(url: &RepositoryUrl) -> String {
    url.origin().replacen("oci://", "https://", 1)
}

/// The name of a chosen credential, if it can be linked.
async fn chosen(
    engine: &Engine,
    scope: Scope,
    credential: domain::CredentialId,
) -> Result<String, Error> {
    storage::repositories::linkable(&engine.db, scope, credential).await?.ok_or_else(|| {
        Field::Credential
            .problem("This credential does not exist any more. Choose another one.")
            .into()
    })
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
