//! The files that Git targets left behind: in the repositories still, as Hawser wrote them last.

use domain::{GitTargetId, Scope};

use super::File;
use crate::{Db, Result, Tx, on, sql};

/// A branch of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left<'a> {
    /// The repository ([`domain::gitops::GitUrl::key`]).
    pub repository: &'a str,
    /// The branch.
    pub branch: &'a str,
}

/// Forgets the files of a Git target; they stay in the repository, and a target that comes to the same
/// branch can take them over.
///
/// # Errors
/// When the database refuses.
pub async fn leave_files(
    tx: &mut Tx,
    scope: Scope,
    target: GitTargetId,
    at: Left<'_>,
) -> Result<()> {
    note(tx, scope, target, at).await?;
    super::forget_files(tx, scope, target).await
}

async fn note(tx: &mut Tx, scope: Scope, target: GitTargetId, at: Left<'_>) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into left_files (organization_id, repository, branch, path, identities, blobs)
             select f.organization_id, $3, $4, f.path, trim(f.identity || ' ' || f.next_identity),
               trim(f.blob || ' ' || f.next_blob)
             from git_target_files f where f.organization_id = $1 and f.target_id = $2
             on conflict (organization_id, repository, branch, path) do update set
               identities = excluded.identities, blobs = excluded.blobs"
        ))
        .bind(scope.organization().uuid())
        .bind(target.uuid())
        .bind(at.repository)
        .bind(at.branch)
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// The files that were left on a branch. What Hawser wrote there stands in their intents, so that they
/// count while they are as it left them.
///
/// # Errors
/// When the database does not answer.
pub async fn left_files(db: &Db, scope: Scope, at: Left<'_>) -> Result<Vec<File>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select path, '' as identity, '' as blob, identities as next_identity, blobs as next_blob
             from left_files where organization_id = $1 and repository = $2 and branch = $3 order by path"
        ))
        .bind(scope.organization().uuid())
        .bind(at.repository)
        .bind(at.branch)
        .fetch_all(pool)
        .await
    })?)
}
