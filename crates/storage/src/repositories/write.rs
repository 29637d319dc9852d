//! Adding, changing and deleting repositories.

use domain::{
    CredentialId, ProjectId, RepositoryId, Timestamp,
    credentials::Environment,
    repositories::{LinkState, RepositoryKind, RepositoryQuery},
};
use uuid::Uuid;

use super::found::{found, passing, status};
use crate::{Db, Error, Json, Result, Scope, Tx, exec, row, search, value, values};

/// A repository to add.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct NewRepository<'a> {
    pub id: RepositoryId,
    pub fields: Change<'a>,
    pub now: Timestamp,
}

/// The values of a repository that a person can change.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Change<'a> {
    pub name: &'a str,
    pub name_key: &'a str,
    pub kind: RepositoryKind,
    pub url: &'a str,
    pub origin: &'a str,
    pub chart_names: &'a [String],
    pub interval: u32,
    pub by: &'a str,
    pub project: ProjectId,
    pub is_automatic: bool,
    pub environment: Environment,
    pub ca: &'a str,
    pub proxy: &'a str,
}

/// A repository as it is before a change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct Current {
    pub name: String,
    pub kind: RepositoryKind,
    pub url: String,
    pub row_version: i64,
    pub updated_by: String,
    pub origin: String,
    pub project: ProjectId,
    pub is_automatic: bool,
    pub ca: String,
    pub proxy: String,
    pub link: Option<CurrentLink>,
}

/// The link of a repository as it is before a change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct CurrentLink {
    pub credential: CredentialId,
    pub name: String,
    pub origin: String,
    pub state: LinkState,
}

#[derive(sqlx::FromRow)]
struct CurrentRow {
    name: String,
    kind: String,
    url: String,
    row_version: i64,
    updated_by: String,
    origin: String,
    project_id: Uuid,
    is_automatic: bool,
    ca: String,
    proxy: String,
    credential_id: Option<Uuid>,
    credential_name: Option<String>,
    link_origin: Option<String>,
    link_state: Option<String>,
}

/// Adds a repository; its first sync waits.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]) or the database refuses.
pub async fn insert(tx: &mut Tx, scope: Scope, new: &NewRepository<'_>) -> Result<()> {
    exec!(
        tx,
        "insert into repositories
           (organization_id, id, name, name_key, kind, url, origin, chart_names, interval_seconds, state,
            created_at, updated_by, project_id, is_automatic, environment, ca, proxy)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'syncing', $10, $11, $12, $13, $14, $15, $16)",
        [
            scope,
            new.id,
            new.fields.name,
            new.fields.name_key,
            new.fields.kind.as_str(),
            new.fields.url,
            new.fields.origin,
            new.fields.chart_names.join("\n"),
            i64::from(new.fields.interval),
            new.now,
            new.fields.by,
            new.fields.project,
            new.fields.is_automatic,
            new.fields.environment.as_str(),
            new.fields.ca,
            new.fields.proxy,
        ]
    )?;
    search::repository(tx, scope, new.id).await
}

/// A repository and its link as they are now; `None` when there is none.
pub async fn current(db: &Db, scope: Scope, id: RepositoryId) -> Result<Option<Current>> {
    let row: Option<CurrentRow> = row!(
        db,
        "select r.name, r.kind, r.url, r.row_version, r.updated_by, r.origin, r.project_id, r.is_automatic, r.ca,
           r.proxy, l.credential_id, c.name as credential_name, l.origin as link_origin, l.state as link_state
         from repositories r
         left join links l on l.organization_id = r.organization_id and l.repository_id = r.id
         left join credentials c on c.organization_id = l.organization_id and c.id = l.credential_id
         where r.organization_id = $1 and r.id = $2 and r.deleted_at is null",
        [scope, id]
    )?;
    row.map(|row| {
        let state = link_state(row.link_state.as_deref());
        Ok(Current {
            name: row.name,
            kind: RepositoryKind::parse(&row.kind).ok_or(Error::Value { column: "kind" })?,
            url: row.url,
            row_version: row.row_version,
            updated_by: row.updated_by,
            origin: row.origin,
            project: row.project_id.into(),
            is_automatic: row.is_automatic,
            ca: row.ca,
            proxy: row.proxy,
            link: row.credential_id.map(|credential| CurrentLink {
                credential: credential.into(),
                name: row.credential_name.unwrap_or_default(),
                origin: row.link_origin.unwrap_or_default(),
                state,
            }),
        })
    })
    .transpose()
}

