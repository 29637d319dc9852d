//! Reading the audit log: a page of it, and the uses of secrets in the same time.

use std::net::IpAddr;

use domain::{
    AuditEventId, Timestamp, UserId,
    audit::{
        AuditAction, AuditActor, AuditEvent, AuditPage, AuditQuery, AuditTarget, AuditView,
        ReadPurpose, SecretUse, SecretUses,
    },
};
use sqlx::FromRow;
use uuid::Uuid;

use crate::{Db, Error, Result, Scope, charts::pattern, rows};

/// The most events of Hawser itself that stand beside a page.
const OWN: u32 = 100;
/// The most different uses of secrets that stand beside a page.
const USES: i64 = 1_000;
/// An hour in milliseconds.
const HOUR: i64 = 3_600_000;

/// Whose events are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// All that the query names.
    Everybody,
    /// What people did, uses of secrets aside.
    People,
    /// What Hawser did by itself, uses of secrets aside.
    Hawser,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    sequence: i64,
    at: i64,
    actor_kind: String,
    actor: String,
    actor_id: Option<Uuid>,
    action: String,
    target: String,
    target_kind: Option<String>,
    target_id: Option<Uuid>,
    purpose: Option<String>,
    host: Option<String>,
    detail: String,
    address: Option<String>,
}

/// A page of the log, newest first.
pub async fn list(db: &Db, scope: Scope, query: &AuditQuery) -> Result<AuditPage> {
    let before = query.before.unwrap_or(i64::MAX);
    let of = match query.view {
        AuditView::Everything => Of::Everybody,
        AuditView::Folded => Of::People,
        AuditView::Hawser => Of::Hawser,
    };
    let (rows, older) = page(db, scope, query, of, (0, before), AuditQuery::PAGE_ROWS).await?;
    if query.view != AuditView::Folded {
        return Ok(AuditPage { rows, older, ..AuditPage::default() });
    }
    let time = (older.unwrap_or(0), before);
    let (own, _) = page(db, scope, query, Of::Hawser, time, OWN).await?;
    Ok(AuditPage { rows, older, own, uses: uses(db, scope, time).await? })
}

/// What people did last, newest first; signing in and out, and uses of secrets, aside.
pub async fn recent(db: &Db, scope: Scope, limit: u32) -> Result<Vec<AuditEvent>> {
    let rows: Vec<Row> = rows!(
        db,
        "select id, sequence, at, actor_kind, actor, actor_id, action, target, target_kind, target_id,
           purpose, host, detail, address
         from audit_events
         where organization_id = $1 and actor_kind = 'person'
           and action not in ('secret_read', 'signed_in', 'signed_out')
         order by sequence desc limit $2",
        [scope, limit]
    )?;
    rows.into_iter().map(event).collect()
}

/// The last changes of one thing and the last uses of its secret, newest first.
pub async fn about(db: &Db, scope: Scope, target: AuditTarget) -> Result<Vec<AuditEvent>> {
    let rows: Vec<Row> = rows!(
        db,
        "select id, sequence, at, actor_kind, actor, actor_id, action, target, target_kind, target_id,
           purpose, host, detail, address
         from audit_events
         where organization_id = $1 and target_kind = $2 and target_id = $3
         order by sequence desc limit $4",
        [scope, target.kind(), target.uuid(), AuditQuery::ABOUT_LOOKED_AT]
    )?;
    let (mut changes, mut uses) = (AuditQuery::ABOUT_CHANGES, AuditQuery::ABOUT_USES);
    // Syncs use a secret more often than anybody changes it.
    let shown = rows.into_iter().filter(|row| {
        let left =
            if row.action == AuditAction::SecretRead.as_str() { &mut uses } else { &mut changes };
        let is_shown = *left > 0;
        *left = left.saturating_sub(1);
        is_shown
    });
    shown.map(event).collect()
}

async fn page(
    db: &Db,
    scope: Scope,
    query: &AuditQuery,
    of: Of,
    time: (i64, i64),
    most: u32,
) -> Result<(Vec<AuditEvent>, Option<i64>)> {
    let mut rows = rows(db, scope, query, of, time, most).await?;
    let full = usize::try_from(most).unwrap_or(usize::MAX);
    let more = rows.len() > full;
    rows.truncate(full);
    let rows = rows.into_iter().map(event).collect::<Result<Vec<_>>>()?;
    let older = more.then(|| rows.last().map(|row| row.sequence)).flatten();
    Ok((rows, older))
}

