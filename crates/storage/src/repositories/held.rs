//! Taking repositories in one order, before what is written to them.

use std::collections::BTreeSet;

use domain::{OrganizationId, RepositoryId, Scope};
use sqlx::QueryBuilder;

use crate::{Result, Tx, db::Inner};

/// Holds repositories until the transaction ends. A sync that ends takes away its job before it writes to
/// the repository, and whoever asks for one does it the other way round; both hold the repository first.
///
/// SQLite writes one transaction after the other, so there is nothing to hold.
///
/// # Errors
/// When the database refuses.
pub async fn hold_these(
    tx: &mut Tx,
    repositories: &BTreeSet<(OrganizationId, RepositoryId)>,
) -> Result<()> {
    let Inner::Postgres(tx) = tx.inner() else { return Ok(()) };
    let ids: Vec<_> = repositories.iter().collect();
    for chunk in ids.chunks(500) {
        let mut query =
            QueryBuilder::new("select 1 from repositories where (organization_id, id) in ");
        query.push_tuples(chunk, |mut row, (organization, id)| {
            row.push_bind(organization.uuid()).push_bind(id.uuid());
        });
        query.push(" order by organization_id, id for no key update");
        query.build().execute(&mut **tx).await?;
    }
    Ok(())
}

/// Holds every repository of an organization until the transaction ends, in the order of
/// [`hold_these`].
///
/// # Errors
/// When the database refuses.
pub async fn hold_all(tx: &mut Tx, scope: Scope) -> Result<()> {
    let Inner::Postgres(tx) = tx.inner() else { return Ok(()) };
    sqlx::query("select 1 from repositories where organization_id = $1 order by organization_id, id for no key update")
        .bind(scope.organization().uuid())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
