//! Allowing the token service that a registry named.

use domain::{
    Action, Principal, RepositoryId, ServiceError,
    repositories::{RepositoryUrl, SyncTrigger},
};
use storage::{Scope, jobs};

use super::not_found;
use crate::{Engine, Error, audit::allowed, credentials::addresses::allow_token_service};

/// Allows it, and syncs the repository. What a person did not see is not allowed: a registry may have
/// named another one since.
pub(super) async fn allow(
    engine: &Engine,
    principal: &Principal,
    id: RepositoryId,
    service: &str,
) -> Result<(), Error> {
    let grant = allowed(engine, principal, Action::AllowOrigins, "allow a token service").await?;
    let scope = Scope::of(&grant);
    let found = storage::repositories::get(&engine.db, scope, id).await?.ok_or_else(not_found)?;
    let link = found.summary.link.as_ref().ok_or_else(not_found)?;
    if service.is_empty() || found.refused_service != service {
        return Err(ServiceError::NotFound.into());
    }
    let registry = RepositoryUrl::parse(&found.summary.url)?.origin();
    allow_token_service(engine, principal, link.credential, (&registry, service)).await?;
    let now = engine.clock.now();
    let mut tx = engine.db.begin_as(&grant).await?;
    let reason = SyncTrigger::Changed.as_str();
    jobs::queue(&mut tx, scope, jobs::Kind::Sync, id.uuid(), reason, now, now).await?;
    tx.commit().await?;
    engine.changes.tell_workers();
    Ok(())
}