/// What is not known to be active counts as suspended.
pub(super) fn link_state(text: Option<&str>) -> LinkState {
    if text == Some("active") { LinkState::Active } else { LinkState::Suspended }
}

/// Changes a repository that still has `row_version`; its next sync waits. What it knows of the
/// last answer is forgotten, so the sync reads everything anew. Answers how many rows changed: 0 or 1.
///
/// # Errors
/// When the name is taken ([`crate::Error::is_duplicate`]) or the database refuses.
pub async fn update(
    tx: &mut Tx,
    scope: Scope,
    id: RepositoryId,
    row_version: i64,
    fields: &Change<'_>,
) -> Result<u64> {
    let changed = exec!(
        tx,
        "update repositories set name = $1, name_key = $2, kind = $3, url = $4, origin = $5,
           chart_names = $6, interval_seconds = $7, updated_by = $8, state = 'syncing', failures = 0,
           row_version = row_version + 1, epoch = epoch + 1, etag = null, last_modified = null,
           failing_since = case when origin = $5 then failing_since else null end,
           digest = null, next_sync_at = null, project_id = $12, is_automatic = $13, environment = $14,
           ca = $15, proxy = $16, speaks_plain = case when origin = $5 then speaks_plain else false end
         where organization_id = $9 and id = $10 and row_version = $11 and deleted_at is null",
        [
            fields.name,
            fields.name_key,
            fields.kind.as_str(),
            fields.url,
            fields.origin,
            fields.chart_names.join("\n"),
            i64::from(fields.interval),
            fields.by,
            scope,
            id,
            row_version,
            fields.project,
            fields.is_automatic,
            fields.environment.as_str(),
            fields.ca,
            fields.proxy,
        ]
    )?;
    search::repository(tx, scope, id).await?;
    Ok(changed)
}

/// Marks a repository as deleted, so that its name is free and no sync writes to it any more.
pub async fn tombstone(tx: &mut Tx, scope: Scope, id: RepositoryId, now: Timestamp) -> Result<u64> {
    let deleted = exec!(
        tx,
        "update repositories set deleted_at = $1, epoch = epoch + 1, row_version = row_version + 1,
           next_sync_at = null
         where organization_id = $2 and id = $3 and deleted_at is null",
        [now, scope, id]
    )?;
    search::repository(tx, scope, id).await?;
    Ok(deleted)
}

/// Whether a live repository has this name already.
pub async fn name_is_taken(db: &Db, scope: Scope, name_key: &str) -> Result<bool> {
    let found: Option<i64> = value!(
        db,
        "select epoch from repositories where organization_id = $1 and name_key = $2 and deleted_at is null",
        [scope, name_key]
    )?;
    Ok(found.is_some())
}

/// Shows that a sync waits for these repositories; answers those that are there.
pub async fn mark_syncing(tx: &mut Tx, scope: Scope, ids: &[RepositoryId]) -> Result<Vec<Uuid>> {
    values!(
        tx,
        ["update repositories set state = 'syncing'
          where organization_id = $1 and deleted_at is null and id in " ids(2)
          " returning id"],
        [scope, Json(ids)]
    )
}

/// Shows that a sync waits for every repository that a query finds, on whichever page; answers which.
pub async fn mark_found(tx: &mut Tx, scope: Scope, query: &RepositoryQuery) -> Result<Vec<Uuid>> {
    values!(
        tx,
        ["update repositories set state = 'syncing' where organization_id = $1 and id in (select r.id" found!()
          "and (" contains("r.name_key", 2) " or " contains("lower(r.url)", 2) ")) returning id"],
        [
            scope,
            crate::charts::needle(&query.search),
            query.credential,
            query.project,
            status(query),
            passing(),
        ]
    )
}

/// Whether a repository at this scheme, host and port is there already.
pub async fn origin_is_known(db: &Db, scope: Scope, origin: &str) -> Result<bool> {
    let found: Option<i64> = value!(
        db,
        "select created_at from repositories
         where organization_id = $1 and origin = $2 and deleted_at is null limit 1",
        [scope, origin]
    )?;
    Ok(found.is_some())
}
