//! What people see of Git targets.

use domain::{
    Cause, GitTargetId, Timestamp,
    gitops::{DestinationState, GitTargetSummary},
};
use uuid::Uuid;

use crate::{Db, Error, Result, Scope, row, rows};

/// The columns of [`Row`].
macro_rules! target_columns {
    ($table:literal) => {
        $crate::sql::columns!(
            $table,
            id,
            name,
            credential_id,
            url,
            branch,
            folder,
            state,
            cause,
            pending_at,
            head,
            pushed_at,
            waits_since
        )
    };
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    credential_id: Uuid,
    url: String,
    branch: String,
    folder: String,
    state: String,
    cause: Option<String>,
    pending_at: Option<i64>,
    head: String,
    pushed_at: Option<i64>,
    waits_since: Option<i64>,
}

/// All Git targets, by name.
pub async fn list(db: &Db, scope: Scope) -> Result<Vec<GitTargetSummary>> {
    let rows: Vec<Row> = rows!(
        db,
        ["select " target_columns!("") " from git_targets where organization_id = $1 order by name_key"],
        [scope]
    )?;
    rows.into_iter().map(summary).collect()
}

fn summary(row: Row) -> Result<GitTargetSummary> {
    Ok(GitTargetSummary {
        id: row.id.into(),
        name: row.name,
        credential: row.credential_id.into(),
        url: row.url,
        branch: row.branch,
        folder: row.folder,
        state: state(&row.state)?,
        cause: row.cause.as_deref().and_then(Cause::parse),
        is_pending: row.pending_at.is_some(),
        is_waiting: row.waits_since.is_some(),
        last_commit: row.head,
        pushed_at: row.pushed_at.map(Timestamp::from_millis),
    })
}

/// What a page shows of one Git target besides its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// As in the table.
    pub summary: GitTargetSummary,
    /// The name of its credential.
    pub credential_name: String,
    /// The provider of its credential.
    pub provider: domain::Provider,
    /// What was tried last.
    pub detail: String,
    /// Who bound it to its credential.
    pub bound_by: String,
}

/// One Git target.
pub async fn seen(db: &Db, scope: Scope, id: GitTargetId) -> Result<Option<Seen>> {
    #[derive(sqlx::FromRow)]
    struct SeenRow {
        #[sqlx(flatten)]
        row: Row,
        credential_name: String,
        provider: String,
        detail: String,
        bound_by: String,
    }
    let row: Option<SeenRow> = row!(
        db,
        ["select " target_columns!("t.") ", c.name as credential_name, c.provider, t.detail, t.bound_by
          from git_targets t
          join credentials c on c.organization_id = t.organization_id and c.id = t.credential_id
          where t.organization_id = $1 and t.id = $2"],
        [scope, id]
    )?;
    row.map(|seen| {
        Ok(Seen {
            summary: summary(seen.row)?,
            credential_name: seen.credential_name,
            provider: crate::credentials::provider(&seen.provider)?,
            detail: seen.detail,
            bound_by: seen.bound_by,
        })
    })
    .transpose()
}

pub(super) fn state(text: &str) -> Result<DestinationState> {
    DestinationState::parse(text).ok_or(Error::Value { column: "git_targets.state" })
}
