//! Writing the words of things, in the transaction that changes them.

use domain::{
    ChartId, ClusterId, CredentialId, ExportId, GitTargetId, ProjectId, RepositoryId,
    search::words_of,
};
use serde_json::json;
use uuid::Uuid;

use super::Kind;
use crate::{Db, Json, Result, Scope, Tx, credentials::provider, exec, row, rows};

/// How many words go to the database at once.
const CHUNK: usize = 500;

/// Writes the words of a credential as it is now; of one that is gone there are none.
pub(crate) async fn credential(tx: &mut Tx, scope: Scope, id: CredentialId) -> Result<()> {
    type Found = (String, String, String, String, String, String);
    let found: Option<Found> = row!(
        tx,
        "select name, provider, environment, username, pattern, description from credentials
         where organization_id = $1 and id = $2 and deleted_at is null",
        [scope, id]
    )?;
    let Some((name, code, environment, username, pattern, description)) = found else {
        replace(tx, scope, Kind::Credential, id.uuid(), &[]).await?;
        return replace(tx, scope, Kind::Login, id.uuid(), &[]).await;
    };
    let label = provider(&code)?.facts().label;
    let mut texts = vec![name.as_str(), label, environment.as_str()];
    replace(tx, scope, Kind::Credential, id.uuid(), &texts).await?;
    texts.extend([username.as_str(), pattern.as_str(), description.as_str()]);
    replace(tx, scope, Kind::Login, id.uuid(), &texts).await
}

/// Writes the words of a repository as it is now.
pub(crate) async fn repository(tx: &mut Tx, scope: Scope, id: RepositoryId) -> Result<()> {
    let found: Option<(String, String, String)> = row!(
        tx,
        "select name, url, environment from repositories
         where organization_id = $1 and id = $2 and deleted_at is null",
        [scope, id]
    )?;
    let (name, url, environment) = found.unwrap_or_default();
    let texts = [name.as_str(), place(&url), environment.as_str()];
    replace(tx, scope, Kind::Repository, id.uuid(), &texts).await
}

/// Writes the words of an export as it is now.
pub(crate) async fn export(tx: &mut Tx, scope: Scope, id: ExportId) -> Result<()> {
    let found: Option<(String, String)> = row!(
        tx,
        "select name, consumer from exports where organization_id = $1 and id = $2",
        [scope, id]
    )?;
    let (name, consumer) = found.unwrap_or_default();
    replace(tx, scope, Kind::Export, id.uuid(), &[&name, &consumer]).await
}

/// Writes the words of a Git target as it is now.
pub(crate) async fn git_target(tx: &mut Tx, scope: Scope, id: GitTargetId) -> Result<()> {
    let found: Option<(String, String, String, String)> = row!(
        tx,
        "select name, url, branch, folder from git_targets where organization_id = $1 and id = $2",
        [scope, id]
    )?;
    let (name, url, branch, folder) = found.unwrap_or_default();
    replace(tx, scope, Kind::GitTarget, id.uuid(), &[&name, place(&url), &branch, &folder]).await
}

/// Writes the words of a cluster as it is now.
pub(crate) async fn cluster(tx: &mut Tx, scope: Scope, id: ClusterId) -> Result<()> {
    let found: Option<(String, String)> = row!(
        tx,
        "select name, server from clusters where organization_id = $1 and id = $2",
        [scope, id]
    )?;
    let (name, server) = found.unwrap_or_default();
    replace(tx, scope, Kind::Cluster, id.uuid(), &[&name, place(&server)]).await
}

/// Writes the words of a project as it is now.
pub(crate) async fn project(tx: &mut Tx, scope: Scope, id: ProjectId) -> Result<()> {
    let found: Option<(String,)> =
        row!(tx, "select name from projects where organization_id = $1 and id = $2", [scope, id])?;
    let (name,) = found.unwrap_or_default();
    replace(tx, scope, Kind::Project, id.uuid(), &[&name]).await
}

/// A URL without its scheme, which many have in common.
fn place(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, place)| place)
}

