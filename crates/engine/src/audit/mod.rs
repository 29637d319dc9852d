//! Reading the audit log, and the lines that describe no change of data.

use async_trait::async_trait;
use domain::{
    Action, Actor, Scope, ServiceError,
    audit::{AuditAction, AuditActor, AuditPage, AuditQuery},
    service::{Answer, Audit},
};
use storage::audit::Record;

use crate::{
    Engine, Error,
    error::{answer, chain},
};

#[async_trait]
impl Audit for Engine {
    async fn list(&self, actor: &Actor, query: AuditQuery) -> Answer<AuditPage> {
        let scope = allowed(self, actor, Action::ReadAudit, "read the audit log").await?;
        storage::audit::list(&self.db, scope, &query).await.map_err(|error| answer(error.into()))
    }
}

/// The proof of a right; an attempt without it stands in the audit log as refused.
///
/// # Errors
/// [`ServiceError::NotAllowed`] when the role does not include it.
pub(crate) async fn allowed(
    engine: &Engine,
    actor: &Actor,
    action: Action,
    attempt: &str,
) -> Result<Scope, ServiceError> {
    match actor.may(action) {
        Ok(scope) => Ok(scope),
        Err(refusal) => {
            if let Err(error) = note(engine, actor, AuditAction::Refused, "", attempt).await {
                tracing::error!(error = %chain(&error), "a refusal is not in the audit log");
            }
            Err(refusal)
        }
    }
}

/// Writes a line of its own, such as a sign-out or a refusal.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn note(
    engine: &Engine,
    actor: &Actor,
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
    let mut tx = engine.db.begin().await?;
    let scope = Scope::of_worker(actor.organization);
    storage::audit::record(&mut tx, scope, engine.clock.now(), &record).await?;
    Ok(tx.commit().await?)
}
