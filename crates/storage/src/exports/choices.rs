//! What an export may be made of.

use domain::{AuthMethod, CredentialId, Provider, RepositoryId};
use uuid::Uuid;

use crate::{
    Db, Result, Scope,
    credentials::{provider, shape},
    rows,
};

/// A credential that may be chosen, with its provider and auth method.
pub type CredentialChoice = (CredentialId, String, Provider, AuthMethod);
/// A repository that may be chosen, with its URL and the credential that opens it.
pub type RepositoryChoice = (RepositoryId, String, String, Option<CredentialId>);

/// The credentials that have a version in Vault, and the repositories; each by name.
pub async fn choices(
    db: &Db,
    scope: Scope,
) -> Result<(Vec<CredentialChoice>, Vec<RepositoryChoice>)> {
    Ok((credentials(db, scope).await?, repositories(db, scope).await?))
}

async fn credentials(db: &Db, scope: Scope) -> Result<Vec<CredentialChoice>> {
    let rows: Vec<(Uuid, String, String, String)> = rows!(
        db,
        "select id, name, provider, shape from credentials
         where organization_id = $1 and deleted_at is null and vault_version > 0
         order by name_key",
        [scope]
    )?;
    rows.into_iter()
        .map(|(id, name, code, way)| Ok((id.into(), name, provider(&code)?, shape(&way)?)))
        .collect()
}

async fn repositories(db: &Db, scope: Scope) -> Result<Vec<RepositoryChoice>> {
    let rows: Vec<(Uuid, String, String, Option<Uuid>)> = rows!(
        db,
        "select r.id, r.name, r.url, l.credential_id from repositories r
         left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
           and l.state = 'active'
         where r.organization_id = $1 and r.deleted_at is null
         order by r.name_key, r.id",
        [scope]
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, name, url, credential)| (id.into(), name, url, credential.map(Into::into)))
        .collect())
}
