//! Adding, renaming and deleting projects.

use domain::{Name, ProjectId, Scope, Timestamp, projects::Sharing};

use crate::{Result, Tx, on, sql};

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
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into projects (organization_id, id, name, name_key, is_default, created_at)
             values ($1, $2, $3, $4, false, $5)"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(name.as_str())
        .bind(name.key())
        .bind(now.millis())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Renames a project; answers how many rows that was.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]), or the database refuses.
pub async fn rename(tx: &mut Tx, scope: Scope, id: ProjectId, name: &Name) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update projects set name = $3, name_key = $4 where organization_id = $1 and id = $2"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(name.as_str())
        .bind(name.key())
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// Says to whom the credentials of a project are available; answers how many rows that changed.
///
/// # Errors
/// When the database refuses.
pub async fn set_sharing(
    tx: &mut Tx,
    scope: Scope,
    id: ProjectId,
    sharing: Sharing,
) -> Result<u64> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update projects set is_shared = $3
             where organization_id = $1 and id = $2 and is_shared <> $3"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(sharing == Sharing::Shared)
        .execute(&mut **tx)
        .await
        .map(|done| done.rows_affected())
    })?)
}

/// The names of the repositories of other projects for which a person chose a credential of this one, at
/// most 100.
///
/// # Errors
/// When the database refuses.
pub async fn used_elsewhere(tx: &mut Tx, scope: Scope, id: ProjectId) -> Result<Vec<String>> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "select r.name from links l
             join credentials c on c.organization_id = l.organization_id and c.id = l.credential_id
             join repositories r on r.organization_id = l.organization_id and r.id = l.repository_id
             where l.organization_id = $1 and c.project_id = $2 and r.project_id <> $2
               and r.deleted_at is null and not r.is_automatic
             order by r.name_key, r.id limit 100"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_all(&mut **tx)
        .await
    })?)
}

/// Puts the deleted credentials of a project into the default one, so that their rows do not keep it.
///
/// # Errors
/// When the database refuses.
pub async fn clear_credentials(tx: &mut Tx, scope: Scope, id: ProjectId) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update credentials
             set project_id = (select p.id from projects p where p.organization_id = $1 and p.is_default)
             where organization_id = $1 and project_id = $2 and deleted_at is not null"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Puts the deleted repositories of a project into the default one, so that their rows do not keep
/// it.
///
/// # Errors
/// When the database refuses.
pub async fn clear_repositories(tx: &mut Tx, scope: Scope, id: ProjectId) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update repositories
             set project_id = (select p.id from projects p where p.organization_id = $1 and p.is_default)
             where organization_id = $1 and project_id = $2 and deleted_at is not null"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Deletes a project other than the default one; answers its name, `None` when there was none.
///
/// # Errors
/// When something is still in it ([`crate::Error::is_dangling`]), or the database refuses.
pub async fn delete(tx: &mut Tx, scope: Scope, id: ProjectId) -> Result<Option<String>> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "delete from projects where organization_id = $1 and id = $2 and not is_default
             returning name"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .fetch_optional(&mut **tx)
        .await
    })?)
}