/// Writes the words of one thing in the place of those it had.
async fn replace(tx: &mut Tx, scope: Scope, kind: Kind, id: Uuid, texts: &[&str]) -> Result<()> {
    let words = words_of(texts);
    let records: Vec<_> = words.iter().map(|word| json!({ "id": id, "word": word })).collect();
    exec!(
        tx,
        ["delete from search_words where organization_id = $1 and kind = $2 and object_id = $3
            and word not in " texts(4)],
        [scope, kind.as_str(), id, Json(&words)]
    )?;
    if words.is_empty() { Ok(()) } else { insert(tx, scope, kind, &records).await }
}

/// Writes the words of new charts.
pub(crate) async fn chart_words<'a>(
    tx: &mut Tx,
    scope: Scope,
    charts: impl Iterator<Item = (ChartId, &'a str)>,
) -> Result<()> {
    let records: Vec<_> = charts
        .flat_map(|(id, name)| {
            words_of(&[name]).into_iter().map(move |word| json!({ "id": id, "word": word }))
        })
        .collect();
    for chunk in records.chunks(CHUNK) {
        insert(tx, scope, Kind::Chart, chunk).await?;
    }
    Ok(())
}

async fn insert(
    tx: &mut Tx,
    scope: Scope,
    kind: Kind,
    records: &[serde_json::Value],
) -> Result<()> {
    exec!(
        tx,
        ["insert into search_words (organization_id, kind, word, object_id)
          select $1, $2, " text("word") ", " id("id") " from " records(3) " as r where true
          on conflict do nothing"],
        [scope, kind.as_str(), Json(records)]
    )?;
    Ok(())
}

/// Forgets the words of one chart.
pub(crate) async fn forget_charts(tx: &mut Tx, scope: Scope, id: ChartId) -> Result<()> {
    exec!(
        tx,
        "delete from search_words where organization_id = $1 and kind = 'chart' and object_id = $2",
        [scope, id]
    )?;
    Ok(())
}

/// Forgets the words of all charts of a repository.
pub(crate) async fn forget_charts_of(tx: &mut Tx, scope: Scope, id: RepositoryId) -> Result<()> {
    exec!(
        tx,
        "delete from search_words where organization_id = $1 and kind = 'chart' and object_id in (
         select id from charts where organization_id = $1 and repository_id = $2)",
        [scope, id]
    )?;
    Ok(())
}

/// Things without words: they were stored before there was a table of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unwritten(Vec<(Scope, String, Uuid)>);

impl Unwritten {
    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Writes their words.
    pub async fn write(&self, tx: &mut Tx) -> Result<()> {
        for (scope, kind, id) in &self.0 {
            let (scope, id) = (*scope, *id);
            match kind.as_str() {
                "credential" => credential(tx, scope, id.into()).await?,
                "repository" => repository(tx, scope, id.into()).await?,
                "export" => export(tx, scope, id.into()).await?,
                "git_target" => git_target(tx, scope, id.into()).await?,
                "cluster" => cluster(tx, scope, id.into()).await?,
                "project" => project(tx, scope, id.into()).await?,
                _ => chart(tx, scope, id.into()).await?,
            }
        }
        Ok(())
    }
}

async fn chart(tx: &mut Tx, scope: Scope, id: ChartId) -> Result<()> {
    let found: Option<(String,)> =
        row!(tx, "select name from charts where organization_id = $1 and id = $2", [scope, id])?;
    let (name,) = found.unwrap_or_default();
    replace(tx, scope, Kind::Chart, id.uuid(), &[&name]).await
}

/// Some things of all organizations that have no words, at most `limit`.
pub async fn unwritten(db: &Db, limit: u32) -> Result<Unwritten> {
    let rows: Vec<(Uuid, String, Uuid)> = rows!(
        db,
        "select t.organization_id, t.kind, t.id from (
           select organization_id, 'credential' as kind, id from credentials where deleted_at is null
           union all select organization_id, 'repository' as kind, id from repositories where deleted_at is null
           union all select organization_id, 'chart' as kind, id from charts
           union all select organization_id, 'export' as kind, id from exports
           union all select organization_id, 'git_target' as kind, id from git_targets
           union all select organization_id, 'cluster' as kind, id from clusters
           union all select organization_id, 'project' as kind, id from projects
         ) t
         where not exists (select 1 from search_words w where w.organization_id = t.organization_id
           and w.kind = t.kind and w.object_id = t.id)
         limit $1",
        [limit]
    )?;
    Ok(Unwritten(rows.into_iter().map(|(org, kind, id)| (Scope::of_row(org), kind, id)).collect()))
}
