//! Reading the audit log, and the lines that describe no change of data.

use std::net::IpAddr;

use async_trait::async_trait;
use domain::{
    Action, Grant, Principal, ServiceError, Timestamp, UserId,
    audit::{AuditAction, AuditActor, AuditEvent, AuditPage, AuditQuery, AuditTarget, ReadPurpose},
    service::{Answer, Audit},
};
use storage::{Scope, Sweep, Tx, audit::Record};

use crate::{
    Engine, Error,
    error::{answer, chain},
};

#[async_trait]
impl Audit for Engine {
    async fn list(&self, principal: &Principal, query: AuditQuery) -> Answer<AuditPage> {
        let (engine, scope) =
            reading(self, principal, Action::ReadAudit, "read the audit log").await?;
        let engine = &engine;
        storage::audit::list(&engine.db, scope, &query).await.map_err(|error| answer(error.into()))
    }

    async fn about(&self, principal: &Principal, target: AuditTarget) -> Answer<Vec<AuditEvent>> {
        let (engine, scope) =
            reading(self, principal, Action::ReadAudit, "read the audit log").await?;
        storage::audit::about(&engine.db, scope, target).await.map_err(|error| answer(error.into()))
    }
}

/// The proof of a right that is still there; an attempt without it stands in the audit log as refused.
///
/// # Errors
/// [`ServiceError::NotAllowed`] when the role does not include it, [`ServiceError::NoLongerAllowed`] when it
/// went since the request was recognized.
pub(crate) async fn allowed(
    engine: &Engine,
    principal: &Principal,
    action: Action,
    attempt: &str,
) -> Result<Grant, ServiceError> {
    let answer = held(engine, principal, action).await;
    audited(engine, principal, attempt, answer).await
}

/// What a call reads with that only reads, in one transaction in which the right is still there; an attempt
/// without it stands in the audit log as refused.
///
/// # Errors
/// As [`allowed`].
pub(crate) async fn reading(
    engine: &Engine,
    principal: &Principal,
    action: Action,
    attempt: &str,
) -> Result<(Engine, Scope), ServiceError> {
    let answer = match principal.may(action) {
        Ok(grant) => match engine.reading(&grant).await {
            Ok(engine) => Ok((engine, Scope::of(&grant))),
            Err(error) => Err(answer(error)),
        },
        Err(refusal) => Err(refusal),
    };
    audited(engine, principal, attempt, answer).await
}

async fn audited<T>(
    engine: &Engine,
    principal: &Principal,
    attempt: &str,
    answer: Result<T, ServiceError>,
) -> Result<T, ServiceError> {
    if matches!(answer, Err(ServiceError::NotAllowed | ServiceError::NoLongerAllowed)) {
        refused(engine, principal, "", attempt).await;
    }
    answer
}

async fn held(
    engine: &Engine,
    principal: &Principal,
    action: Action,
) -> Result<Grant, ServiceError> {
    let grant = principal.may(action)?;
    // The body of a request may have come in long after its sender was recognized.
    engine.db.still_allowed(&grant).await.map_err(|error| answer(error.into()))?;
    Ok(grant)
}

/// Writes down what a person was refused; that they are refused does not depend on it.
pub(crate) async fn refused(engine: &Engine, principal: &Principal, target: &str, attempt: &str) {
    if let Err(error) =
        write_event(engine, principal, AuditAction::Refused, (target, attempt)).await
    {
        tracing::error!(error = %chain(&error), "failed to audit a refusal");
    }
}

/// Writes a line of its own, such as a sign-out or a refusal.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn write_event(
    engine: &Engine,
    principal: &Principal,
    action: AuditAction,
    told: impl Into<Line>,
) -> Result<(), Error> {
    let scope = Scope::of(&principal.may(Action::View)?);
    let mut tx = engine.db.begin_system(Sweep::AuditLine).await?;
    record(&mut tx, person(principal), scope, engine.clock.now(), action, told).await?;
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
    told: impl Into<Line>,
) -> Result<(), Error> {
    let (By { actor, user, address }, told) = (by.into(), told.into());
    let Line { id, name, read, detail } = told;
    let record = Record {
        actor,
        actor_id: user,
        address,
        action,
        target: name,
        target_id: id,
        read,
        detail,
    };
    Ok(storage::audit::record(tx, scope, now, &record).await?)
}

/// What an event is about, and what there is to tell of it.
pub(crate) struct Line {
    id: Option<AuditTarget>,
    name: String,
    read: Option<(ReadPurpose, String)>,
    detail: String,
}

/// A name and a detail: of the organization, or of nothing that has an id.
impl<D: Into<String>> From<(&str, D)> for Line {
    fn from((name, detail): (&str, D)) -> Self {
        Self { id: None, name: name.to_owned(), read: None, detail: detail.into() }
    }
}

/// A thing, its name and a detail.
impl<D: Into<String>> From<(AuditTarget, &str, D)> for Line {
    fn from((id, name, detail): (AuditTarget, &str, D)) -> Self {
        Self { id: Some(id), ..(name, detail).into() }
    }
}

impl Line {
    /// A secret was read: what for, and the host that is shown it, if one is.
    pub(crate) fn read(self, purpose: ReadPurpose, host: &str) -> Self {
        Self { read: Some((purpose, host.to_owned())), ..self }
    }
}

/// Who did it, and from where.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct By {
    actor: AuditActor,
    user: Option<UserId>,
    address: Option<IpAddr>,
}

impl From<AuditActor> for By {
    fn from(actor: AuditActor) -> Self {
        Self { actor, user: None, address: None }
    }
}

/// A person, as the log names them, at the address of their visit.
pub(crate) fn person(principal: &Principal) -> By {
    By {
        actor: AuditActor::Person(principal.name.clone()),
        user: Some(principal.user),
        address: principal.address,
    }
}
