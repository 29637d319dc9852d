//! The branches of a repository.

use domain::{Action, Actor, CredentialId, ServiceError, gitops::Branches};

use crate::{Engine, Error, audit::allowed};

pub(super) async fn branches(
    engine: &Engine,
    actor: &Actor,
    id: CredentialId,
    url: &str,
) -> Result<Branches, Error> {
    let _ = (id, url);
    allowed(engine, actor, Action::ManageExports, "list branches").await?;
    Err(ServiceError::NotFound.into())
}
