//! What an export may be made of.

use domain::{AuthMethod, CredentialId, Provider, RepositoryId};
use uuid::Uuid;

use crate::{
    Db, Json, Result, Scope,
    charts::pattern,
    credentials::{provider, shape},
    rows,
};

/// A credential that may be chosen, with its provider and auth method.
pub type CredentialChoice = (CredentialId, String, Provider, AuthMethod);
/// A repository that may be chosen, with its URL and the credential that opens it.
pub type RepositoryChoice = (RepositoryId, String, String, Option<CredentialId>);

/// What is searched for: the first by name whose name or URL holds `search`.
#[derive(Debug, Clone, Copy)]
pub struct Searched<'a> {
    /// Empty finds everything.
    pub search: &'a str,
    /// How many at most.
    pub limit: usize,
}

impl Searched<'_> {
    fn pattern(self) -> String {
        pattern(self.search)
    }

    fn limit(self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX)
    }
}

type CredentialRow = (Uuid, String, String, String);
type RepositoryRow = (Uuid, String, String, Option<Uuid>);

/// What stands for a credential that has a version in Vault.
macro_rules! usable {
    () => {
        "select id, name, provider, shape from credentials
         where organization_id = $1 and deleted_at is null and vault_version > 0 "
    };
}

/// What stands for a repository.
macro_rules! named {
    () => {
        "select r.id, r.name, r.url, l.credential_id from repositories r
         left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
           and l.state = 'active'
         where r.organization_id = $1 and r.deleted_at is null "
    };
}

/// The credentials of these providers that are found.
pub async fn found_credentials(
    db: &Db,
    scope: Scope,
    providers: &[&str],
    searched: Searched<'_>,
) -> Result<Vec<CredentialChoice>> {
    let rows: Vec<CredentialRow> = rows!(
        db,
        [usable!() "and name_key like $2 escape '\\' and provider in " texts(3) "
          and shape not in " texts(4) " order by name_key limit $5"],
        [scope, searched.pattern(), Json(providers), Json(connected()), searched.limit()]
    )?;
    rows.into_iter().map(credential).collect()
}

/// Those of these credentials that are there.
pub async fn chosen_credentials(
    db: &Db,
    scope: Scope,
    ids: &[Uuid],
) -> Result<Vec<CredentialChoice>> {
    let rows: Vec<CredentialRow> =
        rows!(db, [usable!() "and id in " ids(2) " order by name_key"], [scope, Json(ids)])?;
    rows.into_iter().map(credential).collect()
}

/// The repositories that are found.
pub async fn found_repositories(
    db: &Db,
    scope: Scope,
    searched: Searched<'_>,
) -> Result<Vec<RepositoryChoice>> {
    let rows: Vec<RepositoryRow> = rows!(
        db,
        [named!() "and (r.name_key like $2 escape '\\' or lower(r.url) like $2 escape '\\')
          order by r.name_key, r.id limit $3"],
        [scope, searched.pattern(), searched.limit()]
    )?;
    Ok(rows.into_iter().map(repository).collect())
}

/// Those of these repositories that are there.
pub async fn chosen_repositories(
    db: &Db,
    scope: Scope,
    ids: &[Uuid],
) -> Result<Vec<RepositoryChoice>> {
    let rows: Vec<RepositoryRow> = rows!(
        db,
        [named!() "and r.id in " ids(2) " order by r.name_key, r.id"],
        [scope, Json(ids)]
    )?;
    Ok(rows.into_iter().map(repository).collect())
}

fn credential((id, name, code, way): CredentialRow) -> Result<CredentialChoice> {
    Ok((id.into(), name, provider(&code)?, shape(&way)?))
}

fn repository((id, name, url, credential): RepositoryRow) -> RepositoryChoice {
    (id.into(), name, url, credential.map(Into::into))
}

/// The auth methods of connected accounts, whose tokens are replaced all the time.
fn connected() -> Vec<&'static str> {
    AuthMethod::ALL
        .into_iter()
        .filter(|method| method.is_connected())
        .map(AuthMethod::as_str)
        .collect()
}
