//! Reading the audit log, and the lines that describe no change of data.

use std::net::IpAddr;

use async_trait::async_trait;
use domain::{
    Action, Actor, Scope, ServiceError, Timestamp,
    audit::{AuditAction, AuditActor, AuditPage, AuditQuery},
    service::{Answer, Audit},
};
use storage::{Tx, audit::Record};

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
            refused(engine, actor, "", attempt).await;
            Err(refusal)
        }
    }
}

/// Writes down what a person was refused; that they are refused does not depend on it.
pub(crate) async fn refused(engine: &Engine, actor: &Actor, target: &str, attempt: &str) {
    if let Err(error) = note(engine, actor, AuditAction::Refused, target, attempt).await {
        tracing::error!(error = %chain(&error), "a refusal is not in the audit log");
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
    let mut tx = engine.db.begin().await?;
    let scope = Scope::of_worker(actor.organization);
    record(&mut tx, person(actor), scope, engine.clock.now(), action, (target, detail)).await?;
    Ok(tx.commit().await?)
}

/// Writes a line in the transaction of the change it describes: what it was done to, and the rest.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn record(
    tx: &mut Tx,
    by: impl Into<By>,
    scope: Scope,
    now: Timestamp,
    action: AuditAction,
    (target, detail): (&str, impl Into<String>),
) -> Result<(), Error> {
    let By { actor, address } = by.into();
    let (target, detail) = (target.to_owned(), detail.into());
    let record = Record { actor, address, action, target, detail };
    Ok(storage::audit::record(tx, scope, now, &record).await?)
}

/// Who did it, and from where.
#[derive(Debug, Clone)]
pub(crate) struct By {
    actor: AuditActor,
    address: Option<IpAddr>,
}

impl From<AuditActor> for By {
    fn from(actor: AuditActor) -> Self {
        Self { actor, address: None }
    }
}

/// A person, as the log names them, at the address of their visit.
pub(crate) fn person(actor: &Actor) -> By {
    By { actor: AuditActor::Person(actor.name.clone()), address: actor.address }
}
