//! SQL of the audit log: it appends and reads; nothing changes or removes a row.

mod list;

use std::net::IpAddr;

use domain::{
    AuditEventId, Timestamp, UserId,
    audit::{AuditAction, AuditActor, AuditTarget, ReadPurpose},
};
pub use list::{about, list, recent};

use crate::{Result, Scope, Tx, exec, one_value};

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
pub async fn record(tx: &mut Tx, scope: Scope, at: Timestamp, record: &Record) -> Result<()> {
    let sequence = next_sequence(tx, scope).await?;
    insert(tx, scope, sequence, at, record).await
}

async fn next_sequence(tx: &mut Tx, scope: Scope) -> Result<i64> {
    one_value!(
        tx,
        "update organizations set audit_sequence = audit_sequence + 1 where id = $1 returning audit_sequence",
        [scope]
    )
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
    exec!(
        tx,
        "insert into audit_events
           (organization_id, id, sequence, at, actor_kind, actor, action, target, detail,
            address, actor_id, target_kind, target_id, purpose, host)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        [
            scope,
            AuditEventId::new(),
            sequence,
            at,
            kind,
            name,
            record.action.as_str(),
            record.target.as_str(),
            record.detail.as_str(),
            record.address.map(|address| address.to_string()),
            record.actor_id,
            record.target_id.map(AuditTarget::kind),
            record.target_id.map(AuditTarget::uuid),
            record.read.as_ref().map(|(purpose, _)| purpose.as_str()),
            record.read.as_ref().map(|(_, host)| host.as_str()).filter(|host| !host.is_empty()),
        ]
    )?;
    Ok(())
}
