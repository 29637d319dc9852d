//! Adding, changing and deleting Git targets.

use domain::{
    GitTargetId, Timestamp, UserId,
    gitops::{DestinationState, GitTargetFields},
};

use crate::{Result, Scope, Tx, exec, search, value};

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
    exec!(
        tx,
        "insert into git_targets (organization_id, id, name, name_key, credential_id, url, branch, base, folder, mode,
           state, user_id, bound_by, created_at, ca, proxy)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'new', $11, $12, $13, $14, $15)",
        [
            scope,
            id,
            fields.name.as_str(),
            fields.name.key(),
            fields.credential,
            fields.url.as_str(),
            fields.branch.as_str(),
            row.base(),
            fields.folder.as_str(),
            fields.mode.as_str(),
            row.user,
            row.by,
            now,
            fields.ca.as_str(),
            fields.proxy.as_str(),
        ]
    )?;
    search::git_target(tx, scope, id).await
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
) -> Result<Option<DestinationState>> {
    let fields = row.fields;
    let state: Option<String> = value!(
        tx,
        "update git_targets set name = $4, name_key = $5, credential_id = $6, url = $7, branch = $8, base = $9,
           folder = $10, mode = $11, user_id = $12, bound_by = $13, ca = $14, proxy = $15, epoch = epoch + 1,
           row_version = row_version + 1
         where organization_id = $1 and id = $2 and row_version = $3
         returning state",
        [
            scope,
            id,
            row_version,
            fields.name.as_str(),
            fields.name.key(),
            fields.credential,
            fields.url.as_str(),
            fields.branch.as_str(),
            row.base(),
            fields.folder.as_str(),
            fields.mode.as_str(),
            row.user,
            row.by,
            fields.ca.as_str(),
            fields.proxy.as_str(),
        ]
    )?;
    search::git_target(tx, scope, id).await?;
    state.as_deref().map(super::list::state).transpose()
}

/// Makes a Git target new again, since what was found at another branch says nothing of this one.
pub async fn forget_state(tx: &mut Tx, scope: Scope, id: GitTargetId) -> Result<()> {
    exec!(
        tx,
        "update git_targets set state = 'new', cause = null, detail = '', head = '', pending_at = null,
           pushed_at = null, check_at = null, failing_since = null
         where organization_id = $1 and id = $2",
        [scope, id]
    )?;
    forget_request(tx, scope, id).await
}

/// Forgets the branch of its own that a Git target had, and the pull request: they belong to the branch
/// they were for, and to the mode they were made in.
pub async fn forget_request(tx: &mut Tx, scope: Scope, id: GitTargetId) -> Result<()> {
    exec!(
        tx,
        "update git_targets set work_branch = '', pull_request_url = '', waits_since = null
         where organization_id = $1 and id = $2",
        [scope, id]
    )?;
    Ok(())
}
