//! Notices of failing repositories: one for all that fail of one cause at one host. Which those are is
//! decided by the engine; a group that is announced and not over has a row of its own here.

use domain::{
    Cause, NoticeId, RepositoryId, Timestamp,
    notices::{Group, Subject},
};
use uuid::Uuid;

use super::troubles::read_cause;
use crate::{Db, Error, Result, Scope, Tx, exec, repositories::found::present_cause, rows};

/// A repository that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the row")]
pub struct Failing {
    pub scope: Scope,
    pub repository: RepositoryId,
    pub name: String,
    /// Scheme, host and port.
    pub origin: String,
    pub cause: Cause,
    pub since: Timestamp,
}

/// All that fail, of all organizations; those that fail longest come first.
pub async fn failing(db: &Db) -> Result<Vec<Failing>> {
    let rows: Vec<(Uuid, Uuid, String, String, String, i64)> = rows!(
        db,
        ["select r.organization_id, r.id, r.name, r.origin, "
          present_cause!()
          " as cause, r.failing_since from repositories r
            left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
            where r.failing_since is not null and r.cause is not null and r.deleted_at is null
            order by r.failing_since, r.name_key, r.id"],
        []
    )?;
    Ok(rows
        .into_iter()
        .map(|(organization, id, name, origin, cause, since)| Failing {
            scope: Scope::of_row(organization),
            repository: id.into(),
            name,
            origin,
            cause: read_cause(&cause),
            since: Timestamp::from_millis(since),
        })
        .collect())
}

/// What is said of a group of failing repositories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What they have in common; one group has one notice at a time.
    pub key: String,
    /// Why they fail.
    pub cause: Cause,
    /// The one that failed first.
    pub first: RepositoryId,
    /// Its name.
    pub name: String,
    /// Where, and how many.
    pub group: Group,
}

/// A group that was announced and is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Open {
    pub scope: Scope,
    pub id: NoticeId,
    pub said: Said,
    pub at: Timestamp,
}

/// The groups of all organizations that were announced and are not over.
pub async fn open(db: &Db) -> Result<Vec<Open>> {
    type Row = (Uuid, Uuid, String, String, Uuid, String, String, i64, i64);
    let rows: Vec<Row> = rows!(
        db,
        "select organization_id, id, group_key, cause, subject_id, name, host, repositories, at
         from troubles where ended_at is null and group_key <> '' order by at, id",
        []
    )?;
    rows.into_iter()
        .map(|(organization, id, key, cause, first, name, host, repositories, at)| {
            let repositories = u32::try_from(repositories);
            let repositories = repositories.map_err(|_| Error::Value { column: "repositories" })?;
            Ok(Open {
                scope: Scope::of_row(organization),
                id: id.into(),
                said: Said {
                    key,
                    cause: read_cause(&cause),
                    first: first.into(),
                    name,
                    group: Group { host, repositories },
                },
                at: Timestamp::from_millis(at),
            })
        })
        .collect()
}

/// Announces a group, unless another replica did. Answers how many were announced.
pub async fn begin(
    tx: &mut Tx,
    scope: Scope,
    id: NoticeId,
    said: &Said,
    (began_at, now): (Timestamp, Timestamp),
) -> Result<u64> {
    let subject = Subject::Repository(said.first);
    exec!(
        tx,
        "insert into troubles
           (organization_id, id, kind, subject_id, name, cause, began_at, at, host, repositories, group_key)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (organization_id, group_key) where group_key <> '' and ended_at is null do nothing",
        [
            scope,
            id,
            subject.kind(),
            subject.id(),
            said.name.as_str(),
            said.cause.as_str(),
            began_at,
            now,
            said.group.host.as_str(),
            i64::from(said.group.repositories),
            said.key.as_str(),
        ]
    )
}

/// Says of an announced group what holds now.
pub async fn follow(db: &Db, scope: Scope, id: NoticeId, said: &Said) -> Result<()> {
    exec!(
        db.write(),
        "update troubles set group_key = $3, cause = $4, subject_id = $5, name = $6, repositories = $7
         where organization_id = $1 and id = $2 and ended_at is null
           and not exists (select 1 from troubles other where other.organization_id = $1
             and other.group_key = $3 and other.ended_at is null and other.id <> $2)",
        [
            scope,
            id,
            said.key.as_str(),
            said.cause.as_str(),
            said.first,
            said.name.as_str(),
            i64::from(said.group.repositories),
        ]
    )?;
    Ok(())
}

/// Ends the notice of a group that fails no more.
pub async fn end(db: &Db, scope: Scope, id: NoticeId, now: Timestamp) -> Result<()> {
    exec!(
        db.write(),
        "update troubles set ended_at = $3 where organization_id = $1 and id = $2 and ended_at is null",
        [scope, id, now]
    )?;
    Ok(())
}
