//! What needs somebody, counted for the side bar of every page.

use domain::{Timestamp, notices::AttentionCounts};

use super::troubles::Shown;
use crate::{Db, Error, Result, Scope, one_row};

/// Whether what is to be decided about addresses counts: only some may decide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decides {
    /// It does.
    Yes,
    /// It does not.
    No,
}

/// The numbers in one statement, each up to [`AttentionCounts::MOST`]; each count reads an index that holds what is
/// wrong alone.
pub async fn attention(
    db: &Db,
    scope: Scope,
    shown: Shown,
    decides: Decides,
    now: Timestamp,
) -> Result<AttentionCounts> {
    type Row = (i64, i64, i64, i64, i64, i64);
    let row: Row = one_row!(
        db,
        "select
           (select count(*) from (
              select e.id from (select c.id from credentials c
                where c.expires_at is not null and c.expires_at <= $2 and c.organization_id = $1
                  and c.deleted_at is null limit $5) e
              union select p.id from (select f.credential_id as id from refusals f
                join credentials c on c.organization_id = f.organization_id and c.id = f.credential_id
                where f.organization_id = $1 and f.paused_at is not null and c.deleted_at is null limit $5) p) as broken),
           (select count(*) from (select 1 from repositories r
            where r.organization_id = $1 and r.origin >= '' and r.failing_since is not null and r.deleted_at is null
            limit $5) as failing),
           (select count(*) from git_targets d where d.organization_id = $1 and d.failing_since is not null),
           (select count(*) from clusters k
            where k.organization_id = $1 and k.failing_since is not null and $3 <> 'cluster'),
           (select count(*) from git_connections g where g.organization_id = $1 and g.broken_at is not null),
           (select count(*) from (select distinct n.credential_id from notices n cross join credentials c
            where n.organization_id = $1 and c.organization_id = $1 and c.id = n.credential_id
              and c.deleted_at is null and c.expires_at = n.expires_at limit $5) as expiring)
           + (select count(*) from troubles t where t.organization_id = $1 and t.ended_at is null and t.kind <> $3)
           + (select count(*) from disk_notices s where s.organization_id = $1 and s.ended_at is null)
           + case when $4 = 1 then
              (select count(*) from (select 1 from allowed_addresses a
               join credentials c on c.organization_id = a.organization_id and c.id = a.credential_id
               where a.organization_id = $1 and a.source = 'upgrade' and c.deleted_at is null limit $5) as unconfirmed)
              + (select count(*) from (select 1 from address_requests q
               join credentials c on c.organization_id = q.organization_id and c.id = q.credential_id
               where q.organization_id = $1 and c.deleted_at is null limit $5) as asked)
             else 0 end",
        [
            scope,
            now,
            shown.hidden(),
            i64::from(decides == Decides::Yes),
            AttentionCounts::MOST
        ]
    )?;
    let count = |n: i64| {
        let n = u32::try_from(n).map_err(|_| Error::Value { column: "count" })?;
        Ok::<_, Error>(n.min(AttentionCounts::MOST))
    };
    Ok(AttentionCounts {
        credentials: count(row.0)?,
        repositories: count(row.1)?,
        git_targets: count(row.2)?,
        clusters: count(row.3)?,
        git_accounts: count(row.4)?,
        notices: count(row.5)?,
    })
}
