//! The files that Hawser wrote to a Git target.

use domain::{GitTargetId, Scope};
use sqlx::QueryBuilder;

use crate::{Db, Result, Tx, on, sql};

/// A file of a Git target.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct File {
    /// Its path in the repository.
    pub path: String,
    /// What it was made from; empty for a file that was never seen in the repository.
    pub identity: String,
    /// Its object id in Git, in hexadecimal; empty as the identity is.
    pub blob: String,
    /// What a push whose end is not known writes; empty when there is none.
    pub next_identity: String,
    /// The object id of that.
    pub next_blob: String,
}

/// All of them, by path.
///
/// # Errors
/// When the database does not answer.
pub async fn files(db: &Db, scope: Scope, target: GitTargetId) -> Result<Vec<File>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_as(sql!(
            "select path, identity, blob, next_identity, next_blob from git_target_files
             where organization_id = $1 and target_id = $2 order by path"
        ))
        .bind(scope.organization().uuid())
        .bind(target.uuid())
        .fetch_all(pool)
        .await
    })?)
}

/// Writes down what a push is about to write, so that it is recognized when its answer is lost.
///
/// # Errors
/// When the database refuses.
pub async fn intend(tx: &mut Tx, scope: Scope, target: GitTargetId, files: &[File]) -> Result<()> {
    insert(
        tx,
        scope,
        target,
        files,
        " on conflict (organization_id, target_id, path) do update set
           next_identity = excluded.next_identity, next_blob = excluded.next_blob",
    )
    .await
}

/// Notes the files that the repository holds now, in place of what was noted before.
///
/// # Errors
/// When the database refuses.
pub async fn set_files(
    tx: &mut Tx,
    scope: Scope,
    target: GitTargetId,
    files: &[File],
) -> Result<()> {
    forget_files(tx, scope, target).await?;
    insert(tx, scope, target, files, "").await
}

async fn insert(
    tx: &mut Tx,
    scope: Scope,
    target: GitTargetId,
    files: &[File],
    on_conflict: &'static str,
) -> Result<()> {
    for chunk in files.chunks(100) {
        on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(
                "insert into git_target_files
                   (organization_id, target_id, path, identity, blob, next_identity, next_blob) ",
            );
            query.push_values(chunk, |mut row, file| {
                row.push_bind(scope.organization().uuid())
                    .push_bind(target.uuid())
                    .push_bind(file.path.as_str())
                    .push_bind(file.identity.as_str())
                    .push_bind(file.blob.as_str())
                    .push_bind(file.next_identity.as_str())
                    .push_bind(file.next_blob.as_str());
            });
            query.push(on_conflict);
            query.build().execute(&mut **tx).await.map(drop)
        })?;
    }
    Ok(())
}

/// Forgets all files; they stay in the repository.
///
/// # Errors
/// When the database refuses.
pub async fn forget_files(tx: &mut Tx, scope: Scope, target: GitTargetId) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("delete from git_target_files where organization_id = $1 and target_id = $2"))
            .bind(scope.organization().uuid())
            .bind(target.uuid())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}
