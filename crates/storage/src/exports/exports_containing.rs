//! Exports that carry the value of a repository's credential, whichever it has.

use domain::{RepositoryId, Scope, exports::DeliveryMethod};

use crate::{Db, Result, Tx, on, sql};

const NAMES: &str = sql!(
    "select e.name from export_repositories m
     join exports e on e.organization_id = m.organization_id and e.id = m.export_id
     where m.organization_id = $1 and m.repository_id = $2 and e.carrier = $3
     order by e.name_key limit 100"
);

/// The names of the exports that carry the value of a repository's credential, at most 100; those that
/// refer to Vault are not among them.
///
/// # Errors
/// When the database does not answer.
pub async fn carrying(db: &Db, scope: Scope, repository: RepositoryId) -> Result<Vec<String>> {
    Ok(on!(db.read(), pool => {
        sqlx::query_scalar(NAMES)
            .bind(scope.organization().uuid())
            .bind(repository.uuid())
            .bind(DeliveryMethod::Sops.facts().code)
            .fetch_all(pool)
            .await
    })?)
}

/// The same inside a transaction.
///
/// # Errors
/// When the database refuses.
pub async fn carrying_now(
    tx: &mut Tx,
    scope: Scope,
    repository: RepositoryId,
) -> Result<Vec<String>> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query_scalar(NAMES)
            .bind(scope.organization().uuid())
            .bind(repository.uuid())
            .bind(DeliveryMethod::Sops.facts().code)
            .fetch_all(&mut **tx)
            .await
    })?)
}
