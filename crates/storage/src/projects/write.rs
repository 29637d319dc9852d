//! Adding, renaming and deleting projects.

use domain::{Name, ProjectId, Timestamp, projects::Sharing};

use crate::{Result, Scope, Tx, exec, search, value, values};

/// Adds a project.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]), or the database refuses.
pub async fn insert(
    tx: &mut Tx,
    scope: Scope,
    id: ProjectId,
    name: &Name,
    now: Timestamp,
) -> Result<()> {
    exec!(
        tx,
        "insert into projects (organization_id, id, name, name_key, is_default, created_at)
         values ($1, $2, $3, $4, false, $5)",
        [scope, id, name.as_str(), name.key(), now]
    )?;
    search::project(tx, scope, id).await
}

/// Renames a project; answers how many rows that was.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]), or the database refuses.
pub async fn rename(tx: &mut Tx, scope: Scope, id: ProjectId, name: &Name) -> Result<u64> {
    let changed = exec!(
        tx,
        "update projects set name = $3, name_key = $4 where organization_id = $1 and id = $2",
        [scope, id, name.as_str(), name.key()]
    )?;
    search::project(tx, scope, id).await?;
    Ok(changed)
}

/// Says to whom the credentials of a project are available; answers how many rows that changed.
pub async fn set_sharing(
    tx: &mut Tx,
    scope: Scope,
    id: ProjectId,
    sharing: Sharing,
) -> Result<u64> {
    exec!(
        tx,
        "update projects set is_shared = $3
         where organization_id = $1 and id = $2 and is_shared <> $3",
        [scope, id, sharing == Sharing::Shared]
    )
}

/// The names of the repositories of other projects for which a person chose a credential of this one, at
/// most 100.
pub async fn used_elsewhere(tx: &mut Tx, scope: Scope, id: ProjectId) -> Result<Vec<String>> {
    values!(
        tx,
        "select r.name from links l
         join credentials c on c.organization_id = l.organization_id and c.id = l.credential_id
         join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
         where l.organization_id = $1 and c.project_id = $2 and r.project_id <> $2
           and r.deleted_at is null and not r.is_automatic
         order by r.name_key, r.id limit 100",
        [scope, id]
    )
}

/// Puts the deleted credentials of a project into the default one, so that their rows do not keep it.
pub async fn clear_credentials(tx: &mut Tx, scope: Scope, id: ProjectId) -> Result<()> {
    exec!(
        tx,
        "update credentials
         set project_id = (select p.id from projects p where p.organization_id = $1 and p.is_default)
         where organization_id = $1 and project_id = $2 and deleted_at is not null",
        [scope, id]
    )?;
    Ok(())
}

/// Puts the deleted repositories of a project into the default one, so that their rows do not keep
/// it.
pub async fn clear_repositories(tx: &mut Tx, scope: Scope, id: ProjectId) -> Result<()> {
    exec!(
        tx,
        "update repositories
         set project_id = (select p.id from projects p where p.organization_id = $1 and p.is_default)
         where organization_id = $1 and project_id = $2 and deleted_at is not null",
        [scope, id]
    )?;
    Ok(())
}

/// Deletes a project other than the default one; answers its name, `None` when there was none.
///
/// # Errors
/// When something is still in it ([`crate::Error::is_dangling`]), or the database refuses.
pub async fn delete(tx: &mut Tx, scope: Scope, id: ProjectId) -> Result<Option<String>> {
    let deleted = value!(
        tx,
        "delete from projects where organization_id = $1 and id = $2 and not is_default
         returning name",
        [scope, id]
    )?;
    search::project(tx, scope, id).await?;
    Ok(deleted)
}
