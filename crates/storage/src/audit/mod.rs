//! SQL of the audit log: it appends and reads; nothing changes or removes a row.

mod list;

use std::net::IpAddr;

use domain::{
    AuditEventId, Scope, Timestamp, UserId,
    audit::{AuditAction, AuditActor, AuditTarget, ReadPurpose},
};
pub use list::list;

use crate::{Result, Tx, on, sql};

/// What is to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Who did it.
    pub actor: AuditActor,
    /// The id of the person.
    pub actor_id: Option<UserId>,
    /// The address of the visit it was done in; `None` for Hawser itself.
    pub address: Option<IpAddr>,
    /// What was done.
    pub action: AuditAction,
    /// The name of what it was done to; empty for the organization.
    pub target: String,
    /// Its id; `None` for the organization.
    pub target_id: Option<AuditTarget>,
    /// What a secret was read for, and the host that is shown it, if one is.
    pub read: Option<(ReadPurpose, String)>,
    /// A typed detail for people, such as `version 3`.
    pub detail: String,
}

/// Appends `record` to the log of the organization, as part of the change it tells of.
///
/// Call it last in a transaction: it locks the organization's counter until the commit, which is
/// what keeps the sequence without gaps.
///
/// # Errors
/// When the database refuses.
pub async fn record(tx: &mut Tx, scope: Scope, at: Timestamp, record: &Record) -> Result<()> {
    let sequence = next_sequence(tx, scope).await?;
    insert(tx, scope, sequence, at, record).await
}

async fn next_sequence(tx: &mut Tx, scope: Scope) -> Result<i64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "update organizations set audit_sequence = audit_sequence + 1 where id = $1 returning audit_sequence"
        ))
        .bind(scope.organization().uuid())
        .fetch_one(&mut **tx)
        .await
    })?)
}

async fn insert(
    tx: &mut Tx,
    scope: Scope,
    sequence: i64,
    at: Timestamp,
    record: &Record,
) -> Result<()> {
    let (kind, name) = match &record.actor {
        AuditActor::Person(name) => ("person", name.as_str()),
        AuditActor::Hawser => ("hawser", ""),
        AuditActor::Nobody => ("nobody", ""),
    };
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into audit_events
               (organization_id, id, sequence, at, actor_kind, actor, action, target, detail,
                address, actor_id, target_kind, target_id, purpose, host)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
        ))
        .bind(scope.organization().uuid())
        .bind(AuditEventId::new().uuid())
        .bind(sequence)
        .bind(at.millis())
        .bind(kind)
        .bind(name)
        .bind(record.action.as_str())
        .bind(record.target.as_str())
        .bind(record.detail.as_str())
        .bind(record.address.map(|address| address.to_string()))
        .bind(record.actor_id.map(UserId::uuid))
        .bind(record.target_id.map(AuditTarget::kind))
        .bind(record.target_id.map(AuditTarget::uuid))
        .bind(record.read.as_ref().map(|(purpose, _)| purpose.as_str()))
        .bind(record.read.as_ref().map(|(_, host)| host.as_str()).filter(|host| !host.is_empty()))
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}
