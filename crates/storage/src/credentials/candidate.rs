//! The candidate of a staged rotation: a version in Vault beside the one that counts.

use domain::{Cause, CredentialId, OperationId, RepositoryId, Timestamp};
use uuid::Uuid;

use super::{
    Operation,
    operations::{OperationRow, operation_columns},
};
use crate::{Db, Result, Scope, Tx, exec, jobs, row, rows, value};

/// A candidate, with what takes effect when it is promoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staged {
    /// What is promoted or discarded.
    pub operation: Operation,
    /// Its version in Vault.
    pub vault_version: i64,
    /// When it was stored.
    pub at: Timestamp,
}

/// The test of a candidate at one linked repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// The repository.
    pub repository: RepositoryId,
    /// Its name.
    pub name: String,
    /// `None` while it has not been tested; then whether it passed.
    pub passed: Option<bool>,
    /// Why it did not.
    pub cause: Option<Cause>,
}

/// Writes down that the secret of a candidate lies in Vault; answers how many rows that was: 0 when
/// somebody else ended the operation.
pub async fn stage(
    tx: &mut Tx,
    scope: Scope,
    operation: OperationId,
    vault_version: i64,
    now: Timestamp,
) -> Result<u64> {
    exec!(
        tx,
        "update secret_operations set state = 'staged', vault_version = $3, settled_at = $4
         where organization_id = $1 and id = $2 and state = 'intent' and kind = 'candidate'",
        [scope, operation, vault_version, now]
    )
}

/// The credential waits for the test of its candidate; answers how many rows that was.
pub async fn rotating(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    operation: OperationId,
) -> Result<u64> {
    exec!(
        tx,
        "update credentials set state = 'rotating', row_version = row_version + 1
         where organization_id = $1 and id = $2 and operation_id = $3 and state = 'updating'
           and deleted_at is null",
        [scope, id, operation]
    )
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    operation: OperationRow,
    vault_version: i64,
    at: i64,
}

/// The candidate of a credential, if it has one.
pub async fn candidate(db: &Db, scope: Scope, id: CredentialId) -> Result<Option<Staged>> {
    let row: Option<Row> = row!(
        db,
        ["select " operation_columns!("o.") ", o.vault_version,
            coalesce(o.settled_at, o.created_at) as at
         from credentials c
         join secret_operations o on o.organization_id = c.organization_id and o.id = c.operation_id
         where c.organization_id = $1 and c.id = $2 and c.deleted_at is null and c.state = 'rotating'
           and o.state = 'staged' and o.vault_version is not null"],
        [scope, id]
    )?;
    row.map(|row| {
        Ok(Staged {
            operation: row.operation.operation()?,
            vault_version: row.vault_version,
            at: Timestamp::from_millis(row.at),
        })
    })
    .transpose()
}

/// Whether the test of a candidate is queued or running.
pub async fn is_testing(db: &Db, scope: Scope, id: CredentialId) -> Result<bool> {
    let job: Option<i64> = value!(
        db,
        "select run_at from jobs where organization_id = $1 and kind = 'rotate' and target_id = $2",
        [scope, id]
    )?;
    Ok(job.is_some())
}

/// The repositories that a candidate has to pass at: those with a link in force now, the refused ones
/// first, then by name.
pub async fn candidate_lines(
    db: &Db,
    scope: Scope,
    id: CredentialId,
    operation: OperationId,
    limit: u32,
) -> Result<Vec<Tested>> {
    let rows: Vec<(Uuid, String, Option<bool>, Option<String>)> = rows!(
        db,
        "select r.id, r.name, t.passed, t.cause
         from links l
         join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
         join credentials c on c.organization_id = l.organization_id and c.id = l.credential_id
         left join candidate_tests t on t.organization_id = l.organization_id and t.operation_id = $3
           and t.repository_id = l.repository_id
         where l.organization_id = $1 and l.credential_id = $2 and l.state = 'active' and l.origin = r.origin
           and not exists (select 1 from projects p where p.organization_id = c.organization_id and p.id = c.project_id
             and not p.is_shared and p.id <> r.project_id) and r.deleted_at is null
         order by case when t.cause is null then 1 else 0 end, r.name_key, r.id
         limit $4",
        [scope, id, operation, limit]
    )?;
    Ok(rows
        .into_iter()
        .map(|(repository, name, passed, cause)| Tested {
            repository: repository.into(),
            name,
            passed,
            cause: cause.as_deref().and_then(Cause::parse),
        })
        .collect())
}

/// Whether a repository with a link in force has not taken a candidate. In a transaction that holds
/// the credential, no link is added until it ends.
pub async fn is_untested(
    tx: &mut Tx,
    scope: Scope,
    id: CredentialId,
    operation: OperationId,
) -> Result<bool> {
    let found: Option<i64> = value!(
        tx,
        "select l.created_at from links l
         join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
         join credentials c on c.organization_id = l.organization_id and c.id = l.credential_id
         left join candidate_tests t on t.organization_id = l.organization_id and t.operation_id = $3
           and t.repository_id = l.repository_id and t.passed
         where l.organization_id = $1 and l.credential_id = $2 and l.state = 'active' and l.origin = r.origin
           and not exists (select 1 from projects p where p.organization_id = c.organization_id and p.id = c.project_id
             and not p.is_shared and p.id <> r.project_id) and r.deleted_at is null
           and t.repository_id is null
         limit 1",
        [scope, id, operation]
    )?;
    Ok(found.is_some())
}

/// Writes down how a candidate fared at a repository, if the job is still ours; answers how many
/// rows that was.
pub async fn note_test(
    db: &Db,
    work: &jobs::ClaimedJob,
    operation: OperationId,
    repository: RepositoryId,
    cause: Option<Cause>,
    now: Timestamp,
) -> Result<u64> {
    exec!(
        db.write(),
        "insert into candidate_tests (organization_id, operation_id, repository_id, passed, cause, at)
         select j.organization_id, o.id, r.id, $6, $7, $8
         from jobs j
         join secret_operations o on o.organization_id = j.organization_id and o.id = $4
         join repositories r on r.organization_id = j.organization_id and r.id = $5
         where j.organization_id = $1 and j.kind = 'rotate' and j.target_id = $2 and j.fence = $3
           and j.state = 'running'
         on conflict (organization_id, operation_id, repository_id) do update set
           passed = excluded.passed, cause = excluded.cause, at = excluded.at",
        [
            work.scope,
            work.target,
            work.fence,
            operation,
            repository,
            cause.is_none(),
            cause.map(Cause::as_str),
            now,
        ]
    )
}

/// Forgets where a candidate was refused, so that it is tested there again.
pub async fn test_again(tx: &mut Tx, scope: Scope, operation: OperationId) -> Result<()> {
    exec!(
        tx,
        "delete from candidate_tests where organization_id = $1 and operation_id = $2 and not passed",
        [scope, operation]
    )?;
    Ok(())
}

/// Ends the candidate of a deleted credential.
pub async fn abandon(tx: &mut Tx, scope: Scope, id: CredentialId, now: Timestamp) -> Result<()> {
    exec!(
        tx,
        "update secret_operations set state = 'aborted', settled_at = $3
         where organization_id = $1 and credential_id = $2 and state = 'staged'",
        [scope, id, now]
    )?;
    Ok(())
}
