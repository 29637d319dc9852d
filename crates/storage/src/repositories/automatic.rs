//! Repositories whose URL chooses the credential.

use domain::{CredentialId, ProjectId, RepositoryId, credentials::Route};
use uuid::Uuid;

use crate::{Db, Result, Scope, Tx, rows, value};

/// A repository whose URL chooses the credential, with what it chose last.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Automatic {
    pub id: RepositoryId,
    pub project: ProjectId,
    pub url: String,
    pub route: Route,
    /// The credential of a link that is in force for the URL's origin.
    pub credential: Option<CredentialId>,
}

/// The project a form names, or the default one; `None` when there is no such project.
pub async fn project(
    db: &Db,
    scope: Scope,
    wanted: Option<ProjectId>,
) -> Result<Option<ProjectId>> {
    let id: Option<Uuid> = value!(
        db,
        "select id from projects where organization_id = $1 and (id = $2 or ($2 is null and is_default))",
        [scope, wanted]
    )?;
    Ok(id.map(ProjectId::from))
}

/// Every repository whose URL chooses the credential.
pub async fn automatic(db: &Db, scope: Scope) -> Result<Vec<Automatic>> {
    let rows: Vec<(Uuid, Uuid, String, String, String, Option<Uuid>)> = rows!(
        db,
        "select r.id, r.project_id, r.url, r.ca, r.proxy, l.credential_id from repositories r
         left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
           and l.state = 'active' and l.origin = r.origin
         where r.organization_id = $1 and r.is_automatic and r.deleted_at is null",
        [scope]
    )?;
    Ok(rows
        .into_iter()
        .map(|(id, project, url, ca, proxy, credential)| Automatic {
            id: id.into(),
            project: project.into(),
            url,
            route: Route { ca, proxy },
            credential: credential.map(CredentialId::from),
        })
        .collect())
}

/// Takes a repository at this epoch for a new link: a sync under way with the old one writes
/// nothing any more. Answers the new epoch; `None` when somebody changed it meanwhile.
pub async fn take_for_link(
    tx: &mut Tx,
    scope: Scope,
    id: RepositoryId,
    epoch: i64,
) -> Result<Option<i64>> {
    value!(
        tx,
        "update repositories set epoch = epoch + 1, row_version = row_version + 1, etag = null,
           last_modified = null, digest = null
         where organization_id = $1 and id = $2 and epoch = $3 and is_automatic and deleted_at is null
         returning epoch",
        [scope, id, epoch]
    )
}
