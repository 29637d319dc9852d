//! SQL of the audit log: it appends and reads; nothing changes or removes a row.

use std::net::IpAddr;

use domain::{
    AuditEventId, Scope, Timestamp,
    audit::{AuditAction, AuditActor, AuditEvent, AuditPage, AuditQuery},
};
use uuid::Uuid;

use crate::{Db, Error, Result, Tx, charts::pattern, on, sql};

/// What is to be written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Who did it.
    pub actor: AuditActor,
    /// The address of the visit it was done in; `None` for Hawser itself.
    pub address: Option<IpAddr>,
    /// What was done.
    pub action: AuditAction,
    /// The name of what it was done to; empty for the organization.
    pub target: String,
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
                address)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
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
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

type Row = (Uuid, i64, i64, String, String, String, String, String, Option<String>);

/// A page of the log, newest first.
///
/// # Errors
/// When the database does not answer, or holds a value this version does not know.
pub async fn list(db: &Db, scope: Scope, query: &AuditQuery) -> Result<AuditPage> {
    let mut rows = page(db, scope, query).await?;
    let full = usize::try_from(AuditQuery::PAGE_ROWS).unwrap_or(usize::MAX);
    let more = rows.len() > full;
    rows.truncate(full);
    let rows = rows.into_iter().map(event).collect::<Result<Vec<_>>>()?;
    let older = more.then(|| rows.last().map(|row| row.sequence)).flatten();
    Ok(AuditPage { rows, older })
}

async fn page(db: &Db, scope: Scope, query: &AuditQuery) -> Result<Vec<Row>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_as(sql!(
            r"select id, sequence, at, actor_kind, actor, action, target, detail, address
              from audit_events
              where organization_id = $1
                and sequence < $2
                and ($3 = '' or action = $3)
                and (lower(target) like $4 escape '\' or lower(actor) like $4 escape '\')
              order by sequence desc
              limit $5"
        ))
        .bind(scope.organization().uuid())
        .bind(query.before.unwrap_or(i64::MAX))
        .bind(query.action.map_or("", AuditAction::as_str))
        .bind(pattern(&query.search))
        .bind(i64::from(AuditQuery::PAGE_ROWS) + 1)
        .fetch_all(pool)
        .await
    })?)
}

fn event(
    (id, sequence, at, kind, name, action, target, detail, address): Row,
) -> Result<AuditEvent> {
    let actor = match kind.as_str() {
        "person" => AuditActor::Person(name),
        "hawser" => AuditActor::Hawser,
        "nobody" => AuditActor::Nobody,
        _ => return Err(Error::Value { column: "audit_events.actor_kind" }),
    };
    let address = address
        .map(|text| text.parse().map_err(|_| Error::Value { column: "audit_events.address" }))
        .transpose()?;
    let action =
        AuditAction::parse(&action).ok_or(Error::Value { column: "audit_events.action" })?;
    Ok(AuditEvent {
        id: AuditEventId::from(id),
        sequence,
        at: Timestamp::from_millis(at),
        actor,
        action,
        target,
        detail,
        address,
    })
}
