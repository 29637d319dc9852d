//! Adding, changing and deleting Git targets.

use domain::{
    ExportId, GitTargetId, Scope, Timestamp, UserId,
    gitops::{GitTargetFields, TargetState},
};
use sqlx::QueryBuilder;

use crate::{Result, Tx, on, sql};

/// The columns of a Git target that a person sets.
#[derive(Debug)]
pub struct NewTarget<'a> {
    /// The form, checked.
    pub fields: &'a GitTargetFields,
    /// Who binds it to its credential.
    pub user: UserId,
    /// Their name.
    pub by: &'a str,
}

impl NewTarget<'_> {
    fn base(&self) -> &str {
        self.fields.base.as_ref().map_or("", |base| base.as_str())
    }
}

/// Adds a Git target.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]), or the database refuses.
pub async fn insert(
    tx: &mut Tx,
    scope: Scope,
    id: GitTargetId,
    row: &NewTarget<'_>,
    now: Timestamp,
) -> Result<()> {
    let fields = row.fields;
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "insert into git_targets (organization_id, id, name, name_key, credential_id, url, branch, base, folder, mode,
               state, user_id, bound_by, created_at, ca, proxy)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'new', $11, $12, $13, $14, $15)"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(fields.name.as_str())
        .bind(fields.name.key())
        .bind(fields.credential.uuid())
        .bind(fields.url.as_str())
        .bind(fields.branch.as_str())
        .bind(row.base())
        .bind(fields.folder.as_str())
        .bind(fields.mode.as_str())
        .bind(row.user.uuid())
        .bind(row.by)
        .bind(now.millis())
        .bind(fields.ca.as_str())
        .bind(fields.proxy.as_str())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Changes what a person sets of a Git target, if nobody changed it since `row_version`; answers its
/// state, `None` when somebody did.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]), or the database refuses.
pub async fn update(
    tx: &mut Tx,
    scope: Scope,
    id: GitTargetId,
    row_version: i64,
    row: &NewTarget<'_>,
) -> Result<Option<TargetState>> {
    let fields = row.fields;
    let state: Option<String> = on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!(
            "update git_targets set name = $4, name_key = $5, credential_id = $6, url = $7, branch = $8, base = $9,
               folder = $10, mode = $11, user_id = $12, bound_by = $13, ca = $14, proxy = $15, epoch = epoch + 1,
               row_version = row_version + 1
             where organization_id = $1 and id = $2 and row_version = $3
             returning state"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .bind(row_version)
        .bind(fields.name.as_str())
        .bind(fields.name.key())
        .bind(fields.credential.uuid())
        .bind(fields.url.as_str())
        .bind(fields.branch.as_str())
        .bind(row.base())
        .bind(fields.folder.as_str())
        .bind(fields.mode.as_str())
        .bind(row.user.uuid())
        .bind(row.by)
        .bind(fields.ca.as_str())
        .bind(fields.proxy.as_str())
        .fetch_optional(&mut **tx)
        .await
    })?;
    state.as_deref().map(super::list::state).transpose()
}

/// Makes a Git target new again, since what was found at another branch says nothing of this one.
///
/// # Errors
/// When the database refuses.
pub async fn forget_state(tx: &mut Tx, scope: Scope, id: GitTargetId) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update git_targets set state = 'new', cause = null, detail = '', head = '', pending_at = null,
               pushed_at = null, check_at = null, failing_since = null
             where organization_id = $1 and id = $2"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    forget_request(tx, scope, id).await
}

/// Forgets the branch of its own that a Git target had, and the pull request: they belong to the branch
/// they were for, and to the mode they were made in.
///
/// # Errors
/// When the database refuses.
pub async fn forget_request(tx: &mut Tx, scope: Scope, id: GitTargetId) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!(
            "update git_targets set work_branch = '', pull_request_url = '', waits_since = null
             where organization_id = $1 and id = $2"
        ))
        .bind(scope.organization().uuid())
        .bind(id.uuid())
        .execute(&mut **tx)
        .await
        .map(drop)
    })?;
    Ok(())
}

/// Takes every export away from a Git target.
///
/// # Errors
/// When the database refuses.
pub async fn clear_exports(tx: &mut Tx, scope: Scope, id: GitTargetId) -> Result<()> {
    on!(tx.inner(), tx => {
        sqlx::query(sql!("delete from git_target_exports where organization_id = $1 and target_id = $2"))
            .bind(scope.organization().uuid())
            .bind(id.uuid())
            .execute(&mut **tx)
            .await
            .map(drop)
    })?;
    Ok(())
}

/// Gives exports to a Git target that has none.
///
/// # Errors
/// When one is not there ([`crate::Error::is_dangling`]), or the database refuses.
pub async fn set_exports(
    tx: &mut Tx,
    scope: Scope,
    id: GitTargetId,
    exports: &[ExportId],
) -> Result<()> {
    for chunk in exports.chunks(100) {
        on!(tx.inner(), tx => {
            let mut query = QueryBuilder::new(
                "insert into git_target_exports (organization_id, target_id, export_id) ",
            );
            query.push_values(chunk, |mut row, export| {
                row.push_bind(scope.organization().uuid()).push_bind(id.uuid()).push_bind(export.uuid());
            });
            query.build().execute(&mut **tx).await.map(drop)
        })?;
    }
    Ok(())
}

/// Deletes a Git target that has neither exports nor files; answers its name, `None` when there was
/// none.
///
/// # Errors
/// When the database refuses.
pub async fn delete(tx: &mut Tx, scope: Scope, id: GitTargetId) -> Result<Option<String>> {
    Ok(on!(tx.inner(), tx => {
        sqlx::query_scalar(sql!("delete from git_targets where organization_id = $1 and id = $2 returning name"))
            .bind(scope.organization().uuid())
            .bind(id.uuid())
            .fetch_optional(&mut **tx)
            .await
    })?)
}
