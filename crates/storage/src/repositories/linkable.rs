//! Credentials that may be linked.

use domain::{CredentialId, ProjectId, Provider, credentials::CredentialState};
use uuid::Uuid;

use crate::{
    Db, Result, Scope, Tx,
    credentials::{provider, state},
    row, rows,
};

/// A credential that may be linked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Linkable {
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub provider: Provider,
    /// How it is doing.
    pub state: CredentialState,
    /// The version in Vault.
    pub vault_version: i64,
    /// The project to which it is bound; `None` when it, or its project, is shared with all.
    pub project: Option<ProjectId>,
}

type Row = (String, String, String, i64, Option<Uuid>);

fn read((name, code, text, vault_version, project): Row) -> Result<Linkable> {
    Ok(Linkable {
        name,
        provider: provider(&code)?,
        state: state(&text)?,
        vault_version,
        project: project.map(ProjectId::from),
    })
}

/// A credential that may be linked at this moment; `None` when there is none of this id in this
/// organization, when it was never stored, or was deleted.
pub async fn linkable(db: &Db, scope: Scope, id: CredentialId) -> Result<Option<Linkable>> {
    let row: Option<Row> = row!(
        db,
        "select name, provider, state, vault_version,
           (select p.id from projects p where p.organization_id = credentials.organization_id
             and p.id = credentials.project_id and not p.is_shared) as own_project
         from credentials
         where organization_id = $1 and id = $2 and deleted_at is null
           and state in ('active', 'updating', 'rotating', 'lost')",
        [scope, id]
    )?;
    row.map(read).transpose()
}

/// The same inside a transaction, until whose end nobody can delete the credential: the statement
/// changes nothing but takes the lock of the row, and a deletion takes it too.
///
/// Credentials are held before rows of repositories are changed, as a deletion does it, so that
/// the two never wait for each other.
pub async fn lock(tx: &mut Tx, scope: Scope, id: CredentialId) -> Result<Option<Linkable>> {
    let rows: Vec<Row> = rows!(
        tx,
        "update credentials set epoch = epoch
         where organization_id = $1 and id = $2 and deleted_at is null
           and state in ('active', 'updating', 'rotating', 'lost')
         returning name, provider, state, vault_version,
           (select p.id from projects p where p.organization_id = credentials.organization_id
             and p.id = credentials.project_id and not p.is_shared) as own_project",
        [scope, id]
    )?;
    rows.into_iter().next().map(read).transpose()
}
