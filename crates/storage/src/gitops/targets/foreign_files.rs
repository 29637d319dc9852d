//! What Hawser wrote to a repository beside the files of one target: what other targets have there, and
//! what targets left behind.
//!
//! A branch that somebody makes from another one holds what Hawser wrote there, so the branch is not
//! asked for: bytes that Hawser wrote at a path of the repository are its own on every branch.

use std::collections::BTreeMap;

use domain::GitTargetId;
use uuid::Uuid;

use super::File;
use crate::{Db, Json, Result, Scope, rows};

/// The other Git targets of the organization, each with the address of its repository.
pub async fn others(
    db: &Db,
    scope: Scope,
    target: GitTargetId,
) -> Result<Vec<(GitTargetId, String)>> {
    let rows: Vec<(Uuid, String)> = rows!(
        db,
        "select id, url from git_targets where organization_id = $1 and id <> $2 order by id",
        [scope, target]
    )?;
    Ok(rows.into_iter().map(|(id, url)| (id.into(), url)).collect())
}

/// What these targets have in their repository, and what others left in it. All of that stands in the
/// intents of the files, so that they count while they are as Hawser wrote them.
pub async fn elsewhere(
    db: &Db,
    scope: Scope,
    repository: &str,
    others: &[GitTargetId],
) -> Result<Vec<File>> {
    let mut files = BTreeMap::<String, File>::new();
    for (path, identity, blob) in left(db, scope, repository).await? {
        add(&mut files, &path, &identity, &blob);
    }
    for file in written(db, scope, others).await? {
        if !file.blob.is_empty() {
            add(&mut files, &file.path, &file.identity, &file.blob);
        }
        for (identity, blob) in file.intents() {
            add(&mut files, &file.path, identity, blob);
        }
    }
    Ok(files.into_values().collect())
}

fn add(files: &mut BTreeMap<String, File>, path: &str, identity: &str, blob: &str) {
    let new = || File { path: path.to_owned(), ..File::default() };
    let file = files.entry(path.to_owned()).or_insert_with(new);
    // An intent has both; of a file that was leaving the identity is not known any more.
    for (list, one) in [
        (&mut file.next_identity, if identity.is_empty() { "-" } else { identity }),
        (&mut file.next_blob, blob),
    ] {
        list.push(' ');
        list.push_str(one);
    }
}

async fn left(db: &Db, scope: Scope, repository: &str) -> Result<Vec<(String, String, String)>> {
    rows!(
        db,
        "select distinct path, identity, blob from left_files
         where organization_id = $1 and repository = $2 order by path, blob",
        [scope, repository]
    )
}

async fn written(db: &Db, scope: Scope, targets: &[GitTargetId]) -> Result<Vec<File>> {
    if targets.is_empty() {
        return Ok(Vec::new());
    }
    rows!(
        db,
        ["select path, identity, blob, next_identity, next_blob from git_target_files
          where organization_id = $1 and target_id in " ids(2)],
        [scope, Json(targets)]
    )
}