async fn rows(
    db: &Db,
    scope: Scope,
    query: &AuditQuery,
    of: Of,
    (after, before): (i64, i64),
    most: u32,
) -> Result<Vec<Row>> {
    let (own, others) = match of {
        Of::Everybody => (1, 1),
        Of::People => (0, 1),
        Of::Hawser => (1, 0),
    };
    let (kind, id) = match query.target {
        Some(target) => (target.kind(), target.uuid()),
        None => ("", Uuid::nil()),
    };
    let uses = i64::from(of == Of::Everybody);
    rows!(
        db,
        r"select id, sequence, at, actor_kind, actor, actor_id, action, target, target_kind, target_id,
           purpose, host, detail, address
         from audit_events
         where organization_id = $1
           and sequence >= $2 and sequence < $3
           and ($4 = '' or action = $4)
           and (lower(target) like $5 escape '\' or lower(actor) like $5 escape '\')
           and ($6 = 1 or actor_kind <> 'hawser')
           and ($7 = 1 or actor_kind = 'hawser')
           and ($8 = 1 or action <> 'secret_read')
           and ($9 = '' or (target_kind = $9 and target_id = $10))
         order by sequence desc
         limit $11",
        [
            scope,
            after,
            before,
            query.action.map_or("", AuditAction::as_str),
            pattern(&query.search),
            own,
            others,
            uses,
            kind,
            id,
            i64::from(most) + 1,
        ]
    )
}

fn event(row: Row) -> Result<AuditEvent> {
    let action =
        AuditAction::parse(&row.action).ok_or(Error::Value { column: "audit_events.action" })?;
    Ok(AuditEvent {
        id: AuditEventId::from(row.id),
        sequence: row.sequence,
        at: Timestamp::from_millis(row.at),
        actor: actor(&row.actor_kind, row.actor)?,
        actor_id: row.actor_id.map(UserId::from),
        action,
        target: row.target,
        target_id: target(row.target_kind, row.target_id)?,
        purpose: purpose(row.purpose.as_deref())?,
        host: row.host.unwrap_or_default(),
        detail: row.detail,
        address: row.address.map(|text| address(&text)).transpose()?,
    })
}

#[derive(FromRow)]
struct Use {
    target: String,
    target_id: Option<Uuid>,
    purpose: Option<String>,
    actor_kind: String,
    actor: String,
    actor_id: Option<Uuid>,
    host: Option<String>,
    detail: String,
    hour: i64,
    at: i64,
    lines: i64,
}

/// The uses of secrets by credential, purpose and hour, the last one first.
async fn uses(db: &Db, scope: Scope, (after, before): (i64, i64)) -> Result<Vec<SecretUses>> {
    let found: Vec<Use> = rows!(
        db,
        "select target, target_id, purpose, actor_kind, actor, actor_id, host, detail, hour,
           max(at) as at, count(*) as lines
         from (
           select target, target_id, purpose, actor_kind, actor, actor_id, host, detail, at,
             at / $4 as hour
           from audit_events
           where organization_id = $1 and sequence >= $2 and sequence < $3
             and action = 'secret_read'
         ) as uses
         group by target, target_id, purpose, actor_kind, actor, actor_id, host, detail, hour
         order by hour desc, max(at) desc, target, host, actor, detail
         limit $5",
        [scope, after, before, HOUR, USES]
    )?;
    let mut folded: Vec<(i64, SecretUses)> = Vec::new();
    for found in found {
        let hour = found.hour;
        let credential = found.target_id.map(|id| AuditTarget::Credential(id.into()));
        let purpose = purpose(found.purpose.as_deref())?;
        let (at, name) = (Timestamp::from_millis(found.at), found.target);
        let one = SecretUse {
            at,
            actor: actor(&found.actor_kind, found.actor)?,
            actor_id: found.actor_id.map(UserId::from),
            host: found.host.unwrap_or_default(),
            detail: found.detail,
            lines: u64::try_from(found.lines).unwrap_or_default(),
        };
        let same = |(known, uses): &&mut (i64, SecretUses)| {
            (*known, uses.credential, &uses.name, uses.purpose)
                == (hour, credential, &name, purpose)
        };
        match folded.iter_mut().find(same) {
            Some((_, known)) => known.uses.push(one),
            None => {
                folded.push((hour, SecretUses { at, credential, name, purpose, uses: vec![one] }));
            }
        }
    }
    Ok(folded.into_iter().map(|(_, uses)| uses).collect())
}

fn actor(kind: &str, name: String) -> Result<AuditActor> {
    match kind {
        "person" => Ok(AuditActor::Person(name)),
        "hawser" => Ok(AuditActor::Hawser),
        "nobody" => Ok(AuditActor::Nobody),
        _ => Err(Error::Value { column: "audit_events.actor_kind" }),
    }
}

fn target(kind: Option<String>, id: Option<Uuid>) -> Result<Option<AuditTarget>> {
    let Some((kind, id)) = kind.zip(id) else { return Ok(None) };
    let target = AuditTarget::of(&kind, id);
    target.map(Some).ok_or(Error::Value { column: "audit_events.target_kind" })
}

fn purpose(text: Option<&str>) -> Result<Option<ReadPurpose>> {
    let parse =
        |text| ReadPurpose::parse(text).ok_or(Error::Value { column: "audit_events.purpose" });
    text.map(parse).transpose()
}

fn address(text: &str) -> Result<IpAddr> {
    text.parse().map_err(|_| Error::Value { column: "audit_events.address" })
}
