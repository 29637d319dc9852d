//! The files that Hawser wrote to a Git target.

use domain::GitTargetId;
use serde::Serialize;

use crate::{Db, Json, Result, Scope, Tx, exec, rows};

/// A file of a Git target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
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
pub async fn files(db: &Db, scope: Scope, target: GitTargetId) -> Result<Vec<File>> {
    rows!(
        db,
        "select path, identity, blob, next_identity, next_blob from git_target_files
         where organization_id = $1 and target_id = $2 order by path",
        [scope, target]
    )
}

macro_rules! files {
    () => {
        "insert into git_target_files (organization_id, target_id, path, identity, blob, next_identity, next_blob)
         select $1, $2, r.value ->> 'path', r.value ->> 'identity', r.value ->> 'blob', r.value ->> 'next_identity',
           r.value ->> 'next_blob' from "
    };
}

/// Writes down what a push is about to write beside what earlier ones meant to
/// ([`File::intending`]), so that it is recognized when its answer is lost.
pub async fn intend(tx: &mut Tx, scope: Scope, target: GitTargetId, files: &[File]) -> Result<()> {
    exec!(
        tx,
        [files!() records(3) " as r where true on conflict (organization_id, target_id, path) do update set
          next_identity = excluded.next_identity, next_blob = excluded.next_blob"],
        [scope, target, Json(files)]
    )?;
    Ok(())
}

/// Notes the files that the repository holds now, in place of what was noted before.
pub async fn set_files(
    tx: &mut Tx,
    scope: Scope,
    target: GitTargetId,
    files: &[File],
) -> Result<()> {
    forget_files(tx, scope, target).await?;
    exec!(tx, [files!() records(3) " as r"], [scope, target, Json(files)])?;
    Ok(())
}

/// Forgets all files; they stay in the repository.
pub async fn forget_files(tx: &mut Tx, scope: Scope, target: GitTargetId) -> Result<()> {
    exec!(
        tx,
        "delete from git_target_files where organization_id = $1 and target_id = $2",
        [scope, target]
    )?;
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
