//! Deleting exports, and what deletions of credentials and repositories mean for them.

use domain::{CredentialId, ExportId, RepositoryId};

use crate::{Result, Scope, Tx, exec, search, value, values};

/// Deletes an empty export; answers its name, `None` when there was none.
///
/// # Errors
/// When something still takes it ([`crate::Error::is_dangling`]), or the database refuses.
pub async fn delete(tx: &mut Tx, scope: Scope, id: ExportId) -> Result<Option<String>> {
    let deleted = value!(
        tx,
        "delete from exports where organization_id = $1 and id = $2 returning name",
        [scope, id]
    )?;
    search::export(tx, scope, id).await?;
    Ok(deleted)
}

/// The names of the exports that hold a credential, at most 100.
pub async fn holding(tx: &mut Tx, scope: Scope, credential: CredentialId) -> Result<Vec<String>> {
    values!(
        tx,
        "select e.name from export_credentials m
         join exports e on e.organization_id = m.organization_id and e.id = m.export_id
         where m.organization_id = $1 and m.credential_id = $2
         order by e.name_key limit 100",
        [scope, credential]
    )
}

/// Puts `to` into every export that holds `from`; [`drop_credential`] then takes `from` out.
pub async fn replace_credential(
    tx: &mut Tx,
    scope: Scope,
    from: CredentialId,
    to: CredentialId,
) -> Result<u64> {
    exec!(
        tx,
        "insert into export_credentials (organization_id, export_id, credential_id)
         select m.organization_id, m.export_id, $3 from export_credentials m
         where m.organization_id = $1 and m.credential_id = $2
         on conflict do nothing",
        [scope, from, to]
    )
}

/// Takes a credential out of every export.
pub async fn drop_credential(tx: &mut Tx, scope: Scope, credential: CredentialId) -> Result<u64> {
    exec!(
        tx,
        "delete from export_credentials where organization_id = $1 and credential_id = $2",
        [scope, credential]
    )
}

/// Takes a repository out of every export.
pub async fn drop_repository(tx: &mut Tx, scope: Scope, repository: RepositoryId) -> Result<u64> {
    exec!(
        tx,
        "delete from export_repositories where organization_id = $1 and repository_id = $2",
        [scope, repository]
    )
}
