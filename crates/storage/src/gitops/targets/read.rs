//! Git targets as the engine works with them.

use domain::{
    Cause, CredentialId, ExportId, GitTargetId, Provider, Timestamp, UserId,
    gitops::{DestinationState, GitAccountMethod, PushMode},
};
use uuid::Uuid;

use super::super::destinations::exports_of;
use super::list::state;
use crate::{Db, Error, Result, Scope, Tx, credentials::provider, row, rows};

/// A Git target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its id.
    pub id: GitTargetId,
    /// Its name.
    pub name: String,
    /// The credential that pushes.
    pub credential: CredentialId,
    /// The provider of that credential.
    pub provider: Provider,
    /// The repository.
    pub url: String,
    /// The branch it is about.
    pub branch: String,
    /// The branch a new one starts from; empty for the default branch.
    pub base: String,
    /// The folder.
    pub folder: String,
    /// How changes get to the branch.
    pub mode: PushMode,
    /// Certificate authorities to trust for its host, in PEM; empty for those of the system.
    pub ca: String,
    /// The name of its proxy; empty for none.
    pub proxy: String,
    /// How it is doing.
    pub state: DestinationState,
    /// Why the last push failed.
    pub cause: Option<Cause>,
    /// The commit that was pushed or found in step last.
    pub head: String,
    /// The branch of its own that commits go to, in the mode of pull requests; empty before the first.
    pub work_branch: String,
    /// The pull request that brings what the branch lacks; empty for none, or where the host is not known.
    pub pull_request_url: String,
    /// Since when the branch lacks what was pushed, while somebody may merge it. With a request that was
    /// closed it is `None`, and the request is still known.
    pub waits_since: Option<Timestamp>,
    /// Whether something was asked for that no push brought yet.
    pub is_pending: bool,
    /// Counts every change of what it is about, so that late results can be told.
    pub epoch: i64,
    /// Counts every change.
    pub row_version: i64,
    /// Who bound it to its credential.
    pub user: UserId,
    /// The exports it takes.
    pub exports: Vec<ExportId>,
}

impl Target {
    /// Whether the branch has what was pushed last. What it lacks is on [`Self::work_branch`].
    #[must_use]
    pub const fn is_merged(&self) -> bool {
        self.waits_since.is_none() && self.pull_request_url.is_empty()
    }
}

#[derive(sqlx::FromRow)]
struct Found {
    id: Uuid,
    name: String,
    credential_id: Uuid,
    provider: String,
    url: String,
    branch: String,
    base: String,
    folder: String,
    mode: String,
    ca: String,
    proxy: String,
    state: String,
    cause: Option<String>,
    head: String,
    work_branch: String,
    pull_request_url: String,
    waits_since: Option<i64>,
    pending_at: Option<i64>,
    epoch: i64,
    row_version: i64,
    user_id: Uuid,
}

/// One Git target.
pub async fn target(db: &Db, scope: Scope, id: GitTargetId) -> Result<Option<Target>> {
    let row: Option<Found> = row!(
        db,
        "select t.id, t.name, t.credential_id, c.provider, t.url, t.branch, t.base, t.folder, t.mode, t.ca, t.proxy, t.state,
           t.cause, t.head,
           t.work_branch, t.pull_request_url, t.waits_since, t.pending_at, t.epoch, t.row_version, t.user_id
         from git_targets t
         join credentials c on c.organization_id = t.organization_id and c.id = t.credential_id
         where t.organization_id = $1 and t.id = $2",
        [scope, id]
    )?;
    let Some(row) = row else { return Ok(None) };
    let exports = exports_of(db, scope, id).await?;
    Ok(Some(Target {
        id: row.id.into(),
        name: row.name,
        credential: row.credential_id.into(),
        provider: provider(&row.provider)?,
        url: row.url,
        branch: row.branch,
        base: row.base,
        folder: row.folder,
        mode: PushMode::parse(&row.mode).ok_or(Error::Value { column: "git_targets.mode" })?,
        ca: row.ca,
        proxy: row.proxy,
        state: state(&row.state)?,
        cause: row.cause.as_deref().and_then(Cause::parse),
        head: row.head,
        work_branch: row.work_branch,
        pull_request_url: row.pull_request_url,
        waits_since: row.waits_since.map(Timestamp::from_millis),
        is_pending: row.pending_at.is_some(),
        epoch: row.epoch,
        row_version: row.row_version,
        user: row.user_id.into(),
        exports: exports.into_iter().map(|(id, _)| id).collect(),
    }))
}

/// Who may push with a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// How the account was connected.
    pub way: GitAccountMethod,
    /// Who connected it.
    pub user: UserId,
    /// Their name.
    pub name: String,
}

/// Who connected the account of a credential; `None` when a person typed its secret.
pub async fn binding(db: &Db, scope: Scope, credential: CredentialId) -> Result<Option<Binding>> {
    let row: Option<(String, Uuid, String)> = row!(
        db,
        "select g.way, g.user_id, u.name from git_connections g join users u on u.id = g.user_id
         where g.organization_id = $1 and g.credential_id = $2",
        [scope, credential]
    )?;
    row.map(|(way, user, name)| {
        let way =
            GitAccountMethod::parse(&way).ok_or(Error::Value { column: "git_connections.way" })?;
        Ok(Binding { way, user: user.into(), name })
    })
    .transpose()
}

/// Where the other Git targets of the organization write: name, URL, branch and folder. Inside a
/// transaction that holds the audit log of the organization the answer lasts.
pub async fn places_taken(
    tx: &mut Tx,
    scope: Scope,
    except: GitTargetId,
) -> Result<Vec<(String, String, String, String)>> {
    rows!(
        tx,
        "select name, url, branch, folder from git_targets
         where organization_id = $1 and id <> $2 order by name_key",
        [scope, except]
    )
}
