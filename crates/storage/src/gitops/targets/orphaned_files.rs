//! The files that Git targets left behind: in the repositories still, as Hawser wrote them.

use domain::GitTargetId;
use serde_json::json;

use super::File;
use crate::{Json, Result, Scope, Tx, exec, rows};

/// A branch of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnBranch<'a> {
    /// The repository ([`domain::gitops::GitUrl::key`]).
    pub repository: &'a str,
    /// The branch.
    pub branch: &'a str,
}

/// Remembers what the branch may hold of a Git target, whatever becomes of its files, so that a target
/// that comes to the same branch can take them over. Answers how many files the target has there.
pub async fn remember_files(
    tx: &mut Tx,
    scope: Scope,
    target: GitTargetId,
    at: OnBranch<'_>,
) -> Result<u32> {
    let files = written(tx, scope, target).await?;
    let known = files.iter().flat_map(|file| {
        let own = Some((file.identity.as_str(), file.blob.as_str()));
        // The identity of one that is leaving is not known any more, and its bytes are enough.
        let own = own.filter(|(_, blob)| !blob.is_empty());
        own.into_iter().chain(file.intents()).map(
            |(identity, blob)| json!({ "path": file.path, "identity": identity, "blob": blob }),
        )
    });
    let known: Vec<_> = known.collect();
    exec!(
        tx,
        ["insert into left_files (organization_id, repository, branch, path, blob, identity)
          select $1, $2, $3, " text("path") ", " text("blob") ", " text("identity") " from " records(4) " as r where true
          on conflict (organization_id, repository, branch, path, blob) do nothing"],
        [scope, at.repository, at.branch, Json(known)]
    )?;
    let there = files.iter().filter(|file| !file.blob.is_empty()).count();
    Ok(u32::try_from(there).unwrap_or(u32::MAX))
}

async fn written(tx: &mut Tx, scope: Scope, target: GitTargetId) -> Result<Vec<File>> {
    rows!(
        tx,
        "select path, identity, blob, next_identity, next_blob from git_target_files
         where organization_id = $1 and target_id = $2",
        [scope, target]
    )
}

/// Forgets what was left at the paths that a Git target has now: what lies there is known by it.
pub async fn forget_left(
    tx: &mut Tx,
    scope: Scope,
    target: GitTargetId,
    at: OnBranch<'_>,
) -> Result<()> {
    exec!(
        tx,
        "delete from left_files where organization_id = $1 and repository = $3 and branch = $4 and path in (
         select f.path from git_target_files f where f.organization_id = $1 and f.target_id = $2)",
        [scope, target, at.repository, at.branch]
    )?;
    Ok(())
}
