//! Reading projects.

use domain::{
    CredentialId, ProjectId, Total,
    matching::SharedProject,
    projects::{Project, Sharing},
};
use uuid::Uuid;

use crate::{Db, Result, Scope, Tx, one_value, rows, value, values};

/// All projects with what is in them, the default one first, then by name.
pub async fn list(db: &Db, scope: Scope) -> Result<Vec<Project>> {
    let rows: Vec<(Uuid, String, bool, bool, i64, i64)> = rows!(
        db,
        "select p.id, p.name, p.is_default, p.is_shared,
           (select count(*) from (select 1 from credentials c
              where c.organization_id = p.organization_id and c.project_id = p.id and c.deleted_at is null
              limit $2) as ones) as credentials,
           (select count(*) from (select 1 from repositories r
              where r.organization_id = p.organization_id and r.project_id = p.id and r.deleted_at is null
              limit $2) as ones) as repositories
         from projects p
         where p.organization_id = $1
         order by case when p.is_default then 0 else 1 end, p.name_key",
        [scope, Total::COUNTED]
    )?;
    let total = |count: i64| Total::of(u32::try_from(count).unwrap_or(u32::MAX));
    Ok(rows
        .into_iter()
        .map(|(id, name, is_default, is_shared, credentials, repositories)| Project {
            id: id.into(),
            name,
            is_default,
            sharing: Sharing::of_column(is_shared),
            credentials: total(credentials),
            repositories: total(repositories),
        })
        .collect())
}

/// The project that takes what is not put into another one.
pub async fn default_id(db: &Db, scope: Scope) -> Result<ProjectId> {
    let id: Uuid = one_value!(
        db,
        "select id from projects where organization_id = $1 and is_default",
        [scope]
    )?;
    Ok(id.into())
}

/// The name of a project; `None` when there is none with this id.
pub async fn name_of(db: &Db, scope: Scope, id: ProjectId) -> Result<Option<String>> {
    value!(db, "select name from projects where organization_id = $1 and id = $2", [scope, id])
}

/// To whom the credentials of a project are available; `None` when there is no such project.
pub async fn sharing(db: &Db, scope: Scope, id: ProjectId) -> Result<Option<Sharing>> {
    let is_shared: Option<bool> = value!(
        db,
        "select is_shared from projects where organization_id = $1 and id = $2",
        [scope, id]
    )?;
    Ok(is_shared.map(Sharing::of_column))
}

/// The projects whose credentials are available to every project.
pub async fn shared(db: &Db, scope: Scope) -> Result<Vec<SharedProject>> {
    let rows: Vec<(Uuid, String, String)> = rows!(
        db,
        "select id, name, name_key from projects where organization_id = $1 and is_shared order by name_key",
        [scope]
    )?;
    Ok(rows.into_iter().map(|(id, name, key)| SharedProject { id: id.into(), name, key }).collect())
}

/// The names of the credentials and repositories of a project, credentials first, at most 100.
pub async fn contents(db: &Db, scope: Scope, id: ProjectId) -> Result<Vec<String>> {
    values!(
        db,
        "select name from (
           select 0 as place, name, name_key from credentials
           where organization_id = $1 and project_id = $2 and deleted_at is null
           union all
           select 1 as place, name, name_key from repositories
           where organization_id = $1 and project_id = $2 and deleted_at is null
         ) as everything
         order by place, name_key
         limit 100",
        [scope, id]
    )
}

/// The credentials of a project.
pub async fn credentials_of(tx: &mut Tx, scope: Scope, id: ProjectId) -> Result<Vec<CredentialId>> {
    let ids: Vec<Uuid> = values!(
        tx,
        "select id from credentials where organization_id = $1 and project_id = $2 and deleted_at is null order by id",
        [scope, id]
    )?;
    Ok(ids.into_iter().map(Into::into).collect())
}
