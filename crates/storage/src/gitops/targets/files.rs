//! The files that Hawser wrote to a Git target.

use domain::{GitTargetId, Scope};
use sqlx::QueryBuilder;

use crate::{Db, Result, Tx, on, sql};

/// A file of a Git target.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct File {
    /// Its path in the repository.
    pub path: String,
    /// What it was made from; empty for a file that was never seen in the repository, and for one that an
    /// open pull request takes away.
    pub identity: String,
    /// Its object id in Git, in hexadecimal; empty for a file that was never seen there.
    pub blob: String,
    /// What pushes whose end is not known write, separated by spaces; empty when there is none.
    pub next_identity: String,
    /// The object ids of that, in the same order.
    pub next_blob: String,
}

/// The most intents that are kept of a file; more pushes are never under way after one another.
const INTENTS: usize = 64;

impl File {
    /// A file that lies on the branch until somebody merges the request that takes it away.
    #[must_use]
    pub fn leaving(path: &str, blob: &str) -> Self {
        Self { path: path.to_owned(), blob: blob.to_owned(), ..Self::default() }
    }

    /// Whether it is one of [`Self::leaving`].
    #[must_use]
    pub const fn is_leaving(&self) -> bool {
        self.identity.is_empty() && !self.blob.is_empty()
    }

    /// What pushes whose end is not known write: identity and object id, the oldest first. An older
    /// one may still arrive after a newer one was written down.
    pub fn intents(&self) -> impl Iterator<Item = (&str, &str)> {
        self.next_identity.split_whitespace().zip(self.next_blob.split_whitespace())
    }

    /// The same file with one more intent.
    #[must_use]
    pub fn intending(&self, identity: &str, blob: &str) -> Self {
        let mut intents: Vec<_> =
            self.intents().filter(|known| *known != (identity, blob)).collect();
        intents.push((identity, blob));
        let kept = intents.get(intents.len().saturating_sub(INTENTS)..).unwrap_or_default();
        let (identities, blobs): (Vec<_>, Vec<_>) = kept.iter().copied().unzip();
        Self { next_identity: identities.join(" "), next_blob: blobs.join(" "), ..self.clone() }
    }
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

/// Writes down what a push is about to write beside what earlier ones meant to
/// ([`File::intending`]), so that it is recognized when its answer is lost.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_intent_is_kept_beside_older_ones() {
        let file = File::default().intending("a", "1").intending("b", "2").intending("a", "1");
        assert_eq!(file.intents().collect::<Vec<_>>(), [("b", "2"), ("a", "1")]);
        let many = (0..200).fold(file, |file, n| file.intending("c", &n.to_string()));
        assert_eq!((many.intents().count(), many.intents().last()), (INTENTS, Some(("c", "199"))));
    }
}
